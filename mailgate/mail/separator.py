"""Lines that part a mail from the one it answers or forwards: "-----Original Message-----", in any language.

Bounded patterns on bounded lines; total.
"""

import re
from collections.abc import Sequence
from typing import Literal

from mailgate.mail.header_block import header_block, label_of
from mailgate.mail.plain import clean, plain
from mailgate.mail.quotation_words import FORWARDED, ORIGINAL

_LONGEST = 120
_DASHES = "-_=*~#‐‑‒–—―－"
_AROUND = f"{_DASHES} \t<>|:："
_LONGEST_WORDS = 70
_LAST = frozenset(f"{_DASHES}:：<>|*")
_RULE = re.compile(r"(?:[-_=*~–—]{3,}|_[ _]{8,})$")
_ORIGINAL = frozenset(ORIGINAL)


def is_rule(line: str, shortest: int = 5) -> bool:
    """Whether a line is drawn: at least so many dashes or underscores, with or without words that name a mail."""
    short = line[:_LONGEST].strip()
    if len(short) < shortest or short[0] not in _DASHES:
        return False
    return _RULE.match(short) is not None or (_is_drawn(short) and _words(short) in _ORIGINAL)


def kind_of_separator(lines: Sequence[str], number: int) -> Literal["original", "forwarded"] | None:
    """What a line says that follows below it, if it says that and nothing else."""
    line = lines[number].strip()
    if not may_be_separator(line):
        return None
    drawn = _is_drawn(line)
    words = _words(line)
    if not words:
        return None
    if words in _ORIGINAL and (drawn or _below_a_rule(lines, number) or _above_a_head(lines, number)):
        return "original"
    if any(phrase in words for phrase in FORWARDED) and (drawn or _above_a_head(lines, number)):
        return "forwarded"
    return None


def may_be_separator(line: str) -> bool:
    """Cheap: whether a stripped line could say that another mail follows."""
    return line[-1:] in _LAST and 5 <= len(line) <= _LONGEST and (line[0] in _DASHES or line[-1] in ":：*")


def _is_drawn(line: str) -> bool:
    return len(line) > 3 and line[0] in _DASHES and line[1] in _DASHES


def _words(line: str) -> str:
    """What is written between the dashes."""
    inner = line.strip(_AROUND)
    if len(inner) > _LONGEST_WORDS or not {"<", ">", "|"}.isdisjoint(inner):
        return ""
    return plain(clean(inner)).strip(" .:*_-")


def _below_a_rule(lines: Sequence[str], number: int) -> bool:
    above = next((lines[each] for each in range(number - 1, max(-1, number - 3), -1) if lines[each].strip()), "")
    return is_rule(above, shortest=3)


def _above_a_head(lines: Sequence[str], number: int) -> bool:
    for below in range(number + 1, min(len(lines), number + 4)):
        if label_of(lines[below]):
            return header_block(lines, below, below_a_rule=True) is not None
    return False
