"""Content-transfer-encodings (RFC 2045 6) undone. Never fails: what is broken is read as far as it goes."""

import binascii
import re
from string import ascii_letters, digits

import pybase64

from mailgate.mail import uuencode

_NOT_BASE64 = bytes(octet for octet in range(256) if chr(octet) not in f"{ascii_letters}{digits}+/")
_LOOKED_AT = 2000  # octets
_WORD = re.compile(rb"[\W_]*[A-Z]?[a-z]{0,20}[\W_]*")
_MOST_PIECES = 5_000  # that are decoded each for itself
_SOFT_BREAK = re.compile(rb"=[ \t]{1,60}(?=\r?\n)")  # blanks that a gateway put behind the sign (RFC 2045 6.7)
_ENCODED = re.compile(rb"(?:[A-Za-z0-9+/]*={0,2}[ \t]*\r?\n)*")
_FEWEST = 16  # signs of base64 that stand above a footer
FOOTER = "a text stands behind its base64"
_BARE_SIGN = re.compile(rb"=(?==)")
_NO_LETTERS = re.compile(r"[^a-z0-9]+")
_AS_THEY_ARE = frozenset(("", "7bit", "7bits", "8bit", "8bits", "binary", "none", "plain", "7bitascii"))


def undone(octets: bytes, encoding: str) -> tuple[bytes, str]:
    """The content behind a transfer encoding, and a defect or "".  `encoding` as the field says it."""
    encoding = _NO_LETTERS.sub("", encoding.lower())
    if encoding in _AS_THEY_ARE:
        return octets, ""
    if encoding in ("base64", "xbase64", "b64"):
        return _base64(octets)
    if encoding in ("quotedprintable", "xquotedprintable", "qp"):
        return _quoted_printable(octets), ""
    if encoding in ("xuuencode", "uuencode", "xuue", "uue"):
        return uuencode.decoded(octets)
    return octets, "unknown content-transfer-encoding: read as it is"


def _quoted_printable(octets: bytes) -> bytes:
    """A sign that no code follows is itself: Python would take two of them for one."""
    if b"= " in octets or b"=\t" in octets:
        octets = _SOFT_BREAK.sub(b"=", octets)
    return binascii.a2b_qp(_BARE_SIGN.sub(b"=3D", octets) if b"==" in octets else octets)


def _base64(octets: bytes) -> tuple[bytes, str]:
    """Mailers break base64 in the middle by padding, footers and missing ends; text that is none at all stays."""
    if behind := footer(octets):
        content, defect = _base64(octets[: -len(behind)])
        return content, defect or FOOTER
    padding = octets.find(b"=")
    if padding < 0 or not octets[padding:].strip(b"= \t\r\n"):
        try:
            content = _bits(octets) if not _is_prose(octets) else b""
        except binascii.Error:
            pass
        else:
            if content or not octets.strip():
                return content, ""
    pieces = [piece.translate(None, _NOT_BASE64) for piece in octets.split(b"=", _MOST_PIECES) if not _is_prose(piece)]
    content = b"".join(binascii.a2b_base64(_padded(piece)) for piece in pieces if len(piece) > 1)
    return (content, "broken base64") if content else (octets, "no base64 where it is said to be")


def _bits(octets: bytes) -> bytes:
    """Fast where every sign is base64, which is nearly always; leniently elsewhere. Raises binascii.Error."""
    try:
        return pybase64.b64decode(octets.replace(b"\r", b"").replace(b"\n", b""), validate=True)
    except binascii.Error:
        return binascii.a2b_base64(octets)


def footer(octets: bytes) -> bytes:
    """The text that a list put behind base64 as it was; nothing where all is encoded, or nothing is."""
    if b" " not in octets.strip():
        return b""
    found = _ENCODED.match(octets)
    encoded = found[0].translate(None, b" \t\r\n") if found else b""
    behind = octets[found.end() :] if found else b""
    whole = len(encoded) >= _FEWEST and len(encoded) % 4 == 0
    return behind if whole and _is_prose(behind) else b""


def _is_prose(octets: bytes) -> bool:
    """Whether words stand where lines of base64 should: a text that is not encoded, or a footer that a list added."""
    beginning = octets[:_LOOKED_AT].strip()
    if b" " not in beginning:
        return False
    words = beginning.split()
    return len(words) > 3 and sum(_WORD.fullmatch(word) is not None for word in words) * 2 > len(words)


def _padded(piece: bytes) -> bytes:
    if len(piece) % 4 == 1:
        piece = piece[:-1]
    return piece + b"=" * (-len(piece) % 4)
