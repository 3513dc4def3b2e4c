"""Which node reads a mailbox: on PostgreSQL one at a time, and the others wait for it to go.

The lease is an advisory lock of a session. Whoever gets it raises the mailbox's epoch, which every commit of a taken
mail checks: a reader that was paused while another took over commits nothing. On SQLite the one daemon reads.
"""

import asyncio
import hashlib

from mailgate.clock import Clock
from mailgate.service.mailboxes import Mailboxes, epoch_name
from mailgate.store.engine import Store
from mailgate.store.epoch import raise_epoch
from mailgate.store.lead import SessionLock


class MailboxLease:
    """One node's part in one mailbox; see the module."""

    def __init__(self, store: Store, account: str, folder: str, node: str, deposit: Mailboxes, clock: Clock) -> None:
        self._store, self._node, self._deposit, self._clock = store, node, deposit, clock
        self._name, self._has = epoch_name(account, folder), False
        self._lock = None if store.is_sqlite else SessionLock(store.url, _number(self._name))

    async def held(self) -> bool:
        """Take the lease if it is free; whether we have it. Raises Outage."""
        if self._lock is None:
            return True
        got = await asyncio.to_thread(self._lock.held)
        if got and not self._has:
            now = self._clock.now()
            self._deposit.epochs[self._name] = await self._store.write(
                lambda c: raise_epoch(c, self._name, self._node, now)
            )
        self._has = got
        return got

    async def release(self) -> None:
        """Another may read from now on."""
        self._has = False
        if self._lock is not None:
            await asyncio.to_thread(self._lock.release)


def _number(name: str) -> int:
    return int.from_bytes(hashlib.sha256(b"mailgate mailbox\0" + name.encode()).digest()[:8], signed=True)
