"""Drafts become mail: the right addresses, one thread, and nothing in it that belongs to somebody else."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from mailgate.decision.facts import Facts, StoredArticle, StoredId
from mailgate.decision.plan import Plan
from mailgate.decision.policy import Policy
from mailgate.decision.standing import party_of_agent, party_of_participant
from mailgate.notify.outgoing import OutgoingMail
from mailgate.notify.templates import Templates
from mailgate.notify.write import write
from mailgate.tickets.model import Ticket
from mailgate.tickets.signed import ReplyAddressForm, proves, read_address
from tests.support.desk import (
    ANA,
    KEYS,
    KIM,
    NINA,
    decided,
    make_mail,
    make_policy,
    make_raw,
    make_ticket,
    signed_address,
)

RULES = """
rules:
  - name: acknowledge
    when: ticket.created
    do:
      - reply: received
      - notify: {team: queue, template: agent_new}
  - name: tell
    when: customer.replied
    do: [{notify: {owner: true, template: agent_followup}}]
"""
LONG_ID = f"<{'A' * 70}.0123456789@outlook.example.com>"


@pytest.fixture(scope="module")
def templates() -> Templates:
    return Templates.load(Path(__file__).resolve().parents[2] / "templates")


def written(
    raw: bytes, desk: Policy, templates: Templates, facts: Facts | None = None
) -> tuple[Plan, list[OutgoingMail]]:
    mail = make_mail(raw, desk)
    plan = decided(mail, desk, facts)
    return plan, [write(draft, plan, mail.message, desk, templates) for draft in plan.drafts]


def read(mail: OutgoingMail) -> EmailMessage:
    parsed = message_from_bytes(mail.content, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def new(templates: Templates, desk: Policy | None = None, **more: Any) -> tuple[Plan, list[OutgoingMail]]:
    return written(make_raw(**more), desk or make_policy(RULES), templates)


def known(ticket: Ticket) -> Facts:
    """The facts of a desk that has this one ticket, whose only article is `<1@acme.example>`."""
    article = StoredArticle(ticket.id, ticket.last_nonce)
    return Facts(
        ids={"<1@acme.example>": (StoredId(ticket.last_article, ticket.id, False),)},
        articles={ticket.last_article: article},
        numbers={ticket.number: ticket.id},
        tickets={ticket.id: ticket},
    )


def test_the_answer_is_threaded_on_the_customers_own_message_id_byte_for_byte(templates: Templates) -> None:
    _, mails = new(templates, message_id=LONG_ID)
    assert f"In-Reply-To: {LONG_ID}\r\n".encode() in mails[0].content
    assert read(mails[0])["References"].strip() == LONG_ID


def test_an_automatic_answer_says_so_and_has_a_null_reverse_path(templates: Templates) -> None:
    _, mails = new(templates)
    answer = read(mails[0])
    assert mails[0].reverse_path is None
    assert answer["Auto-Submitted"] == "auto-replied"
    assert answer["X-Auto-Response-Suppress"] == "All"
    assert answer["X-Mailgate-Loop"]
    assert answer["X-Mailgate-Ticket"] is None


def test_the_reply_address_is_signed_for_the_requester(templates: Templates) -> None:
    plan, mails = new(templates)
    assert plan.ticket is not None
    signed = read_address(read(mails[0])["Reply-To"].addresses[0].addr_spec)
    assert signed is not None
    assert signed.purpose == "r"
    assert signed.party == party_of_participant(plan.ticket.participants[0])
    assert proves(KEYS, signed, plan.ticket.nonce, plan.articles[-1].nonce)


def test_somebody_of_whom_nothing_is_known_gets_no_signed_address_and_none_of_his_words(templates: Templates) -> None:
    raw = make_raw(subject="Buy cheap pills", sender=f"Spam Words <{ANA}>", text="pills pills", verified=None)
    _, mails = written(raw, make_policy(RULES), templates)
    answer = mails[0].content.lower()
    assert mails[0].template == "received_neutral"
    assert read(mails[0])["Reply-To"] is None
    assert b"pills" not in answer
    assert b"spam words" not in answer


def test_each_agent_gets_her_own_address_and_all_copies_share_one_message_id(templates: Templates) -> None:
    _, mails = new(templates)
    agents = mails[1:]
    assert [mail.recipient for mail in agents] == [NINA.address, KIM.address]
    assert len({mail.message_id for mail in agents}) == 1
    parties = []
    for mail in agents:
        signed = read_address(read(mail)["Reply-To"].addresses[0].addr_spec)
        bounce = read_address(mail.reverse_path or "")
        assert signed is not None
        assert bounce is not None
        assert (signed.purpose, bounce.purpose) == ("n", "b")
        assert signed.party == bounce.party
        parties.append(signed.party)
    assert parties == [party_of_agent(NINA), party_of_agent(KIM)]


def test_an_agents_thread_hangs_on_the_tickets_first_notification(templates: Templates) -> None:
    _, first = new(templates)
    ticket = make_ticket()
    raw = make_raw(message_id="<2@acme.example>", in_reply_to="<1@acme.example>")
    _, later = written(raw, make_policy(RULES), templates, known(ticket))
    assert read(first[1])["In-Reply-To"] is None
    assert later
    follow_up = read(later[0])
    assert follow_up["In-Reply-To"].startswith(f"<mg.{ticket.root_article}.")
    assert follow_up["Message-ID"] != follow_up["In-Reply-To"]


@pytest.mark.parametrize("more", ["", "and hidden from a plain search"])
def test_what_a_customer_quotes_of_his_own_address_silences_no_notification(templates: Templates, more: str) -> None:
    ticket = make_ticket()
    mine = signed_address(ticket, party_of_participant(ticket.participants[0]))
    hidden = mine.replace("+", "%252B").replace(".", "%2E")
    raw = make_raw(
        sender=f'"{mine.replace("@", " at ")} {mine}" <{ANA}>',
        subject=f"Re: {mine} {more}",
        text=f"On Monday {mine} wrote:\n> hello {mine} {hidden if more else ''}",
        message_id="<2@acme.example>",
        in_reply_to="<1@acme.example>",
    )
    _, mails = written(raw, make_policy(RULES), templates, known(ticket))
    assert mails
    token = mine.partition("+")[2].partition("@")[0]
    for mail in mails:
        assert not mail.held
        assert token.encode() not in mail.content


def test_a_fixed_return_path_replaces_the_signed_one(templates: Templates) -> None:
    _, mails = new(templates, make_policy(RULES, return_path="desk@example.com", null_sender=False))
    assert {mail.reverse_path for mail in mails} == {"desk@example.com"}


def test_a_desk_without_subaddresses_signs_no_address(templates: Templates) -> None:
    _, mails = new(templates, make_policy(RULES, site={"reply_address": ReplyAddressForm("none")}))
    assert [read(mail)["Reply-To"] for mail in mails] == [None] * 3
    assert [mail.reverse_path for mail in mails] == [None, "support@example.com", "support@example.com"]


def test_a_neutral_answer_passes_on_no_reference_that_a_stranger_chose(templates: Templates) -> None:
    _, (answer, *_) = new(templates, verified=None, references="<buy-at-evil.example@spam>")
    assert answer.template == "received_neutral"
    assert read(answer)["References"] == read(answer)["In-Reply-To"] == "<1@acme.example>"
