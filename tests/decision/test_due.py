"""What happens without a mail: pending time is over, an answer failed for good."""

from datetime import timedelta

import pytest

from mailgate.decision.due import FailedAnswer, answer_failed, is_over, pending_is_over
from mailgate.decision.facts import Facts
from mailgate.decision.plan import Allotment, Plan
from mailgate.ids import SeededIds
from mailgate.mail.reply_meaning import quoted_status
from mailgate.tickets.model import State, Ticket
from tests.support.desk import ANA, KIM, NINA, NOW, knowing, make_answer, make_policy, make_said, make_ticket

RULES = """
rules:
  - {name: due, when: pending.due, do: [{notify: {owner: true, template: agent_due}}, {tag: woken}]}
  - {name: opened, when: {state.changed: {to: open}}, do: [{reply: received}]}
  - {name: gone, when: delivery.failed, if: {dsn.status: 5.1.1, dsn.recipient: ana@acme.example}, do: [{tag: gone}]}
  - {name: failed, when: delivery.failed, do: [{notify: {team: queue, template: delivery_failed}}]}
"""
POLICY = make_policy(RULES)
FAILED = FailedAnswer(ANA, "550 5.1.1 no such user", NINA.address, "It was sent.", 12_400_000)


def allotment() -> Allotment:
    ids, each = SeededIds(1), POLICY.rules.articles_each
    return Allotment(0, tuple(range(9_000, 9_000 + each)), tuple(ids.nonce() for _ in range(each + 1)))


def woken(ticket: Ticket, facts: Facts | None = None) -> Plan:
    return pending_is_over(ticket, facts or knowing(ticket), POLICY, allotment(), NOW)


def failed(ticket: Ticket, failure: FailedAnswer = FAILED) -> Plan:
    return answer_failed(ticket, failure, knowing(ticket), POLICY, allotment(), NOW)


PENDING = make_ticket(state="pending", pending_until=NOW, owner="kim")


def test_a_pending_ticket_opens_and_its_owner_hears_of_it_with_a_message_id_of_its_own() -> None:
    plan = woken(PENDING)
    assert plan.ticket is not None
    assert (plan.ticket.state, plan.ticket.pending_until, plan.ticket.tags) == ("open", None, ("woken",))
    (draft,) = plan.drafts
    assert (draft.template, draft.recipient.address, draft.answers) == ("agent_due", KIM.address, True)
    assert draft.notice is not None
    assert (plan.spool_id, plan.binds) == (0, None)


@pytest.mark.parametrize(
    ("state", "minutes", "over"),
    [("pending", 0, True), ("pending", -1, True), ("pending", 1, False), ("open", -1, False), ("closed", -1, False)],
)
def test_only_what_is_pending_and_whose_time_has_come_is_over(state: State, minutes: int, over: bool) -> None:
    assert is_over(make_ticket(state=state, pending_until=NOW + timedelta(minutes=minutes)), NOW) is over
    assert not is_over(make_ticket(state="pending"), NOW)


def test_a_rules_answer_then_goes_to_the_requester_under_the_usual_guards() -> None:
    assert [draft.kind for draft in woken(PENDING).drafts] == ["agent"]  # nobody of ours wrote to her yet
    said = (make_said(PENDING.last_article), make_answer(PENDING.last_article + 1))
    plan = woken(PENDING, knowing(PENDING, said={1042: said}))
    (reply,) = (draft for draft in plan.drafts if draft.kind == "auto-reply")
    assert (reply.recipient.address, reply.parent, reply.words) == (ANA, f"<{said[0].id}@acme.example>", "")


@pytest.mark.parametrize(
    ("state", "becomes"), [("closed", "open"), ("pending", "open"), ("new", "open"), ("spam", "spam")]
)
def test_the_ticket_of_an_answer_that_failed_opens_again(state: State, becomes: State) -> None:
    plan = failed(make_ticket(state=state, closed_at=NOW))
    assert plan.ticket is not None
    assert plan.ticket.state == becomes


def test_its_author_is_told_in_words_and_so_is_whom_a_rule_names_once() -> None:
    plan = failed(make_ticket(state="closed", closed_at=NOW))
    told = {draft.recipient.address: draft for draft in plan.drafts}
    assert list(told) == [NINA.address, KIM.address]
    for draft in told.values():
        telling = draft.telling
        assert (telling.recipient, telling.reply, telling.kept_text) == (ANA, FAILED.reply, "It was sent.")
        assert telling.size == 12_400_000
    assert told[NINA.address].receipt


@pytest.mark.parametrize(
    ("reply", "tags"),
    [("550 5.1.1 no such user", ("gone",)), ("550 User unknown", ("gone",)), ("552 5.2.2 full", ()), ("it broke", ())],
)
def test_rules_see_why_it_failed(reply: str, tags: tuple[str, ...]) -> None:
    plan = failed(make_ticket(), FailedAnswer(ANA, reply, NINA.address, "It was sent."))
    assert plan.ticket is not None
    assert plan.ticket.tags == tags
    (trace,) = (trace for trace in plan.traces if trace.event == "delivery.failed")
    assert [(step.field, step.value) for step in trace.steps[0].conditions][:1] == [
        ("dsn.status", (quoted_status(reply) or "5.1.1") if reply != "it broke" else "")
    ]


def test_where_its_author_left_the_owner_is_told() -> None:
    gone = FailedAnswer(ANA, "550 no", "gone@example.com", "It was sent.")
    assert KIM.address in {draft.recipient.address for draft in failed(make_ticket(owner="kim"), gone).drafts}
