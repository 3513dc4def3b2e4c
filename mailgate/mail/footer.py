"""What a phone or an app adds below a mail ("Sent from my iPhone"), and text that says nothing without it.

Conservative: whole lines at the end only. A line is a footer where all of it, its devices and apps taken as one sign,
is one of the known sentences; a line that says more stays. Total; looks at a few short lines.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from mailgate.mail import endings
from mailgate.mail.plain import BLANKS, clean, plain

_MOST_FOOTERS = 5  # lines
_LONGEST_FOOTER = 200  # characters
_LONGEST_SIGNATURE = 15  # lines
_LONGEST_SIGNATURE_LINE = 80


def _one_of(words: list[str]) -> str:
    """A pattern of plain words, the longest first."""
    return "|".join(re.escape(plain(word)) for word in sorted(words, key=len, reverse=True))


_HOSTS = "|".join(map(re.escape, endings.HOSTS))
_LINK = re.compile(rf"[<(\[]?\s*https?://(?:[\w-]{{1,63}}\.){{0,5}}(?:{_HOSTS})(?:/[^\s<>()\[\]]*)?\s*[>)\]]?(?=\s|$)")
_BRAND = re.compile(rf"(?<![a-z0-9])(?:{_one_of(endings.BRANDS)})(?![a-z0-9])")
_NOUN = rf"(?:{_one_of(endings.NOUNS)})(?![a-z0-9])"
_MODEL = r"[a-z]{0,4}\d[a-z0-9+]{0,9}(?![a-z0-9])"
_DEVICE = re.compile(rf"(?:(?<![a-z0-9]){_NOUN}[\s-]+)?@(?:[\s,/&+-]*(?:@|(?<![a-z0-9])(?:{_NOUN}|{_MODEL})))*")
_MARKS = re.compile(r"[^\w@]+")
_DELIMITER = re.compile(r"\s*(?:--|—|[-_]{4,})\s*")
_AFTERTHOUGHT = re.compile(r"\s*p\.?\s?s\b", re.IGNORECASE)
_TRADE_MARKS = dict.fromkeys(map(ord, "®™©℠"))
_SEPARATORS = frozenset(" \t\n\r-_=*~#.>|•·–—―")


def without_mobile_footer(text: str) -> str:
    """The text without the footers of phones and apps at its end, and without a "-- " that stood above them only."""
    kept = len(text)
    for _ in range(_MOST_FOOTERS):
        start, stop = _last_line(text, kept)
        if not _is_footer(text[start:stop]):
            break
        kept = start
        above, stop = _last_line(text, kept)
        if _is_delimiter(text[above:stop]):
            kept = above
    return text if kept == len(text) else text[: _last_line(text, kept)[1]]


def says_nothing(text: str, author: Iterable[str] = ()) -> bool:
    """Whether a text is empty but for blanks, rules, mobile footers and a signature.

    A signature follows "-- ", or begins with a closing ("Kind regards,") or with one of the `author`'s own names.
    """
    said = without_mobile_footer(text)
    names = {plain(clean(name)) for name in author} - {""}
    lines = _said_lines(said)
    first = next(lines, None)
    if first is None:
        return True
    words = plain(clean(first[:_LONGEST_FOOTER])).strip(" ,.!-–—*_")
    return (words in _CLOSINGS or words in names) and _is_signature(list(islice(lines, _LONGEST_SIGNATURE + 1)))


def _is_signature(lines: list[str]) -> bool:
    """Whether what follows a closing is names, numbers and addresses rather than an afterthought."""
    return len(lines) <= _LONGEST_SIGNATURE and not any(
        len(line) > _LONGEST_SIGNATURE_LINE or _AFTERTHOUGHT.match(line) or line.rstrip().endswith("?")
        for line in lines
    )


def _said_lines(text: str) -> Iterator[str]:
    """The lines that hold more than blanks and rules, up to the first "-- "."""
    for line in text.splitlines():
        if line.rstrip() in ("--", "—"):
            return
        if not _SEPARATORS.issuperset(line) and not _SEPARATORS.issuperset(clean(line)):
            yield line


def _last_line(text: str, end: int) -> tuple[int, int]:
    """Where the last line before `end` that is not blank starts and stops; at 0 where there is none."""
    stop = len(text[:end].rstrip(BLANKS))
    return text.rfind("\n", 0, stop) + 1, stop


def _is_delimiter(line: str) -> bool:
    return len(line) <= _LONGEST_FOOTER and _DELIMITER.fullmatch(line) is not None


def _is_footer(line: str) -> bool:
    return 4 < len(line) <= _LONGEST_FOOTER and _sentence(_LINK.sub(" ", clean(line))) in _FOOTERS


def _sentence(text: str) -> str:
    """The words without blanks and marks, each device or app, its maker and model with it, as one `@`."""
    devices = _DEVICE.sub("@", _BRAND.sub("@", plain(text.translate(_TRADE_MARKS)).replace("@", " ")))
    return "".join(_MARKS.sub(" ", devices).split())


_FOOTERS = frozenset(map(_sentence, endings.FOOTERS))
_CLOSINGS = frozenset(map(plain, endings.CLOSINGS))
