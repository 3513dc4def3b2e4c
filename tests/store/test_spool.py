"""Accepted mail: taken in order, alone after a crash, shared bytes stored once."""

import os
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from mailgate.errors import LeadLost
from mailgate.mail.envelope import Envelope, Submission
from mailgate.store import spool
from mailgate.store.engine import Store
from mailgate.store.lead import take_lead
from mailgate.store.migrations import migrate
from mailgate.store.tables import blobs
from mailgate.store.tables import spool as table
from tests.support.rows import crowd, same
from tests.support.statements import explained, statements

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
ENVELOPE = Envelope(
    reverse_path=None,
    forward_paths=("support@example.com", "billing+x@example.com"),
    source="smtp",
    received_at=AT,
    peer="192.0.2.1",
    helo="mail.acme.example",
    protocol="ESMTPSA",
    authenticated_as="ana",
)


def submission(raw: bytes = b"Subject: x\r\n\r\nhello\r\n", at: datetime = AT) -> spool.Packed:
    return spool.pack(Submission(replace(ENVELOPE, received_at=at), raw))


def accept(store: Store, *raws: bytes) -> list[int]:
    return [store.write_now(partial(spool.accept, packed=submission(raw))) for raw in raws]


def claim(store: Store, limit: int = 64, at: datetime = AT, **more: int) -> spool.Claim:
    return store.write_now(lambda c: spool.claim(c, "node", at, limit, 2, **more))


def ids(claimed: spool.Claim) -> list[int]:
    return [mail.id for mail in claimed.mails]


def row(store: Store, number: int) -> sa.Row[tuple[object, ...]]:
    return store.read_now(lambda c: c.execute(sa.select(table).where(table.c.id == number)).one())


def test_what_was_accepted_is_claimed_byte_for_byte_with_its_envelope(store: Store) -> None:
    raw = bytes(range(256)) * 3
    (number,) = accept(store, raw)
    (mail,) = claim(store).mails
    assert (mail.id, mail.raw, mail.envelope, mail.alone, mail.attempts) == (number, raw, ENVELOPE, False, 0)
    assert store.read_now(lambda c: spool.raw(c, number)) == raw
    assert store.read_now(lambda c: spool.envelope(c, number)) == ENVELOPE


def test_what_is_not_there_is_none(store: Store) -> None:
    assert store.read_now(lambda c: spool.raw(c, 4711)) is None
    assert store.read_now(lambda c: spool.envelope(c, 4711)) is None
    assert claim(store) == spool.Claim((), range(0), range(0))


def test_who_claimed_a_mail_can_fetch_it_until_it_is_no_longer_his(store: Store) -> None:
    (number,) = accept(store, b"text " * 100)
    assert store.read_now(lambda c: spool.claimed(c, "node", number)) is None
    (mail,) = claim(store).mails
    fetched = store.read_now(lambda c: spool.claimed(c, "node", number))
    assert fetched == replace(mail, alone=True)  # as it would come, should we die meanwhile
    assert store.read_now(lambda c: spool.claimed(c, "another", number)) is None
    store.write_now(lambda c: spool.quarantine(c, number, "why", AT))
    assert store.read_now(lambda c: spool.claimed(c, "node", number)) is None


def test_equal_bytes_are_stored_once_and_are_still_two_mails(store: Store) -> None:
    numbers = accept(store, b"same", b"same", b"other")
    assert len(set(numbers)) == 3
    assert store.read_now(lambda c: c.execute(sa.select(sa.func.count()).select_from(blobs)).scalar()) == 2
    assert [mail.raw for mail in claim(store).mails] == [b"same", b"same", b"other"]


def test_mail_is_claimed_once_in_the_order_of_its_arrival(store: Store) -> None:
    numbers = accept(store, *(b"%d" % n for n in range(5)))
    assert ids(claim(store, 3)) == numbers[:3]
    assert ids(claim(store, 3)) == numbers[3:]
    assert ids(claim(store, 3)) == []


@pytest.mark.parametrize(
    ("column", "value", "lost"),
    [
        ("forward_paths", "{", "JSONDecodeError"),
        ("forward_paths", "5", "another kind"),
        ("forward_paths", "[5, null]", "another kind"),
        ("received_at", "nonsense", "ValueError"),
        ("reverse_path", b"\xff\x00", "another kind"),
        ("size", "big", "another kind"),
        ("blob", b"gone", "not in the database any more"),
    ],
)
def test_a_row_that_nobody_can_read_is_set_aside_and_the_others_are_claimed(
    tmp_path: Path, column: str, value: object, lost: str
) -> None:
    store = Store(f"sqlite:///{tmp_path}/x.db")
    store.write_now(lambda c: migrate(c, AT))
    accept(store, b"a", b"b", b"c")
    damaged = sqlite3.connect(tmp_path / "x.db")  # nobody guards the foreign keys here
    damaged.execute(f"UPDATE spool SET {column} = ? WHERE id = 2", [value])
    damaged.commit()
    damaged.close()
    found = claim(store)
    assert ids(found) == [1, 3]
    assert [each.spool_id for each in found.damaged] == [2]
    aside = row(store, 2)
    assert aside.state == aside.outcome == "quarantined"
    assert lost in aside.cause
    store.close()


def test_ids_are_set_aside_for_what_is_claimed_and_no_more(store: Store) -> None:
    accept(store, b"1", b"2", b"3")
    first = claim(store, 2, tickets_in_stock=1)
    assert (len(first.tickets), len(first.articles)) == (1, 4)
    second = claim(store, 2, tickets_in_stock=5, first_ticket=1_000)
    assert (len(second.tickets), len(second.articles)) == (0, 2)
    assert not set(first.articles) & set(second.articles)


def test_numbers_begin_where_the_site_says(store: Store) -> None:
    accept(store, b"1")
    assert claim(store, first_ticket=1_000).tickets == range(1_000, 1_001)


def test_after_a_crash_each_mail_of_the_batch_comes_alone(store: Store) -> None:
    numbers = accept(store, b"1", b"2", b"3")
    claim(store, 2)
    store.write_now(spool.release_all)
    for number in numbers[:2]:
        (mail,) = claim(store).mails
        assert (mail.id, mail.alone, mail.attempts) == (number, True, 0)
    (last,) = claim(store).mails
    assert (last.id, last.alone) == (numbers[2], False)


def test_a_mail_that_comes_alone_ends_the_batch_before_it(store: Store) -> None:
    numbers = accept(store, b"1", b"2", b"3")
    store.write_now(lambda c: spool.defer(c, numbers[1], "its own fault", AT, 0))
    assert [ids(claim(store)) for _ in range(4)] == [[numbers[0]], [numbers[1]], [numbers[2]], []]


def test_only_a_crash_while_it_is_decided_counts_against_a_mail(store: Store) -> None:
    (number,) = accept(store, b"poison")
    claim(store)
    store.write_now(spool.release_all)  # a crash while it was one of a batch, or being read
    for attempts in (0, 1, 2):
        (mail,) = claim(store).mails
        assert (mail.alone, mail.attempts) == (True, attempts)
        store.write_now(lambda c: spool.suspect(c, number))
        store.write_now(spool.release_all)  # a crash while it was decided


def test_an_outage_is_nobodys_fault(store: Store) -> None:
    numbers = accept(store, b"1", b"2")
    claim(store)
    store.write_now(lambda c: spool.release(c, "node", numbers))
    again = claim(store)
    assert [(mail.id, mail.alone, mail.attempts) for mail in again.mails] == [(n, False, 0) for n in numbers]


def test_an_outage_does_not_wash_a_suspect_clean(store: Store) -> None:
    (number,) = accept(store, b"poison")
    claim(store)
    store.write_now(spool.release_all)
    for _ in range(2):
        (mail,) = claim(store).mails
        assert (mail.alone, mail.attempts) == (True, 0)
        store.write_now(lambda c: spool.suspect(c, number))
        store.write_now(lambda c: spool.release(c, "node", [number], alone=True, counted=True))


def test_what_was_never_counted_is_not_taken_off(store: Store) -> None:
    (number,) = accept(store, b"1")
    claim(store)
    store.write_now(lambda c: spool.release(c, "node", [number], alone=True, counted=True))
    assert claim(store).mails[0].attempts == 0


def test_a_deferred_mail_waits_for_its_time_and_the_others_go_on(store: Store) -> None:
    first, second = accept(store, b"1", b"2")
    claim(store, 1)
    later = AT + timedelta(minutes=5)
    store.write_now(lambda c: spool.defer(c, first, "ValueError: no", later, 0))
    assert ids(claim(store)) == [second]
    assert ids(claim(store, at=later - timedelta(seconds=1))) == []
    (mail,) = claim(store, at=later).mails
    assert (mail.id, mail.alone, mail.attempts) == (first, True, 0)
    assert row(store, first).cause == "ValueError: no"


def test_mail_from_the_future_is_not_kept_waiting_when_the_clock_was_put_back(store: Store) -> None:
    number = store.write_now(lambda c: spool.accept(c, submission(at=AT + timedelta(hours=2))))
    assert ids(claim(store, at=AT)) == [number]


def test_a_claim_holds_a_bounded_amount_of_mail(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "BATCH_OCTETS", 1_000)
    numbers = accept(store, *(os.urandom(size) for size in (400, 400, 400, 5_000, 100)))
    assert [ids(claim(store)) for _ in range(4)] == [numbers[:2], numbers[2:3], numbers[3:4], numbers[4:]]


def test_quarantine_happens_once_and_the_mail_is_not_claimed_again(store: Store) -> None:
    (number,) = accept(store, b"1")
    assert store.write_now(lambda c: spool.quarantine(c, number, "why\ntraceback", AT)) is True
    assert store.write_now(lambda c: spool.quarantine(c, number, "again", AT)) is False
    found = row(store, number)
    assert (found.state, found.outcome, found.cause) == ("quarantined", "quarantined", "why\ntraceback")
    assert ids(claim(store)) == []


def test_quarantined_mail_that_is_put_back_starts_afresh(store: Store) -> None:
    (number,) = accept(store, b"1")
    claim(store)
    store.write_now(lambda c: spool.defer(c, number, "x", AT, 3))
    store.write_now(lambda c: spool.quarantine(c, number, "x", AT))
    assert store.write_now(lambda c: spool.put_back(c, number, AT)) is True
    found = row(store, number)
    assert (found.state, found.outcome, found.cause, found.processed_at) == ("new", None, None, None)
    (mail,) = claim(store).mails
    assert (mail.id, mail.attempts, mail.alone) == (number, 0, True)


def test_dropped_mail_can_be_put_back_too(store: Store) -> None:
    (number,) = accept(store, b"1")
    store.write_now(lambda c: c.execute(table.update().values(state="discarded", outcome="discarded", cause="rule x")))
    assert store.write_now(lambda c: spool.put_back(c, number, AT)) is True
    found = row(store, number)
    assert (found.state, found.outcome, found.cause) == ("new", None, None)


def test_what_has_an_outcome_is_not_touched_by_anything(store: Store) -> None:
    (number,) = accept(store, b"1")
    store.write_now(lambda c: c.execute(table.update().values(state="done", outcome="article")))
    before = row(store, number)
    store.write_now(lambda c: spool.release(c, "node", [number]))
    store.write_now(lambda c: spool.defer(c, number, "late", AT, 1))
    assert store.write_now(lambda c: spool.quarantine(c, number, "late", AT)) is False
    assert store.write_now(lambda c: spool.put_back(c, number, AT)) is False
    assert row(store, number) == before


def test_a_leader_who_was_paused_marks_nothing(store: Store) -> None:
    (number,) = accept(store, b"1")
    old = store.write_now(lambda c: take_lead(c, "a", AT))
    new = store.write_now(lambda c: take_lead(c, "b", AT))
    with pytest.raises(LeadLost, match="another processor"):
        claim(store, epoch=old)
    assert ids(claim(store, epoch=new)) == [number]


def test_a_claim_costs_the_same_however_much_was_ever_processed(store: Store) -> None:
    accept(store, b"1")
    store.write_now(lambda c: crowd(c, table, 20_000, id=same, state=lambda _: sa.literal("done")))
    store.write_now(lambda c: c.exec_driver_sql("ANALYZE"))
    with statements(store._engine) as asked:
        claim(store)
    (query,) = (each for each in asked if each[0].startswith("SELECT spool"))
    assert "ix_spool_new" in explained(store, query)
