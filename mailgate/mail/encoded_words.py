"""Encoded words (RFC 2047), also where they are illegal but common: in quotes, with blanks, split inside a character,
with a question mark in them or without their end.

Never fails: a word that cannot be decoded stays as it is written. The result may hold any character: scrub it.
"""

import binascii
import re
from dataclasses import dataclass

from mailgate.mail import charset

_ENOUGH = 100_000  # characters of one value; the rest of a longer one stays as it is

_BEGINNING = re.compile(r"=\? ?([^?\s*]{1,40})(?:\*[^?\s]{0,40})? ?\? ?([bBqQ]) ?\?")
_NEVER_ENDED = {"b": re.compile(r"[A-Za-z0-9+/]*={0,2}"), "q": re.compile(r"[^\s?]*")}


@dataclass(frozen=True, slots=True)
class _Word:
    label: str
    octets: bytes
    start: int
    end: int


def decode_words(text: str) -> str:
    """`text` with its encoded words decoded; white space between two of them is dropped (RFC 2047 6.2)."""
    if "=?" not in text:
        return text
    out: list[str] = []
    end = 0
    for words in _runs(text):
        out += [text[end : words[0].start], *(each.text for each in _decoded(words))]
        end = words[-1].end
    return "".join([*out, text[end:]])


def word_defects(text: str) -> list[str]:
    """What is odd about the charsets of the encoded words in `text`: each that had to be guessed."""
    return list(dict.fromkeys(each.defect for words in _runs(text) for each in _decoded(words) if each.defect))


def _runs(text: str) -> list[list[_Word]]:
    """The encoded words, those together that nothing but white space parts."""
    runs: list[list[_Word]] = []
    for word in _words(text[:_ENOUGH]):
        if runs and not text[runs[-1][-1].end : word.start].strip(" \t\r\n"):
            runs[-1].append(word)
        else:
            runs.append([word])
    return runs


def _words(text: str) -> list[_Word]:
    """In one pass: no stretch of the text is searched twice."""
    found: list[_Word] = []
    beginnings = list(_BEGINNING.finditer(text))
    done = close = 0
    for number, beginning in enumerate(beginnings):
        start = beginning.end()
        if beginning.start() < done:
            continue
        if 0 <= close < start:
            close = text.find("?=", start)
        following = beginnings[number + 1].start() if number + 1 < len(beginnings) else len(text)
        if 0 <= close <= following:
            payload, done = text[start:close], close + 2
        else:  # "?=" is missing: the word ends where nothing of it can stand
            rest = _NEVER_ENDED[beginning[2].lower()].match(text, start, following)
            payload = rest[0] if rest else ""
            done = start + len(payload) + text.startswith("?", start + len(payload))
        octets = _octets(beginning[2], payload)
        if octets is None:
            done = start
        else:
            found.append(_Word(beginning[1].casefold(), octets, beginning.start(), done))
    return found


def _octets(encoding: str, payload: str) -> bytes | None:
    try:
        octets = payload.encode("ascii")
    except UnicodeEncodeError:
        octets = payload.encode("utf-8", "surrogatepass")
    if encoding in "qQ":
        return binascii.a2b_qp(octets, header=True)
    octets = b"".join(octets.split()).rstrip(b"=")
    if b"=" in octets:  # several pieces, each with its own end
        return b"".join(_octets(encoding, piece.decode("ascii", "replace")) or b"" for piece in octets.split(b"="))
    try:
        return binascii.a2b_base64(octets + b"=" * (-len(octets) % 4))
    except binascii.Error:
        try:
            return binascii.a2b_base64(octets[:-1] + b"===")
        except binascii.Error:
            return None


def _decoded(words: list[_Word]) -> list[charset.Text]:
    """Neighbours in one charset are decoded together: mailers split them inside a character."""
    held: list[tuple[str, bytes]] = []
    for word in words:
        if held and held[-1][0] == word.label:
            held[-1] = (word.label, held[-1][1] + word.octets)
        else:
            held.append((word.label, word.octets))
    return [charset.decode(octets, label) for label, octets in held if octets]
