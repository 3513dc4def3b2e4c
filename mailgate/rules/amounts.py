"""Reads what numbers, sizes, durations, times and priorities are compared with: `over 10MB`, `between 2 and 4`."""

import re
from collections.abc import Callable, Mapping
from typing import cast

from mailgate.duration import meant_duration, parse_duration
from mailgate.problems import expected_one_of, nearest
from mailgate.rules import meant
from mailgate.rules.findings import quoted
from mailgate.rules.money import MoneyCompared, read_money
from mailgate.rules.patterns import (
    Between,
    Comparison,
    Equals,
    Hours,
    Number,
    Pattern,
    Ranked,
    RankedBetween,
    Unanswerable,
    number,
)
from mailgate.rules.reading import Reading
from mailgate.rules.syntax import Node
from mailgate.rules.view import Field, Kind
from mailgate.size import parse_size
from mailgate.tickets.model import PRIORITIES

_COMPARISON = re.compile(r"(over|under|at least|at most)\s+(.*)", re.DOTALL)
_BETWEEN = re.compile(r"(?:between\s+)?(.+?)\s+and\s+(.+)", re.DOTALL)
_TIME = re.compile(r"([01]?[0-9]|2[0-4]):([0-5][0-9])")
_EXAMPLES: Mapping[Kind, str] = {
    "number": "over 5, at most 3, between 2 and 4",
    "own": "over 200",
    "size": "over 10MB",
    "duration": "over 2d",
    "time": "between 22:00 and 06:00",
    "priority": "at least high",
}
_EXPECTED: Mapping[Kind, str] = {
    "number": "a number, or over, under, at least, at most, between ... and ...",
    "own": "a number",
    "size": "over, under, at least or at most a size such as 10MB, or between two",
    "duration": "over, under, at least or at most a duration such as 2d, or between two",
    "time": "over or under a time such as 18:30, or between two",
}
COMPARED = frozenset(_EXAMPLES)


class NotAnAmount(ValueError):
    """What stands there is not of the kind that the field is."""

    def __init__(self, message: str, mend: str = "") -> None:
        super().__init__(message)
        self.mend = mend


def is_comparison(text: str) -> bool:
    return _COMPARISON.fullmatch(text) is not None or text.startswith("between ")


def compared(field: Field, node: Node, text: str, reading: Reading) -> Pattern | None:
    """The pattern of `over V`, `between V and V`, or of V alone; None after a finding."""
    try:
        if text.startswith("between "):
            return _between(field.kind, text)
        if said := _COMPARISON.fullmatch(text):
            return _ordered(field.kind, cast(Comparison, said[1]), said[2])
        return _alone(field, text)
    except NotAnAmount as error:
        example = f"write {field.name}: {_EXAMPLES[field.kind]}"
        better = meant.comparison(text)
        mend = f'did you mean "{better}"?' if better else error.mend or example
        expected = expected_one_of(PRIORITIES) if field.kind == "priority" else f"expected {_EXPECTED[field.kind]}"
        reading.error(node, "MG004", str(error), mend, expected)
        return None


def by_operator(field: Field, node: Node, operator: str, text: str, reading: Reading) -> Pattern | None:
    """As `compared`, with the word as a key: `{over: 10MB}`, `{between: 2 and 4}`, `{is: 3}`."""
    return compared(field, node, text if operator == "is" else f"{operator} {text}", reading)


def own_number(text: str) -> bool:
    """Whether a comparison of a ticket's own field is meant as one: such a field's text may begin with "over" too."""
    said = _COMPARISON.fullmatch(text)
    if said and read_money(said[2]) is not None:
        return True
    between = _BETWEEN.fullmatch(text) if text.startswith("between ") else None
    words = (said[2],) if said else (between[1], between[2]) if between else ()
    try:
        return bool([number(word) for word in words])
    except Unanswerable:
        return False


def _ordered(kind: Kind, comparison: Comparison, text: str) -> Pattern:
    if kind == "own" and (money := read_money(text)) is not None:
        return MoneyCompared(comparison, money)
    bound = _AMOUNTS[kind](text)
    return Ranked(comparison, int(bound)) if kind == "priority" else Number(comparison, bound)


def _between(kind: Kind, text: str) -> Pattern:
    said = _BETWEEN.fullmatch(text)
    if said is None:
        raise NotAnAmount(f"{quoted(text)} has no two ends")
    low, high = _AMOUNTS[kind](said[1]), _AMOUNTS[kind](said[2])
    if kind == "time":
        if low == high:
            raise NotAnAmount(f"{quoted(text)} is no time at all")
        return Hours(int(low), int(high))
    if low > high:
        raise NotAnAmount(f"{quoted(text)} holds nothing: the first is the greater")
    return RankedBetween(int(low), int(high)) if kind == "priority" else Between(low, high)


def _alone(field: Field, text: str) -> Pattern:
    amount = _AMOUNTS[field.kind](text)
    if field.kind in ("size", "duration", "time"):
        raise NotAnAmount(f"just {quoted(text)} is nearly never so")
    return Equals(amount)


def _number(text: str) -> float:
    try:
        return number(text)
    except Unanswerable as error:
        raise NotAnAmount(str(error)) from None


def _duration(text: str) -> float:
    try:
        return parse_duration(text).total_seconds()
    except ValueError:
        said = meant_duration(text)
        mend = f'did you mean "{said}"?' if said else ""
        raise NotAnAmount(f"{quoted(text)} is not a duration: a number and s, m, h, d or w", mend) from None


def _size(text: str) -> float:
    try:
        return parse_size(text)
    except ValueError:
        raise NotAnAmount(f"{quoted(text)} is not a size: a number and kB, MB, GB, KiB, MiB or GiB") from None


def _time(text: str) -> float:
    said = _TIME.fullmatch(text.strip())
    if said is None or (said[1] == "24" and said[2] != "00"):
        raise NotAnAmount(f"{quoted(text)} is not a time of day")
    return int(said[1]) * 3600 + int(said[2]) * 60


def _priority(text: str) -> float:
    for rank, name in enumerate(PRIORITIES):
        if name == text:
            return rank
    near = nearest(text, PRIORITIES)
    raise NotAnAmount(f'{quoted(text)} is not a valid value for "priority"', f'did you mean "{near}"?' if near else "")


_AMOUNTS: Mapping[Kind, Callable[[str], float]] = {
    "number": _number,
    "own": _number,
    "size": _size,
    "duration": _duration,
    "time": _time,
    "priority": _priority,
}
