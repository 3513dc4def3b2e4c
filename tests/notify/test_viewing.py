"""Views of tickets, people and mails: local times, clean and short texts."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from mailgate.mail.alternatives import DIFFER, HIDES
from mailgate.mail.message import Attachment, Automatic, Body, Identity, Mailbox, Message
from mailgate.notify import variables, viewing, views
from mailgate.tickets.model import Agent, Queue, Ticket

MESSAGE = Message(
    identity=Identity(b"", True),
    message_id=None,
    in_reply_to=(),
    references=(),
    date=None,
    authors=(Mailbox("Ana\r\nBcc: x", "ana@acme.example"),),
    sender=(),
    reply_to=(),
    to=(),
    cc=(),
    subject="Hello\x00 there\u202e",
    body=Body(text="\n\nnew\r\nold\x1b[2J\n", new_text="new"),
    attachments=(Attachment("a\n.pdf", "application/pdf", 5, "", False, None, "2"),),
    automatic=Automatic(),
    bounce=None,
    forward=None,
    headers=(),
)
TICKET = Ticket(
    id=1,
    number="1042",
    nonce=b"",
    subject="Invoice\n4711",
    queue="billing",
    state="open",
    priority="high",
    owner=None,
    created_at=datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
    updated_at=datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
    participants=(),
    tags=("vip",),
)


def test_a_ticket_is_seen_in_the_sites_time_and_an_ownerless_one_has_an_empty_owner() -> None:
    view = viewing.view_ticket(TICKET, "[Ticket#1042]", ZoneInfo("Europe/Madrid"))
    assert view.created.hour == 10
    assert (view.number, view.tag, view.subject, view.owner) == ("1042", "[Ticket#1042]", "Invoice 4711", "")
    assert (view.owner_title, view.linked) == ("", "")
    assert (view.queue, view.state, view.priority, view.tags) == ("billing", "open", "high", ("vip",))


def test_an_owner_is_called_by_his_title_else_by_his_name() -> None:
    ticket = replace(TICKET, owner="kim")
    assert viewing.view_ticket(ticket, "", ZoneInfo("UTC")).owner_title == "kim"
    assert viewing.view_ticket(ticket, "", ZoneInfo("UTC"), "Kim\nVega").owner_title == "Kim Vega"
    linked = viewing.view_ticket(ticket, "", ZoneInfo("UTC"), linked="1040", linked_why="subject")
    assert (linked.linked, linked.linked_why) == ("1040", "subject")


def test_what_others_wrote_is_cleaned_again() -> None:
    message = viewing.view_message(MESSAGE)
    assert message.subject == "Hello there"
    assert message.text == "new\nold[2J"
    assert message.attachments == (views.AttachmentView("a .pdf", 5),)
    assert viewing.view_customer(MESSAGE.author) == views.CustomerView("Ana Bcc: x", "ana@acme.example")


def test_the_longest_text_is_cut_and_says_so() -> None:
    body = Body(text="x" * 10**6, new_text="y" * variables.MAX_TEXT)
    many = MESSAGE.attachments * 1000
    view = viewing.view_message(replace(MESSAGE, body=body, attachments=many))
    assert view.text == "x" * variables.MAX_TEXT + "\n[...]"
    assert view.new_text == "y" * variables.MAX_TEXT
    assert len(view.attachments) == viewing.MAX_ATTACHMENTS


def test_agents_and_queues() -> None:
    agent = viewing.view_agent(Agent("nina", "Nina Costa", "nina@example.com", number=7))
    assert agent == views.AgentView("nina", "Nina Costa", "nina@example.com")
    queue = viewing.view_queue(Queue("billing", "Billing", ("billing@example.com",), Mailbox("", "x"), None))
    assert queue == views.QueueView("billing", "Billing", "billing@example.com")


def test_views_of_stored_words_are_local_clean_and_short() -> None:
    at = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    zone = ZoneInfo("Europe/Madrid")
    earlier = viewing.view_earlier(at, "Ana\r\nX", "x" * 9_999, zone)
    assert (earlier.at.hour, earlier.who, earlier.text[-6:]) == (10, "Ana X", "\n[...]")
    assert viewing.view_result(1, "#a\n" + "x" * 999, "b\r\n", True).text == ("#a " + "x" * 999)[: variables.MAX_LINE]
    assert viewing.view_digest_line(at, "1", "a\nb", zone).line == "a b"


def test_what_is_odd_about_the_text_of_a_mail_can_be_told() -> None:
    assert not viewing.view_message(MESSAGE).differs
    odd = viewing.view_message(replace(MESSAGE, defects=(DIFFER, HIDES)))
    assert odd.differs
    assert odd.hides
    assert odd.without(str.upper).hides


def test_small_logos_are_not_listed() -> None:
    logo = Attachment("logo.png", "image/png", 900, "", True, "<l@x>", "3")
    view = viewing.view_message(replace(MESSAGE, attachments=(*MESSAGE.attachments, logo)))
    assert [each.filename for each in view.attachments] == ["a .pdf"]
