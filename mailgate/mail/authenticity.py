"""What our own border said of the sender: Authentication-Results (RFC 8601) read by the rules R38 and R39.

Only the topmost field of a trusted authserv-id counts, and only above the first Received that is not the border's own.
Absent is "unknown", never "passed". Fails towards distrust: what cannot be read is as if it were not there.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from mailgate.mail.headers import without_comments

Verdict = Literal["passed", "failed", "unknown"]
MICROSOFT = "microsoft"  # stands for the form without an authserv-id that Exchange Online writes

_LONGEST_FIELD = 8 * 1024
_BY = re.compile(r"(?:^|\s)by\s{1,20}([^\s;()]{1,255})", re.IGNORECASE)
_METHOD = re.compile(r"([a-z0-9-]{1,40})(?:\s?/\s?\d{1,3})?\s?=\s?([a-z]{1,40})\b", re.IGNORECASE)
_PROPERTY = re.compile(r'(?:^|\s)([a-z]{1,20}\.[a-z0-9-]{1,40})\s?=\s?("[^"]{0,255}"|[^\s;"]{1,255})', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Authenticity:
    """The verdict on the From domain, the results behind it ("none" where nothing was said) and who gave them."""

    verdict: Verdict = "unknown"
    dmarc: str = "none"
    dkim: str = "none"
    spf: str = "none"
    by: str | None = None


@dataclass(frozen=True, slots=True)
class _Result:
    method: str
    result: str
    properties: dict[str, str]


def authenticity(
    headers: Iterable[tuple[str, str]], from_domain: str, trusted: tuple[str, ...], border: tuple[str, ...]
) -> Authenticity:
    """What a trusted host says of the mail.

    `headers`: name and value, topmost first. `from_domain`: the domain of the one From mailbox, empty where there is
    not exactly one (nothing can pass then, R39). `trusted`: authserv-ids, "microsoft" for Exchange Online's form.
    `border`: names of our own hosts as they stand behind `by` in Received.
    """
    if not trusted:
        return Authenticity()
    ids = {_host(each) for each in trusted}
    for value in _above_the_border(headers, {_host(each) for each in border}):
        text = without_comments(value[:_LONGEST_FIELD])
        statements = _statements(text)
        by = _authserv_id(statements[0])
        if by in ids:
            return _judged(by, statements if by == MICROSOFT else statements[1:], _host(from_domain))
    return Authenticity()


def _above_the_border(headers: Iterable[tuple[str, str]], border: set[str]) -> Iterable[str]:
    """The Authentication-Results fields above the first Received of somebody else."""
    for name, value in headers:
        lower = name.lower()
        if lower == "received":
            by = _BY.search(without_comments(value[:_LONGEST_FIELD]))
            if by is None or _host(by[1]) not in border:
                return
        elif lower == "authentication-results":
            yield value


def _statements(text: str) -> list[str]:
    """The field split at semicolons that stand in no quoted string."""
    pieces = [""]
    for number, chunk in enumerate(text.split('"')):
        if number % 2:
            pieces[-1] += f'"{chunk}"'
        else:
            first, *rest = chunk.split(";")
            pieces[-1] += first
            pieces += rest
    return pieces


def _authserv_id(statement: str) -> str:
    """The id, without its version; "microsoft" where the field begins with a result at once."""
    if "=" in statement.partition('"')[0]:
        return MICROSOFT
    word = statement.replace('"', " ").split()
    return "" if not word or _host(word[0]) == MICROSOFT else _host(word[0])


def _judged(by: str, statements: list[str], from_domain: str) -> Authenticity:
    results = [each for each in map(_result, statements) if each is not None]
    dmarc = next((each for each in results if each.method == "dmarc"), None)
    spf = next((each for each in results if each.method == "spf"), None)
    dkims = [each for each in results if each.method == "dkim"]
    aligned = next((each for each in dkims if each.result == "pass" and _signs_for(each, from_domain)), None)
    shown_dkim = aligned or next((each for each in dkims if each.result == "pass"), dkims[0] if dkims else None)
    return Authenticity(
        verdict=_verdict(dmarc, spf, aligned is not None, from_domain),
        dmarc=dmarc.result if dmarc else "none",
        dkim=shown_dkim.result if shown_dkim else "none",
        spf=spf.result if spf else "none",
        by=by,
    )


def _verdict(dmarc: _Result | None, spf: _Result | None, dkim_aligned: bool, from_domain: str) -> Verdict:
    if dmarc and dmarc.result == "fail":
        return "failed"
    if dmarc and dmarc.result == "pass" and from_domain:
        judged = dmarc.properties.get("header.from", from_domain)
        return "passed" if _host(judged.rpartition("@")[2]) == from_domain else "unknown"
    if dkim_aligned:
        return "passed"
    if spf and spf.result == "fail":
        return "failed"
    if spf and spf.result == "pass" and _aligned(spf.properties.get("smtp.mailfrom", ""), from_domain):
        return "passed"
    return "unknown"


def _result(statement: str) -> _Result | None:
    method = _METHOD.match(statement.strip())
    if method is None:
        return None
    found = {name.lower(): value.strip('"') for name, value in _PROPERTY.findall(statement)}
    return _Result(method[1].lower(), method[2].lower(), found)


def _signs_for(dkim: _Result, from_domain: str) -> bool:
    signer = dkim.properties.get("header.d") or dkim.properties.get("header.i", "")
    return _aligned(signer, from_domain)


def _aligned(who: str, from_domain: str) -> bool:
    """Whether the domain of `who` is the From domain or one above it, of two labels at least.

    Relaxed alignment (RFC 7489 3.1) needs the public suffix list to let a subdomain speak for its parent; without it a
    customer of a hosting domain could speak for the host. A dmarc=pass covers those senders.
    """
    domain = _host(who.rpartition("@")[2])
    return bool(from_domain) and "." in domain and (from_domain == domain or from_domain.endswith(f".{domain}"))


def _host(name: str) -> str:
    return name.strip().rstrip(".").lower()
