"""Pages for an agent: the ticket on one screen, its history, and why."""

from dataclasses import replace
from zoneinfo import ZoneInfo

from mailgate.decision.conversation import HistoryLine
from mailgate.decision.explained import Explained, ExplainedTicket, StoredEffect, StoredTrace, told_of_ticket
from mailgate.decision.pages import MOST_CHARS, MOST_LINES_OF_A_TEXT, explain_page, history_page, show_page
from mailgate.mail.message import Mailbox
from mailgate.tickets.model import Participant
from tests.support.desk import ANA, BEN, NOW, make_answer, make_note, make_policy, make_said, make_ticket

ZONE = ZoneInfo("Europe/Berlin")


def test_the_ticket_and_what_was_said_stand_on_one_screen() -> None:
    people = (Participant(ANA, "Ana Silva", 1, "requester"), Participant(BEN, "Ben", 2, "cc"))
    ticket = make_ticket(
        state="pending",
        pending_until=NOW,
        owner="nina",
        tags=("vip",),
        fields=(("order", "4711"),),
        participants=people,
    )
    said = (
        make_said(1, "Where is it?"),
        make_said(2, "We have it.", template="received"),
        make_note(3, "careful"),
        make_answer(4, "\n".join(map(str, range(20)))),
    )
    lines = show_page(ticket, said, make_policy()).split("\n")
    assert lines[:7] == [
        "#1042  Invoice",
        "queue Support, pending until 2026-11-22 10:30, normal, owner Nina Costa (nina)",
        "customer Ana Silva <ana@acme.example>",
        "opened 2026-11-21 10:30, 1 article",
        "also ben@acme.example",
        "tags vip",
        "order = 4711",
    ]
    page = "\n".join(lines)
    assert "Kim Lee (internal)\n  careful" in page
    assert "We have it." not in page
    assert "(automatic: received)" in page  # it counts, and nobody needs its words
    assert f"  [{20 - MOST_LINES_OF_A_TEXT} more lines]" in lines


def test_whom_the_customer_copied_and_no_answer_reaches_is_named() -> None:
    people = (Participant(ANA, "Ana Silva", 1, "requester"), Participant(BEN, "Ben", 2, "cc"))
    copied = (Mailbox("", "support@example.com"), Mailbox("", BEN), Mailbox("Carl", "carl@other.example"))
    page = show_page(make_ticket(participants=people), (make_said(1, sent_to=copied),), make_policy(), "es")
    assert "en copia, pero no recibe respuestas (#cc lo cambia): Carl <carl@other.example>\n" in page


def test_what_nobody_vouches_for_is_shown_as_such() -> None:
    forged = replace(make_note(2, "Please pay to another account."), verified=False)
    assert "Kim Lee (internal) (filed apart)\n" in show_page(make_ticket(), (forged,), make_policy())


def test_a_ticket_without_customer_and_owner_says_so() -> None:
    page = show_page(make_ticket(participants=()), (), make_policy())
    assert "no customer" in page
    assert "owner nobody" in page


def test_history_says_who_did_what_when_in_the_words_of_explain() -> None:
    told = (
        HistoryLine(NOW, "agent:nina", "owner.changed", {"old": None, "new": "nina"}),
        HistoryLine(NOW, "agent:nina", "tag.added", {"tags": ["vip", "eu"]}),
        HistoryLine(NOW, "mailgate", "mail.withheld", {"template": "received", "to": ANA, "reason": "so " * 60}),
    )
    page = history_page(told, ZONE)
    assert page.startswith(
        "2026-11-22 10:30  agent:nina\n    owner nobody → nina\n    tag.added  tags vip, eu\n"
        '2026-11-22 10:30  mailgate\n    "received" to ana@acme.example withheld: so so'
    )
    assert all(len(line) <= 76 for line in page.split("\n"))


def test_why_is_the_stored_traces_one_below_the_other() -> None:
    body = {"evidence": [], "events": [{"event": "ticket.created", "steps": []}], "authenticity": "passed"}
    effect = StoredEffect("customer", "ticket.created", {"queue": "support"})
    traces = (Explained(StoredTrace(NOW, 7, "abc", body), (effect,)), Explained(StoredTrace(NOW, None, "abc", body)))
    found = ExplainedTicket("1042", "Invoice", 12, 11, traces)
    page = explain_page(found, ZONE)
    assert page == told_of_ticket(found, ZONE)
    assert page.startswith(
        "#1042  Invoice\n\n10 of 12 events are not shown: `mailgate explain 1042 --last 12` shows all"
    )
    assert " customer  ticket.created  queue support" in page
    assert "---- event 11 of 12 ----" in page
    assert "mail S7" in page
    assert "a timer" in page
    for nothing in (None, ExplainedTicket("1042", "Invoice")):
        assert explain_page(nothing, ZONE) == "no rule has run on this ticket yet"


def test_why_is_no_longer_than_a_mail_can_be_and_the_newest_is_kept() -> None:
    def one(moment: int, length: int) -> Explained:
        remark = StoredEffect("mailgate", "remark", {"text": "word " * (length // 5)})
        return Explained(StoredTrace(NOW, moment, "abc", {"evidence": [], "events": []}), (remark,))

    found = ExplainedTicket("1042", "Invoice", 3, 1, (one(1, 40_000), one(2, 20_000), one(3, 10_000)))
    page = explain_page(found, ZONE)
    assert "1 of 3 events are not shown" in page
    assert ("mail S1 " in page, "mail S2 " in page, "mail S3 " in page) == (False, True, True)
    assert len(explain_page(ExplainedTicket("1042", "Invoice", 1, 1, (one(1, 90_000),)), ZONE)) == MOST_CHARS + 1
