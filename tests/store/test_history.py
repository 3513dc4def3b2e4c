"""A ticket's history: append-only, chained, erasable, and it says what was tampered with."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from mailgate.ids import SeededIds
from mailgate.store.engine import Store
from mailgate.store.history import append, broken_chains
from mailgate.store.tables import history, tickets
from tests.support.rows import insert_ticket

AT = datetime(2026, 11, 22, 9, 30, 0, 123_456, tzinfo=UTC)
IDS = SeededIds()


@pytest.fixture
def chained(store: Store) -> Store:
    """Two tickets with three and two entries, one without any."""

    def fill(c: sa.Connection) -> None:
        for number in (1, 2, 3):
            insert_ticket(c, number, AT)
        for ticket, count in ((1, 3), (2, 2)):
            for n in range(count):
                append(c, ticket, AT + timedelta(seconds=n), "rule:x", "note.added", {"n": n, "words": "größer"}, IDS)

    store.write_now(fill)
    return store


def change(store: Store, ticket: int, entry: int, **values: Any) -> None:
    mine = sa.and_(history.c.ticket_id == ticket, history.c.seq == entry)
    store.write_now(lambda c: c.execute(sa.update(history).where(mine).values(**values)))


def test_a_chain_that_nobody_touched_verifies(chained: Store) -> None:
    assert chained.read_now(broken_chains) == []
    assert chained.read_now(
        lambda c: c.execute(sa.select(tickets.c.history_seq).order_by(tickets.c.id)).scalars().all()
    ) == [3, 2, 0]


def test_an_erased_detail_leaves_the_chain_whole(chained: Store) -> None:
    change(chained, 1, 2, detail=None, salt=None)
    assert chained.read_now(broken_chains) == []


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"detail": '{"n":9}'}, "the detail was changed"),
        ({"salt": b"12345678"}, "the detail was changed"),
        ({"salt": None}, "the detail was changed"),
        ({"detail": None}, "the detail was changed"),
        ({"salt": None, "detail": None, "detail_hash": bytes(32)}, "the chain is broken"),
        ({"actor": "agent:nina"}, "the chain is broken"),
        ({"event": "nothing.happened"}, "the chain is broken"),
        ({"at": AT + timedelta(microseconds=1)}, "the chain is broken"),
        ({"hash": bytes(32)}, "the chain is broken"),
        ({"seq": 9}, "the chain is broken"),
    ],
)
def test_whatever_is_changed_is_found_and_named(chained: Store, values: dict[str, Any], says: str) -> None:
    change(chained, 1, 2, **values)
    found = chained.read_now(broken_chains)
    assert any(line.startswith("ticket 1 entry ") and line.endswith(says) for line in found)
    assert not any("ticket 2" in line for line in found)


def test_an_entry_that_was_taken_out_is_missed(chained: Store) -> None:
    chained.write_now(lambda c: c.execute(sa.delete(history).where(history.c.ticket_id == 1, history.c.seq == 2)))
    assert "ticket 1 entry 3: the chain is broken" in chained.read_now(broken_chains)


def test_an_end_that_was_cut_off_is_missed(chained: Store) -> None:
    chained.write_now(lambda c: c.execute(sa.delete(history).where(history.c.ticket_id == 2, history.c.seq == 2)))
    assert chained.read_now(broken_chains) == ["ticket 2: its history does not end where the ticket says"]


def test_a_whole_history_that_was_taken_out_is_missed(chained: Store) -> None:
    chained.write_now(lambda c: c.execute(sa.delete(history).where(history.c.ticket_id == 2)))
    assert chained.read_now(broken_chains) == ["ticket 2: its history does not end where the ticket says"]


def test_an_entry_moved_to_another_ticket_is_found(chained: Store) -> None:
    chained.write_now(
        lambda c: c.execute(
            sa.update(history).where(history.c.ticket_id == 2, history.c.seq == 2).values(ticket_id=3, seq=1)
        )
    )
    found = chained.read_now(broken_chains)
    assert {line.split(":")[0].split(" entry")[0] for line in found} == {"ticket 2", "ticket 3"}


def test_an_entry_moves_the_tickets_version_so_that_plans_in_flight_decide_again(chained: Store) -> None:
    before = chained.read_now(lambda c: c.execute(sa.select(tickets.c.version).where(tickets.c.id == 3)).scalar())
    chained.write_now(lambda c: append(c, 3, AT, "mailgate", "x", {}, IDS))
    after = chained.read_now(lambda c: c.execute(sa.select(tickets.c.version).where(tickets.c.id == 3)).scalar())
    assert after == before + 1  # type: ignore[operator]
