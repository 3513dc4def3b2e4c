"""Which charset octets are in that nobody declared, for scripts whose letters stand side by side; None is no answer.

In a Latin script the 8-bit octets are accents that stand alone between ASCII letters. Elsewhere they come in runs, and
each charset leaves marks in them: the commonest letters, which octets lead a pair, which follow. That is enough for a
subject of five characters, where detectors by the frequency of words fail. Pure and linear.
"""

import re
from collections.abc import Container, Iterable

LOOKED_AT = 4096  # octets
_FEWEST = 4  # 8-bit octets
_CLEAR = 0.62  # of the letters are among the commonest of the language

_RUN = re.compile(rb"[\x80-\xff]+")
_PAIR = re.compile(rb"([\x81-\xfe])([\x40-\x7e\x80-\xfe])")
_EUC = re.compile(rb"(?:[\x00-\x7f]|[\xa1-\xfe]{2})*")
_SMALL, _GREAT = "a-zß-ÿа-џά-ώ", "A-ZÀ-ÞА-ЯΆ-Ω"
_TURNED = re.compile(f"[{_SMALL}][{_GREAT}]|[{_GREAT}]{{2}}[{_SMALL}]")  # capitals where no word has them
_MARKS = frozenset("\xa0«»№–—‘’“”„…·")

_KANA = (0xA4, 0xA5)  # as the EUC of Japan leads them; that of China has them there, too, but nobody uses them
_PUNCTUATION = (0xA1, 0xA2, 0xA3)
_RUSSIAN = "оеаинтсрвлкмдпуыяё"
_SCRIPTS = (  # codec, first and last letter of its script, the commonest ones
    ("cp1251", "\u0400", "\u04ff", frozenset(_RUSSIAN)),
    ("koi8-r", "\u0400", "\u04ff", frozenset(_RUSSIAN)),
    ("iso8859-5", "\u0400", "\u04ff", frozenset(_RUSSIAN)),
    ("cp866", "\u0400", "\u04ff", frozenset(_RUSSIAN)),
    ("cp1253", "\u0370", "\u03ff", frozenset("αοιετσνηυρπκςμλάίόέήώ")),
    ("cp1255", "\u05d0", "\u05ea", frozenset("יוהלארתבמשנםדעח")),
    ("cp1256", "\u0620", "\u064a", frozenset("اليمنترةوبدعسفحك")),
    ("cp874", "\u0e00", "\u0e5b", frozenset("นรากเงอมยลวดทสตปคจหบใแ่้ัีิ็ุ")),
)


def guess(octets: bytes) -> str | None:
    """The codec that dense 8-bit octets are most likely in; None where they look Latin or are too few."""
    octets = octets[:LOOKED_AT]
    runs = _RUN.findall(octets)
    high = sum(map(len, runs))
    if high < _FEWEST:
        return None
    if sum(len(run) for run in runs if len(run) > 1) * 10 < high * 7:
        found = _pairs(octets)  # these two write half of many characters as ASCII: the octets do not lie side by side
        return found if found in ("cp932", "big5hkscs") else None
    found = _pairs(octets)
    if found == "euc_jp" and octets.count(b"\xa4") * 5 >= high:  # nothing else has as many kana of one row
        return found
    likeness, codec = max((_likeness(octets, *script), script[0]) for script in _SCRIPTS)
    return codec if likeness >= _CLEAR else found


def _likeness(octets: bytes, codec: str, first: str, last: str, common: frozenset[str]) -> float:
    """How common the letters are that a charset of one octet a letter makes of them; 0 where it makes no words."""
    text = octets.decode(codec, "replace")
    foreign = [char for char in text if not char.isascii() and char not in _MARKS]
    letters = [char for char in foreign if first <= char <= last]
    if not letters or len(letters) * 100 < len(foreign) * 93 or len(_TURNED.findall(text)) * 12 >= len(letters):
        return 0.0
    share = _share((char.lower() for char in letters), common)
    return share * 0.85 if sum(map(str.isupper, letters)) * 4 > len(letters) * 3 else share


def _pairs(octets: bytes) -> str | None:
    """The double-byte charset whose commonest characters most pairs are."""
    leads = [match[1][0] for match in _PAIR.finditer(octets)]
    words = [lead for lead in leads if lead not in _PUNCTUATION]
    if _share(leads, range(0x81, 0x84)) >= 0.2 and _share(leads, (*range(0x81, 0xA0), *range(0xE0, 0xEB))) >= 0.9:
        return "cp932" if _decodes(octets, "cp932") else None
    if not words:
        return None
    if _EUC.fullmatch(octets[: len(octets) - _odd_end(octets)]) is None:
        chinese = _share(words, range(0xA4, 0xC7)) >= 0.75 and _decodes(octets, "big5hkscs")
        return "big5hkscs" if chinese else _wide(octets, words)
    if _share(words, _KANA) >= 0.2 and _share(words, range(0xA6, 0xB0)) == 0:
        return "euc_jp" if _decodes(octets, "euc_jp") else None
    if _share(words, range(0xA4, 0xB0)) >= 0.12 and _share(words, range(0xA4, 0xC7)) >= 0.75:
        return "big5hkscs"
    if _share(words, range(0xB0, 0xC9)) >= 0.97 and (len(words) > 7 or _is_korean(octets)):
        return "cp949"
    return "gb18030" if _share(words, range(0xB0, 0xD8)) >= 0.7 else _wide(octets, words)


def _is_korean(octets: bytes) -> bool:
    """Whether a few characters are syllables that end Korean words, or stand in words with blanks between them."""
    text = octets.decode("cp949", "replace")
    return " " in text.strip() or any(char in "요다의니시장을를은는가이에" for char in text)


def _wide(octets: bytes, words: list[int]) -> str | None:
    return "gb18030" if _share(words, range(0xB0, 0xF8)) >= 0.9 and _decodes(octets, "gb18030") else None


def _odd_end(octets: bytes) -> int:
    """1 where the last octet is half a character: the value was cut."""
    run = _RUN.search(octets[-64:][::-1])
    return len(run[0]) % 2 if run and run.start() == 0 else 0


def _share(items: Iterable[object], wanted: Container[object]) -> float:
    found = [item in wanted for item in items]
    return sum(found) / len(found) if found else 0.0


def _decodes(octets: bytes, codec: str) -> bool:
    """Whether all but a character that was cut off at the end is of that charset."""
    for end in (len(octets), len(octets) - 1):
        try:
            octets[:end].decode(codec)
        except UnicodeDecodeError:
            continue
        return True
    return False
