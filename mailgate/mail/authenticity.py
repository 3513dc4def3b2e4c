"""What our own border said of the sender: Authentication-Results (RFC 8601) read by the rules R38 and R39.

Only the topmost field of a trusted authserv-id counts, and only above the first Received that is not the border's own.
Absent is "unknown", never "passed". Fails towards distrust: what cannot be read is as if it were not there.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from mailgate.mail.arc import vouched
from mailgate.mail.headers import without_comments

Verdict = Literal["passed", "failed", "unknown"]
MICROSOFT = "microsoft"  # stands for the form without an authserv-id that Exchange Online writes

_LONGEST_FIELD = 8 * 1024
_BY = re.compile(r"(?:^|\s)by\s{1,20}([^\s;()]{1,255})", re.IGNORECASE)
_METHOD = re.compile(r"([a-z0-9-]{1,40})(?:\s?/\s?(\d{1,3}))?\s?=\s?([a-z]{1,40})(?![\w.])", re.IGNORECASE)
_PROPERTY = re.compile(r"(?:^|\s)([a-z]{1,20}\.[a-z0-9-]{1,40})\s?=\s?([^\s;]{1,600})", re.IGNORECASE)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)(?:"|$)')
_HELD = re.compile("\ue000(\\d{1,4})\ue001")  # stands for a quoted string while the field is taken apart


@dataclass(frozen=True, slots=True)
class Authenticity:
    """The verdict on the From domain, the results behind it ("none" where nothing was said) and who gave them.

    `sealer`: whose ARC seal made a mail pass that did not pass by itself.
    """

    verdict: Verdict = "unknown"
    dmarc: str = "none"
    dkim: str = "none"
    spf: str = "none"
    by: str | None = None
    sealer: str | None = None


@dataclass(frozen=True, slots=True)
class _Result:
    method: str
    result: str
    properties: dict[str, str]


def authenticity(
    headers: Sequence[tuple[str, str]],
    from_domain: str,
    trusted: tuple[str, ...],
    border: tuple[str, ...],
    sealers: tuple[str, ...] = (),
) -> Authenticity:
    """What a trusted host says of the mail.

    `headers`: name and value, topmost first. `from_domain`: the domain of the one From mailbox, empty where there is
    not exactly one (nothing can pass then, R39). `trusted`: authserv-ids, "microsoft" for Exchange Online's form.
    `border`: names of our own hosts as they stand behind `by` in Received. `sealers`: domains whose ARC seals count.
    """
    if not trusted:
        return Authenticity()
    ids = {_host(each) for each in trusted}
    for value in _above_the_border(headers, {_host(each) for each in border}):
        text, quoted = _set_aside(without_comments(value[:_LONGEST_FIELD]))
        statements = text.split(";")
        by = _authserv_id(statements[0], quoted)
        if by in ids:
            results = _results(statements if by == MICROSOFT else statements[1:], quoted)
            found = _judged(by, results, _host(from_domain))
            if found.verdict != "passed" and _chain_holds(results):
                return _as_sealed(found, headers, _host(from_domain), sealers)
            return found
    return Authenticity()


def _chain_holds(results: list[_Result]) -> bool:
    return {each.result for each in results if each.method == "arc"} == {"pass"}


def _as_sealed(
    found: Authenticity, headers: Iterable[tuple[str, str]], from_domain: str, sealers: tuple[str, ...]
) -> Authenticity:
    """What was found, but passed where a trusted forwarder saw it pass before he changed it (RFC 8617 5.2)."""
    for value in vouched(headers, frozenset(_host(each) for each in sealers)):
        text, quoted = _set_aside(without_comments(value))
        statements = text.split(";")
        by = _authserv_id(statements[0], quoted)
        if by and _judged(by, _results(statements[1:], quoted), from_domain).verdict == "passed":
            return replace(found, verdict="passed", sealer=by)
    return found


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


def _set_aside(text: str) -> tuple[str, list[str]]:
    """The field with a mark for each quoted string, and what was in them.

    A sender chooses the local part of his address, in quotation marks too: what stands in them is never a result.
    """
    quoted: list[str] = []

    def mark(found: re.Match[str]) -> str:
        quoted.append(found[1])
        return f"\ue000{len(quoted) - 1}\ue001"

    return _QUOTED.sub(mark, text.replace("\ue000", "").replace("\ue001", "")), quoted


def _unquoted(value: str, quoted: list[str]) -> str:
    """A value as it was meant: one that is quoted as a whole without its marks; a quoted part of one stays opaque."""
    whole = _HELD.fullmatch(value)
    return quoted[int(whole[1])] if whole else _HELD.sub("?", value)


def _authserv_id(statement: str, quoted: list[str]) -> str:
    """The id; "microsoft" where the field begins with a result at once, "" for a version that we do not know."""
    if "=" in statement:
        return MICROSOFT
    words = statement.split()
    if not words or len(words) > 2 or words[1:] not in ([], ["1"]):
        return ""
    found = _host(_unquoted(words[0], quoted))
    return "" if found == MICROSOFT else found


def _results(statements: list[str], quoted: list[str]) -> list[_Result]:
    return [each for statement in statements if (each := _result(statement, quoted)) is not None]


def _judged(by: str, results: list[_Result], from_domain: str) -> Authenticity:
    dmarcs = [each for each in results if each.method == "dmarc"]
    dmarc = next((each for each in dmarcs if each.result == "fail"), dmarcs[0] if dmarcs else None)
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


def _result(statement: str, quoted: list[str]) -> _Result | None:
    """One result; of a property that is said twice the first counts. A method's unknown version is no result."""
    method = _METHOD.match(statement.strip())
    if method is None or method[2] not in (None, "1"):
        return None
    found: dict[str, str] = {}
    for name, value in _PROPERTY.findall(statement):
        found.setdefault(name.lower(), _unquoted(value, quoted))
    return _Result(method[1].lower(), method[3].lower(), found)


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
    """A host or domain as it is compared: lower case, as A-labels (RFC 5890) where it is none of ASCII."""
    name = name.strip().rstrip(".").lower()
    if name.isascii():
        return name
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:  # no domain at all: it matches itself alone
        return name
