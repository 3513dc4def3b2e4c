"""A mail as a new ticket or as an article of one, with what is known of its writer."""

from typing import Any

import pytest

from mailgate.decision.effects import AppendArticle, OpenTicket
from mailgate.decision.plan import Plan
from tests.support.desk import (
    ANA,
    MALLORY,
    decided,
    knowing,
    make_envelope,
    make_mail,
    make_policy,
    make_raw,
    make_ticket,
)

POLICY = make_policy()


def filed(facts: Any = None, sender: str = ANA, **fields: Any) -> Plan:
    return decided(make_mail(make_raw(sender=sender, **fields), POLICY, make_envelope(sender)), POLICY, facts)


@pytest.mark.parametrize(
    ("subject", "called"),
    [
        ("Invoice", "Invoice"),
        ("Re: AW: Invoice", "Invoice"),
        ("[Ticket#9999] Invoice", "Invoice"),
        ("Fwd: [Ticket#9999]", "(no subject)"),
        ("", "(no subject)"),
    ],
)
def test_a_ticket_is_called_what_the_mail_is_about(subject: str, called: str) -> None:
    ticket = filed(subject=subject).ticket
    assert ticket is not None
    assert ticket.subject == called


def test_a_new_ticket_lies_in_its_queue_with_its_requester_and_its_first_article() -> None:
    plan = filed(references="<root@x>", text="Bitte um Hilfe.", content_language="de")
    ticket, (article,) = plan.ticket, plan.articles
    assert ticket is not None
    assert (ticket.id, ticket.number, ticket.queue, ticket.state, ticket.language) == (
        2_000,
        "2000",
        "support",
        "new",
        "de",
    )
    assert [(each.address, each.name, each.party, each.role) for each in ticket.participants] == [
        (ANA, "", 1, "requester")
    ]
    assert (article.sender_type, article.visibility, article.names, article.spool_id) == (
        "customer",
        "public",
        ("<root@x>",),
        1,
    )
    assert [done.effect for done in plan.effects] == [
        OpenTicket("support", ANA),
        AppendArticle(article.id, ANA, "a new request", True),
    ]


def test_a_mail_without_author_is_a_ticket_without_requester() -> None:
    raw = make_raw().replace(b"From: Ana Silva <ana@acme.example>\r\n", b"")
    ticket = decided(make_mail(raw, POLICY), POLICY).ticket
    assert ticket is not None
    assert ticket.participants == ()


@pytest.mark.parametrize(
    ("sender", "kind", "visibility", "verified", "actor"),
    [(ANA, "customer", "public", True, "customer"), (MALLORY, "third-party", "internal", False, "stranger")],
)
def test_an_article_says_who_wrote_it_and_whether_he_may_take_part(
    sender: str, kind: str, visibility: str, verified: bool, actor: str
) -> None:
    plan = filed(knowing(make_ticket()), sender, in_reply_to="<first@acme.example>", message_id="<2@x>")
    article, done = plan.articles[0], plan.effects[0]
    assert (article.sender_type, article.visibility, article.verified, done.actor) == (
        kind,
        visibility,
        verified,
        actor,
    )
    assert done.effect == AppendArticle(article.id, sender, "message-id <first@acme.example>", verified)


def test_only_a_customers_own_words_count_as_his_last() -> None:
    more = {"in_reply_to": "<first@acme.example>", "message_id": "<2@x>"}
    own = filed(knowing(make_ticket()), **more).ticket
    robot = filed(knowing(make_ticket()), auto_submitted="auto-replied", **more).ticket
    assert own is not None
    assert robot is not None
    assert own.last_customer_at is not None
    assert robot.last_customer_at is None
