"""A timer of one rule rings for that rule; a ticket is closed for silence in its name."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from mailgate.decision.facts import Facts
from mailgate.decision.plan import Allotment, Plan
from mailgate.decision.policy import Policy
from mailgate.decision.timed import closed_for_silence, is_to_close, rang
from mailgate.ids import SeededIds
from mailgate.tickets.model import Ticket
from tests.support.desk import ANA, NOW, make_answer, make_policy, make_said, make_ticket

RULES = """
rules:
  - name: one
    when: {idle: 1h}
    once: ONCE
    do: [{close: {after: 4d, template: closed}}, {pending: {for: 1d}}, {tag: one}]
  - {name: other, when: {idle: 1h}, if: {tag: never}, do: [{tag: other}]}
  - {name: then, when: [tag.added, {state.changed: {to: closed}}], do: [{note: "{{ new }}"}]}
"""
SILENT = make_ticket(last_human_at=NOW - timedelta(hours=1), episode=3, episode_at=NOW - timedelta(hours=1))


def policy(once: str = "event") -> Policy:
    return make_policy(RULES.replace("ONCE", once))


def ring(rule: str, ticket: Ticket = SILENT, chosen: Policy | None = None, **facts: Any) -> Plan | None:
    chosen = chosen or policy()
    timer = next(each.timer for each in chosen.rules.timed if each.name == rule)
    assert timer is not None
    return rang(rule, timer, ticket, Facts(tickets={ticket.id: ticket}, **facts), chosen, allotment(chosen), NOW)


def allotment(chosen: Policy) -> Allotment:
    ids, each = SeededIds(1), chosen.rules.articles_each
    return Allotment(0, tuple(range(9_000, 9_000 + each)), tuple(ids.nonce() for _ in range(each + 1)))


def done(plan: Plan | None) -> list[tuple[str, str]]:
    assert plan is not None
    return [(each.actor, type(each.effect).__name__) for each in plan.effects]


def test_a_timer_rings_for_its_own_rule_and_what_it_changes_for_all() -> None:
    plan = ring("one")
    assert plan is not None
    assert plan.ticket is not None
    assert plan.ticket.tags == ("one",)
    assert [step.rule for trace in plan.traces for step in trace.steps if step.verdict == "match"] == ["one", "then"]


def test_a_delayed_close_holds_whatever_else_the_same_rule_changes() -> None:
    plan = ring("one")
    assert plan is not None
    assert plan.ticket is not None
    assert (plan.ticket.state, plan.ticket.close_at, plan.ticket.close_template) == (
        "pending",
        NOW + timedelta(days=4),
        "closed",
    )
    assert plan.ticket.close_rule == "one"


def test_what_a_rule_changes_ends_no_episode() -> None:
    plan = ring("one")
    assert plan is not None
    assert plan.ticket is not None
    assert (plan.ticket.episode, plan.ticket.last_human_at) == (SILENT.episode, SILENT.last_human_at)


def test_a_rule_whose_conditions_do_not_hold_leaves_nothing_behind() -> None:
    assert ring("other") is None


@pytest.mark.parametrize(
    ("once", "turn", "runs"),
    [("ticket", 1, False), ("episode", 3, False), ("episode", 2, True), ("ticket", None, True)],
)
def test_a_rule_that_had_its_turn_does_not_run_again(once: str, turn: int | None, runs: bool) -> None:
    turns = {} if turn is None else {SILENT.id: {"one": turn}}
    plan = ring("one", chosen=policy(once), turns=turns)
    assert (plan is not None) is runs
    assert plan is None or plan.turns == ("one",)


def closing(**changed: Any) -> Ticket:
    return replace(SILENT, close_at=NOW, close_template="closed", close_rule="one", **changed)


def test_a_ticket_is_closed_in_the_name_of_the_rule_and_the_customer_told() -> None:
    ticket, chosen = closing(), policy()
    plan = closed_for_silence(
        ticket,
        Facts(tickets={ticket.id: ticket}, said={ticket.id: (make_said(1), make_answer(2))}),
        chosen,
        allotment(chosen),
        NOW,
    )
    assert done(plan)[:2] == [("rule:one", "ChangeState"), ("rule:one", "SendMail")]
    assert ("rule:then", "AppendNote") in done(plan)
    assert plan.ticket is not None
    assert (plan.ticket.state, plan.ticket.close_at, plan.ticket.closed_at) == ("closed", None, NOW)
    assert [(each.template, each.recipient.address) for each in plan.drafts] == [("closed", ANA)]


def test_without_a_template_nobody_is_told() -> None:
    ticket, chosen = replace(closing(), close_template=None), policy()
    plan = closed_for_silence(
        ticket,
        Facts(tickets={ticket.id: ticket}, said={ticket.id: (make_said(1), make_answer(2))}),
        chosen,
        allotment(chosen),
        NOW,
    )
    assert plan.drafts == ()


@pytest.mark.parametrize(
    ("ticket", "is_due"),
    [
        (closing(), True),
        (closing(state="pending"), True),
        (closing(state="closed"), False),
        (closing(state="merged"), False),
        (replace(closing(), close_at=NOW + timedelta(seconds=1)), False),
        (SILENT, False),
    ],
)
def test_a_ticket_that_moved_is_not_closed(ticket: Ticket, is_due: bool) -> None:
    assert is_to_close(ticket, NOW) is is_due
