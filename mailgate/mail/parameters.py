"""A MIME field's value and its parameters (RFC 2045 5.1, RFC 2231), as they are really written; never fails.

Continuations and charsets of RFC 2231, encoded words in values (illegal, common), unquoted blanks, missing quotes and
repeated names (the first counts) are all read. Linear in the length of the field.
"""

import re
from urllib.parse import unquote_to_bytes

from mailgate.mail import charset
from mailgate.mail.encoded_words import decode_words
from mailgate.mail.headers import scrub, without_comments

MOST = 100  # parameters of one field
_LONGEST_FIELD = 16 * 1024
_LONGEST_DECODED = 2 * 1024  # of one value

_PARAMETER = re.compile(r'\s*([^\s=;"]{1,100})\s?=\s?(?:"((?:[^"\\]|\\.){0,8192})"|([^;]{0,8192}))')
_ESCAPED = re.compile(r"\\([\"\\])")  # no other character needs it, and C:\\Temp\\x.pdf is written unescaped
_FORGOTTEN_SEMICOLON = re.compile(r"(?:^|\s)(?=[A-Za-z0-9*-]{1,40}\s?=)")
_NEXT = re.compile(
    r"\s{1,8}(?=(?:(?:file)?name|charset|boundary|size|type|format|delsp|(?:creation|modification|read)-date)\s?=|"
    r"[a-z-]{2,40}\*\d{0,3}\*?\s?=)",
    re.IGNORECASE,
)
_STAR_FORGOTTEN = re.compile(
    r"(?:utf-?8|us-ascii|iso-8859-\d{1,2}|windows-125\d)'[A-Za-z-]{0,20}'[^']*%[0-9A-F]{2}", re.IGNORECASE
)
_SECTION = re.compile(r"([^*]+)\*(?:(\d{1,3})(\*)?)?")


def read_parameters(text: str) -> tuple[str, dict[str, str]]:
    """The value before the first semicolon, lower case without comments, and the parameters by name in lower case."""
    text = text[:_LONGEST_FIELD]
    value, _, rest = text.partition(";")
    if "=" in value and (forgotten := _FORGOTTEN_SEMICOLON.search(value)):
        value, rest = value[: forgotten.start()], f"{value[forgotten.end() :]};{rest}"
    if "(" in rest and rest.lstrip().startswith("("):
        rest = without_comments(rest)
    plain: dict[str, str] = {}
    extended: dict[str, list[tuple[int, bool, str]]] = {}
    at = 0
    while rest and at < len(rest) and len(plain) + len(extended) < MOST:
        match = _PARAMETER.match(rest, at)
        if match:
            name, quoted, bare = match.groups()
            at = match.end()
            if quoted is None and (forgotten := _NEXT.search(bare)):
                bare, at = bare[: forgotten.start()], match.start(3) + forgotten.start()
            written = _ESCAPED.sub(r"\1", quoted) if quoted is not None else _unquoted(bare.strip())
            _keep(name.lower(), written, plain, extended)
            if _NEXT.match(rest, at):
                continue  # the semicolon is missing
        at = rest.find(";", at) + 1 or len(rest)
    decoded = {name: scrub(_worded(name, each)) for name, each in plain.items()}
    decoded |= {name: scrub(_rfc2231(sections)) for name, sections in extended.items()}
    return without_comments(value).strip(" \t\"'").lower(), decoded


def _worded(name: str, written: str) -> str:
    """A boundary is compared, never read: what looks like an encoded word in it is none."""
    if name == "boundary":
        return written
    if "'" in written and _STAR_FORGOTTEN.match(written[:_LONGEST_DECODED]):
        return _rfc2231([(0, True, written)])
    return decode_words(written[:_LONGEST_DECODED])


def _unquoted(written: str) -> str:
    """A value whose quotes are single ones, or of which one is missing."""
    if len(written) > 1 and written[0] == written[-1] == "'":
        return written[1:-1]
    return written.strip('"')


def _keep(name: str, written: str, plain: dict[str, str], extended: dict[str, list[tuple[int, bool, str]]]) -> None:
    section = _SECTION.fullmatch(name) if "*" in name else None
    if section is None:
        plain.setdefault(name, written)
    else:
        encoded = section[2] is None or section[3] is not None
        extended.setdefault(section[1], []).append((int(section[2] or 0), encoded, written))


def _rfc2231(sections: list[tuple[int, bool, str]]) -> str:
    """The sections in order; the first of the encoded ones names the charset: utf-8'en'%E2%82%AC."""
    label, octets = "utf-8", b""
    in_order = sorted(sections, key=lambda each: each[0])
    for number, encoded, written in in_order:  # some count from one
        if encoded and number == in_order[0][0] and number <= 1 and written.count("'") >= 2:
            label, _, written = written.split("'", 2)
        written_octets = written.encode("utf-8", "surrogatepass")
        octets += unquote_to_bytes(written_octets) if encoded else written_octets
    return decode_words(charset.decode(octets, label or "utf-8").text)
