"""The record of a rule run: which rule at which line looked at which value and what came of it (DESIGN.md 7.8)."""

from dataclasses import dataclass, replace
from typing import Literal

Verdict = Literal["match", "miss", "error"]


@dataclass(frozen=True, slots=True)
class ConditionStep:
    """One condition as it was met: the field, what was asked of it, the value seen (shortened), the verdict."""

    field: str
    match: str
    value: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Step:
    """One rule that was looked at. `case` counts from 1 in a decision table, 0 otherwise."""

    rule: str
    file: str
    line: int
    verdict: Verdict
    case: int = 0
    conditions: tuple[ConditionStep, ...] = ()
    actions: tuple[str, ...] = ()  # as a person reads them: 'queue billing', 'reply "received"'
    error: str = ""
    limited: str = ""  # why none of its actions was done but for notifications

    def amended(self, told: str, because: str) -> "Step":
        """With the reason why one of its actions was not done, which only the facts could tell."""
        actions = tuple(f"{each} ({because})" if each == told else each for each in self.actions)
        return replace(self, actions=actions)


@dataclass(frozen=True, slots=True)
class Unmet:
    """Rules in a row that were passed over: what they need was not there (see index.py). `place`: before which step."""

    place: int
    rules: int
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """Everything one event's run saw, in order; `skipped` rules were not for this event, `unmet` could not match."""

    event: str
    ruleset: str  # the set's hash
    steps: tuple[Step, ...] = ()
    skipped: int = 0
    unmet: tuple[Unmet, ...] = ()

    def amended(self, rule: str, told: str, because: str) -> "Trace":
        """See Step.amended; of that rule's match."""
        steps = tuple(
            each.amended(told, because) if each.rule == rule and each.verdict == "match" else each
            for each in self.steps
        )
        return replace(self, steps=steps)
