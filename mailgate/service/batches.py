"""The mails in hand: claimed from the spool, read in one of the two lanes, and handed on batch by batch.

While a full batch is read the next is claimed, so that the reading process never waits for the database.

Whoever keeps the reader waiting goes the slow lane; what was read before him is decided at once, and what was claimed
with him is read next.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

import sqlalchemy as sa

from mailgate.clock import Clock
from mailgate.ids import Ids
from mailgate.service.active import ActiveSet
from mailgate.service.quarantine import tell_admins
from mailgate.service.reader import Read, Reader
from mailgate.service.slow_lane import SlowLane
from mailgate.store import counters, spool
from mailgate.store.engine import Store

BATCH = 64


@dataclass(frozen=True, slots=True)
class Batch:
    """Mails that were read, each with its article ids, and the set that decides: a reload is for the next ones."""

    active: ActiveSet
    reads: Sequence[tuple[Read, tuple[int, ...]]] = ()


@dataclass(frozen=True, slots=True)
class _Claimed:
    """What was claimed, and the set that decides about it."""

    active: ActiveSet
    claim: spool.Claim


class Batches:
    """See the module. One batch is claimed while others are read and decided, so there are ids for all three."""

    def __init__(
        self,
        store: Store,
        reader: Reader,
        active: Callable[[], ActiveSet],
        clock: Clock,
        ids: Ids,
        node: str,
        first_ticket: int,
        wake: Callable[[], None],
        mail_composed: Callable[[], None],
    ) -> None:
        self._store, self._reader, self._active, self._clock, self._node = store, reader, active, clock, node
        self._ids, self._first_ticket, self._mail_composed = ids, first_ticket, mail_composed
        self._lane = SlowLane(reader.twin(), lambda number: store.read(lambda c: spool.claimed(c, node, number)), wake)
        self._hand = deque[tuple[spool.Claimed, tuple[int, ...]]]()
        self._decides = active()  # about those in hand
        self._ahead: asyncio.Task[_Claimed] | None = None
        self._stock = deque[int]()  # ids set aside for new tickets
        self._promised = 0  # mails in hand and handed on: each may need one of them, as those in the lane may

    @property
    def tickets(self) -> Sequence[int]:
        """The ids set aside for new tickets, in order: at least one for each mail."""
        return tuple(self._stock)

    def use_up(self, tickets: Iterable[int]) -> None:
        used = frozenset(tickets)
        self._stock = deque(number for number in self._stock if number not in used)

    async def following(self, epoch: int) -> Batch | None:
        """The next mails that are read; None where there is no mail. Raises Outage."""
        read = self._lane.leave()
        if read is not None:
            self._promised += 1
            return await self._read_slowly(read)
        if not self._hand:
            self._take(await self._next_claimed(epoch))
        if not self._hand:
            await self._reader.rest()
            return None
        if len(self._hand) == BATCH and self._ahead is None:  # fewer: no others waited
            self._ahead = asyncio.create_task(self._claim(epoch))
        return Batch(self._decides, await self._read_next())

    def settled(self, batch: Batch) -> None:
        """The batch needs nothing any more."""
        self._promised -= len(batch.reads)

    async def give_back(self, batch: Batch) -> None:
        """The end came: what is in hand stays in the spool untouched, as does a batch that is not begun."""
        if self._ahead is not None:
            self._take(await self._ahead)
        held = [mail for mail, _ in self._hand] + [read.mail for read, _ in batch.reads] + await self._lane.close()
        for alone in (False, True):
            if ids := [each.id for each in held if each.alone == alone]:
                await self._store.write(partial(spool.release, owner=self._node, ids=ids, alone=alone))
        unused = range(self._stock[0], self._stock[-1] + 1) if self._stock else range(0)
        if len(unused) == len(self._stock):
            await self._store.write(lambda c: counters.give_back(c, "ticket", unused))
            self._stock.clear()

    async def forget(self) -> None:
        """Nothing is in hand any more: whoever leads next claims it again."""
        ahead, self._ahead = self._ahead, None
        if ahead is not None:
            ahead.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):  # the next claim meets it again
                await ahead
        await self._lane.close()
        self._hand.clear()
        self._promised = 0

    async def _next_claimed(self, epoch: int) -> _Claimed:
        ahead, self._ahead = self._ahead, None
        if ahead is not None and (claimed := await ahead).claim.mails:
            return claimed
        return await self._claim(epoch)  # what found nothing is old: mail may have come since

    async def _claim(self, epoch: int) -> _Claimed:
        active, now = self._active(), self._clock.now()
        each = active.policy.rules.articles_each
        free = len(self._stock) - self._promised - len(self._lane)

        def claim_and_tell(connection: sa.Connection) -> spool.Claim:
            claim = spool.claim(connection, self._node, now, BATCH, each, free, self._first_ticket, epoch)
            for lost in claim.damaged:
                tell_admins(connection, lost.spool_id, lost.cause, active, self._ids, now)
            return claim

        claim = await self._store.write(claim_and_tell)
        if claim.damaged:
            self._mail_composed()
        return _Claimed(active, claim)

    def _take(self, claimed: _Claimed) -> None:
        """Into the hand."""
        self._decides, claim = claimed.active, claimed.claim
        each = claimed.active.policy.rules.articles_each
        self._stock.extend(claim.tickets)
        self._promised += len(claim.mails)
        for place, mail in enumerate(claim.mails):
            self._hand.append((mail, tuple(claim.articles[place * each : (place + 1) * each])))

    async def _read_next(self) -> list[tuple[Read, tuple[int, ...]]]:
        self._part_from(self._lane.senders())
        reads = await self._reader.read([mail for mail, _ in self._hand])
        taken = [(read, self._hand.popleft()[1]) for read in reads]
        if taken and taken[-1][0].overdue:
            self._promised -= 1
            self._lane.enter(taken.pop()[0].mail, tried=True)
        return taken

    def _part_from(self, senders: frozenset[str]) -> None:
        """Those who have mail in the slow lane follow it."""
        if not senders:
            return
        stay = [each for each in self._hand if each[0].envelope.reverse_path not in senders]
        for mail, _ in self._hand:
            if mail.envelope.reverse_path in senders:
                self._lane.enter(mail, tried=False)
        self._promised -= len(self._hand) - len(stay)
        self._hand = deque(stay)

    async def _read_slowly(self, read: Read) -> Batch:
        """Its first ids were for the set that decided then."""
        active = self._active()
        each = active.policy.rules.articles_each
        articles = await self._store.write(lambda c: counters.reserve(c, "article", each))
        return Batch(active, [(read, tuple(articles))])
