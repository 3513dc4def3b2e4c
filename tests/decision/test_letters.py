"""What goes out because of an event: told once, under the limits, and nothing of one party's to another."""

from typing import Any

import pytest

from mailgate.decision.effects import SendMail, TellLater, Withhold
from mailgate.decision.facts import Facts, receipt_key, told_key
from mailgate.decision.plan import Draft, Plan
from mailgate.decision.policy import Policy
from tests.support.desk import (
    ANA,
    BEN,
    KIM,
    NINA,
    NOW,
    agents_mail,
    decided,
    knowing,
    make_answer,
    make_mail,
    make_note,
    make_policy,
    make_raw,
    make_said,
    make_ticket,
    our_message_id,
)

RULES = """
rules:
  - name: say-closed
    when: {state.changed: {to: closed}}
    do: [{reply: closed}]
  - name: tell
    when: [ticket.created, customer.replied, agent.replied, note.added, owner.changed]
    do: [{notify: {team: queue, template: agent_followup}}]
"""
POLICY = make_policy(RULES)
TICKET = make_ticket()
SEEN = TICKET.last_article
RECEIVED = make_said(SEEN + 1, "We have it.", template="received", sender_type="system", direction="out")
NEUTRAL = make_said(SEEN + 1, "We have it.", template="received_neutral", sender_type="system", direction="out")


def close(*said: Any, policy: Policy = POLICY, **more: Any) -> Plan:
    """Nina closes the ticket by a command; a rule would tell its requester."""
    ticket = make_ticket(**more.pop("ticket", {}))
    known = knowing(ticket, said={1042: (make_said(SEEN), *said)}, **more)
    return decided(agents_mail("#close", policy=policy), policy, known)


def automatic(plan: Plan) -> list[Draft]:
    return [draft for draft in plan.drafts if draft.kind == "auto-reply"]


def withheld(plan: Plan) -> list[tuple[str, str]]:
    return [(d.effect.recipient, d.effect.reason) for d in plan.effects if isinstance(d.effect, Withhold)]


# --- the requester is told of what an agent did


def test_the_requester_hears_of_it_as_of_the_desks_doing_not_the_agents() -> None:
    (draft,) = automatic(close(RECEIVED))
    assert (draft.recipient.address, draft.template, draft.participant) == (ANA, "closed", TICKET.participants[0])
    assert (draft.parent, draft.references) == (f"<{SEEN}@acme.example>", (f"<{SEEN}@acme.example>",))
    assert draft.words == ""


@pytest.mark.parametrize(
    "said", [(), (make_note(SEEN + 1, "careful"),), (make_answer(SEEN + 1, visibility="internal"),)]
)
def test_to_whom_nobody_of_ours_has_written_no_rule_writes_first(said: Any) -> None:
    plan = close(*said)
    assert automatic(plan) == []
    assert withheld(plan) == [(ANA, "nobody of ours has written to the requester yet")]


def test_an_agents_answer_counts_as_having_written_even_in_the_same_mail() -> None:
    assert automatic(close(make_answer(SEEN + 1)))
    plan = decided(agents_mail("#close\nIt was sent.", policy=POLICY), POLICY, knowing(TICKET))
    assert [draft.template for draft in automatic(plan)] == ["closed"]


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        (f"address:{ANA}", "to this address"),
        ("ticket:1042", "on this ticket"),
        ("domain:acme.example", "to this domain"),
        ("total", "altogether"),
    ],
)
def test_the_limits_of_automatic_mail_hold(key: str, reason: str) -> None:
    plan = close(RECEIVED, counts={key: ((int(NOW.timestamp()), 500),)})
    assert automatic(plan) == []
    assert reason in withheld(plan)[0][1]


def test_who_got_neutral_words_alone_gets_neutral_words_and_rarely() -> None:
    (draft,) = automatic(close(NEUTRAL))
    assert (draft.template, draft.neutral, draft.references) == ("closed_neutral", True, ())
    lately = {f"neutral:{ANA}": ((int(NOW.timestamp()), 1),)}
    assert automatic(close(NEUTRAL, counts=lately)) == []
    assert automatic(close(NEUTRAL, make_answer(SEEN + 2), counts=lately))[0].template == "closed"


@pytest.mark.parametrize("address", ["support@example.com", "no-reply@acme.example", "mailer-daemon@acme.example"])
def test_our_own_address_and_a_systems_are_never_told(address: str) -> None:
    from mailgate.tickets.model import Participant

    people = (Participant(address, "", 1, "requester"),)
    assert automatic(close(RECEIVED, ticket={"participants": people})) == []


def test_a_rules_interval_holds_for_the_requester_of_an_agents_doing_too() -> None:
    policy = make_policy(
        "rules: [{name: x, when: {state.changed: {to: closed}}, do: [{reply: {template: closed, every: 1d}}]}]"
    )
    plan = close(RECEIVED, policy=policy)
    assert f"reply:closed:{ANA}" in plan.charges
    lately = {f"reply:closed:{ANA}": ((int(NOW.timestamp()), 1),)}
    assert automatic(close(RECEIVED, policy=policy, counts=lately)) == []


# --- agents


def test_she_who_did_it_is_not_told_and_her_colleague_once() -> None:
    plan = decided(agents_mail("#take\nIt was sent.", policy=POLICY), POLICY, knowing(TICKET))
    told = [draft.recipient.address for draft in plan.drafts if draft.kind == "agent" and not draft.receipt]
    assert told == [KIM.address]


@pytest.mark.parametrize(("text", "own"), [("#take", True), ("#note\nhello you", False)])
def test_a_mail_about_no_new_article_has_a_message_id_of_its_own(text: str, own: bool) -> None:
    """That of an older article is that of an older mail, and servers drop the second of two."""
    plan = decided(agents_mail(text, policy=POLICY), POLICY, knowing(TICKET))
    (draft,) = (draft for draft in plan.drafts if draft.recipient.address == KIM.address)
    assert (draft.notice is not None) is own
    nonces = [draft.notice for draft in plan.drafts if draft.notice is not None]
    assert len(set(nonces)) == len(nonces)


@pytest.mark.parametrize(("text", "answers"), [("It was sent.", False), ("#note\nhello you", False), ("#take", True)])
def test_a_reply_to_what_a_colleague_said_is_a_note_else_an_answer(text: str, answers: bool) -> None:
    plan = decided(agents_mail(text, policy=POLICY), POLICY, knowing(TICKET))
    (draft,) = (draft for draft in plan.drafts if draft.recipient.address == KIM.address)
    assert draft.answers is answers


def follow_up(facts: Facts) -> Plan:
    mail = make_mail(make_raw(message_id="<2@x>", in_reply_to=our_message_id(TICKET)), POLICY)
    return decided(mail, POLICY, facts)


def test_above_twenty_in_ten_minutes_notifications_join_a_list_and_none_is_lost() -> None:
    busy = {told_key("nina"): ((int(NOW.timestamp()), 20),)}
    plan = follow_up(knowing(TICKET, counts=busy))
    assert [d.effect.recipient for d in plan.effects if isinstance(d.effect, SendMail)] == [KIM.address]
    (later,) = (d.effect for d in plan.effects if isinstance(d.effect, TellLater))
    assert (later.agent, later.line) == ("nina", "agent_followup: Ana Silva: Invoice")
    assert later.due > NOW


def test_a_robot_that_answers_our_answers_gets_a_list_at_last() -> None:
    fast = {receipt_key("nina"): ((int(NOW.timestamp()), 60),)}
    plan = decided(agents_mail("#ntoe", policy=POLICY), POLICY, knowing(TICKET, counts=fast))
    assert plan.drafts == ()
    assert [d.effect.line for d in plan.effects if isinstance(d.effect, TellLater)] == ["command_error: Invoice"]


def test_commands_do_not_use_up_her_notifications() -> None:
    plan = decided(agents_mail("#take", policy=POLICY), POLICY, knowing(TICKET))
    assert [key for key in plan.charges if "nina" in key] == ["receipt:nina"]


def test_a_notification_shows_what_was_said_before() -> None:
    plan = follow_up(knowing(TICKET, said={1042: (make_note(SEEN, "be careful"),)}))
    (earlier,) = plan.drafts[0].telling.earlier
    assert (earlier.who, earlier.text, earlier.internal) == ("Kim Lee", "be careful", True)


def test_somebody_else_who_takes_part_is_not_told_of_the_requesters_ticket() -> None:
    from mailgate.tickets.model import Participant

    people = (*TICKET.participants, Participant(BEN, "Ben", 2, "cc"))
    assert [draft.recipient.address for draft in automatic(close(RECEIVED, ticket={"participants": people}))] == [ANA]


def test_she_is_answered_at_her_registered_address_wherever_she_wrote_from() -> None:
    passed = "mx.example.com; dmarc=pass header.from=home.example"
    mail = agents_mail("#show", sender=f"Nina <{NINA.also[0]}>", verified=passed, policy=POLICY)
    plan = decided(mail, POLICY, knowing(TICKET))
    assert [draft.recipient.address for draft in plan.drafts] == [NINA.address]


@pytest.mark.parametrize(
    ("away", "told"),
    [
        ((), [("nina", ""), ("kim", "")]),
        (("nina",), [("kim", "")]),
        (("nina", "kim"), [("nina", "team"), ("kim", "team")]),
    ],
)
def test_new_mail_goes_to_those_of_the_team_who_are_here_and_else_to_all(
    away: tuple[str, ...], told: list[tuple[str, str]]
) -> None:
    facts = Facts(away=dict.fromkeys(away, NOW))
    plan = decided(make_mail(make_raw(), POLICY), POLICY, facts)
    assert [(each.agent.name, each.stands_in) for each in plan.drafts if each.agent] == told
