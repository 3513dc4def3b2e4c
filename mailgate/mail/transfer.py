"""Content-transfer-encodings (RFC 2045 6) undone. Never fails: what is broken is read as far as it goes."""

import binascii
import re

_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
_UU_BEGIN = re.compile(rb"^begin [0-7]{3,4} [^\r\n]{0,255}\r?\n", re.MULTILINE)
_AS_THEY_ARE = frozenset(("", "7bit", "8bit", "binary"))


def undone(octets: bytes, encoding: str) -> tuple[bytes, str]:
    """The content behind a transfer encoding, and a defect or "".  `encoding` as the field says it."""
    encoding = encoding.strip().strip("\"'").lower()
    if encoding in _AS_THEY_ARE:
        return octets, ""
    if encoding == "base64":
        return _base64(octets)
    if encoding == "quoted-printable":
        return binascii.a2b_qp(octets), ""
    if encoding in ("x-uuencode", "uuencode", "x-uue", "uue"):
        return _uuencoded(octets)
    return octets, "unknown content-transfer-encoding: read as it is"


def _base64(octets: bytes) -> tuple[bytes, str]:
    """Mailers break base64 in the middle by padding, footers and missing ends; text that is none at all stays."""
    padding = octets.find(b"=")
    if padding < 0 or not octets[padding:].strip(b"= \t\r\n"):
        try:
            content = binascii.a2b_base64(octets)
        except binascii.Error:
            pass
        else:
            if content or not octets.strip():
                return content, ""
    pieces = [_NOT_BASE64.sub(b"", piece) for piece in octets.split(b"=")]
    content = b"".join(binascii.a2b_base64(_padded(piece)) for piece in pieces if len(piece) > 1)
    return (content, "broken base64") if content else (octets, "no base64 where it is said to be")


def _padded(piece: bytes) -> bytes:
    if len(piece) % 4 == 1:
        piece = piece[:-1]
    return piece + b"=" * (-len(piece) % 4)


def _uuencoded(octets: bytes) -> tuple[bytes, str]:
    begin = _UU_BEGIN.search(octets)
    out, defect = [], ""
    for line in octets[begin.end() if begin else 0 :].splitlines():
        if line.strip() == b"end":
            break
        if not line.strip():
            continue
        try:
            out.append(binascii.a2b_uu(line))
        except binascii.Error:  # trailing junk or lost blanks: as long as the first character says
            defect = "broken uuencode"
            wanted = ((((line[0] - 32) & 63) * 4 + 5) // 3) + 1
            try:
                out.append(binascii.a2b_uu(line[:wanted].ljust(wanted)))
            except binascii.Error:
                continue
    return b"".join(out), defect
