"""ISO-2022-JP as it is really written: with the NEC and IBM characters that the standard and Python's codecs lack.

Two-byte sequences are carried over to Shift_JIS and read as windows-31J (CP932), half-width katakana as well. Never
fails: what fits nowhere becomes a replacement mark.
"""

import re

_SHIFT = re.compile(rb"\x1b(\$[@B]|\$\([D@B]|\([BJI])")
_REPLACEMENT = b"\x81\xac"  # the GETA MARK, which Japanese print puts where a character is missing


def decode(octets: bytes) -> str:
    """The text of ISO-2022-JP octets, escape sequences included."""
    out: list[str] = []
    mode, at = b"(B", 0
    for shift in _SHIFT.finditer(octets):  # not split: it would make an object of every one of a million shifts
        if shift.start() > at:
            out.append(_piece(mode, octets[at : shift.start()]))
        mode, at = shift[1], shift.end()
    return "".join((*out, _piece(mode, octets[at:])))


def _piece(mode: bytes, octets: bytes) -> str:
    if mode in (b"(B", b"(J"):
        return octets.decode("ascii", "replace")
    if mode == b"(I":
        return bytes(octet | 0x80 for octet in octets).decode("cp932", "replace")
    return _two_bytes(octets)


def _two_bytes(piece: bytes) -> str:
    """Line ends may stand between the pairs where a mailer forgot to shift back."""
    out = bytearray()
    at = 0
    while at < len(piece):
        if piece[at] < 0x21 or at + 1 == len(piece):
            out.append(piece[at] & 0x7F)
            at += 1
            continue
        out += _shift_jis(piece[at] & 0x7F, piece[at + 1] & 0x7F)
        at += 2
    return out.decode("cp932", "replace")


def _shift_jis(first: int, second: int) -> bytes:
    """JIS X 0208 row and cell (from 0x21) to Shift_JIS."""
    if not (0x21 <= first <= 0x7E and 0x21 <= second <= 0x7E):
        return _REPLACEMENT
    lead = (first - 0x21 >> 1) + 0x81
    trail = second + (0x1F if first & 1 else 0x7E)
    if first & 1 and trail >= 0x7F:
        trail += 1
    return bytes((lead + 0x40 if lead > 0x9F else lead, trail))
