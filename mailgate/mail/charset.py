"""Octets to text, whatever charset they are said to be in; never fails, and says when it had to guess.

Only codecs of our own table (`charset_labels`) are ever used: Python would also accept rot13, unicode_escape, punycode
and idna, which rewrite text (spec/safety.md T13). Without a usable label: UTF-8, UTF-16 by its marks, what it looks
like (`guess`), detection, windows-1252 with replacement marks.
"""

import codecs
import re
from dataclasses import dataclass

from mailgate.mail import iso2022jp
from mailgate.mail.accents import by_accents
from mailgate.mail.charset_labels import codec_for, plain_label
from mailgate.mail.guess import guess

DETECT_AT_LEAST = 200  # octets; below, a detector guesses more than it knows
DETECT_AT_MOST = 4096

_JAPANESE = re.compile(rb"\x1b\$\(?[@BD]")  # the shift into two octets a character
_KOREAN = b"\x1b$)C"
_BOMS = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_LATIN = ("cp1252", "ascii", "utf-8")
_OF_ONE_OCTET = ("cp125", "iso8859", "mac-", "cp85", "cp437")
_NAMED = re.compile(rb"charset\s{0,2}=\s{0,2}[\"']?([A-Za-z0-9_.:-]{3,40})", re.IGNORECASE)
_HINT_WITHIN = 64 * 1024
_UNWANTED = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff]")
_UNWANTED_OCTETS = bytes((*range(0x09), 0x0B, *range(0x0E, 0x20), 0x7F))


@dataclass(frozen=True, slots=True)
class Text:
    """Decoded text, the name of the charset it turned out to be in, and a defect where the label was no help."""

    text: str
    charset: str
    defect: str = ""


def decode(octets: bytes, label: str | None) -> Text:
    """Text of `octets`, said to be in charset `label`. Never raises."""
    codec = codec_for(label) if label else None
    if codec is None or codec in ("ascii", "utf-8"):
        return _undeclared(octets, label, codec)
    if codec.startswith("utf-16") and (really := _not_utf16(octets)):
        return really
    if codec.startswith(_OF_ONE_OCTET) and (as_utf8 := _many_octets(octets)):
        return Text(as_utf8, "utf-8", f"not in charset {_public_name(codec)}: read as utf-8")
    try:
        return Text(octets.decode(_byte_order(octets, codec)).removeprefix("\ufeff"), _public_name(codec))
    except (UnicodeError, ValueError):
        return _misfit(octets, codec)


def _misfit(octets: bytes, codec: str) -> Text:
    """Octets that are not all of the charset that they are said to be in."""
    told = f"not in charset {_public_name(codec)}: read as"
    if (as_utf8 := _utf8(octets)) is not None and not octets.isascii():
        return Text(as_utf8, "utf-8", f"{told} utf-8")
    if codec.startswith("iso2022_jp"):
        other = None if octets.isascii() else guess(octets)
        if other in ("cp932", "euc_jp"):
            return Text(octets.decode(other, "replace"), _public_name(other), f"{told} {_public_name(other)}")
        return Text(iso2022jp.decode(octets), "iso-2022-jp")
    if codec == "cp1252" and (other := guess(octets)):  # its octets 81, 8D, 8F, 90 and 9D are no characters
        return Text(octets.decode(other, "replace"), _public_name(other), f"{told} {_public_name(other)}")
    marked = octets.decode(codec, "replace")
    return Text(marked, _public_name(codec), f"octets that are not in charset {_public_name(codec)}")


def hint_of(raw: bytes, header_end: int) -> str | None:
    """The first charset that a mail names, if its header holds 8-bit octets: they may be in that one."""
    if raw[: min(header_end, _HINT_WITHIN)].isascii():
        return None
    return named_charset(raw)


def named_charset(raw: bytes) -> str | None:
    named = _NAMED.search(raw, 0, _HINT_WITHIN)
    return named[1].decode("ascii") if named else None


def clean(text: str) -> str:
    """Body text without what no database or terminal should meet: NUL, other C0 controls, lone surrogates."""
    try:
        octets = text.encode()
    except UnicodeEncodeError:  # lone surrogates
        return _UNWANTED.sub("", text)
    # Octets are looked through several times faster than characters, and in UTF-8 controls look like nothing else.
    clear = len(octets.translate(None, _UNWANTED_OCTETS)) == len(octets)
    return text if clear else _UNWANTED.sub("", text)


def eight_bit(octets: bytes, hint: str | None = None) -> str:
    """A header value that may hold raw 8-bit octets: UTF-8 (RFC 6532), else the charset that the mail uses elsewhere
    (`hint`), else what they look like, else windows-1252."""
    if b"\x1b" in octets and _JAPANESE.search(octets):
        return iso2022jp.decode(octets)
    text = _utf8(octets)
    return _guessed(octets, hint).text if text is None else text


def guess_told(octets: bytes, hint: str | None = None) -> str:
    """How a header value was read whose charset nobody names, for its defects; "" where it was no guess."""
    return "" if octets.isascii() or _utf8(octets) is not None else _guessed(octets, hint).defect


def _guessed(octets: bytes, hint: str | None) -> Text:
    codec = (codec_for(hint) if hint else None) or "cp1252"
    looks_like = guess(octets) or by_accents(octets)
    for each in (codec if codec not in _LATIN else looks_like, looks_like, codec):
        try:
            if each:
                return _told(octets.decode(each), each)
        except (UnicodeError, ValueError):
            continue
    if (text := _mostly_utf8(octets)) is not None:
        return Text(text, "utf-8", "octets that are not in charset utf-8")
    return _told(octets.decode("cp1252", "replace"), "cp1252")


def _told(text: str, codec: str) -> Text:
    name = _public_name(codec)
    return Text(text, name, f"in a charset that nobody names: read as {name}")


def _undeclared(octets: bytes, label: str | None, codec: str | None) -> Text:
    """Octets of a charset that nobody named, that is unknown, or that says little: us-ascii, UTF-8."""
    defect = f"unknown charset {plain_label(label)[:40]!r}" if label and codec is None else ""
    if octets.isascii():
        return _seven_bit(octets, codec or "utf-8", defect)
    if (text := _utf8(octets)) is not None:
        return Text(text.removeprefix("\ufeff"), "utf-8", defect)
    if wide := next((codec for bom, codec in _BOMS if octets.startswith(bom)), None) or _unmarked_utf16(octets):
        return Text(octets.decode(wide, "replace").removeprefix("\ufeff"), wide, defect)
    if (text := _mostly_utf8(octets)) is not None:
        return Text(text.removeprefix("\ufeff"), "utf-8", defect or "octets that are not in charset utf-8")
    found = guess(octets) or by_accents(octets) or _detected(octets) or "cp1252"
    said = (
        f"not in charset {'us-ascii' if codec == 'ascii' else 'utf-8'}" if codec else "in a charset that nobody names"
    )
    return Text(
        octets.decode(found, "replace"), _public_name(found), f"{defect or said}: read as {_public_name(found)}"
    )


def _seven_bit(octets: bytes, said: str, defect: str) -> Text:
    """ASCII, unless it shifts into another charset or every second octet is NUL."""
    if b"\x1b" in octets:
        if _JAPANESE.search(octets):
            return Text(iso2022jp.decode(octets), "iso-2022-jp", defect)
        if _KOREAN in octets:
            return Text(octets.decode("iso2022_kr", "replace"), "iso-2022-kr", defect)
    if b"\0" in octets and (wide := _unmarked_utf16(octets)):
        return Text(octets.decode(wide, "replace"), wide, defect)
    return Text(octets.decode("ascii"), "us-ascii" if said == "ascii" else "utf-8", defect)


def _unmarked_utf16(octets: bytes) -> str | None:
    """The byte order where nearly every second octet is NUL: Latin text in UTF-16 without a mark."""
    start = octets[:2000]
    even, odd = start[::2].count(0), start[1::2].count(0)
    if len(start) < 8 or max(even, odd) * 10 < len(start) * 4 or min(even, odd) * 10 > len(start):
        return None
    return "utf-16-be" if even > odd else "utf-16-le"


def _byte_order(octets: bytes, codec: str) -> str:
    if codec != "utf-16" or octets.startswith((b"\xff\xfe", b"\xfe\xff")):
        return codec
    return _unmarked_utf16(octets) or "utf-16-le"


def _not_utf16(octets: bytes) -> Text | None:
    """Plain text that an HTML page or a confused mailer calls Unicode."""
    if b"\0" in octets or octets.startswith((b"\xff\xfe", b"\xfe\xff")) or (text := _utf8(octets)) is None:
        return None
    return Text(text, "utf-8", "not in charset utf-16: read as utf-8")


def _many_octets(octets: bytes) -> str | None:
    """The text if it is UTF-8 and not ASCII: no text of one octet a letter looks like that."""
    return None if octets.isascii() else _utf8(octets)


def _mostly_utf8(octets: bytes) -> str | None:
    """UTF-8 that was cut, mixed or hurt, with marks; None where it is not UTF-8 for the greater part."""
    if b"\xed" in octets:  # CESU-8: the halves of a surrogate pair, each encoded for itself
        try:
            pairs = octets.decode("utf-8", "surrogatepass").encode("utf-16-le", "surrogatepass")
            return pairs.decode("utf-16-le", "replace")
        except UnicodeError:
            pass
    text = octets.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = sum(not char.isascii() for char in text[:20_000]) - min(bad, 20_000)
    return text if good > bad * 2 or (good and bad == 1) else None


def _utf8(octets: bytes) -> str | None:
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _detected(octets: bytes) -> str | None:
    if len(octets) < DETECT_AT_LEAST:
        return None
    import charset_normalizer  # here: it costs 40 ms to load and few mails need it

    best = charset_normalizer.from_bytes(octets[:DETECT_AT_MOST]).best()
    return codec_for(best.encoding.replace("_", "-")) if best else None


def _public_name(codec: str) -> str:
    """The name that mail knows it by."""
    name = codecs.lookup(codec).name.replace("_", "-").replace("iso2022", "iso-2022").removesuffix("-ext")
    return f"windows-{name[2:]}" if re.fullmatch(r"cp125\d", name) else name.replace("iso8859-", "iso-8859-")
