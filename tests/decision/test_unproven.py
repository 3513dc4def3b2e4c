"""Mail that may be an agent's and is not proven: it does nothing, she hears of it, and her word is enough."""

from dataclasses import replace
from typing import Any

import pytest

from mailgate.decision.effects import Await, ChangeState, Remark, Resume, Settle, TellLater
from mailgate.decision.facts import Facts
from mailgate.decision.plan import Draft, Plan
from mailgate.decision.policy import Policy
from tests.support.desk import (
    ANA,
    KIM,
    MALLORY,
    NINA,
    agents_mail,
    decided,
    knowing,
    make_envelope,
    make_mail,
    make_policy,
    make_raw,
    make_said,
    make_ticket,
    signed_address,
)

RULES = """
rules:
  - name: tell
    when: [ticket.created, customer.replied]
    do: [{notify: {team: queue, template: agent_followup}}]
"""
POLICY = make_policy(RULES)
TICKET = make_ticket()
BARE: dict[str, Any] = {
    "to": "support@example.com",
    "envelope": make_envelope(NINA.address),
    "message_id": "<bare@laptop>",
}
FAILED: dict[str, Any] = {"verified": "mx.example.com; dmarc=fail header.from=example.com"}


def plan_of(text: str = "It was sent.", facts: Facts | None = None, policy: Policy = POLICY, **more: Any) -> Plan:
    return decided(agents_mail(text, policy=policy, **more), policy, facts or knowing(TICKET))


def from_mallory(turn: int = 0, facts: Facts | None = None, **more: Any) -> Plan:
    address = signed_address(TICKET, 2 * NINA.number + 1)
    raw = make_raw(sender=MALLORY, to=address, text="#close", message_id=f"<{turn}@evil.example>", **more)
    return decided(make_mail(raw, POLICY, make_envelope(MALLORY, address)), POLICY, facts or knowing(TICKET))


def to_her(plan: Plan) -> list[Draft]:
    return [draft for draft in plan.drafts if draft.recipient.address == NINA.address]


def awaits(plan: Plan) -> list[Await]:
    return [done.effect for done in plan.effects if isinstance(done.effect, Await)]


# --- without her signed address: a question


def test_an_answer_to_the_bare_address_waits_for_her_word_and_moves_nothing() -> None:
    plan = plan_of("#close\nIt was sent.", **BARE)
    assert plan.ticket is not None
    assert (plan.ticket.state, plan.articles[0].verified, plan.outcome.kind) == ("open", False, "article")
    (question,) = to_her(plan)
    assert (question.template, question.telling.reason, question.telling.links) == (
        "confirm",
        "unsigned",
        ("confirm", "discard"),
    )
    assert question.telling.sender == f"{NINA.title} <{NINA.address}>"
    assert question.telling.kept_text == "#close\nIt was sent."
    assert (question.telling.waits, plan.orders) == (1, "#close")
    assert [(each.agent, each.kind, each.article) for each in awaits(plan)] == [
        ("nina", "unproven", plan.articles[0].id)
    ]


def test_she_gets_the_question_and_no_notification_beside_it_her_colleague_the_notification() -> None:
    plan = plan_of(**BARE)
    assert [draft.template for draft in to_her(plan)] == ["confirm"]
    assert [draft.template for draft in plan.drafts if draft.recipient.address == KIM.address] == ["agent_followup"]


def test_she_is_asked_at_her_registered_address() -> None:
    passed = "mx.example.com; dmarc=pass header.from=home.example"
    plan = plan_of(sender=NINA.also[0], verified=passed, **BARE)
    assert [draft.template for draft in to_her(plan)] == ["confirm"]


@pytest.mark.parametrize(("path", "mark"), [(None, {}), (NINA.address, {"auto_submitted": "auto-replied"})])
def test_automatic_mail_asks_for_nothing(path: Any, mark: Any) -> None:
    plan = plan_of("#close", to="support@example.com", envelope=make_envelope(path), **mark)
    assert (awaits(plan), [draft.template for draft in to_her(plan)]) == ([], [])


def test_the_word_confirm_of_a_machine_confirms_nothing() -> None:
    from mailgate.decision.conversation import Waiting

    known = knowing(TICKET, waiting={1042: (Waiting(1, "nina", "unproven", 7),)})
    plan = plan_of("#confirm", known, auto_submitted="auto-replied")
    assert not any(isinstance(done.effect, Resume | Settle | ChangeState) for done in plan.effects)


def test_a_new_request_of_hers_needs_no_proof_but_its_commands_do() -> None:
    plain = plan_of("My chair squeaks.", Facts(), subject="Chair", **BARE)
    assert (awaits(plain), [draft.template for draft in to_her(plain)]) == ([], ["agent_followup"])
    ordering = plan_of("#queue billing\nMy chair squeaks.", Facts(), subject="Chair", **BARE)
    assert ordering.ticket is not None
    assert (ordering.ticket.queue, len(awaits(ordering))) == ("support", 1)


def confirmed(first: Plan, text: str, **more: Any) -> Plan:
    """The mail of `first`, taken up again at her word."""
    before = agents_mail(text, policy=POLICY, **more)
    envelope = replace(before.envelope, resumes="confirmed", resumed_from=1)
    mail = agents_mail(text, policy=POLICY, spool_id=2, **more | {"envelope": envelope})
    return decided(mail, POLICY, knowing(TICKET).after(first) if first.before else Facts().after(first))


def test_once_confirmed_it_is_her_answer_though_its_words_are_filed_already() -> None:
    text = "The parcel left our house on Monday morning."
    plan = confirmed(plan_of(text, **BARE), text, **BARE)
    assert (plan.outcome.detail, plan.outcome.ticket) == ("answer", 1042)
    assert [(draft.recipient.address, draft.held) for draft in plan.drafts if draft.kind == "customer"] == [(ANA, "")]


def test_a_confirmed_request_is_no_second_ticket_and_only_its_commands_are_done() -> None:
    text = "#queue billing\n#priority high\nMy chair squeaks."
    more: dict[str, Any] = {"subject": "Chair", **BARE}
    first = plan_of(text, Facts(), **more)
    plan = confirmed(first, text, **more)
    assert plan.ticket is not None
    assert plan.before == first.ticket
    assert (plan.ticket.queue, plan.ticket.priority, plan.articles) == ("billing", "high", ())
    assert not any(draft.kind == "customer" for draft in plan.drafts)


def test_the_same_mail_taken_up_twice_is_a_duplicate() -> None:
    text = "The parcel left our house on Monday morning."
    first = plan_of(text, **BARE)
    once = confirmed(first, text, **BARE)
    facts = knowing(TICKET).after(first).after(once)
    envelope = replace(make_envelope(NINA.address), resumes="confirmed", resumed_from=1)
    again = agents_mail(text, policy=POLICY, spool_id=3, **BARE | {"envelope": envelope})
    assert decided(again, POLICY, facts).outcome.kind == "duplicate"


# --- not authentic, or from an unknown address: she is told


@pytest.mark.parametrize(
    ("more", "reason"), [(FAILED, "failed"), ({"verified": "mx.example.com; dmarc=none"}, "unproven")]
)
def test_what_is_not_authentic_does_nothing_and_she_is_told_once_an_hour(more: Any, reason: str) -> None:
    plan = plan_of("#close\nIt was sent.", **more)
    assert plan.ticket is not None
    assert (plan.ticket.state, plan.articles[0].verified, awaits(plan), plan.orders) == ("open", False, [], "")
    (letter,) = to_her(plan)
    assert (letter.template, letter.telling.reason) == ("sender_unknown", reason)
    again = plan_of("#close", knowing(TICKET).after(plan), message_id="<again@x>", **more)
    assert to_her(again) == []
    (line,) = (done.effect for done in again.effects if isinstance(done.effect, TellLater))
    assert (line.agent, NINA.address in line.line) == ("nina", True)


def test_an_unknown_address_at_hers_may_be_an_alias_and_she_is_told_how_to_add_it() -> None:
    plan = from_mallory()
    assert not any(isinstance(done.effect, ChangeState) for done in plan.effects)
    (letter,) = to_her(plan)
    assert (letter.template, letter.telling.reason) == ("sender_unknown", "alias")
    assert f'also = ["{MALLORY}"]' in letter.telling.mend


def test_a_robot_at_an_agents_address_makes_one_mail_to_each_an_hour() -> None:
    facts, told = knowing(TICKET), []
    for turn in range(5):
        plan = from_mallory(turn, facts)
        facts = facts.after(plan)
        told += [draft.recipient.address for draft in plan.drafts]
    assert sorted(told) == [KIM.address, NINA.address]


def test_a_flood_of_questions_becomes_a_list() -> None:
    facts, questions, lines = knowing(TICKET), 0, 0
    for turn in range(25):
        plan = plan_of("It was sent.", facts, spool_id=turn + 1, **BARE | {"message_id": f"<{turn}@laptop>"})
        facts = facts.after(plan)
        questions += len(awaits(plan))
        lines += sum(isinstance(done.effect, TellLater) and done.effect.agent == "nina" for done in plan.effects)
    assert (questions, lines) == (20, 5)


def test_what_a_queue_shows_to_its_members_alone_is_in_no_question() -> None:
    policy = make_policy(
        RULES,
        queue={"members_only": True, "team": "second-line"},
        teams={"first-line": ("nina",), "second-line": ("kim",)},
    )
    known = knowing(TICKET, said={1042: (make_said(TICKET.last_article, "a secret matter"),)})
    plan = plan_of(facts=known, policy=policy, **BARE)
    (question,) = to_her(plan)
    assert (question.telling.outsider, question.telling.earlier) == (True, ())


def test_a_customer_whose_check_failed_concerns_no_agent() -> None:
    mail = make_mail(make_raw(in_reply_to="<first@acme.example>", **FAILED), POLICY)
    plan = decided(mail, POLICY, knowing(TICKET))
    assert not any(isinstance(done.effect, Remark) and done.effect.event == "agent.unproven" for done in plan.effects)
