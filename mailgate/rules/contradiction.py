"""Whether conditions can hold together at all, several of them, and whichever part of an `any:` is taken.

Conservative: what is given back is a proof that they never match together. It tries the values that matter: the words
of which one must be there, or the numbers at which an answer can change. A pattern that it does not understand is taken
to fit whatever is wanted; beyond MOST_WAYS and MOST_TOGETHER nothing is said.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from mailgate.rules.conditions import All, Condition, Question, questions
from mailgate.rules.covers import NOWHERE, SEES_COLLAPSED, Bound, span
from mailgate.rules.implies import ONE_VALUE, accepted, excludes
from mailgate.rules.patterns import Between, Equals, Exact, Number, OneOf, Pattern
from mailgate.rules.value import Value

MOST_WAYS = 64  # in which the parts of several any: can be taken together
MOST_TOGETHER = 30  # questions in one of them
_MOST_WORDS = 200  # of which one must be there
Group = tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Clash:
    """Questions that cannot all match. `ways`: in how many a condition could hold, in each of which something clashes;
    these are of the last."""

    questions: Group
    ways: int


def never_holds(condition: Condition) -> Clash | None:
    """None where it may hold. What one question alone is worth is asked of the question alone."""
    if isinstance(condition, Question):
        return Clash((condition,), 1) if _is_empty((condition,)) else None
    names = [each.field.name for each in questions(condition)]
    if len(set(names)) == len(names):
        return None
    ways, group = _ways(condition), None
    for way in ways:
        group = _clash(way)
        if group is None:
            return None
    return None if group is None else Clash(group, len(ways))


def _ways(condition: Condition) -> Sequence[Group]:
    """Each is a set of questions all of which would have to match; () where there are too many."""
    if isinstance(condition, Question):
        return ((condition,),)
    parts = [_ways(part) for part in condition.parts]
    if not all(parts):
        return ()
    if not isinstance(condition, All):
        found = [way for part in parts for way in part]
        return found if len(found) <= MOST_WAYS else ()
    count = 1
    for part in parts:
        count *= len(part)
    if count > MOST_WAYS:
        return ()
    joined = [tuple(question for way in chosen for question in way) for chosen in product(*parts)]
    return joined if all(len(way) <= MOST_TOGETHER for way in joined) else ()


def _clash(way: Group) -> Group | None:
    by_field: dict[str, list[Question]] = {}
    for question in way:
        by_field.setdefault(question.field.name, []).append(question)
    for group in by_field.values():
        if len(group) > 1 and _is_empty(group):
            return tuple(group)
        for place, other in enumerate(group):
            if one := next((each for each in group[:place] if excludes(each, other)), None):
                return (one, other)
    return None


def _is_empty(group: Sequence[Question]) -> bool:
    """Whether no value at all lets all of them match; they are about one field."""
    first = accepted(group[0])
    if first is not None:
        return not first.intersection(*(accepted(each) or frozenset() for each in group))
    if group[0].field.name not in ONE_VALUE or all(each.negated for each in group):
        return False
    if any(each.exists and each.negated for each in group):
        return True  # nothing is there, and something must be
    return _no_word(group) or _no_number(group)


def _no_word(group: Sequence[Question]) -> bool:
    finite = [words for each in group if not each.negated and (words := _words(each)) is not None]
    if not finite:
        return False
    return not any(_may_be(word, group) for word in min(finite, key=len))


def _words(question: Question) -> frozenset[str] | None:
    """Of which the value is one, where the question matches and they can be told."""
    found: set[str] = set()
    for pattern in question.patterns:
        match pattern:
            case Exact(folded):
                found.add(folded)
            case OneOf(words):
                found |= words
            case _:
                return None
    return frozenset(found) if found and len(found) <= _MOST_WORDS else None


def _may_be(word: str, group: Sequence[Question]) -> bool:
    value = Value(word)
    return value.collapsed != word or all(_may_match(each, value) for each in group)


def _may_match(question: Question, value: Value) -> bool:
    if question.exists:
        return True
    known = [each for each in question.patterns if isinstance(each, SEES_COLLAPSED)]
    fits = any(each.fits(value, NOWHERE) for each in known)
    return not fits if question.negated else fits or len(known) < len(question.patterns)


def _no_number(group: Sequence[Question]) -> bool:
    spans = [(each, _spans(each.patterns)) for each in group if not each.exists]
    known = [(each.negated, ranges) for each, ranges in spans if ranges is not None]
    if all(negated for negated, _ in known):
        return False
    return not any(
        all(any(low <= point <= high for low, high in ranges) is not negated for negated, ranges in known)
        for point in _points([bound for _, ranges in known for each in ranges for bound in each])
    )


def _spans(patterns: Sequence[Pattern]) -> list[tuple[Bound, Bound]] | None:
    ranges = [span(each) for each in patterns if isinstance(each, Number | Between | Equals)]
    return ranges if len(ranges) == len(patterns) else None


def _points(bounds: Sequence[Bound]) -> Iterator[Bound]:
    """At each bound, just below and just above it: between two neighbours no answer changes."""
    for number in {number for number, _ in bounds}:
        yield from ((number, -1), (number, 0), (number, 1))
