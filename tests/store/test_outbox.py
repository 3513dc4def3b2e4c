"""Composed mail on its way out: leased to one worker, recorded by its holder alone."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from mailgate.ids import SeededIds
from mailgate.notify.outgoing import OutgoingMail
from mailgate.store import outbox
from mailgate.store.engine import Store
from mailgate.store.history import broken_chains
from mailgate.store.outbox import (
    LEASE,
    Attempted,
    claim,
    drop,
    enqueue,
    held,
    let_go,
    record,
    release,
    renew,
    try_again,
)
from mailgate.store.tables import history, tickets
from mailgate.store.tables import outbox as table
from tests.support.rows import crowd, insert_ticket, same
from tests.support.statements import explained, statements

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
IDS = SeededIds()


def mail(number: int = 1, held: bool = False) -> OutgoingMail:
    return OutgoingMail(
        kind="auto-reply",
        template="received",
        reverse_path=None,
        recipient=f"ana{number}@acme.example",
        subject="Re: x",
        text="x",
        message_id=f"<mg.{number}@example.com>",
        content=b"From: x\r\n\r\n%d\r\n" % number,
        article=None,
        held=held,
        reason="holds what belongs to somebody else" if held else "",
    )


def put(store: Store, *mails: OutgoingMail, ticket: int | None = None, at: datetime = AT) -> None:
    store.write_now(lambda c: enqueue(c, ticket, mails, at))


def take(store: Store, owner: str = "a", at: datetime = AT, limit: int = 10) -> list[outbox.Due]:
    return store.write_now(lambda c: claim(c, owner, at, limit))


def told(store: Store, owner: str, *results: Attempted, at: datetime = AT) -> None:
    store.write_now(lambda c: record(c, owner, results, at, IDS))


def row(store: Store, number: int) -> sa.Row[tuple[object, ...]]:
    return store.read_now(lambda c: c.execute(sa.select(table).where(table.c.id == number)).one())


@pytest.fixture
def ticket(store: Store) -> int:
    return store.write_now(lambda c: insert_ticket(c, 7, AT))


def test_what_was_composed_is_claimed_with_its_bytes_and_its_message_id(store: Store) -> None:
    put(store, mail(1), mail(2))
    due = take(store)
    assert [(d.recipient, d.message_id, d.content, d.attempts, d.created_at, d.reverse_path) for d in due] == [
        ("ana1@acme.example", "<mg.1@example.com>", b"From: x\r\n\r\n1\r\n", 0, AT, None),
        ("ana2@acme.example", "<mg.2@example.com>", b"From: x\r\n\r\n2\r\n", 0, AT, None),
    ]


def test_nothing_composed_is_nothing_written(store: Store) -> None:
    put(store)
    told(store, "a")
    assert take(store) == []
    assert store.read_now(lambda c: outbox.any_due(c, AT)) is False


def test_a_claimed_mail_is_not_claimed_again_while_its_lease_lasts(store: Store) -> None:
    put(store, mail())
    assert len(take(store, "a")) == 1
    assert store.read_now(lambda c: outbox.any_due(c, AT + LEASE)) is False
    assert take(store, "b", AT + LEASE) == []
    assert len(take(store, "b", AT + LEASE + timedelta(seconds=1))) == 1


def test_a_claim_takes_the_longest_due_first_and_no_more_than_its_limit(store: Store) -> None:
    put(store, mail(1), at=AT)
    put(store, mail(2), at=AT - timedelta(minutes=1))
    put(store, mail(3), at=AT + timedelta(minutes=1))
    assert [d.recipient for d in take(store, limit=1)] == ["ana2@acme.example"]
    assert [d.recipient for d in take(store)] == ["ana1@acme.example"]
    assert take(store) == []


def test_held_mail_is_never_claimed(store: Store) -> None:
    put(store, mail(held=True))
    assert take(store, at=AT + timedelta(days=9)) == []
    assert row(store, 1).last_reply == "holds what belongs to somebody else"


def test_workers_that_claim_at_once_never_share_a_mail(store: Store) -> None:
    put(store, *(mail(n) for n in range(200)))
    with ThreadPoolExecutor(4) as threads:
        taken = list(threads.map(lambda n: take(store, f"w{n}", limit=9), range(40)))
    numbers = [due.id for each in taken for due in each]
    assert all(len(each) <= 9 for each in taken)
    assert len(numbers) == len(set(numbers)) == 200


def test_sent_deferred_and_failed_are_recorded(store: Store) -> None:
    put(store, mail(1), mail(2), mail(3))
    one, two, three = (due.id for due in take(store))
    again = AT + timedelta(minutes=5)
    told(
        store,
        "a",
        Attempted(one, "sent", "250 ok"),
        Attempted(two, "deferred", "451 later", again),
        Attempted(three, "failed", "550 no"),
    )
    found = [(row(store, n).state, row(store, n).attempts, row(store, n).last_reply) for n in (one, two, three)]
    assert found == [("sent", 1, "250 ok"), ("waiting", 1, "451 later"), ("failed", 1, "550 no")]
    assert [row(store, n).done_at for n in (one, two, three)] == [AT, None, AT]
    assert {row(store, n).lease_owner for n in (one, two, three)} == {None}
    assert take(store, at=again - timedelta(seconds=1)) == []
    assert [due.id for due in take(store, at=again)] == [two]


def test_a_smarthost_out_of_reach_costs_the_mail_no_attempt(store: Store) -> None:
    put(store, mail())
    (due,) = take(store)
    told(store, "a", Attempted(due.id, "deferred", "connection refused", AT, counts=False))
    assert row(store, due.id).attempts == 0


def test_a_failure_stands_in_the_tickets_history_and_its_chain_verifies(store: Store, ticket: int) -> None:
    put(store, mail(), ticket=ticket)
    (due,) = take(store)
    told(store, "a", Attempted(due.id, "failed", "550 5.1.1 no such user"))
    events = store.read_now(lambda c: c.execute(sa.select(history.c.event, history.c.detail)).all())
    assert [event for event, _ in events] == ["delivery.failed"]
    assert "550 5.1.1 no such user" in events[0].detail
    assert store.read_now(broken_chains) == []
    assert store.read_now(lambda c: c.execute(sa.select(tickets.c.version)).scalar()) == 2


def test_a_result_whose_lease_was_lost_is_not_recorded_and_tells_nobody(store: Store, ticket: int) -> None:
    put(store, mail(), ticket=ticket)
    (due,) = take(store, "slow")
    later = AT + LEASE + timedelta(seconds=1)
    take(store, "fast", later)
    told(store, "slow", Attempted(due.id, "failed", "550 no"), at=later)
    assert row(store, due.id).state == "sending"
    assert row(store, due.id).lease_owner == "fast"
    assert store.read_now(lambda c: c.execute(sa.select(history)).all()) == []
    told(store, "fast", Attempted(due.id, "sent", "250 ok"), at=later)
    told(store, "slow", Attempted(due.id, "failed", "550 no"), at=later)
    assert row(store, due.id).state == "sent"


def test_a_renewed_lease_lasts_and_a_lost_one_is_said(store: Store) -> None:
    put(store, mail(1), mail(2))
    first, second = (due.id for due in take(store))
    soon = AT + LEASE - timedelta(minutes=1)
    assert store.write_now(lambda c: renew(c, "a", [first], soon)) == {first}
    later = AT + LEASE + timedelta(seconds=1)
    assert [due.id for due in take(store, "b", later)] == [second]
    assert store.write_now(lambda c: renew(c, "a", [first, second], later)) == {first}


def test_mail_given_back_is_due_again_and_only_its_holder_gives_it_back(store: Store) -> None:
    put(store, mail())
    (due,) = take(store, "a")
    store.write_now(lambda c: release(c, "b", [due.id]))
    assert take(store, "b") == []
    store.write_now(lambda c: release(c, "a", [due.id]))
    assert [again.attempts for again in take(store, "b")] == [0]


def test_the_operator_sends_what_failed_from_the_first_attempt(store: Store) -> None:
    put(store, mail(1))
    (due,) = take(store)
    told(store, "a", Attempted(due.id, "failed", "550 no"))
    later = AT + timedelta(days=6)
    assert store.write_now(partial(try_again, outbox_id=1, now=later))
    assert [(d.id, d.attempts, d.created_at) for d in take(store, at=later)] == [(1, 0, later)]


def test_what_is_held_waits_for_a_decision_and_not_for_another_try(store: Store) -> None:
    put(store, mail(1, held=True), mail(2, held=True))
    assert store.write_now(lambda c: try_again(c, 1, AT)) is False
    assert store.read_now(lambda c: held(c, 3)) is None
    found = store.read_now(lambda c: held(c, 1))
    assert found is not None
    assert (found.id, found.answer) == (1, None)
    assert store.write_now(lambda c: (let_go(c, 1, AT), drop(c, 2, AT))) == (True, True)
    assert store.write_now(lambda c: (let_go(c, 1, AT), drop(c, 2, AT))) == (False, False)
    assert [due.id for due in take(store)] == [1]
    assert row(store, 2).state == "cancelled"


def test_the_operator_cannot_send_twice_what_was_sent(store: Store) -> None:
    put(store, mail())
    (due,) = take(store)
    assert store.write_now(lambda c: try_again(c, due.id, AT)) is False
    told(store, "a", Attempted(due.id, "sent", "250 ok"))
    assert store.write_now(lambda c: try_again(c, due.id, AT)) is False
    assert store.write_now(lambda c: try_again(c, 4711, AT)) is False


def test_the_operator_cannot_send_what_its_author_recalled(store: Store) -> None:
    put(store, mail())
    store.write_now(lambda c: c.execute(table.update().values(state="cancelled", done_at=AT)))
    assert store.write_now(lambda c: try_again(c, 1, AT)) is False
    assert row(store, 1).state == "cancelled"


def test_the_due_query_costs_the_same_however_much_was_ever_sent(store: Store) -> None:
    put(store, mail())
    sent = {"state": lambda _: sa.literal("sent"), "done_at": lambda _: sa.literal(AT, table.c.done_at.type)}
    store.write_now(lambda c: crowd(c, table, 20_000, id=same, **sent))
    store.write_now(lambda c: c.exec_driver_sql("ANALYZE"))
    with statements(store._engine) as writes, statements(store._read_engine) as reads:
        store.read_now(lambda c: outbox.any_due(c, AT))
        take(store)
    asked = [
        each for each in {str(each): each for each in (*writes, *reads)}.values() if "next_attempt_at <=" in each[0]
    ]
    assert len(asked) == 2
    assert all("ix_outbox_due" in explained(store, each) for each in asked)
