"""An IMAP door on a real database, and what became of the mail that it took."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from mailgate.clock import SystemClock
from mailgate.config.settings import ImapSettings, Secret
from mailgate.ids import SystemIds
from mailgate.intake.imap import Event, ImapDoor
from mailgate.intake.imap_intake import account_of
from mailgate.mail.envelope import Envelope
from mailgate.service.mailbox_lease import MailboxLease
from mailgate.service.mailboxes import Mailboxes
from mailgate.store import spool
from mailgate.store.engine import Store
from mailgate.store.tables import imap_mails
from mailgate.store.tables import spool as spool_table
from tests.support.dovecot import PASSWORD, Dovecot

PATIENCE = 30.0


def on_dovecot(server: Dovecot, **changes: Any) -> ImapSettings:
    """Settings of alice's INBOX over TLS; all mail of it."""
    settings = ImapSettings(
        name="support",
        host="localhost",
        port=server.tls_port,
        tls="implicit",
        user="alice",
        password=Secret(PASSWORD),
        start="all",
        ca_file=Path(server.ca),
    )
    return replace(settings, **changes)


def in_clear(port: int, **changes: Any) -> ImapSettings:
    """Settings of a scripted server on loopback; all mail of it, a poll of a blink."""
    settings = ImapSettings(
        name="support",
        host="127.0.0.1",
        port=port,
        tls="none",
        user="alice",
        password=Secret(PASSWORD),
        start="all",
        poll=timedelta(seconds=0.02),
    )
    return replace(settings, **changes)


class Watched:
    """A door, what it told the admins, and its database."""

    def __init__(self, settings: ImapSettings, store: Store, **options: Any) -> None:
        self.store = store
        self.told: list[str] = []
        self.deposit = Mailboxes(store, lambda: None)
        if (node := options.pop("node", None)) is not None:
            options["lease"] = MailboxLease(
                store, account_of(settings), settings.folder, node, self.deposit, SystemClock()
            )
        options = {"longest_pause": 0.05, "queue_address": "support@example.test", **options}
        queue_address = options.pop("queue_address")
        self.door = ImapDoor(settings, self.deposit, self._tell, SystemClock(), SystemIds(), queue_address, **options)

    async def _tell(self, event: Event, name: str, words: str) -> None:
        self.told.append(f"{event} {name}: {words}")

    async def mails(self) -> list[bytes]:
        """The raw mails in the spool, in order."""

        def read(connection: sa.Connection) -> list[bytes]:
            ids = connection.execute(sa.select(spool_table.c.id).order_by(spool_table.c.id)).scalars()
            return [spool.raw(connection, each) or b"" for each in ids]

        return await self.store.read(read)

    async def envelopes(self) -> list[Envelope]:
        def read(connection: sa.Connection) -> list[Envelope]:
            return [
                spool.envelope_of(row)
                for row in connection.execute(sa.select(spool_table).order_by(spool_table.c.id)).all()
            ]

        return await self.store.read(read)

    async def undone(self) -> int:
        """How many mails still have to be moved, flagged or deleted."""
        count = sa.select(sa.func.count()).select_from(imap_mails).where(~imap_mails.c.done)
        return int(await self.store.read(lambda c: c.execute(count).scalar_one()))

    async def until(self, true: Callable[[], object], what: str = "") -> None:
        """Wait for something that the door does in its own time."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not true():
                    await asyncio.sleep(0.005)
        except TimeoutError:
            raise AssertionError(f"not so: {what or true}; {self.door.state}, {self.door.error}, {self.told}") from None

    async def until_taken(self, count: int) -> None:
        """Wait until so many mails are in the spool, and all is done in the mailbox."""
        async with asyncio.timeout(PATIENCE):
            while len(await self.mails()) < count or await self.undone():
                await asyncio.sleep(0.005)


@asynccontextmanager
async def reading(settings: ImapSettings, store: Store, **options: Any) -> AsyncIterator[Watched]:
    """A door that reads; drained at the end."""
    watched = Watched(settings, store, **options)
    await watched.door.start()
    try:
        yield watched
    finally:
        await watched.door.drain(10)
