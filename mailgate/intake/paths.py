"""The paths that MAIL and RCPT name (RFC 5321 4.1.2, RFC 6531 3.3): a strict reading in which nothing is decoded.

A header parser has no business here: `<=?utf-8?q?x?=@y>` is a mailbox of that odd name, never `x@y`. What does not fit
the grammar or its limits (RFC 5321 4.5.3.1) is None, never an exception.

Freer than the grammar in three points, because real senders would lose their mail otherwise: dots may stand anywhere in
a local part (Japanese mobile operators gave out such addresses), labels may hold an underscore, and the local part of a
reverse-path may pass 64 octets (SRS and VERP do; 64 is what we must accept, not what we must refuse).
"""

import re
from dataclasses import dataclass

LOCAL_PART_OCTETS = 64
DOMAIN_OCTETS = 255
PATH_OCTETS = 256

_BEYOND_ASCII = "\u0080-\U0010ffff"
_DOT_STRING = rf"[A-Za-z0-9!#$%&'*+/=?^_`{{|}}~.{_BEYOND_ASCII}-]+"
_NEEDS_NO_QUOTES = re.compile(_DOT_STRING)
_ESCAPED = re.compile(r"\\(.)")
_QUOTED_STRING = r'"(?:[^"\\]|\\.)*"'
_LABEL = rf"[A-Za-z0-9_{_BEYOND_ASCII}](?:[A-Za-z0-9_{_BEYOND_ASCII}-]*[A-Za-z0-9_{_BEYOND_ASCII}])?"
_DOMAIN = rf"{_LABEL}(?:\.{_LABEL})*"
_LITERAL = r"\[(?:\d{1,3}(?:\.\d{1,3}){3}|[A-Za-z0-9-]*[A-Za-z0-9]:[!-Z^-~]+)\]"
_ROUTE = rf"(?:@{_DOMAIN}(?:,@{_DOMAIN})*:)?"  # RFC 5321 appendix C: accepted and ignored
_MAILBOX = rf"(?P<local>{_DOT_STRING}|{_QUOTED_STRING})@(?P<domain>{_DOMAIN}|{_LITERAL})"
# Not re.IGNORECASE for the whole: with such ranges that costs a quarter of a second at each start.
_REVERSE = re.compile(rf"(?i:FROM): *<(?:{_ROUTE}{_MAILBOX})?>(?P<rest>| .*)")
_FORWARD = re.compile(rf"(?i:TO): *<(?:{_ROUTE}{_MAILBOX}|(?P<postmaster>(?i:postmaster)))>(?P<rest>| .*)")
_KEYWORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")


@dataclass(frozen=True, slots=True)
class PathArgument:
    """A path as it was written, without brackets and route, and the ESMTP parameters behind it.

    `path` is empty for `<>`. Keywords of `parameters` are in upper case; the value is None where there is no "=".
    """

    path: str
    parameters: dict[str, str | None]


def reverse_path(argument: str) -> PathArgument | None:
    """What follows "MAIL ": `FROM:<...>` and parameters."""
    return _read(_REVERSE, argument)


def forward_path(argument: str) -> PathArgument | None:
    """What follows "RCPT ": `TO:<...>` and parameters; `<postmaster>` needs no domain (RFC 5321 4.5.1)."""
    read = _read(_FORWARD, argument)
    if read is None or len(read.path.rpartition("@")[0].encode()) > LOCAL_PART_OCTETS:
        return None
    return read


def _read(grammar: re.Pattern[str], argument: str) -> PathArgument | None:
    match = grammar.fullmatch(argument) if argument.isprintable() else None  # no control, bidi or surrogate gets in
    if match is None:
        return None
    found = match.groupdict()
    local, domain = _simplest(found["local"]), found["domain"]
    path = found.get("postmaster") or "" if domain is None else f"{local}@{domain}"
    if domain is not None and (len(domain.encode()) > DOMAIN_OCTETS or len(path.encode()) > PATH_OCTETS - len("<>")):
        return None
    parameters = _parameters(found["rest"])
    return None if parameters is None else PathArgument(path, parameters)


def _simplest(local: str | None) -> str | None:
    """A quoted local part that needs no quotes without them: both are the same mailbox (RFC 5321 4.1.2)."""
    bare = _ESCAPED.sub(r"\1", local[1:-1]) if local is not None and local.startswith('"') else ""
    return bare if _NEEDS_NO_QUOTES.fullmatch(bare) and all(bare.split(".")) else local


def _parameters(rest: str) -> dict[str, str | None] | None:
    parameters: dict[str, str | None] = {}
    for word in rest.split():
        keyword, equals, value = word.partition("=")
        if not _KEYWORD.fullmatch(keyword) or (equals and not value) or keyword.upper() in parameters:
            return None
        parameters[keyword.upper()] = value if equals else None
    return parameters
