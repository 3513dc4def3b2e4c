"""What somebody answers to a step that needs something: lines such as `isbn: 3527703713`, read by the fields' types."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date

from mailgate.rules.money import read_money
from mailgate.rules.notify_reader import is_address
from mailgate.rules.process import FieldType

MAX_VALUE = 1_000  # characters
_LINE = re.compile(r"[\s>*_`-]*([^\s:=*_`][^:=\n]{0,60}?)[\s*_`]*[:=][\s*_`]*(.*?)[\s*_`]*")
_ANGLES = re.compile(r"(?:[^<>]*<)?\s*(?:mailto:)?([^<>\s]+?)\s*>?")
_ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DOTTED_DATE = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")
_NUMBER = re.compile(r"[+-]?\d{1,15}(?:[.,]\d{1,9})?")


def answered(text: str, wanted: Iterable[str]) -> dict[str, str]:
    """Those of the `wanted` fields that a text gives a value, as it was written; of several lines the last counts."""
    names = {_folded(each): each for each in wanted}
    found: dict[str, str] = {}
    for line in text.splitlines():
        said = _LINE.fullmatch(line.strip())
        if said is not None and said[2] and (name := names.get(_folded(said[1]))) is not None:
            found[name] = _one_line(said[2])[:MAX_VALUE]
    return found


def typed(text: str, kind: FieldType) -> str | None:
    """A value in the one form in which it is kept; None where it is not of that type."""
    text = _one_line(text)
    match kind:
        case "text":
            return text[:MAX_VALUE] or None
        case "money":
            money = read_money(text)
            return None if money is None else str(money)
        case "address":
            found = _ANGLES.fullmatch(text)
            return found[1] if found is not None and is_address(found[1]) else None
        case "date":
            return _date(text)
        case "number":
            return text.replace(",", ".").lstrip("+") if _NUMBER.fullmatch(text) else None


def missing(need: Iterable[str], values: Mapping[str, str], types: Mapping[str, FieldType]) -> tuple[str, ...]:
    """Those of the needed fields that have no value of their type yet."""
    return tuple(name for name in need if typed(values.get(name, ""), types[name]) is None)


def _date(text: str) -> str | None:
    if found := _ISO_DATE.fullmatch(text):
        year, month, day = map(int, found.groups())
    elif found := _DOTTED_DATE.fullmatch(text):
        day, month, year = map(int, found.groups())
    else:
        return None
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _one_line(text: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _folded(name: str) -> str:
    """Without case; a blank, a dash and an underscore are the same."""
    return re.sub(r"[\s_-]+", "-", unicodedata.normalize("NFC", name).casefold().strip())
