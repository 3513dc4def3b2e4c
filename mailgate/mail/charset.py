"""Octets to text, whatever charset they are said to be in; never fails, and says when it had to guess.

Only codecs of this table are ever used: Python would also accept rot13, unicode_escape, punycode and idna, which
rewrite text (spec/safety.md T13). Labels as the WHATWG Encoding Standard reads them (latin-1 is windows-1252), plus
what mailers really write. Without a usable label: UTF-8, detection, windows-1252 with replacement marks.
"""

import codecs
import re
from dataclasses import dataclass

from mailgate.mail import iso2022jp

DETECT_AT_LEAST = 200  # octets; below, a detector guesses more than it knows
DETECT_AT_MOST = 4096

_ALIASES = {
    "utf-8": "utf8 unicode-1-1-utf-8 utf_8 utf-8-sig utf8mb4 uft-8 utf-b utf-8n utf- utf",
    "cp1252": "iso-8859-1 iso8859-1 iso_8859-1 iso88591 latin1 latin-1 l1 windows-1252 windows1252 win-1252 x-cp1252 "
    "ansi cp-1252 iso-8859-1-windows-3.1-latin-1 iso-8859 8859-1 iso-8859-1i",
    "ascii": "us-ascii ansi-x3.4-1968 iso646-us 646 us ascii-8bit",
    "cp1250": "windows-1250 x-cp1250 win-1250",
    "cp1251": "windows-1251 x-cp1251 win-1251",
    "cp1253": "windows-1253",
    "cp1254": "windows-1254 iso-8859-9 iso8859-9 latin5",
    "cp1255": "windows-1255",
    "cp1256": "windows-1256",
    "cp1257": "windows-1257",
    "cp1258": "windows-1258",
    "cp874": "windows-874 tis-620 iso-8859-11",
    "iso8859-2": "iso-8859-2 latin2 latin-2 l2",
    "iso8859-3": "iso-8859-3",
    "iso8859-4": "iso-8859-4",
    "iso8859-5": "iso-8859-5",
    "iso8859-6": "iso-8859-6 iso-8859-6-e iso-8859-6-i",
    "iso8859-7": "iso-8859-7 greek",
    "iso8859-8": "iso-8859-8 iso-8859-8-i iso-8859-8-e hebrew visual",
    "iso8859-10": "iso-8859-10",
    "iso8859-13": "iso-8859-13",
    "iso8859-14": "iso-8859-14",
    "iso8859-15": "iso-8859-15 latin9 latin-9 iso_8859-15",
    "iso8859-16": "iso-8859-16",
    "koi8-r": "koi8r koi8 koi",
    "koi8-u": "koi8u koi8-ru",
    "cp437": "ibm437 437",
    "cp850": "ibm850 850 dos",
    "cp852": "ibm852 852",
    "cp855": "ibm855",
    "cp858": "ibm858",
    "cp866": "ibm866 866",
    "mac-roman": "macintosh x-mac-roman mac",
    "mac-cyrillic": "x-mac-cyrillic",
    "gb18030": "gb2312 gbk gb_2312-80 x-gbk euc-cn cp936 hz-gb-2312-gb csgb2312 chinese gb18030-2000",
    "hz": "hz-gb-2312",
    "big5hkscs": "big5 big5-hkscs cn-big5 x-x-big5 csbig5 cp950",
    "cp932": "shift_jis shift-jis sjis s-jis x-sjis ms_kanji windows-31j ms932 shiftjis",
    "euc_jp": "euc-jp x-euc-jp eucjp",
    "iso2022_jp_ext": "iso-2022-jp iso-2022-jp-1 iso-2022-jp-ms cp50220 cp50221 csiso2022jp iso-2022-jp-ext",
    "iso2022_jp_2": "iso-2022-jp-2",
    "iso2022_jp_3": "iso-2022-jp-3 iso-2022-jp-2004",
    "cp949": "ks_c_5601-1987 ks_c_5601-1989 ks_c_5601 ksc5601 ks-c-5601-1987 euc-kr euckr korean windows-949 uhc",
    "iso2022_kr": "iso-2022-kr",
    "utf-16": "utf16 unicode ucs-2",
    "utf-16-le": "utf-16le utf16le",
    "utf-16-be": "utf-16be utf16be",
    "utf-32": "utf32",
    "utf-32-le": "utf-32le",
    "utf-32-be": "utf-32be",
    "utf-7": "utf7 unicode-1-1-utf-7",
}
_CODECS = {label: codec for codec, labels in _ALIASES.items() for label in (codec, *labels.split())}
_LABEL = re.compile(r"[^0-9a-z._-]+")
_NAMED = re.compile(rb"charset\s{0,2}=\s{0,2}[\"']?([A-Za-z0-9_.:-]{3,40})", re.IGNORECASE)
_HINT_WITHIN = 64 * 1024
_UNWANTED = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Text:
    """Decoded text, the name of the charset it turned out to be in, and a defect where the label was no help."""

    text: str
    charset: str
    defect: str = ""


def codec_for(label: str) -> str | None:
    """The codec of our table for a label as mailers write it, or None."""
    label = _LABEL.sub("", label[:80].casefold())
    return _CODECS.get(label) or _CODECS.get(label.replace("_", "-"))


def decode(octets: bytes, label: str | None) -> Text:
    """Text of `octets`, said to be in charset `label`. Never raises."""
    codec = codec_for(label) if label else None
    if codec in (None, "ascii", "utf-8") or codec is None:
        return _undeclared(octets, label if label and codec is None else None, codec or "utf-8")
    try:
        return Text(octets.decode(codec), _public_name(codec))
    except (UnicodeError, ValueError):
        pass
    if codec.startswith("iso2022_jp"):
        return Text(iso2022jp.decode(octets), "iso-2022-jp")
    if (as_utf8 := _utf8(octets)) is not None:
        return Text(as_utf8, "utf-8", f"not in charset {_public_name(codec)}: read as utf-8")
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
    return _UNWANTED.sub("", text) if _UNWANTED.search(text) else text


def eight_bit(octets: bytes, hint: str | None = None) -> str:
    """A header value that may hold raw 8-bit octets: UTF-8 (RFC 6532), else the charset that the mail uses elsewhere
    (`hint`), else windows-1252."""
    if (text := _utf8(octets)) is not None:
        return text
    try:
        return octets.decode((codec_for(hint) if hint else None) or "cp1252")
    except (UnicodeError, ValueError):
        return octets.decode("cp1252", "replace")


def _undeclared(octets: bytes, unknown: str | None, said: str) -> Text:
    defect = f"unknown charset {_LABEL.sub('', unknown.casefold())[:40]!r}" if unknown else ""
    if octets.isascii():
        return Text(octets.decode("ascii"), "us-ascii" if said == "ascii" else "utf-8", defect)
    if (text := _utf8(octets)) is not None:
        return Text(text.removeprefix("\ufeff"), "utf-8", defect)
    guess = _detected(octets) or "cp1252"
    told = f"{defect or 'not in charset utf-8'}: read as {_public_name(guess)}"
    return Text(octets.decode(guess, "replace"), _public_name(guess), told)


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
    name = codecs.lookup(codec).name
    return f"windows-{name[2:]}" if re.fullmatch(r"cp125\d", name) else name.replace("iso8859-", "iso-8859-")
