"""The leases that a worker holds on mails, and whether they are still its own.

A mail whose lease ended may be sent by somebody else: nobody lets it go without having asked here. Time is the clock's,
not the loop's, because the loop's stands still while a machine is suspended.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from mailgate.clock import Clock
from mailgate.delivery.outbox import Outbox
from mailgate.errors import Outage

log = logging.getLogger(__name__)


class Leases:
    """`renew_seconds`: for so long a lease is trusted without asking; it must last several times as long."""

    def __init__(self, outbox: Outbox, clock: Clock, renew_seconds: float) -> None:
        self._outbox = outbox
        self._clock = clock
        self._trusted = timedelta(seconds=renew_seconds)
        self._renewed: dict[int, datetime] = {}

    def __contains__(self, outbox_id: int) -> bool:
        return outbox_id in self._renewed

    def take(self, outbox_ids: Iterable[int], at: datetime) -> None:
        """Note leases that were given to us, by a call made `at` that time."""
        self._renewed.update(dict.fromkeys(outbox_ids, at))

    def drop(self, outbox_ids: Iterable[int]) -> None:
        for outbox_id in outbox_ids:
            self._renewed.pop(outbox_id, None)

    async def still_ours(self, outbox_id: int) -> bool:
        """Whether the mail may be let go now; no answer from the store is a no."""
        since = self._renewed.get(outbox_id)
        if since is None:
            return False
        if timedelta() <= self._clock.now() - since < self._trusted:
            return True
        return outbox_id in (await self._renew([outbox_id]) or ())

    async def keep(self, lost: Callable[[set[int]], None]) -> None:
        """Renew for ever, telling of leases that were lost."""
        while True:
            await asyncio.sleep(self._trusted.total_seconds() / 2)
            held = list(self._renewed)
            ours = await self._renew(held) if held else None
            if ours is not None and not ours.issuperset(held):
                lost(set(held) - ours)

    async def _renew(self, outbox_ids: list[int]) -> set[int] | None:
        """Renew these and return those that are ours; the others are forgotten. None if the store failed."""
        now = self._clock.now()
        try:
            ours = set(await self._outbox.renew(outbox_ids))
        except Exception as error:
            trace = not isinstance(error, Outage)  # an outage is told in a line
            log.error("leases of outgoing mail could not be renewed; trying again (%s)", error, exc_info=trace)
            return None
        self.take((each for each in ours if each in self._renewed), now)  # not those that ended meanwhile
        self.drop(set(outbox_ids) - ours)
        return ours
