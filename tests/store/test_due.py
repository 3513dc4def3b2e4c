"""What is due without a mail is found by its column, done once, and swept away in time."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from mailgate.errors import Conflict
from mailgate.notify.digest import MOST_LINES
from mailgate.notify.outgoing import OutgoingMail, Tail
from mailgate.store import due, tables
from mailgate.store.engine import Store
from mailgate.store.outbox import enqueue
from tests.store.test_carry_out import Desk, rows
from tests.support.desk import ANA, NINA, NOW, make_policy, make_raw
from tests.support.rows import insert_ticket
from tests.support.statements import explained, statements

HOUR = timedelta(hours=1)


def pend(store: Store, number: int, **columns: Any) -> None:
    store.write_now(lambda c: insert_ticket(c, number, NOW, **{"state": "pending"} | columns))


def test_pending_tickets_are_due_at_their_time_the_longest_due_first(store: Store) -> None:
    pend(store, 1, pending_until=NOW)
    pend(store, 2, pending_until=NOW - HOUR)
    pend(store, 3, pending_until=NOW + HOUR)
    pend(store, 4, pending_until=None)
    pend(store, 5, pending_until=NOW - HOUR, state="open")
    assert list(store.read_now(lambda c: due.pending_due(c, NOW, 10))) == [2, 1]
    assert list(store.read_now(lambda c: due.pending_due(c, NOW, 1))) == [2]


def test_the_next_moment_is_when_something_falls_due_or_can_be_sent(store: Store) -> None:
    assert store.read_now(lambda c: due.next_moment(c, NOW)) is None
    pend(store, 1, pending_until=NOW + 3 * HOUR)
    pend(store, 2, pending_until=NOW)
    assert store.read_now(lambda c: due.next_moment(c, NOW)) == NOW + 3 * HOUR
    mail = OutgoingMail("report", "digest", None, ANA, "x", "x", "<1@x>", b"x", None, due=NOW + HOUR)
    store.write_now(lambda c: enqueue(c, None, [mail], NOW))
    assert store.read_now(lambda c: due.next_moment(c, NOW)) == NOW + HOUR
    assert store.read_now(lambda c: due.next_moment(c, NOW + HOUR)) == NOW + 3 * HOUR


def failed(store: Store) -> Desk:
    desk = Desk(store, make_policy())
    ticket = desk.begin()
    desk.says("It was sent.", ticket)
    values = {"state": "failed", "last_reply": "550 5.1.1 unknown"}
    store.write_now(
        lambda c: c.execute(sa.update(tables.outbox).where(tables.outbox.c.kind == "customer").values(**values))
    )
    return desk


def test_an_answer_that_failed_is_told_once_with_its_author_and_words(store: Store) -> None:
    failed(store)
    (untold,) = store.read_now(lambda c: due.untold(c, 10))
    assert (untold.recipient, untold.reply, untold.author, untold.text) == (
        ANA,
        "550 5.1.1 unknown",
        NINA.address,
        "It was sent.",
    )
    store.write_now(lambda c: due.told(c, untold.id, NOW))
    assert list(store.read_now(lambda c: due.untold(c, 10))) == []


def test_what_the_machine_sent_and_failed_is_nobodys_answer(store: Store) -> None:
    failed(store)
    store.write_now(lambda c: c.execute(sa.update(tables.outbox).values(kind="auto-reply")))
    assert list(store.read_now(lambda c: due.untold(c, 10))) == []


def lines(store: Store, agent: str, count: int, at: Any = NOW, ticket: int | None = None) -> None:
    made = [{"agent": agent, "ticket_id": ticket, "line": f"{agent} {n}", "at": at, "due_at": at} for n in range(count)]
    store.write_now(lambda c: c.execute(sa.insert(tables.digest_lines), made))


def test_once_one_line_is_due_she_gets_all_of_hers_with_the_tickets_numbers(store: Store) -> None:
    pend(store, 7)
    lines(store, "nina", 2, ticket=7)
    lines(store, "nina", 1, NOW + HOUR)
    lines(store, "kim", 1, NOW + HOUR)
    found = store.read_now(lambda c: due.due_digests(c, NOW))
    assert list(found) == ["nina"]
    assert [(number, line) for _, number, line in found["nina"].lines] == [
        ("7", "nina 0"),
        ("7", "nina 1"),
        ("", "nina 0"),
    ]


def test_a_list_is_taken_once_whoever_is_first(store: Store) -> None:
    lines(store, "nina", 3)
    found = store.read_now(lambda c: due.due_digests(c, NOW))["nina"]
    store.write_now(lambda c: due.take_digest(c, found))
    with pytest.raises(Conflict):
        store.write_now(lambda c: due.take_digest(c, found))
    assert rows(store, tables.digest_lines) == []


def test_what_is_too_long_for_one_list_goes_on_in_the_next_and_keeps_nobody_waiting(store: Store) -> None:
    lines(store, "nina", MOST_LINES + 5)
    lines(store, "kim", 1)
    sizes = []
    for _ in range(2):
        found = store.read_now(lambda c: due.due_digests(c, NOW))
        sizes.append({agent: len(each.lines) for agent, each in found.items()})
        for each in found.values():
            store.write_now(lambda c, each=each: due.take_digest(c, each))  # type: ignore[misc]  # bound at once
    assert sizes == [{"nina": MOST_LINES, "kim": 1}, {"nina": 5}]


@pytest.mark.parametrize("what", ["pending", "failed", "list"])
def test_an_idle_desk_is_told_from_one_with_work_by_one_read(store: Store, what: str) -> None:
    assert not store.read_now(lambda c: due.anything_due(c, NOW))
    if what == "pending":
        pend(store, 1, pending_until=NOW)
    elif what == "failed":
        failed(store)
    else:
        lines(store, "nina", 1)
    with statements(store._read_engine) as asked:
        assert store.read_now(lambda c: due.anything_due(c, NOW))
    assert len(asked) == 1


def test_nothing_due_is_found_without_reading_all_tickets_and_mails(store: Store) -> None:
    if not store.is_sqlite:
        pytest.skip("a planner with statistics reads a small table as it likes; SQLite's plan is fixed")
    for ask in (
        lambda c: due.anything_due(c, NOW),
        lambda c: due.pending_due(c, NOW, 10),
        lambda c: due.untold(c, 10),
    ):
        with statements(store._read_engine) as asked:
            store.read_now(ask)
        for each in asked:
            assert "SCAN tickets'" not in explained(store, each)
            assert "SCAN outbox'" not in explained(store, each)


# --- the broom


def mail(tail: bytes, article: int | None = None) -> OutgoingMail:
    return OutgoingMail("customer", "reply", None, ANA, "x", "x", "<m@x>", b"x", article, tail=Tail.of(tail))


def test_attachments_of_mail_that_is_done_with_go_when_nobody_needs_them(store: Store) -> None:
    store.write_now(lambda c: enqueue(c, None, [mail(b"old"), mail(b"old"), mail(b"shared"), mail(b"kept")], NOW))
    ids = [row["id"] for row in rows(store, tables.outbox)]

    def age(c: sa.Connection) -> None:
        long_ago = NOW - due.TAILS_KEPT - HOUR
        c.execute(
            sa.update(tables.outbox).where(tables.outbox.c.id.in_(ids[:3])).values(state="sent", done_at=long_ago)
        )
        enqueue(c, None, [mail(b"shared")], NOW)  # still to be sent

    store.write_now(age)
    store.write_now(lambda c: due.sweep(c, NOW))
    left = {bytes(row["content"]) for row in rows(store, tables.blobs)}
    assert left == {b"shared", b"kept"}
    assert [row["tail"] is None for row in rows(store, tables.outbox)] == [True, True, True, False, False]
    store.write_now(lambda c: due.sweep(c, NOW))


def test_a_raw_mail_is_no_attachment_of_ours(store: Store) -> None:
    desk = Desk(store, make_policy())
    desk.run([(make_raw(), None)])
    (blob,) = rows(store, tables.blobs)
    store.write_now(lambda c: enqueue(c, None, [mail(b"x")], NOW))
    values = {"tail": blob["sha256"], "state": "sent", "done_at": NOW - due.TAILS_KEPT - HOUR}
    store.write_now(lambda c: c.execute(sa.update(tables.outbox).values(**values)))
    store.write_now(lambda c: due.sweep(c, NOW))
    assert blob["sha256"] in {row["sha256"] for row in rows(store, tables.blobs)}


def test_what_waited_too_long_for_a_word_waits_no_more(store: Store) -> None:
    desk = Desk(store, make_policy())
    desk.says("#ntoe\nhello", desk.begin())
    store.write_now(lambda c: due.sweep(c, NOW + timedelta(days=7)))
    assert len(rows(store, tables.awaiting)) == 1
    store.write_now(lambda c: due.sweep(c, NOW + timedelta(days=7, seconds=1)))
    assert rows(store, tables.awaiting) == []
