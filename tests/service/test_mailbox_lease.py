"""Of several nodes one reads a mailbox; another takes over when it dies, and a paused reader commits nothing."""

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from mailgate.clock import SystemClock
from mailgate.errors import LeadLost
from mailgate.mail.envelope import Envelope, Submission
from mailgate.service.mailbox_lease import MailboxLease
from mailgate.service.mailboxes import Mailboxes
from mailgate.store.engine import Store
from mailgate.store.mailboxes import FolderKey
from mailgate.store.migrations import migrate
from mailgate.store.tables import spool
from tests.intake.test_imap import mail
from tests.support.dovecot import Dovecot, dovecot
from tests.support.imap_door import on_dovecot, reading

pytestmark = pytest.mark.asyncio


@pytest.fixture
def stores(postgres_url: str) -> Iterator[tuple[Store, Store]]:
    """Two nodes on one database."""
    one, other = Store(postgres_url), Store(postgres_url)
    one.write_now(lambda c: migrate(c, SystemClock().now()))
    yield one, other
    one.close()
    other.close()


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with dovecot() as running:
        yield running


async def test_one_of_two_nodes_reads_and_the_other_takes_over_when_it_is_gone(
    server: Dovecot, stores: tuple[Store, Store]
) -> None:
    settings = on_dovecot(server)
    server.append([mail(number) for number in range(20)])
    async with reading(settings, stores[0], node="a") as first:
        await first.until_taken(20)
        async with reading(settings, stores[1], node="b") as second:
            await second.until(lambda: second.door.state == "standby")
            server.deliver([mail(20)])
            await first.until_taken(21)
            assert not second.deposit.epochs
            await first.door.drain(10)
            server.deliver([mail(21)])
            await second.until_taken(22)
            assert list(second.deposit.epochs.values()) == [2]
    assert len(await first.mails()) == 22


async def test_a_reader_whose_session_died_commits_nothing_once_another_reads(stores: tuple[Store, Store]) -> None:
    deposits = [Mailboxes(store, lambda: None) for store in stores]
    pairs: Any = zip(stores, "ab", deposits, strict=True)
    first, second = [MailboxLease(s, "alice@x", "INBOX", node, d, SystemClock()) for s, node, d in pairs]
    key = FolderKey("alice@x", "INBOX", 1)
    submission = Submission(Envelope(None, ("support@x",), "support", SystemClock().now()), mail(1))
    assert await first.held()
    assert not await second.held()
    await deposits[0].accept(submission, key, 1)
    _kill_sessions(stores[1])
    for _ in range(200):
        if await second.held():
            break
    with pytest.raises(LeadLost, match="another node has the mailbox"):
        await deposits[0].accept(submission, key, 2)
    await deposits[1].accept(submission, key, 2)
    assert not await first.held()
    await second.release()
    assert stores[0].read_now(lambda c: c.execute(sa.select(sa.func.count()).select_from(spool)).scalar_one()) == 2


def _kill_sessions(store: Store) -> None:
    """The network of the reader breaks: PostgreSQL ends every session that holds an advisory lock."""
    kill = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
    store.write_now(lambda c: c.execute(sa.text(kill)).all())


async def test_on_sqlite_the_one_daemon_reads(tmp_path: Any) -> None:
    store = Store(f"sqlite:///{tmp_path / 'x.db'}")
    lease = MailboxLease(store, "alice@x", "INBOX", "a", Mailboxes(store, lambda: None), SystemClock())
    assert await lease.held()
    await lease.release()
    store.close()
