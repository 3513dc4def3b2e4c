"""What a value is asked: one small frozen pattern a kind. `find` gives the captures of a match, or None.

Every search is linear in the value's length. A question that a value cannot answer (is "soon" over 5?) raises
`Unanswerable`, which makes the condition an error and neither match nor miss.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from operator import ge, gt, le, lt
from typing import Literal, Protocol

from mailgate.mail.address import bare
from mailgate.rules.regex import Regex
from mailgate.rules.situation import OurAddresses
from mailgate.rules.value import Value
from mailgate.tickets.model import PRIORITIES

Captures = Mapping[str, str]
NO_CAPTURES: Captures = {}
Comparison = Literal["over", "under", "at least", "at most"]
_NUMBER = re.compile(r"[ ]*-?[0-9]{1,15}(?:\.[0-9]{1,9})?[ ]*")
_COMPARE = {"over": gt, "under": lt, "at least": ge, "at most": le}


class Unanswerable(Exception):
    """The value is not of the kind that the question is about."""


class Pattern(Protocol):
    """`names` are the captures of a match."""

    @property
    def names(self) -> frozenset[str]: ...

    def find(self, value: Value, ours: OurAddresses) -> Captures | None: ...


class _Plain:
    """A pattern without captures: it fits or not."""

    __slots__ = ()

    @property
    def names(self) -> frozenset[str]:
        return frozenset()

    def find(self, value: Value, ours: OurAddresses) -> Captures | None:
        return NO_CAPTURES if self.fits(value, ours) else None

    def fits(self, value: Value, ours: OurAddresses) -> bool:
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Exact(_Plain):
    """The whole value, without case."""

    folded: str

    def fits(self, value: Value, ours: OurAddresses) -> bool:
        return value.collapsed == self.folded


@dataclass(frozen=True, slots=True)
class Phrase(_Plain):
    """The words, in a row, not inside longer words; blanks and line ends are the same to it."""

    words: tuple[str, ...]  # folded

    def fits(self, value: Value, ours: OurAddresses) -> bool:
        if any(word not in value.folded for word in self.words):
            return False
        text, phrase = value.collapsed, " ".join(self.words)
        at = text.find(phrase)
        while at >= 0:
            before, behind = text[at - 1 : at], text[at + len(phrase) : at + len(phrase) + 1]
            if not _one_word(before, phrase[0]) and not _one_word(phrase[-1], behind):
                return True
            at = text.find(phrase, at + 1)
        return False


@dataclass(frozen=True, slots=True)
class Starts(_Plain):
    folded: str

    def fits(self, value: Value, ours: OurAddresses) -> bool:
        return value.collapsed.startswith(self.folded)


@dataclass(frozen=True, slots=True)
class Ends(_Plain):
    folded: str

    def fits(self, value: Value, ours: OurAddresses) -> bool:
        return value.collapsed.endswith(self.folded)


@dataclass(frozen=True, slots=True)
class Glob(_Plain):
    """The whole value, where `*` stands for any run of characters."""

    pieces: tuple[str, ...]  # folded; what stood between the stars, two or more

    def fits(self, value: Value, ours: OurAddresses) -> bool:
        text, (first, *middle, last) = value.collapsed, self.pieces
        at, end = len(first), len(text) - len(last)
        if at > end or not text.startswith(first) or not text.endswith(last):
            return False
        for piece in middle:
            found = text.find(piece, at, end)
            if found < 0:
                return False
            at = found + len(piece)
        return True


@dataclass(frozen=True, slots=True)
class Matches:
    """A regular expression, anywhere in the value."""

    regex: Regex

    @property
    def names(self) -> frozenset[str]:
        return self.regex.names

    def find(self, value: Value, ours: OurAddresses) -> Captures | None:
        return self.regex.search(value.encoded)


@dataclass(frozen=True, slots=True)
class Address(_Plain):
    """`a@b.example`: exactly that address."""

    address: str

    def fits(self, value: Value, ours: OurAddresses) -> bool:
        return value.text == self.address


@dataclass(frozen=True, slots=True)
class Domain(_Plain):
    """`b.example`: any address of that domain; `.b.example`: of its subdomains too."""

    domain: str
    subdomains: bool = False

    def fits(self, value: Value, ours: OurAddresses) -> bool:
        domain = value.text.rpartition("@")[2]
        return domain == self.domain or (self.subdomains and domain.endswith(f".{self.domain}"))


@dataclass(frozen=True, slots=True)
class OurMailbox(_Plain):
    """`a@`: that local part at any of our domains, with or without a detail (RFC 5233)."""

    local: str

    def fits(self, value: Value, ours: OurAddresses) -> bool:
        local, _, domain = bare(value.text).rpartition("@")
        return local == self.local and domain in ours.domains


@dataclass(frozen=True, slots=True)
class Number(_Plain):
    """`over 200`."""

    comparison: Comparison
    bound: float

    def fits(self, value: Value, ours: OurAddresses) -> bool:
        return bool(_COMPARE[self.comparison](number(value.text), self.bound))


@dataclass(frozen=True, slots=True)
class Ranked(_Plain):
    """`at least high`, in the order of the priorities."""

    comparison: Comparison
    rank: int

    def fits(self, value: Value, ours: OurAddresses) -> bool:
        ranks = [place for place, name in enumerate(PRIORITIES) if name == value.text]
        return bool(ranks) and bool(_COMPARE[self.comparison](ranks[0], self.rank))


def number(text: str) -> float:
    """The number that `text` is. Raises Unanswerable."""
    if not _NUMBER.fullmatch(text):
        raise Unanswerable(f'"{text[:40]}" is not a number')
    return float(text)


def _one_word(left: str, right: str) -> bool:
    """Whether two neighbours, either perhaps none, are of one word. Scripts without blanks have borders everywhere."""
    return bool(left and right) and _in_word(left) and _in_word(right)


def _in_word(char: str) -> bool:
    return (char.isalnum() or char == "_") and not _unspaced(ord(char))


def _unspaced(code: int) -> bool:
    """Thai to Khmer, kana, Han, Hangul (whose particles follow a noun without a blank)."""
    return 0x0E00 <= code <= 0x0EFF or 0x1000 <= code <= 0x109F or 0x1780 <= code <= 0x17FF or code >= 0x2E80
