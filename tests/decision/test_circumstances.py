"""What rules ask about the whole desk, as the next mail of a batch will find it."""

from dataclasses import replace

from mailgate.decision.circumstances import NO_CIRCUMSTANCES, Circumstances
from mailgate.decision.effects import Done, Rotate
from mailgate.decision.facts import Facts
from mailgate.decision.plan import Outcome, Plan
from tests.support.desk import NOW, make_ticket

KNOWN = Circumstances(loads={"nina": 3, "kim": 1}, queue_sizes={"support": 4}, rotation={"first-line": 5})


def plan(before: object, after: object, *effects: Done) -> Plan:
    return Plan(1, NOW, Outcome("article"), before=before, ticket=after, effects=effects)  # type: ignore[arg-type]


def test_a_ticket_that_is_assigned_moved_or_closed_counts_where_it_then_is() -> None:
    before = make_ticket(owner="nina")
    moved = KNOWN.after(plan(before, replace(before, owner="kim", queue="billing")))
    assert (moved.loads, moved.queue_sizes) == ({"nina": 2, "kim": 2}, {"support": 3, "billing": 1})
    closed = KNOWN.after(plan(before, replace(before, state="closed")))
    assert (closed.loads, closed.queue_sizes) == ({"nina": 2, "kim": 1}, {"support": 3})
    opened = KNOWN.after(plan(None, make_ticket(owner="kim", state="new")))
    assert (opened.loads["kim"], opened.queue_sizes["support"]) == (2, 5)


def test_the_round_robin_went_on() -> None:
    after = KNOWN.after(plan(None, make_ticket(), Done("rule:x", Rotate("first-line")), Done("rule:x", Rotate("new"))))
    assert after.rotation == {"first-line": 6, "new": 1}


def test_nothing_is_reckoned_where_no_rule_asks() -> None:
    assert Facts().after(plan(None, make_ticket())).circumstances is NO_CIRCUMSTANCES
    assert KNOWN.after(Plan(1, NOW, Outcome("discarded"))) is KNOWN
