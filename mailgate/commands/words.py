"""Words that were typed, as they are compared and as they are shown.

Total and linear; each function takes any text.
"""

import re

from mailgate.mail.plain import BLANKS as BLANKS  # one place for the room
from mailgate.mail.plain import clean as clean
from mailgate.mail.plain import plain as plain
from mailgate.phrases.phrase import Phrase

LONGEST_SHOWN = 60

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_JOINTS = re.compile(r"[-_‐-―]+")


def spellings(text: str) -> tuple[str, ...]:
    """The plain forms that a word may be typed in: `Müller` as `muller` or as `mueller`."""
    return tuple(dict.fromkeys((plain(text), plain(text.casefold().translate(_UMLAUTS)))))


def joined(word: str) -> str:
    """A plain word without hyphens: `re-open` is `reopen`."""
    return _JOINTS.sub("", word)


def shown(text: str) -> str:
    """Text for a sentence about it: quoted, on one line, at most 60 characters of it."""
    line = "".join(char if char.isprintable() else " " for char in text[: LONGEST_SHOWN + 1])
    return f'"{line[:LONGEST_SHOWN]}{"…" if len(line) > LONGEST_SHOWN else ""}"'


def either(words: tuple[str, ...]) -> str:
    """`a`, `a or b`, `a, b or c`."""
    if len(words) < 2:
        return "".join(words)
    return Phrase("or", some=", ".join(words[:-1]), last=words[-1])
