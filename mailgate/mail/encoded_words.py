"""Encoded words (RFC 2047), also where they are illegal but common: in quotes, with blanks, split inside a character.

Never fails: a word that cannot be decoded stays as it is written. The result may hold any character: scrub it.
"""

import binascii
import re

from mailgate.mail import charset

_WORD = re.compile(r"=\?([^?\s*]{1,40})(?:\*[^?\s]{0,40})?\?([bBqQ])\?([^?]*)\?=")
_ENOUGH = 100_000  # octets of one value; the rest of a longer one stays as it is


def decode_words(text: str) -> str:
    """`text` with its encoded words decoded; white space between two of them is dropped (RFC 2047 6.2)."""
    if "=?" not in text:
        return text
    out: list[str] = []
    waiting: list[tuple[str, bytes]] = []
    end = 0
    for match in _WORD.finditer(text[:_ENOUGH]):
        octets = _octets(match[2], match[3])
        between = text[end : match.start()]
        if octets is None:
            continue
        if not waiting or between.strip(" \t"):
            out += [_joined(waiting), between]
            waiting = []
        waiting.append((match[1], octets))
        end = match.end()
    return "".join([*out, _joined(waiting), text[end:]])


def _octets(encoding: str, payload: str) -> bytes | None:
    try:
        octets = payload.encode("ascii")
    except UnicodeEncodeError:
        octets = payload.encode("utf-8", "surrogatepass")
    if encoding in "qQ":
        return binascii.a2b_qp(octets, header=True)
    octets = octets.rstrip(b"= \t")
    try:
        return binascii.a2b_base64(octets + b"=" * (-len(octets) % 4))
    except binascii.Error:
        try:
            return binascii.a2b_base64(octets[:-1] + b"===")
        except binascii.Error:
            return None


def _joined(words: list[tuple[str, bytes]]) -> str:
    """Neighbours in one charset are decoded together: mailers split them inside a character."""
    text = ""
    held_label, held = "", b""
    for label, octets in words:
        if held and label.casefold() != held_label:
            text += charset.decode(held, held_label).text
            held = b""
        held_label = label.casefold()
        held += octets
    return text + charset.decode(held, held_label).text if held else text
