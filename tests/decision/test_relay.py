"""An agent's answer: one separate mail for each who takes part, alike in all but address and envelope."""

from typing import Any

import pytest

from mailgate.decision.plan import Draft
from mailgate.decision.policy import Policy, Relay
from mailgate.decision.relay import travels
from mailgate.decision.telling import Answer
from mailgate.mail.message import Attachment, Mailbox
from mailgate.tickets.model import Participant
from tests.support.desk import (
    ANA,
    BEN,
    NINA,
    NOW,
    agents_mail,
    decided,
    knowing,
    make_answer,
    make_note,
    make_policy,
    make_said,
    make_ticket,
)

LONG_ID = f"<{'A' * 70}.0123456789@outlook.example.com>"


def copies(
    said: tuple[Any, ...] | None = None, policy: Policy | None = None, text: str = "It was sent.", **ticket: Any
) -> tuple[Draft, ...]:
    policy, known = policy or make_policy(), make_ticket(**ticket)
    said = said or (make_said(known.last_article),)
    plan = decided(agents_mail(text, policy=policy), policy, knowing(known, said={1042: said}))
    return tuple(draft for draft in plan.drafts if draft.kind == "customer")


def answer(*said: Any, **more: Any) -> Answer:
    (draft,) = copies(said, **more)
    assert draft.answer is not None
    return draft.answer


PEOPLE = (
    Participant(ANA, "Ana Silva", 1, "requester"),
    Participant(BEN, "Ben", 2, "cc"),
    Participant("watcher@acme.example", "", 3, "watcher"),
    Participant("support@example.com", "", 4, "cc"),
    Participant("gone@acme.example", "", 5, "former"),
)


def test_all_copies_say_the_same_and_each_is_for_one() -> None:
    first, second = copies(participants=PEOPLE)
    assert (first.recipient.address, second.recipient.address) == (ANA, BEN)
    assert (first.participant, second.participant) == PEOPLE[:2]
    assert first.answer == second.answer
    assert (first.article, first.article_nonce) == (second.article, second.article_nonce)
    assert first.answer is not None
    assert first.answer.to == (Mailbox("Ana Silva", ANA),)
    assert first.answer.cc == (Mailbox("Ben", BEN),)


def test_without_a_requester_the_others_are_written_to() -> None:
    (draft,) = copies(participants=PEOPLE[1:2])
    assert draft.answer is not None
    assert (draft.answer.to, draft.answer.cc) == ((Mailbox("Ben", BEN),), ())


def test_it_can_be_recalled_for_a_while_or_goes_at_once() -> None:
    assert copies()[0].due == NOW + Relay().delay
    assert copies(policy=make_policy(relay=Relay(delay=Relay().delay * 0)))[0].due is None


def test_it_is_threaded_on_the_customers_newest_own_words() -> None:
    said = (
        make_said(1, message_id="<first@acme.example>"),
        make_answer(2),
        make_note(3, "careful"),
        make_said(4, message_id=LONG_ID, text="And now?"),
        make_said(5, message_id="<away@acme.example>", automatic="auto-reply"),
        make_said(6, message_id="<liar@evil.example>", verified=False, visibility="internal"),
        make_answer(7),
    )
    made = answer(*said)
    assert made.parent == LONG_ID
    assert made.references == ("<first@acme.example>", "<mg.2@example.com>", LONG_ID)
    assert made.quoted is not None
    assert made.quoted.text == "And now?"


def test_a_robots_request_is_answered_on_its_own_message_id() -> None:
    assert answer(make_said(1, message_id="<form@x>", automatic="auto-generated")).parent == "<form@x>"


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        ("Invoice", "Re: [Ticket#1042] Invoice"),
        ("Re: [Ticket#1042] Re: Invoice", "Re: [Ticket#1042] Invoice"),
        ("AW: Antw: [Ticket#1042] Rechnung", "Re: [Ticket#1042] Rechnung"),
        ("Re:", "Re: [Ticket#1042] Invoice"),
        ("", "Re: [Ticket#1042] Invoice"),
    ],
)
def test_the_subject_is_the_one_he_knows_with_the_token_once(subject: str, said: str) -> None:
    assert answer(make_said(1, subject=subject)).subject == said


def test_a_queue_may_want_no_quotation() -> None:
    assert answer(policy=make_policy(queue={"quote_last": False})).quoted is None


def test_her_signature_or_her_name_and_the_queue_stand_below() -> None:
    from dataclasses import replace

    assert answer().signature == "Nina Costa\nSupport"
    signed = make_policy(agents={"nina": replace(NINA, signature="Nina, second line")})
    assert answer(policy=signed).signature == "Nina, second line"


@pytest.mark.parametrize(
    ("text", "signature"),
    [
        ("It was sent.\n\nBest regards,\nNina", "Support"),
        ("It was sent. Best, Nina", "Support"),
        ("It was sent.\nNina Costa", "Support"),
        ("Write to nina@example.com.", "Nina Costa\nSupport"),
        ("I asked our colleague for finance, who is called Nina", "Nina Costa\nSupport"),
    ],
)
def test_who_signs_with_her_name_is_not_named_twice(text: str, signature: str) -> None:
    assert answer(text=text).signature == signature


def test_a_customer_of_unknown_language_is_answered_in_that_of_the_answer() -> None:
    text = "Thank you for your message. We have sent the invoice to you again, please have a look at it."
    (draft,) = copies(policy=make_policy(queue={"language": "es"}), language="und", text=text)
    assert draft.language == "en"


@pytest.mark.parametrize(("language", "said"), [("de", "de"), ("und", "es")])
def test_the_language_is_the_tickets_else_the_queues(language: str, said: str) -> None:
    (draft,) = copies(policy=make_policy(queue={"language": "es"}), language=language, text="OK 4711")
    assert draft.language == said


@pytest.mark.parametrize(
    ("kind", "goes"),
    [
        ("application/pdf", True),
        ("text/vcard", True),
        ("message/rfc822", True),
        ("application/pgp-signature", False),
        ("application/pkcs7-signature", False),
        ("application/x-pkcs7-mime", False),
        ("application/ms-tnef", False),
    ],
)
def test_what_her_mail_program_adds_stays_with_us(kind: str, goes: bool) -> None:
    assert travels(Attachment("x", kind, 1, "00", False, None, "2")) is goes
