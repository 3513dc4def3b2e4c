"""Leases of daemons that are gone end at once; those of the living stay."""

from datetime import UTC, datetime

import sqlalchemy as sa

from mailgate.notify.outgoing import OutgoingMail
from mailgate.store.engine import Store
from mailgate.store.lead import AdvisoryLock
from mailgate.store.liveness import release_dead
from mailgate.store.outbox import claim, enqueue
from tests.support.eventually import eventually

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
MAIL = OutgoingMail("report", "x", None, "ana@acme.example", "x", "x", "<x@example.com>", b"x", None)


def test_mail_in_the_hands_of_a_dead_daemon_is_due_again(store: Store) -> None:
    store.write_now(lambda c: enqueue(c, None, [MAIL, MAIL], AT))
    assert len(store.write_now(lambda c: claim(c, "dead", AT, 1))) == 1
    assert len(store.write_now(lambda c: claim(c, "me", AT, 1))) == 1
    assert store.write_now(lambda c: release_dead(c, "me")) == 1
    assert store.write_now(lambda c: release_dead(c, "me")) == 0
    assert len(store.write_now(lambda c: claim(c, "me", AT, 9))) == 1


def test_mail_in_the_hands_of_a_living_daemon_stays_there(postgres_url: str) -> None:
    from mailgate.store.migrations import migrate

    store = Store(postgres_url)
    store.write_now(lambda c: migrate(c, AT))
    store.write_now(lambda c: enqueue(c, None, [MAIL], AT))
    other = AdvisoryLock(sa.make_url(postgres_url), "other")
    leader = AdvisoryLock(sa.make_url(postgres_url), "leader")
    try:
        assert leader.held()
        assert not other.held()  # it lives, and does not lead
        store.write_now(lambda c: claim(c, "other", AT, 1))
        assert store.write_now(lambda c: release_dead(c, "leader")) == 0
        other.release()
        assert eventually(lambda: store.write_now(lambda c: release_dead(c, "leader")))
    finally:
        leader.release()
        other.release()
        store.close()
