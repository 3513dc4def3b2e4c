"""Conditions, compiled: a tree of questions under all and any, each with three values (match, miss, error).

`not` is worked into the questions while reading (De Morgan holds for three values too), so that a trace shows each
question with the verdict that counted. A miss beats an error under all, a match beats it under any: the order of
conditions never changes a verdict.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from mailgate.rules.patterns import NO_CAPTURES, Captures, Pattern, Unanswerable
from mailgate.rules.situation import OurAddresses
from mailgate.rules.syntax import Mark
from mailgate.rules.trace import ConditionStep, Verdict
from mailgate.rules.value import Value
from mailgate.rules.view import Field, View


class Trail:
    """What the judging of one rule leaves behind: steps, captures so far, the first error, the case it is at."""

    __slots__ = ("captures", "case", "error", "steps")

    def __init__(self) -> None:
        self.captures: Captures = NO_CAPTURES
        self.case = 0
        self.steps: list[ConditionStep] = []
        self.error = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One field against patterns, any of which will do. `exists` asks only whether there is a value."""

    field: Field
    patterns: tuple[Pattern, ...]
    shown: str  # as the trace has it, with "not" in front where it is negated
    mark: Mark
    negated: bool = False
    exists: bool = False

    def judge(self, view: View, trail: Trail) -> Verdict:
        verdict: Verdict
        shown = ""
        try:
            values, shown = view.look(self.field)
            captures = self._find(values, view.situation.ours)
        except Unanswerable as error:
            trail.error = trail.error or f"{self.field.name}: {error}"
            verdict = "error"
        else:
            verdict = "match" if (captures is None) is self.negated else "miss"
            if captures and verdict == "match":
                trail.captures = {**trail.captures, **captures}
        trail.steps.append(ConditionStep(self.field.name, self.shown, shown, verdict))
        return verdict

    def _find(self, values: tuple[Value, ...], ours: OurAddresses) -> Captures | None:
        if self.exists:
            return NO_CAPTURES if any(value.text for value in values) else None
        for pattern in self.patterns:
            for value in values:
                captures = pattern.find(value, ours)
                if captures is not None:
                    return captures
        return None

    def surely(self) -> frozenset[str]:
        """The captures that a match always gives."""
        if self.negated or not self.patterns:
            return frozenset()
        return frozenset.intersection(*(pattern.names for pattern in self.patterns))

    def perhaps(self) -> frozenset[str]:
        """The captures that a match may give."""
        return frozenset().union(*(pattern.names for pattern in self.patterns))


@dataclass(frozen=True, slots=True)
class All:
    """Every part matches."""

    parts: "tuple[Condition, ...]"

    def judge(self, view: View, trail: Trail) -> Verdict:
        verdict: Verdict = "match"
        for part in self.parts:
            found = part.judge(view, trail)
            if found == "miss":
                return "miss"
            if found == "error":
                verdict = "error"
        return verdict

    def surely(self) -> frozenset[str]:
        return frozenset().union(*(part.surely() for part in self.parts))

    def perhaps(self) -> frozenset[str]:
        return frozenset().union(*(part.perhaps() for part in self.parts))


@dataclass(frozen=True, slots=True)
class Any:
    """Some part matches; the first that does gives the captures."""

    parts: "tuple[Condition, ...]"

    def judge(self, view: View, trail: Trail) -> Verdict:
        verdict: Verdict = "miss"
        before = trail.captures
        for part in self.parts:
            found = part.judge(view, trail)
            if found == "match":
                return "match"
            trail.captures = before
            if found == "error":
                verdict = "error"
        return verdict

    def surely(self) -> frozenset[str]:
        return frozenset.intersection(*(part.surely() for part in self.parts))

    def perhaps(self) -> frozenset[str]:
        return frozenset().union(*(part.perhaps() for part in self.parts))


Condition = Question | All | Any


def questions(condition: Condition) -> Iterator[Question]:
    """All that is asked anywhere in it."""
    if isinstance(condition, Question):
        yield condition
    else:
        for part in condition.parts:
            yield from questions(part)
