"""Where IMAP doors leave mail: the spool and the memory of what was taken, in one transaction each.

Every method raises Outage where the database cannot do it now; the mail is in its mailbox still.
"""

import asyncio
from collections.abc import Callable, Collection

import sqlalchemy as sa

from mailgate.clock import Clock
from mailgate.config.settings import Config, ImapSettings
from mailgate.errors import Outage, Refusal
from mailgate.ids import Ids
from mailgate.intake.imap import ALONE, ImapDoor, Lease, Tell
from mailgate.mail.envelope import Submission
from mailgate.store import mailboxes, spool
from mailgate.store.engine import Store
from mailgate.store.epoch import check_epoch
from mailgate.store.mailboxes import FolderKey, Known

_SMALL = 64 * 1024  # octets that are hashed and packed faster than a thread is woken


class Mailboxes:
    """The Deposit of all IMAP doors. `accepted` is the hint that there is mail to process, `room` the floor of free
    space below which no mail is taken (acceptance.FreeSpace)."""

    def __init__(
        self, store: Store, accepted: Callable[[], None], room: Callable[[int], Refusal | None] = lambda _: None
    ) -> None:
        self._store, self._accepted, self._room = store, accepted, room
        self.epochs: dict[str, int] = {}  # of the mailboxes that this node reads, where several could

    async def known(self, key: FolderKey) -> Known:
        return await self._store.read(lambda c: mailboxes.known(c, key))

    async def begin(self, key: FolderKey, start_uid: int, not_ours: Collection[int] = ()) -> None:
        await self._write(key, lambda c: mailboxes.begin(c, key, start_uid, not_ours))

    async def accept(self, submission: Submission, key: FolderKey, uid: int) -> None:
        """Commit a mail and that it was taken; does nothing where it was taken before."""
        if (refusal := self._room(len(submission.raw))) is not None:
            raise Outage(f"{refusal.value.text}; free some space, or lower limits.free_space")
        if len(submission.raw) < _SMALL:
            packed = spool.pack(submission)
        else:
            packed = await asyncio.to_thread(spool.pack, submission)
        await self._write(key, lambda c: mailboxes.accept(c, packed, key, uid))
        self._accepted()

    async def _write(self, key: FolderKey, unit: Callable[[sa.Connection], object]) -> None:
        """Raises LeadLost where another node reads the mailbox by now."""
        name = epoch_name(key.account, key.folder)
        epoch = self.epochs.get(name)

        def fenced(connection: sa.Connection) -> None:
            if epoch is not None:
                check_epoch(connection, epoch, name)
            unit(connection)

        await self._store.write(fenced)

    async def done(self, key: FolderKey, uids: Collection[int]) -> None:
        await self._store.write(lambda c: mailboxes.done(c, key, uids))

    async def set_aside(self, key: FolderKey, uid: int) -> None:
        await self._store.write(lambda c: mailboxes.set_aside(c, key, uid))

    async def advance(self, key: FolderKey, start_uid: int) -> None:
        await self._store.write(lambda c: mailboxes.advance(c, key, start_uid))


def epoch_name(account: str, folder: str) -> str:
    """The name of a mailbox among the things that one node does at a time."""
    return f"mailbox {account} {folder}"


def make_doors(
    config: Config,
    deposit: Mailboxes,
    tell: Tell,
    clock: Clock,
    ids: Ids,
    lease: Callable[[ImapSettings], Lease] = lambda _: ALONE,
) -> dict[str, ImapDoor]:
    """A door for each mailbox of the configuration, not yet started. `lease`: which node reads it."""
    return {
        each.name: ImapDoor(
            each,
            deposit,
            tell,
            clock,
            ids,
            config.queues[each.queue].address if each.queue else None,
            message_limit=config.limits.message,
            lease=lease(each),
        )
        for each in config.mailboxes
    }
