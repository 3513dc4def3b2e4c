"""The facts before a mail: what came of it and of everything behind it is taken back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mailgate.decision.facts import StoredArticle, StoredId
from mailgate.decision.rewound import Entry, Moment, Past, Written, rewound
from mailgate.tickets.model import Ticket
from tests.support.desk import ANA, NOW, knowing, make_said, make_ticket
from tests.support.desk import past as earlier

THEN = Moment(NOW, 20)
BEFORE, LATER = NOW - timedelta(hours=1), NOW + timedelta(hours=1)
TICKET = make_ticket(root_article=10, last_article=30, articles=3, state="closed", queue="billing", owner="kim")


def past(*entries: Entry) -> Past:
    written = [
        Written(10, b"N" * 8, BEFORE, "customer", "in"),
        Written(20, b"O" * 8, NOW, "agent", "out"),
        Written(30, b"P" * 8, LATER, "customer", "in"),
    ]
    return Past({TICKET.id: entries}, {TICKET.id: written})


def entry(event: str, at: datetime = NOW, **detail: object) -> Entry:
    return Entry(at, event, detail)


def before(*entries: Entry, ticket: Ticket = TICKET) -> Ticket:
    found = rewound(knowing(ticket), past(*entries), THEN).tickets[ticket.id]
    return found


def test_changes_are_taken_back_the_newest_first() -> None:
    found = before(
        entry("article.added", BEFORE, article=10),
        entry("queue.changed", BEFORE, old="x", new="support"),
        entry("article.added", article=20),
        entry("queue.changed", old="support", new="sales"),
        entry("owner.changed", old=None, new="nina"),
        entry("queue.changed", LATER, old="sales", new="billing"),
        entry("owner.changed", LATER, old="nina", new="kim"),
        entry("state.changed", LATER, old="open", new="closed"),
    )
    assert (found.queue, found.owner, found.state) == ("support", None, "open")
    assert (found.last_article, found.last_nonce, found.articles) == (10, b"N" * 8, 1)
    assert (found.last_customer_at, found.last_agent_at) == (BEFORE, None)


def test_tags_fields_and_people_are_as_they_were() -> None:
    ticket = replace(TICKET, tags=("a", "c"), fields=(("order", "2"), ("late", "x")))
    found = before(
        entry("field.changed", BEFORE, fields={"order": "1"}),
        entry("tag.added", tags=["c"]),
        entry("tag.removed", LATER, tags=["b"]),
        entry("field.changed", LATER, fields={"order": "2", "late": "x"}),
        entry("participant.added", LATER, address=ANA),
        ticket=ticket,
    )
    assert set(found.tags) == {"a", "b"}
    assert found.fields == (("order", "1"),)
    assert found.participants == ()


def test_a_time_holds_only_in_its_state() -> None:
    until = (NOW + timedelta(days=3)).isoformat()
    entries = (
        entry("state.changed", BEFORE, old="open", new="pending"),
        entry("pending.until", BEFORE, until=until),
        entry("state.changed", LATER, old="pending", new="closed"),
    )
    found = before(*entries)
    assert (found.state, found.pending_until, found.closed_at) == ("pending", datetime.fromisoformat(until), None)


def test_of_mails_of_one_moment_only_those_before_have_happened() -> None:
    """A batch is applied at one time: the articles say whose entry is whose."""
    found = before(
        entry("article.added", article=15),
        entry("queue.changed", old="support", new="sales"),
        entry("article.added", article=20),
        entry("queue.changed", old="sales", new="billing"),
    )
    assert found.queue == "sales"


def test_a_ticket_that_the_mail_opened_was_not_there() -> None:
    facts = rewound(knowing(replace(TICKET, root_article=20)), past(), THEN)
    assert facts.tickets == {}
    assert facts.numbers == {}
    assert facts.ticket(TICKET.id) is None


def test_nothing_that_came_behind_is_known() -> None:
    facts = knowing(
        TICKET,
        seen={b"own": (20, 1), b"other": (10, 1)},
        ids={"<a>": (StoredId(30, 1, False), StoredId(10, 1, False)), "<b>": (StoredId(20, 1, False),)},
        articles={10: StoredArticle(1, b"x"), 30: StoredArticle(1, b"x")},
        said={TICKET.id: (make_said(10), make_said(30))},
        counts={"k": ((int(BEFORE.timestamp()), 2), (int(NOW.timestamp()) - 100, 1), (int(LATER.timestamp()), 5))},
        pasts={ANA: (earlier(7, opened_at=LATER), earlier(6, opened_at=BEFORE))},
    )
    found = rewound(facts, past(), THEN)
    assert found.seen == {b"other": (10, 1)}
    assert found.ids == {"<a>": (StoredId(10, 1, False),)}
    assert list(found.articles) == [10]
    assert [each.id for each in found.said[TICKET.id]] == [10]
    assert found.counts["k"] == ((int(BEFORE.timestamp()), 2),)
    assert [each.id for each in found.pasts[ANA]] == [6]


@pytest.mark.parametrize("event", ["queue.changed", "state.changed", "tag.added", "field.changed", "pending.until"])
def test_an_entry_whose_detail_was_erased_changes_nothing(event: str) -> None:
    assert before(entry(event)).queue == TICKET.queue


def test_the_moment_is_utc_like_all_that_is_stored() -> None:
    assert THEN.at.tzinfo is UTC
