"""Rules before there is a ticket: they discard, set aside, or say where a mail belongs."""

from dataclasses import replace
from typing import Any

import pytest

from mailgate.decision.gate import OPEN, gate
from mailgate.decision.plan import Plan
from mailgate.decision.told import told
from tests.support.desk import ANA, decided, knowing, make_envelope, make_mail, make_policy, make_raw, make_ticket


def passed(rules: str, facts: Any = None, **fields: Any) -> Plan:
    policy = make_policy(rules)
    return decided(make_mail(make_raw(**fields), policy), policy, facts)


@pytest.mark.parametrize(
    ("action", "kind", "detail"),
    [
        ("{drop: {reason: advertising}}", "discarded", "rule x: advertising"),
        ("{quarantine: {reason: an executable}}", "quarantined", "rule x: an executable"),
    ],
)
def test_a_mail_that_goes_no_further_leaves_its_outcome_and_its_trace(action: str, kind: str, detail: str) -> None:
    plan = passed(f"rules: [{{name: x, when: message.received, if: {{subject: buy}}, do: [{action}]}}]", subject="Buy!")
    assert (plan.outcome.kind, plan.outcome.detail, plan.ticket, plan.drafts) == (kind, detail, None, ())
    assert [trace.event for trace in plan.traces] == ["message.received"]


def test_what_the_gate_lets_pass_is_decided_as_ever_and_says_that_it_was_looked_at() -> None:
    plan = passed("rules: [{name: x, when: message.received, if: {subject: buy}, do: [{drop: {reason: ads}}]}]")
    assert plan.outcome.kind == "article"
    assert plan.traces[0].event == "message.received"


def test_a_rule_can_join_a_mail_to_a_ticket_or_keep_it_from_one() -> None:
    join = "rules: [{name: x, when: message.received, do: [{join: {ticket: '1042'}}]}]"
    plan = passed(join, knowing(make_ticket()), subject="no token")
    assert plan.won is not None
    assert (plan.won.kind, plan.won.value) == ("rule", "x")  # the history says which rule, and the ticket is its own
    assert plan.won is not None
    assert (plan.outcome.ticket, plan.won.kind) == (1042, "rule")
    never = "rules: [{name: x, when: message.received, do: [{join: never}]}]"
    assert passed(never, knowing(make_ticket()), in_reply_to="<first@acme.example>").before is None


def test_a_rule_that_joins_proves_nobody() -> None:
    """A participant's number is that of his own ticket: on another one it is somebody else's."""
    from tests.support.desk import MALLORY, signed_address

    rules = "rules: [{name: x, when: message.received, do: [{join: {ticket: '1042'}}]}]"
    policy, his = make_policy(rules), make_ticket(7)
    address = signed_address(his, 2)
    mail = make_mail(make_raw(sender=MALLORY, to=address), policy, make_envelope(MALLORY, address))
    plan = decided(mail, policy, knowing(make_ticket(), his))
    assert (plan.outcome.ticket, plan.articles[0].verified) == (1042, False)


def test_a_mail_that_is_taken_up_again_passed_the_gate_before() -> None:
    policy = make_policy("rules: [{name: x, when: message.received, do: [{drop: {reason: ads}}]}]")
    mail = make_mail(make_raw(), policy)
    assert gate(mail.message, mail.envelope, policy).outcome is not None
    again = replace(make_envelope(ANA), resumes="confirmed", resumed_from=1)
    assert gate(mail.message, again, policy) is OPEN


def test_without_rules_the_gate_stands_open() -> None:
    mail = make_mail(make_raw(), make_policy())
    assert gate(mail.message, mail.envelope, make_policy()) is OPEN


def test_a_number_to_join_that_is_no_ticket_is_told_in_trace_and_history() -> None:
    policy = make_policy('rules: [{name: by-number, when: message.received, do: [{join: {ticket: "999"}}]}]')
    plan = decided(make_mail(make_raw(), policy), policy)
    assert plan.before is None
    assert plan.traces[0].steps[0].actions == ("join 999 → nothing: there is no ticket 999",)
    assert [(done.actor, told(done.effect)) for done in plan.effects][2:] == [
        ("rule:by-number", ("join.failed", {"text": "there is no ticket 999: a new one"}))
    ]


def test_a_number_to_join_that_is_a_ticket_is_no_failure() -> None:
    policy = make_policy('rules: [{name: by-number, when: message.received, do: [{join: {ticket: "1042"}}]}]')
    plan = decided(make_mail(make_raw(), policy), policy, knowing(make_ticket()))
    assert (plan.outcome.ticket, plan.lost) == (1042, ())
    assert plan.traces[0].steps[0].actions == ("join 1042",)
