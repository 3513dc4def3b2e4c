"""What is held against an address, and what is not written to it any more."""

from datetime import timedelta

import pytest

from mailgate.decision.deadness import AddressRecord, counts_against, dies, is_gone, why_dead
from mailgate.decision.effects import HoldAnswer, Withhold
from mailgate.decision.facts import Facts
from mailgate.decision.plan import Plan
from mailgate.tickets.model import Participant
from tests.support.desk import (
    ANA,
    BEN,
    NOW,
    agents_mail,
    decided,
    knowing,
    make_mail,
    make_policy,
    make_raw,
    make_ticket,
)

DEAD = AddressRecord(NOW - timedelta(days=9), 17, "5.1.1 no such user", NOW - timedelta(days=2))
RULES = """
rules:
  - {name: acknowledge, when: ticket.created, do: [{reply: received}]}
"""
POLICY = make_policy(RULES)
PEOPLE = (Participant(ANA, "Ana Silva", 1, "requester"), Participant(BEN, "Ben", 2, "cc"))


@pytest.mark.parametrize("status", ["5.1.1", "5.1.2", "5.2.1", "5.4.4", "5.0.0", "5.5.0", None])
def test_a_hard_bounce_that_may_be_the_addresss_fault_counts(status: str | None) -> None:
    assert counts_against(status)


@pytest.mark.parametrize("status", ["5.2.2", "5.2.3", "5.3.4", "5.6.1", "5.7.1", "5.4.6", "4.4.7", "5.1.7", "5.1.8"])
def test_the_mails_and_our_own_faults_do_not(status: str) -> None:
    assert not counts_against(status)


def test_our_smarthosts_word_counts_at_once_where_it_speaks_of_the_recipient() -> None:
    assert is_gone("5.1.1")
    assert is_gone("5.1.2")
    assert not any(map(is_gone, ("5.1.7", "5.1.8", "5.7.1", "5.2.2", "4.1.1", None)))


def test_the_second_hard_bounce_of_another_mail_a_day_later_kills() -> None:
    known = AddressRecord(NOW, 17, "5.1.1")
    assert dies(known, 18, NOW + timedelta(days=1))
    assert not dies(known, 18, NOW + timedelta(hours=23))
    assert not dies(known, 17, NOW + timedelta(days=9))
    assert not dies(None, 18, NOW)
    assert not dies(DEAD, 18, NOW)


def knowing_of_the_dead(address: str) -> Facts:
    return knowing(make_ticket(participants=PEOPLE), addresses={address: DEAD})


def test_a_dead_address_gets_no_automatic_answer_and_the_history_says_why() -> None:
    mail = make_mail(make_raw(verified="mx.example.com; dmarc=pass header.from=acme.example"), POLICY)
    assert [draft.template for draft in decided(mail, POLICY, Facts()).drafts] == ["received"]
    plan = decided(mail, POLICY, Facts(addresses={ANA: DEAD}))
    assert plan.drafts == ()
    (withheld,) = (done.effect for done in plan.effects if isinstance(done.effect, Withhold))
    assert withheld.reason == why_dead(ANA, DEAD)
    assert "2026-11-20" in withheld.reason
    assert f"mailgate customer undead {ANA}" in withheld.reason


def answered(facts: Facts) -> Plan:
    policy = make_policy()
    return decided(agents_mail("It was sent.", policy=policy), policy, facts)


def test_an_agents_answer_to_a_dead_address_waits_for_her_word_and_she_is_told_how_to_lift_it() -> None:
    plan = answered(knowing_of_the_dead(ANA))
    assert [done.effect.reason for done in plan.effects if isinstance(done.effect, HoldAnswer)]
    drafts = {draft.kind: draft for draft in plan.drafts}
    assert drafts["customer"].held
    telling = drafts["agent"].telling
    assert (telling.reason, telling.recipient, telling.reply) == ("dead", ANA, DEAD.reason)
    assert "send" in telling.links


def test_a_dead_participant_gets_no_copy_and_the_others_do() -> None:
    plan = answered(knowing_of_the_dead(BEN))
    assert [(draft.recipient.address, draft.held) for draft in plan.drafts if draft.kind == "customer"] == [(ANA, "")]
    (withheld,) = (done.effect for done in plan.effects if isinstance(done.effect, Withhold))
    assert withheld.recipient == BEN
    (told,) = (draft.telling for draft in plan.drafts if draft.kind == "agent")
    assert any(BEN in each.said for each in told.results)
