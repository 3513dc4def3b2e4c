"""The record of a rule run: which rule at which line looked at which value and what came of it (DESIGN.md 7.8)."""

from dataclasses import dataclass, replace
from typing import Literal

from mailgate.rules.events import GATE

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

    def amended(self, place: int, came: str) -> "Step":
        """With what came of one of its actions, which only the facts could tell: nothing, and why."""
        actions = tuple(f"{each} → {came}" if n == place else each for n, each in enumerate(self.actions))
        return replace(self, actions=actions)

    def without_effect(self, because: str, but: str) -> "Step":
        """Where nothing of what it asked for counts after all, save the action `but`."""
        return replace(
            self, actions=tuple(each if each == but else f"{each} → nothing: {because}" for each in self.actions)
        )


@dataclass(frozen=True, slots=True)
class Unmet:
    """Rules in a row that were passed over: what they need was not there (see index.py). `place`: before which step."""

    place: int
    rules: int
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """Everything one event's run saw, in order; `skipped` rules were not for this event, `unmet` could not match.

    `about`: of a change, what became what, and which rule made it. Of the rules for this event `stopped` were not asked
    since one before them stopped, and `again` since they ran for the same cause already.
    """

    event: str
    ruleset: str  # the set's hash
    steps: tuple[Step, ...] = ()
    skipped: int = 0
    unmet: tuple[Unmet, ...] = ()
    about: str = ""
    stopped: int = 0
    again: int = 0

    def matched(self, rule: str) -> bool:
        return any(each.rule == rule and each.verdict == "match" for each in self.steps)

    def amended(self, rule: str, place: int, came: str) -> "Trace":
        """See Step.amended; of that rule's match."""
        steps = tuple(
            each.amended(place, came) if each.rule == rule and each.verdict == "match" else each for each in self.steps
        )
        return replace(self, steps=steps)

    def without_effect(self, because: str, but: str) -> "Trace":
        """See Step.without_effect; of rules that saw a ticket: what the gate did stands."""
        if self.event == GATE:
            return self
        return replace(self, steps=tuple(each.without_effect(because, but) for each in self.steps))
