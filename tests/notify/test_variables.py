from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from mailgate.mail.alternatives import DIFFER, HIDES
from mailgate.mail.message import Attachment, Automatic, Body, Identity, Mailbox, Message
from mailgate.notify import variables
from mailgate.notify.samples import ORDINARY
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
    view = variables.view_ticket(TICKET, "[Ticket#1042]", ZoneInfo("Europe/Madrid"))
    assert view.created.hour == 10
    assert (view.number, view.tag, view.subject, view.owner) == ("1042", "[Ticket#1042]", "Invoice 4711", "")
    assert (view.owner_title, view.linked) == ("", "")
    assert (view.queue, view.state, view.priority, view.tags) == ("billing", "open", "high", ("vip",))


def test_an_owner_is_called_by_his_title_else_by_his_name() -> None:
    ticket = replace(TICKET, owner="kim")
    assert variables.view_ticket(ticket, "", ZoneInfo("UTC")).owner_title == "kim"
    assert variables.view_ticket(ticket, "", ZoneInfo("UTC"), "Kim\nVega").owner_title == "Kim Vega"
    linked = variables.view_ticket(ticket, "", ZoneInfo("UTC"), linked="1040", linked_why="subject")
    assert (linked.linked, linked.linked_why) == ("1040", "subject")


def test_what_others_wrote_is_cleaned_again() -> None:
    message = variables.view_message(MESSAGE)
    assert message.subject == "Hello there"
    assert message.text == "new\nold[2J"
    assert message.attachments == (variables.AttachmentView("a .pdf", 5),)
    assert variables.view_customer(MESSAGE.author) == variables.CustomerView("Ana Bcc: x", "ana@acme.example")


def test_the_longest_text_is_cut_and_says_so() -> None:
    body = Body(text="x" * 10**6, new_text="y" * variables.MAX_TEXT)
    many = MESSAGE.attachments * 1000
    view = variables.view_message(replace(MESSAGE, body=body, attachments=many))
    assert view.text == "x" * variables.MAX_TEXT + "\n[...]"
    assert view.new_text == "y" * variables.MAX_TEXT
    assert len(view.attachments) == variables.MAX_ATTACHMENTS


def test_agents_and_queues() -> None:
    agent = variables.view_agent(Agent("nina", "Nina Costa", "nina@example.com", number=7))
    assert agent == variables.AgentView("nina", "Nina Costa", "nina@example.com")
    queue = variables.view_queue(Queue("billing", "Billing", ("billing@example.com",), Mailbox("", "x"), None))
    assert queue == variables.QueueView("billing", "Billing", "billing@example.com")


def test_words_that_are_another_partys_can_be_taken_out_everywhere() -> None:
    def clean(text: str) -> str:
        return text.replace("secret", "")

    message = variables.MessageView("secret s", "secret t", "secret n", (variables.AttachmentView("secret.pdf", 1),))
    assert message.without(clean) == variables.MessageView(" s", " t", " n", (variables.AttachmentView(".pdf", 1),))
    assert replace(ORDINARY.ticket, subject="a secret").without(clean).subject == "a "
    assert variables.CustomerView("secret", "a@x").without(clean) == variables.CustomerView("", "a@x")


def test_a_neutral_mail_sees_nothing_of_the_sender() -> None:
    seen = variables.neutral_mapping(ORDINARY)
    assert set(seen) == {"ticket", "queue", "site", "now"}
    assert seen["ticket"] == variables.NeutralTicket("1042", "[Ticket#1042]")


def test_all_words_that_came_by_mail_are_cleaned_at_once_and_ours_stay() -> None:
    def clean(text: str) -> str:
        return text.replace("a", "")

    cleaned = ORDINARY.without(clean)
    for name in (
        "customer",
        "message",
        "answers_to",
        "quoted",
        "earlier",
        "wrote_since",
        "results",
        "kept_text",
        "page",
        "held",
    ):
        assert getattr(cleaned, name) != getattr(ORDINARY, name), name
    for name in ("doubt", "delivery", "digest", "author"):
        assert getattr(replace(ORDINARY, author="ana").without(clean), name) != getattr(ORDINARY, name), name
    for name in ("answer", "signature", "links", "agent", "queue", "site", "reply_does", "now"):
        assert getattr(cleaned, name) == getattr(ORDINARY, name), name
    assert replace(ORDINARY, quoted=None, wrote_since=None).without(clean).quoted is None


def test_long_texts_and_lists_are_cut_but_never_the_answer() -> None:
    long = replace(
        ORDINARY,
        kept_text="x" * 10**6,
        page="x" * 10**6,
        earlier=ORDINARY.earlier * 500,
        results=ORDINARY.results * 500,
        digest=ORDINARY.digest * 500,
        answer=variables.AnswerView("x" * 10**6),
    )
    seen = long.mapping()
    assert [len(seen[name]) for name in ("earlier", "results", "digest")] == [10, 100, 100]
    assert seen["page"] == seen["kept_text"] == "x" * variables.MAX_TEXT + "\n[...]"
    assert len(seen["answer"].text) == 10**6


def test_views_of_stored_words_are_local_clean_and_short() -> None:
    at = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    zone = ZoneInfo("Europe/Madrid")
    earlier = variables.view_earlier(at, "Ana\r\nX", "x" * 9_999, zone)
    assert (earlier.at.hour, earlier.who, earlier.text[-6:]) == (10, "Ana X", "\n[...]")
    assert variables.view_result(1, "#a\n" + "x" * 999, "b\r\n", True).text == ("#a " + "x" * 999)[: variables.MAX_LINE]
    assert variables.view_digest_line(at, "1", "a\nb", zone).line == "a b"


def test_what_is_odd_about_the_text_of_a_mail_can_be_told() -> None:
    assert not variables.view_message(MESSAGE).differs
    odd = variables.view_message(replace(MESSAGE, defects=(DIFFER, HIDES)))
    assert odd.differs
    assert odd.hides
    assert odd.without(str.upper).hides


def test_small_logos_are_not_listed() -> None:
    logo = Attachment("logo.png", "image/png", 900, "", True, "<l@x>", "3")
    view = variables.view_message(replace(MESSAGE, attachments=(*MESSAGE.attachments, logo)))
    assert [each.filename for each in view.attachments] == ["a .pdf"]
