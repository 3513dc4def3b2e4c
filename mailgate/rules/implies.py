"""Whether one condition holds wherever another does, by their structure. Conservative: True is a proof.

A proof is about matches: where the first matches, the second matches too, and is neither a miss nor an error.
"""

from dataclasses import replace

from mailgate.rules.conditions import All, Any, Condition, Question
from mailgate.rules.covers import NOWHERE, NUMERIC, apart, covers
from mailgate.rules.patterns import (
    Address,
    Between,
    Domain,
    Equals,
    Exact,
    Number,
    OurMailbox,
    Phrase,
    Ranked,
    RankedBetween,
)
from mailgate.rules.ticket_fields import WEEKDAYS
from mailgate.rules.value import Value
from mailgate.rules.view import Field
from mailgate.tickets.model import PRIORITIES, STATES

MAX_STEPS = 2_000  # of one proof; beyond it nothing is said
ONE_VALUE = frozenset(
    """queue state priority owner lang weekday customer.group smtp.auth auth.spf auth.dkim auth.dmarc old new size
    smtp.size spam.score messages age since_customer since_agent agent.load queue.size attachment.count now idle type
    process step customer.org agent until""".split()
)
_SOLID = (Exact, Phrase, Address, Domain, OurMailbox, Number, Between, Equals, Ranked, RankedBetween)  # never of ""


class Budget:
    """Steps that are left for proofs: however conditions are nested, checking them ends soon."""

    __slots__ = ("steps",)

    def __init__(self, steps: int = MAX_STEPS) -> None:
        self.steps = steps


def implies(narrow: Condition, wide: Condition, budget: Budget | None = None) -> bool:
    """Whether `wide` matches wherever `narrow` does. Nothing is proved any more when the budget is spent."""
    return _Proof(budget or Budget()).of(narrow, wide)


def excludes(one: Condition, other: Condition) -> bool:
    """Whether the two never match together."""
    return implies(one, complement(other))


def complement(condition: Condition) -> Condition:
    """What matches where `condition` is a miss, and is a miss where it matches."""
    if isinstance(condition, Question):
        return replace(condition, negated=not condition.negated)
    parts = tuple(map(complement, condition.parts))
    return Any(parts) if isinstance(condition, All) else All(parts)


def words_of(field: Field) -> tuple[str, ...] | None:
    """All that a field can be, where it is always exactly one of a few words."""
    if field.kind == "flag":
        return ("true", "false")
    return {"state": STATES, "priority": PRIORITIES, "weekday": WEEKDAYS}.get(field.name)


def accepted(question: Question) -> frozenset[str] | None:
    """Which words of such a field match the question; None for any other field."""
    words = words_of(question.field)
    if words is None:
        return None
    return frozenset(word for word in words if _fits(question, word) is not question.negated)


def _fits(question: Question, word: str) -> bool:
    return question.exists or any(pattern.find(Value(word), NOWHERE) is not None for pattern in question.patterns)


class _Proof:
    """One proof; lives for one question."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._last = max(0, budget.steps - MAX_STEPS)

    def of(self, narrow: Condition, wide: Condition) -> bool:
        if self._budget.steps <= self._last:
            return False
        self._budget.steps -= 1
        if isinstance(narrow, Any):
            return all(self.of(part, wide) for part in narrow.parts)
        if isinstance(wide, All):
            return all(self.of(narrow, part) for part in wide.parts)
        if isinstance(narrow, All) and any(self.of(part, wide) for part in narrow.parts):
            return True
        if isinstance(wide, Any):
            return any(self.of(narrow, part) for part in wide.parts)
        return isinstance(narrow, Question) and _implies(narrow, wide)


def _implies(narrow: Question, wide: Question) -> bool:
    if narrow.field.name != wide.field.name or not _judges_alike(narrow, wide):
        return False
    words = accepted(narrow)
    if words is not None:
        return words <= (accepted(wide) or frozenset())
    if narrow.exists or wide.exists:
        return _exists_implies(narrow, wide)
    if narrow.negated is wide.negated:
        if narrow.negated:
            narrow, wide = wide, narrow
        return all(any(covers(each, pattern) for each in wide.patterns) for pattern in narrow.patterns)
    if narrow.negated or narrow.field.name not in ONE_VALUE:
        return False
    return all(apart(each, pattern) for each in wide.patterns for pattern in narrow.patterns)


def _exists_implies(narrow: Question, wide: Question) -> bool:
    if narrow.exists and wide.exists:
        return narrow.negated is wide.negated
    if wide.exists:
        return not wide.negated and not narrow.negated and all(isinstance(each, _SOLID) for each in narrow.patterns)
    return narrow.negated and wide.negated and all(isinstance(each, _SOLID) for each in wide.patterns)


def _judges_alike(narrow: Question, wide: Question) -> bool:
    """Where a field may be no number at all, a comparison is an error there, and its neighbours in the list with it."""
    if wide.field.kind != "own" or not any(isinstance(each, NUMERIC) for each in wide.patterns):
        return True
    return len(wide.patterns) == 1 and all(isinstance(each, NUMERIC) for each in narrow.patterns) and not narrow.exists
