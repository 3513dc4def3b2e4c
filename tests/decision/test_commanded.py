"""What each command does to a ticket, and the line that she is told."""

from datetime import timedelta
from typing import Any

import pytest

from mailgate.decision.conversation import HistoryLine
from mailgate.decision.plan import Plan
from mailgate.mail.message import Mailbox
from mailgate.tickets.model import Participant, Ticket
from tests.support.desk import ANA, BEN, NOW, agents_mail, decided, knowing, make_policy, make_said, make_ticket

POLICY = make_policy()


def ordered(text: str, **ticket: Any) -> tuple[Ticket, list[str], Plan]:
    """The ticket after it, and what she is told."""
    plan = decided(agents_mail(text), POLICY, knowing(make_ticket(**ticket)))
    assert plan.ticket is not None
    (draft,) = plan.drafts
    return plan.ticket, [each.said for each in draft.telling.results], plan


@pytest.mark.parametrize(
    ("line", "before", "after", "said"),
    [
        ("#close", {}, {"state": "closed", "closed_at": NOW}, "state open -> closed"),
        ("#close", {"state": "closed"}, {"state": "closed"}, "nothing changed: it is closed already"),
        ("#reopen", {"state": "closed"}, {"state": "open", "closed_at": None}, "state closed -> open"),
        ("#spam", {"state": "new"}, {"state": "spam"}, "state new -> spam"),
        ("#take", {}, {"owner": "nina"}, "owner nobody -> Nina Costa"),
        ("#take", {"owner": "nina"}, {"owner": "nina"}, "nothing changed: it is yours already"),
        ("#assign kim", {"owner": "nina"}, {"owner": "kim"}, "owner Nina Costa -> Kim Lee"),
        ("#assign Kim Lee", {}, {"owner": "kim"}, "owner nobody -> Kim Lee"),
        ("#unassign", {"owner": "kim"}, {"owner": None}, "owner Kim Lee -> nobody"),
        ("#unassign", {}, {"owner": None}, "nothing changed: it is nobody's already"),
        ("#queue billing", {}, {"queue": "billing"}, "moved from Support to Billing"),
        ("#queue support", {}, {"queue": "support"}, "nothing changed: it lies in Support already"),
        ("#priority high", {}, {"priority": "high"}, "priority normal -> high"),
        ("#priority normal", {}, {"priority": "normal"}, "nothing changed: the priority is normal already"),
        ("#tag vip -trial", {"tags": ("trial", "eu")}, {"tags": ("eu", "vip")}, "tags: eu, vip"),
        ("#tag -trial", {"tags": ("trial",)}, {"tags": ()}, "tags: none"),
        ("#set order=4711", {}, {"fields": (("order", "4711"),)}, "order = 4711"),
        (
            "#set order=4711",
            {"fields": (("order", "4711"),)},
            {"fields": (("order", "4711"),)},
            "nothing changed: order = 4711 already",
        ),
    ],
)
def test_a_command_changes_what_it_says_and_tells_it(line: str, before: Any, after: Any, said: str) -> None:
    ticket, told, _ = ordered(line, **before)
    assert {name: getattr(ticket, name) for name in after} == after
    assert told == [said]


def test_pending_waits_until_then_by_the_clock_of_the_site() -> None:
    ticket, told, _ = ordered("#pending 2026-12-24 10:00")
    assert (ticket.state, told) == ("pending", ["pending until Thu 24 Dec 2026, 10:00"])
    assert ticket.pending_until is not None
    assert ticket.pending_until.hour == 9  # UTC


def test_several_commands_are_done_in_their_order_and_told_line_by_line() -> None:
    ticket, told, plan = ordered("#take\n#priority high\n#close")
    assert (ticket.owner, ticket.priority, ticket.state, len(told)) == ("nina", "high", "closed", 3)
    assert {done.actor for done in plan.effects if "agent" in done.actor} == {"agent:nina"}


def test_people_come_and_go_and_the_requester_stays() -> None:
    ticket, told, _ = ordered(f"#cc {BEN}")
    assert [each.address for each in ticket.people] == [ANA, BEN]
    assert told == [f"takes part: {ANA}, {BEN}"]
    again, _, _ = ordered(f"#cc {BEN.upper()}", participants=ticket.participants)
    assert again.participants == ticket.participants
    gone, told, _ = ordered(f"#uncc {BEN}", participants=ticket.participants)
    assert [each.address for each in gone.people] == [ANA]
    stays, _, _ = ordered(f"#uncc {ANA}")
    assert [each.address for each in stays.people] == [ANA]
    nobody, _, _ = ordered("#cc support@example.com")
    assert nobody.participants == make_ticket().participants


def test_who_is_let_in_has_the_name_by_which_the_customer_copied_him() -> None:
    said = {1042: (make_said(5_000, sent_to=(Mailbox("Ben Ray", BEN),)),)}
    plan = decided(agents_mail(f"#cc {BEN}"), POLICY, knowing(make_ticket(), said=said))
    assert plan.ticket is not None
    assert [each.name for each in plan.ticket.people] == ["Ana Silva", "Ben Ray"]


def test_nobody_is_ever_proven_by_the_address_of_one_who_left() -> None:
    people = (Participant(ANA, "", 1, "requester"), Participant("gone@acme.example", "", 2, "former"))
    ticket, _, _ = ordered(f"#cc {BEN}", participants=people)
    assert [each.party for each in ticket.people if each.address == BEN] == [3]


def test_a_question_is_answered_with_a_page() -> None:
    known = knowing(make_ticket(), told={1042: (HistoryLine(NOW, "mailgate", "tag.added", {"tags": ["vip"]}),)})
    pages = {}
    for line in ("#show", "#history", "#explain", "#help pending"):
        plan = decided(agents_mail(line), POLICY, known)
        (draft,) = plan.drafts
        pages[line] = draft.telling.page
        assert plan.ticket is not None
        assert plan.ticket.state == "open"
    assert "customer Ana Silva <ana@acme.example>" in pages["#show"]
    assert "tag.added  tags vip" in pages["#history"]
    assert pages["#explain"] == "no rule has run on this ticket yet"
    assert "#pending" in pages["#help pending"]


def test_receipts_for_errors_alone_leave_out_what_went_well_but_no_page() -> None:
    from mailgate.decision.policy import AgentsPolicy

    quiet = make_policy(agents_policy=AgentsPolicy(confirm="errors"))
    assert decided(agents_mail("#close", policy=quiet), quiet, knowing(make_ticket())).drafts == ()
    assert decided(agents_mail("#show", policy=quiet), quiet, knowing(make_ticket())).drafts
    assert decided(agents_mail("#clsoe", policy=quiet), quiet, knowing(make_ticket())).drafts


def test_who_gives_a_ticket_to_somebody_away_hears_until_when() -> None:
    away = {"kim": NOW + timedelta(days=9), "nina": NOW + timedelta(days=2)}
    for line, said in (
        ("#assign kim", "owner nobody -> Kim Lee, who is away until 2026-12-01 10:30"),
        ("#take", "Costa"),
    ):
        plan = decided(agents_mail(line), POLICY, knowing(make_ticket(), away=away))
        (draft,) = (draft for draft in plan.drafts if draft.receipt)
        assert draft.telling.results[0].said.endswith(said)
