"""`#undo` takes back what the mail did to the ticket, and nothing that anybody else did."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from mailgate.decision.conversation import HistoryLine, Outgoing, Waiting
from mailgate.decision.effects import AddPerson, Effect, PendUntil, SetFields, Settle
from mailgate.decision.plan import Plan
from mailgate.decision.told import told
from mailgate.tickets.model import Participant, Ticket
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
    make_policy,
    make_said,
    make_ticket,
)

POLICY = make_policy()
TICKET = make_ticket(fields=(("order", "1"),))
SOON = NOW + timedelta(days=2)
COPIED = replace(TICKET, participants=(*TICKET.participants, Participant(BEN, "Ben", 2, "cc")))
WAITS = replace(TICKET, state="pending", pending_until=SOON)
OWNED = replace(TICKET, owner="kim", tags=("vip",), state="new")


def history(actor: str, effects: Sequence[Effect], at: Any = NOW) -> tuple[HistoryLine, ...]:
    return tuple(HistoryLine(at, actor, *told(each)) for each in effects)


EARLIER = history("agent:kim", (PendUntil(SOON), SetFields((("order", "1"),))), NOW - timedelta(days=1))


def answer(text: str, ticket: Ticket, **more: Any) -> Plan:
    known = knowing(ticket, told={ticket.id: EARLIER}, waiting={ticket.id: (Waiting(5, "nina", "refused", 70),)})
    return decided(agents_mail(text, ticket, policy=POLICY, **more), POLICY, known)


def undo(
    after: Plan,
    later: tuple[HistoryLine, ...] = (),
    article: int = 0,
    earlier: tuple[HistoryLine, ...] = EARLIER,
    **since: Any,
) -> Plan:
    """`#undo` of the answer; `since`: what somebody else changed on the ticket."""
    assert after.ticket is not None
    (article, ticket) = (article or after.articles[0].id, replace(after.ticket, **since))
    done = tuple(HistoryLine(after.at, each.actor, *told(each.effect)) for each in after.effects)
    known = knowing(
        ticket,
        said={ticket.id: (make_said(TICKET.last_article), make_answer(article, "Sent.", NINA))},
        outgoing={ticket.id: (Outgoing(1, article, ANA, "delayed", NOW),)},
        told={ticket.id: (*earlier, *done, *later)},
    )
    return decided(agents_mail("#undo", ticket, policy=POLICY, spool_id=2), POLICY, known)


def stands(ticket: Ticket | None) -> tuple[object, ...]:
    assert ticket is not None
    people = tuple((each.address, each.party) for each in ticket.people)
    place = (ticket.state, ticket.pending_until, ticket.owner, ticket.queue, ticket.priority)
    return (*place, ticket.tags, dict(ticket.fields), people)


def said(plan: Plan) -> list[str]:
    return [each.said for draft in plan.drafts if draft.receipt for each in draft.telling.results][1:]


@pytest.mark.parametrize("ticket", [TICKET, WAITS, OWNED, COPIED, replace(TICKET, state="closed")])
@pytest.mark.parametrize(
    "commands",
    [
        *("", "#close", "#reopen", "#pending 3d", "#assign kim", "#tag refund -vip", "#set order=2", "#set price=3"),
        *("#queue billing\n#priority high\n#tag refund\n#close\n#unassign", f"#cc {BEN}", f"#uncc {BEN}"),
    ],
)
def test_after_undo_the_ticket_stands_as_before_the_mail(commands: str, ticket: Ticket) -> None:
    after = answer(f"{commands}\nSent.", ticket)
    assert after.outcome.detail == "answer"
    assert stands(undo(after).ticket) == stands(ticket)


def test_so_it_does_after_an_answer_that_put_a_refused_mail_right() -> None:
    after = answer("#close\n#tag refund\nSent.", TICKET, in_reply_to="<notice.s70.00ff@example.com>")
    assert Settle(5, "written again") in [done.effect for done in after.effects]
    assert stands(undo(after).ticket) == stands(TICKET)


def test_so_it_does_after_an_answer_that_was_held_and_let_go() -> None:
    article = TICKET.last_article + 1
    held = make_answer(article, "Sent.", NINA, visibility="internal")
    known = knowing(
        TICKET,
        said={TICKET.id: (make_said(TICKET.last_article), held)},
        outgoing={TICKET.id: (Outgoing(1, article, ANA, "held", NOW),)},
        waiting={TICKET.id: (Waiting(5, "nina", "held", 70, article, "#close\n#priority high"),)},
    )
    sent = decided(agents_mail("#send", policy=POLICY), POLICY, known)
    assert sent.ticket is not None
    assert sent.ticket.state == "closed"
    assert stands(undo(sent, article=article).ticket) == stands(TICKET)


def test_she_is_told_each_thing_that_is_as_it_was() -> None:
    after = answer("#close\n#priority high\n#queue billing\n#set order=2\nSent.", replace(TICKET, state="new"))
    assert said(undo(after)) == [
        "the ticket is new again",
        "the ticket is nobody's again",
        "the ticket lies in Support again",
        "the priority is normal again",
        "order = 1 again",
    ]
    assert said(undo(answer("Sent.", WAITS)))[0].startswith("pending until Tue 24 Nov 2026")


@pytest.mark.parametrize(
    ("commands", "since"),
    [
        ("", {"state": "spam"}),
        ("#close", {"state": "open"}),
        ("#pending 3d", {"pending_until": NOW + timedelta(days=9)}),
        ("#assign kim", {"owner": "nina"}),
        ("#queue billing", {"queue": "support"}),
        ("#priority high", {"priority": "urgent"}),
        ("#set order=2", {"fields": (("order", "7"),)}),
        ("#tag refund", {"tags": ()}),
    ],
)
def test_what_somebody_changed_since_stays(commands: str, since: dict[str, Any]) -> None:
    plan = undo(answer(f"{commands}\nSent.", replace(TICKET, state="new", owner="kim")), **since)
    assert plan.ticket is not None
    ((name, value),) = since.items()
    assert getattr(plan.ticket, name) == value


def test_another_mail_of_the_same_instant_stays_done() -> None:
    before = decided(agents_mail("#tag vip", policy=POLICY, spool_id=3), POLICY, knowing(TICKET))
    assert before.ticket is not None
    first = tuple(HistoryLine(NOW, each.actor, *told(each.effect)) for each in before.effects)
    plan = undo(answer("#tag refund\nSent.", before.ticket), later=first)
    assert plan.ticket is not None
    assert plan.ticket.tags == ("vip",)


def test_whom_she_let_in_before_stays() -> None:
    invited = history("agent:nina", (AddPerson(COPIED.participants[-1]),), NOW - timedelta(hours=1))
    known = knowing(COPIED, told={COPIED.id: (*EARLIER, *invited)})
    after = decided(agents_mail("Sent.", COPIED, policy=POLICY), POLICY, known)
    assert stands(undo(after, earlier=invited).ticket) == stands(COPIED)


def test_what_a_rule_or_a_colleague_did_is_not_hers_to_take_back() -> None:
    after = answer("Sent.", TICKET)
    others = history("rule:escalate", (SetFields((("order", "9"),)),)) + history("agent:kim", (PendUntil(SOON),))
    plan = undo(after, later=others, fields=(("order", "9"),))
    assert plan.ticket is not None
    assert plan.ticket.field("order") == "9"


def test_where_the_history_is_forgotten_the_ticket_is_open_for_the_answer_is_owed() -> None:
    closed = replace(TICKET, state="closed", owner="nina")
    known = knowing(
        closed,
        said={closed.id: (make_answer(1043, "Sent.", NINA),)},
        outgoing={closed.id: (Outgoing(1, 1043, ANA, "delayed", NOW),)},
    )
    plan = decided(agents_mail("#undo", closed, policy=POLICY), POLICY, known)
    assert plan.ticket is not None
    assert (plan.ticket.state, plan.ticket.owner) == ("open", "nina")
    assert KIM.name not in str(said(plan))
