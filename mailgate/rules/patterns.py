"""What a value is asked: one small frozen pattern a kind. `find` gives the captures of a match, or None.

Every search is linear in the value's length, and in a long list of addresses or words it is a look-up. A question that
a value cannot answer (is "soon" over 5?) raises `Unanswerable`: the condition is an error, neither match nor miss.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from operator import ge, gt, le, lt
from typing import Literal, Protocol

from mailgate.mail.address import bare
from mailgate.rules.regex import Regex
from mailgate.rules.situation import OurAddresses
from mailgate.rules.value import Quantity, Value
from mailgate.tickets.model import PRIORITIES

Captures = Mapping[str, str]
NO_CAPTURES: Captures = {}
Comparison = Literal["over", "under", "at least", "at most"]
Prefix = tuple[int, int, int]  # version, length and bits of a network
_NUMBER = re.compile(r"[ ]*-?[0-9]{1,15}(?:\.[0-9]{1,9})?[ ]*")
_MOST_LABELS = 130  # of a domain (RFC 1035 2.3.4)
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
class Phrases(_Plain):
    """A list of phrases, any of which will do."""

    phrases: tuple[tuple[str, ...], ...]

    def fits(self, value: Value, ours: OurAddresses) -> bool:
        return any(Phrase(words).fits(value, ours) for words in self.phrases)


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
class Addresses(_Plain):
    """A list of what addresses are asked for; each of its forms is one look-up."""

    addresses: frozenset[str]
    domains: frozenset[str]
    parents: frozenset[str]  # domains that stand for their subdomains too
    locals: frozenset[str]  # at any of our domains

    def fits(self, value: Value, ours: OurAddresses) -> bool:
        text = value.text
        domain = text.rpartition("@")[2]
        if text in self.addresses or domain in self.domains:
            return True
        if self.parents:
            labels = domain.split(".")[-_MOST_LABELS:]
            if any(".".join(labels[at:]) in self.parents for at in range(len(labels))):
                return True
        return bool(self.locals) and domain in ours.domains and bare(text).rpartition("@")[0] in self.locals


@dataclass(frozen=True, slots=True)
class OneOf(_Plain):
    """A list of whole values, without case."""

    words: frozenset[str]

    def fits(self, value: Value, ours: OurAddresses) -> bool:
        return value.collapsed in self.words


@dataclass(frozen=True, slots=True)
class Networks(_Plain):
    """An address is in one of these networks: one look-up for each length of prefix that there is."""

    prefixes: frozenset[Prefix]
    lengths: tuple[tuple[int, int], ...]  # version and length

    def fits(self, value: Value, ours: OurAddresses) -> bool:
        address = peer_address(value.text)
        if address is None:
            raise Unanswerable(f'"{value.text[:40]}" is not an IP address')
        bits, width = int(address), address.max_prefixlen
        return any(
            version == address.version and (version, length, bits >> (width - length)) in self.prefixes
            for version, length in self.lengths
        )


@dataclass(frozen=True, slots=True)
class Number(_Plain):
    """`over 200`."""

    comparison: Comparison
    bound: float

    def fits(self, value: Value, ours: OurAddresses) -> bool:
        return bool(_COMPARE[self.comparison](amount(value), self.bound))


@dataclass(frozen=True, slots=True)
class Equals(_Plain):
    """Just that number."""

    number: float

    def fits(self, value: Value, ours: OurAddresses) -> bool:
        return amount(value) == self.number


@dataclass(frozen=True, slots=True)
class Between(_Plain):
    """`between 5 and 10`, both ends included."""

    low: float
    high: float

    def fits(self, value: Value, ours: OurAddresses) -> bool:
        return self.low <= amount(value) <= self.high


@dataclass(frozen=True, slots=True)
class Hours(_Plain):
    """`between 22:00 and 06:00`, in seconds of the day: from the first, up to the second, over midnight if need be."""

    start: int
    end: int

    def fits(self, value: Value, ours: OurAddresses) -> bool:
        at = amount(value)
        return self.start <= at < self.end if self.start < self.end else at >= self.start or at < self.end


@dataclass(frozen=True, slots=True)
class Ranked(_Plain):
    """`at least high`, in the order of the priorities."""

    comparison: Comparison
    rank: int

    def fits(self, value: Value, ours: OurAddresses) -> bool:
        return value.text in PRIORITIES and bool(_COMPARE[self.comparison](_rank(value.text), self.rank))


@dataclass(frozen=True, slots=True)
class RankedBetween(_Plain):
    """`between normal and high`, both included."""

    low: int
    high: int

    def fits(self, value: Value, ours: OurAddresses) -> bool:
        return value.text in PRIORITIES and self.low <= _rank(value.text) <= self.high


def _rank(priority: str) -> int:
    return next(place for place, name in enumerate(PRIORITIES) if name == priority)


def amount(value: Value) -> float:
    """The number that a value is. Raises Unanswerable."""
    return value.amount if isinstance(value, Quantity) else number(value.text)


def peer_address(text: str) -> IPv4Address | IPv6Address | None:
    """The IP address that a door wrote down; an IPv4 client of an IPv6 socket is what it is (RFC 4291 2.5.5.2)."""
    try:
        address = ip_address(text.removeprefix("IPv6:").partition("%")[0])
    except ValueError:
        return None
    return address.ipv4_mapped or address if isinstance(address, IPv6Address) else address


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
