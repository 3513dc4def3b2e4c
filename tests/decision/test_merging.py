"""A ticket that is merged lives on in its target, and nobody gains a part in anything by it."""

from typing import Any

import pytest

from mailgate.decision.effects import HoldAnswer, MergeTicket, Remark, TakeIn
from mailgate.decision.facts import Facts, TicketWanted
from mailgate.decision.holding import WHY_HELD
from mailgate.decision.plan import Plan
from mailgate.tickets.model import Participant
from tests.support.desk import (
    ANA,
    BEN,
    agents_mail,
    decided,
    knowing,
    make_mail,
    make_policy,
    make_raw,
    make_ticket,
    our_message_id,
    signed_address,
)

RULES = r"""
rules:
  - name: same
    when: [ticket.created, customer.replied]
    if: {subject: '/same as (?P<id>\w+)/'}
    do: [{merge: {into: "{{ m.id }}"}}, {state: open}]
"""
POLICY = make_policy(RULES)
TARGET = make_ticket(1040)


def merged(into: str, *tickets: Any, asked: str = "", **fields: Any) -> Plan:
    facts = knowing(*tickets, ids={}, asked=frozenset({asked} if asked else ()))
    return decided(make_mail(make_raw(subject=f"same as {into}", **fields), POLICY), POLICY, facts)


def refusals(plan: Plan) -> list[str]:
    return [d.effect.text for d in plan.effects if isinstance(d.effect, Remark) and d.effect.event == "merge.refused"]


def test_a_ticket_is_merged_and_both_histories_say_so() -> None:
    plan = merged("1040", TARGET)
    assert plan.ticket is not None
    assert (plan.ticket.state, plan.ticket.merged_into) == ("merged", 1040)
    assert [d.effect for d in plan.effects if isinstance(d.effect, MergeTicket)] == [MergeTicket(1040, "1040")]
    (told,) = plan.elsewhere
    assert (told.ticket, told.done.actor, told.done.effect) == (1040, "rule:same", TakeIn(plan.ticket.number))


def test_a_ticket_that_nobody_asked_for_is_asked_for_first() -> None:
    with pytest.raises(TicketWanted) as wanted:
        merged("1040")
    assert wanted.value.number == "1040"


@pytest.mark.parametrize(
    ("into", "tickets", "why"),
    [
        ("999", (), "there is no ticket 999"),
        ("2000", (), "a ticket cannot be merged into itself"),
        (
            "1040",
            (make_ticket(1040, state="merged", merged_into=1041), make_ticket(1041)),
            "ticket 1040 is merged itself",
        ),
    ],
)
def test_what_cannot_be_merged_stays_and_trace_and_history_say_why(into: str, tickets: Any, why: str) -> None:
    plan = merged(into, *tickets, asked=into)
    assert plan.ticket is not None
    assert plan.ticket.merged_into is None
    assert refusals(plan) == [f"not into {into}: {why}"]
    assert plan.traces[0].steps[0].actions[0] == f"merge into {into} → nothing: {why}"
    assert plan.elsewhere == ()


def test_a_ticket_is_merged_once() -> None:
    policy = make_policy(RULES.replace("do: [", 'do: [{merge: {into: "1041"}}, '))
    mail = make_mail(make_raw(subject="same as 1040"), policy)
    plan = decided(mail, policy, knowing(TARGET, make_ticket(1041), ids={}))
    assert plan.ticket is not None
    assert (plan.ticket.merged_into, refusals(plan)) == (1041, ["not into 1040: the ticket is merged already"])


def knowing_merged() -> tuple[Any, Facts]:
    """1042 was merged into 1041, and that into 1040."""
    first = make_ticket(1042, state="merged", merged_into=1041)
    return first, knowing(first, make_ticket(1041, state="merged", merged_into=1040), TARGET)


@pytest.mark.parametrize("way", ["signed address", "our message-id", "message-id", "subject"])
def test_later_mail_goes_on_to_the_last_target_whatever_leads_to_it(way: str) -> None:
    first, facts = knowing_merged()
    fields: dict[str, dict[str, Any]] = {
        "signed address": {"to": signed_address(first, 2)},
        "our message-id": {"in_reply_to": our_message_id(first)},
        "message-id": {"in_reply_to": "<first@acme.example>"},
        "subject": {"subject": "Re: [Ticket#1042] Invoice"},
    }
    plan = decided(make_mail(make_raw(message_id="<2@acme.example>", **fields[way]), POLICY), POLICY, facts)
    assert (plan.outcome.ticket, plan.won and plan.won.kind) == (1040, way)
    assert plan.articles[0].verified


def test_who_has_no_part_in_the_target_gets_none_by_a_merge() -> None:
    first = make_ticket(1042, state="merged", merged_into=1040, participants=(Participant(BEN, "Ben", 1, "requester"),))
    raw = make_raw(sender=BEN, to=signed_address(first, 2))
    plan = decided(make_mail(raw, POLICY), POLICY, knowing(first, TARGET))
    assert plan.ticket is not None
    assert (plan.ticket.id, plan.articles[0].verified) == (1040, False)
    assert BEN not in [each.address for each in plan.ticket.participants]


def test_what_is_merged_has_no_state_of_its_own_any_more() -> None:
    plan = merged("1040", TARGET)
    assert plan.ticket is not None
    assert plan.ticket.state == "merged"  # though the rule goes on with {state: open}


@pytest.mark.parametrize(("requester", "held"), [(ANA, False), (BEN, True)])
def test_an_answer_that_was_meant_for_another_customer_is_held(requester: str, held: bool) -> None:
    person = Participant(requester, "", 1, "requester")
    first = make_ticket(1042, state="merged", merged_into=1040, participants=(person,))
    plan = decided(agents_mail("It was sent.", first), POLICY, knowing(first, TARGET))
    assert plan.outcome.ticket == 1040
    assert [done.effect.reason for done in plan.effects if isinstance(done.effect, HoldAnswer)] == [
        WHY_HELD["merged"]
    ] * held
