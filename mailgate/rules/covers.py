"""Whether one pattern fits whatever another fits. Conservative: True is a proof, False says nothing."""

from mailgate.rules.patterns import (
    Address,
    Addresses,
    Between,
    Domain,
    Ends,
    Equals,
    Exact,
    Glob,
    Networks,
    Number,
    OneOf,
    OurMailbox,
    Pattern,
    Phrase,
    Phrases,
    Starts,
)
from mailgate.rules.situation import OurAddresses
from mailgate.rules.value import Value

Bound = tuple[float, int]  # a number, and whether just above (1) or just below (-1) it is meant
NOWHERE = OurAddresses(frozenset(), frozenset())
NUMERIC = (Number, Between, Equals)
SEES_COLLAPSED = (Exact, OneOf, Glob, Starts, Ends, Phrase, Phrases)
_MOST_WORDS = 50  # of a list that is looked through one by one


def covers(wide: Pattern, narrow: Pattern) -> bool:
    """Whether `wide` fits every value that `narrow` fits."""
    if wide == narrow:
        return True
    match narrow:
        case Exact(folded):
            value = Value(folded)
            return value.collapsed == folded and isinstance(wide, SEES_COLLAPSED) and wide.fits(value, NOWHERE)
        case Phrase(words):
            return _covers_phrase(wide, " ".join(words))
        case Phrases(phrases):
            return len(phrases) <= _MOST_WORDS and all(covers(wide, Phrase(words)) for words in phrases)
        case OneOf(words):
            if isinstance(wide, OneOf):
                return words <= wide.words
            return len(words) <= _MOST_WORDS and all(covers(wide, Exact(word)) for word in words)
        case Starts(folded):
            return _covers_start(wide, folded)
        case Ends(folded):
            return _covers_end(wide, folded)
        case Glob((first, *_, last)):
            return (first != "" and _covers_start(wide, first)) or (last != "" and _covers_end(wide, last))
        case Networks():
            return isinstance(wide, Networks) and all(_lies_in(wide, *prefix) for prefix in narrow.prefixes)
        case Number() | Between() | Equals():
            return isinstance(wide, NUMERIC) and _encloses(span(wide), span(narrow))
        case _:
            return _covers_addresses(wide, narrow)


def apart(one: Pattern, other: Pattern) -> bool:
    """Whether no value fits both."""
    if isinstance(one, NUMERIC) and isinstance(other, NUMERIC):
        (low, high), (other_low, other_high) = span(one), span(other)
        return high < other_low or other_high < low
    words, others = _words(one), _words(other)
    return words is not None and others is not None and words.isdisjoint(others)


def span(pattern: Number | Between | Equals) -> tuple[Bound, Bound]:
    """The least and the greatest amount that fits."""
    match pattern:
        case Equals(number):
            return (number, 0), (number, 0)
        case Between(low, high):
            return (low, 0), (high, 0)
        case Number("over", bound):
            return (bound, 1), (float("inf"), 0)
        case Number("at least", bound):
            return (bound, 0), (float("inf"), 0)
        case Number("under", bound):
            return (float("-inf"), 0), (bound, -1)
        case Number(_, bound):
            return (float("-inf"), 0), (bound, 0)


def _encloses(wide: tuple[Bound, Bound], narrow: tuple[Bound, Bound]) -> bool:
    return wide[0] <= narrow[0] and narrow[1] <= wide[1]


def _words(pattern: Pattern) -> frozenset[str] | None:
    """The values that fit, where they can be told."""
    match pattern:
        case Exact(folded):
            return frozenset((folded,))
        case OneOf(words):
            return words
        case _:
            return None


def _covers_phrase(wide: Pattern, phrase: str) -> bool:
    """The borders of words are the same within a longer text, so what is found in the phrase is found there too."""
    value = Value(phrase)
    if value.collapsed != phrase:
        return False
    return isinstance(wide, Phrase | Phrases | Glob) and _is_open(wide) and wide.fits(value, NOWHERE)


def _covers_start(wide: Pattern, start: str) -> bool:
    if isinstance(wide, Glob):
        return wide.pieces[-1] == "" and _fits_text(wide, start)
    return isinstance(wide, Starts) and start.startswith(wide.folded)


def _covers_end(wide: Pattern, end: str) -> bool:
    if isinstance(wide, Glob):
        return wide.pieces[0] == "" and _fits_text(wide, end)
    return isinstance(wide, Ends) and end.endswith(wide.folded)


def _fits_text(wide: Glob, text: str) -> bool:
    value = Value(text)
    return value.collapsed == text and wide.fits(value, NOWHERE)


def _is_open(wide: Pattern) -> bool:
    """Whether anything may stand around what it fits."""
    return not isinstance(wide, Glob) or (wide.pieces[0] == "" and wide.pieces[-1] == "")


def _covers_addresses(wide: Pattern, narrow: Pattern) -> bool:
    match narrow:
        case Address(address):
            value = Value(address)
            return value.text == address and wide.find(value, NOWHERE) is not None
        case Domain(domain, subdomains):
            return _covers_domain(wide, domain, subdomains)
        case OurMailbox(local):
            return isinstance(wide, Addresses) and local in wide.locals
        case Addresses() if isinstance(wide, Addresses):
            return (
                narrow.addresses <= wide.addresses
                and narrow.domains <= wide.domains
                and narrow.parents <= wide.parents
                and narrow.locals <= wide.locals
            )
        case Addresses():
            parts = (
                *map(Address, narrow.addresses),
                *map(Domain, narrow.domains),
                *(Domain(each, True) for each in narrow.parents),
                *map(OurMailbox, narrow.locals),
            )
            return 0 < len(parts) <= _MOST_WORDS and all(covers(wide, part) for part in parts)
        case _:
            return False  # a regular expression covers itself alone


def _covers_domain(wide: Pattern, domain: str, subdomains: bool) -> bool:
    match wide:
        case Domain(other, True):
            return domain == other or domain.endswith(f".{other}")
        case Domain(other):
            return domain == other and not subdomains
        case Addresses():
            return (domain in wide.domains and not subdomains) or not wide.parents.isdisjoint(parents(domain))
        case _:
            return False


def parents(domain: str) -> list[str]:
    """The domain and those above it."""
    labels = domain.split(".")
    return [".".join(labels[at:]) for at in range(len(labels))]


def _lies_in(wide: Networks, version: int, length: int, bits: int) -> bool:
    return any(
        other == version and shorter <= length and (other, shorter, bits >> (length - shorter)) in wide.prefixes
        for other, shorter in wide.lengths
    )
