"""An outbox in memory with the store's semantics: leases by one clock, owners, all-or-nothing records."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from mailgate.clock import Clock
from mailgate.delivery.outbox import Recorded
from mailgate.delivery.result import DeliveryResult, Parcel


@dataclass
class Row:
    parcel: Parcel
    due: datetime
    state: str = "waiting"  # waiting, sending, sent, failed
    owner: str = ""
    lease_until: datetime | None = None
    results: list[DeliveryResult] = field(default_factory=list)


class MemoryOutbox:
    """`rows` by outbox id. `failures` is how many calls to come shall raise."""

    def __init__(self, clock: Clock, parcels: Sequence[Parcel] = (), lease: timedelta = timedelta(minutes=15)) -> None:
        self.clock = clock
        self.lease = lease
        self.rows = {parcel.outbox_id: Row(parcel, clock.now()) for parcel in parcels}
        self.failures = 0
        self.claims: list[int] = []
        self.changed = asyncio.Condition()

    def node(self, owner: str) -> "Node":
        return Node(self, owner)

    def states(self) -> list[str]:
        return [row.state for _, row in sorted(self.rows.items())]

    async def until(self, *states: str) -> None:
        """Return when the rows, in order of their ids, are in these states."""
        async with self.changed:
            await self.changed.wait_for(lambda: self.states() == list(states))

    async def tell(self) -> None:
        if self.failures:
            self.failures -= 1
            raise OSError("the store is away")
        await asyncio.sleep(0)
        async with self.changed:
            self.changed.notify_all()


class Node:
    """The outbox as one worker has it."""

    def __init__(self, shared: MemoryOutbox, owner: str) -> None:
        self._shared = shared
        self._owner = owner

    async def claim(self, limit: int) -> Sequence[Parcel]:
        await self._shared.tell()
        now = self._shared.clock.now()
        self._shared.claims.append(limit)
        due = [
            row
            for row in self._shared.rows.values()
            if row.state in ("waiting", "sending")
            and row.due <= now
            and (row.lease_until is None or row.lease_until < now)
        ]
        chosen = sorted(due, key=lambda row: (row.due, row.parcel.outbox_id))[:limit]
        for row in chosen:
            row.state, row.owner, row.lease_until = "sending", self._owner, now + self._shared.lease
        return [row.parcel for row in chosen]

    async def renew(self, outbox_ids: Sequence[int]) -> Collection[int]:
        await self._shared.tell()
        mine = self._mine(outbox_ids)
        for row in mine:
            row.lease_until = self._shared.clock.now() + self._shared.lease
        return [row.parcel.outbox_id for row in mine]

    async def record(self, results: Sequence[Recorded]) -> None:
        await self._shared.tell()
        for recorded in results:
            for row in self._mine([recorded.result.outbox_id]):
                row.results.append(recorded.result)
                row.parcel = replace(row.parcel, attempts=row.parcel.attempts + recorded.counted)
                row.state = "waiting" if recorded.result.verdict == "deferred" else recorded.result.verdict
                row.due = recorded.next_attempt or row.due
                row.lease_until = None
        async with self._shared.changed:
            self._shared.changed.notify_all()

    async def release(self, outbox_ids: Sequence[int]) -> None:
        await self._shared.tell()
        for row in self._mine(outbox_ids):
            row.state, row.lease_until = "waiting", None

    def _mine(self, outbox_ids: Sequence[int]) -> list[Row]:
        rows = (self._shared.rows[outbox_id] for outbox_id in outbox_ids)
        return [row for row in rows if row.owner == self._owner and row.state == "sending"]
