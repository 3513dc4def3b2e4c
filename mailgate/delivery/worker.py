"""The loop that empties the outbox: claim, deliver several mails at a time, record.

No transaction is open while a dialogue goes on, and no mail waits for another that started with it: a place that gets
free is filled at once. Trouble with the host stops the claiming and counts no attempts, but the days until giving up
go on.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial

from mailgate.clock import Clock
from mailgate.delivery.carrier import Carrier, LeaseLost
from mailgate.delivery.host import HostHealth
from mailgate.delivery.leases import Leases
from mailgate.delivery.outbox import Outbox, Recorded
from mailgate.delivery.recorder import Recorder
from mailgate.delivery.result import DeliveryResult, Parcel
from mailgate.delivery.retry import next_attempt
from mailgate.errors import Outage
from mailgate.ids import Ids

log = logging.getLogger(__name__)

POLL_SECONDS = 5.0
RENEW_SECONDS = 240.0  # a lease must last several times as long
STOP_SECONDS = 20.0
_STORE_RETRY_SECONDS = 1.0
_LAST_WORDS_SECONDS = 5.0


class DeliveryWorker:
    """One for each carrier. `schedule` and `give_up` as in `retry`; `connections` mails are under way at a time."""

    def __init__(
        self,
        outbox: Outbox,
        carrier: Carrier,
        schedule: tuple[timedelta, ...],
        give_up: timedelta,
        clock: Clock,
        ids: Ids,
        connections: int,
        *,
        poll_seconds: float = POLL_SECONDS,
        renew_seconds: float = RENEW_SECONDS,
    ) -> None:
        self._outbox = outbox
        self._carrier = carrier
        self._schedule = schedule
        self._give_up = give_up
        self._clock = clock
        self._ids = ids
        self._connections = connections
        self._poll_seconds = poll_seconds
        self._host = HostHealth(clock, ids)
        self._leases = Leases(outbox, clock, renew_seconds)
        self._recorder = Recorder(outbox, self._leases.drop)
        self._waiting: deque[Parcel] = deque()
        self._dialogues: dict[int, asyncio.Task[None]] = {}
        self._stir = asyncio.Event()
        self._may_be_due = True
        self._stopping = False
        self._stop_seconds = STOP_SECONDS
        self._ended = asyncio.Event()
        self._ended.set()

    def wake(self) -> None:
        """A hint that mail is due; from the loop's thread. Without it the outbox is looked at every few seconds."""
        self._may_be_due = True
        self._stir.set()

    async def run(self) -> None:
        """Work until `stop`, or until cancelled, which cuts dialogues off. Leases are given back either way."""
        self._ended.clear()
        keeper = asyncio.create_task(self._leases.keep(self._forget))
        recorder = asyncio.create_task(self._recorder.run())
        try:
            while not self._stopping:
                await self._fill()
                await self._rest()
            if self._dialogues:
                await asyncio.wait(self._dialogues.values(), timeout=self._stop_seconds)
        finally:
            await self._wind_up(keeper, recorder)

    async def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Start nothing more, let dialogues in flight end for so long, give the rest back; returns when `run` has."""
        self._stop_seconds = seconds
        self._stopping = True
        self._stir.set()
        await self._ended.wait()

    async def _fill(self) -> None:
        """Put a mail into every free place."""
        if self._host.rest():
            return
        places = 1 if self._host.in_trouble else self._connections
        if self._may_be_due and len(self._waiting) < places:
            await self._claim(1 if self._host.in_trouble else 2 * places)
        while self._waiting and len(self._dialogues) < places:
            parcel = self._waiting.popleft()
            self._dialogues[parcel.outbox_id] = asyncio.create_task(self._deliver(parcel))

    async def _claim(self, limit: int) -> None:
        self._may_be_due = False
        asked_at = self._clock.now()
        try:
            parcels = await self._outbox.claim(limit)
        except Exception as error:
            trace = not isinstance(error, Outage)  # an outage is told in a line
            log.error("outgoing mail could not be claimed; trying again (%s)", error, exc_info=trace)
            self._may_be_due = True
            await asyncio.sleep(_STORE_RETRY_SECONDS)
            return
        self._may_be_due = self._may_be_due or len(parcels) >= limit
        known = {parcel.outbox_id for parcel in parcels if parcel.outbox_id in self._leases}
        self._leases.take((parcel.outbox_id for parcel in parcels), asked_at)
        self._waiting.extend(parcel for parcel in parcels if parcel.outbox_id not in known)

    async def _rest(self) -> None:
        """Until something happens, or it is time to look again."""
        seconds = self._host.rest().total_seconds() or self._poll_seconds
        try:
            async with asyncio.timeout(seconds):
                await self._stir.wait()
        except TimeoutError:
            self._may_be_due = True
        self._stir.clear()

    async def _deliver(self, parcel: Parcel) -> None:
        try:
            result = await self._carrier.deliver(parcel, partial(self._leases.still_ours, parcel.outbox_id))
        except LeaseLost:
            log.warning("outgoing mail %d went to another worker before it was sent", parcel.outbox_id)
            self._leases.drop((parcel.outbox_id,))
        except Exception:
            log.exception("outgoing mail %d could not be delivered", parcel.outbox_id)
            self._note(
                parcel, DeliveryResult(parcel.outbox_id, "deferred", None, "4.3.0", "internal failure; see the log")
            )
        else:
            await self._weigh(parcel, result)
        finally:
            del self._dialogues[parcel.outbox_id]
            self._stir.set()

    async def _weigh(self, parcel: Parcel, result: DeliveryResult) -> None:
        if result.host_trouble:
            again = self._host.trouble()
            log.warning("the host that takes our mail is in trouble (%s); next try at %s", result.text, again)
            waiting = [each.outbox_id for each in self._waiting]
            self._waiting.clear()
            self._note(parcel, result)
            await self._give_back(waiting)
        else:
            self._host.well()
            self._note(parcel, result)

    def _note(self, parcel: Parcel, result: DeliveryResult) -> None:
        """Hand a result to the recorder, with the time of the next attempt or the end of all attempts."""
        counted = result.tried and not result.host_trouble
        if result.verdict != "deferred":
            return self._recorder.add(Recorded(result, None, counted))
        now = self._clock.now()
        attempts = parcel.attempts + counted
        again = next_attempt(attempts, parcel.created_at, now, self._schedule, self._give_up, self._ids.fraction())
        if again is None:
            text = f"gave up after {attempts} attempts: {result.text}"
            return self._recorder.add(Recorded(replace(result, verdict="failed", text=text), None, counted))
        if result.host_trouble:
            again = now + self._host.rest()
        elif result.wait is not None:
            again = max(again, now + result.wait) if result.tried else now + result.wait
        self._recorder.add(Recorded(result, again, counted))

    def _forget(self, lost: set[int]) -> None:
        """Leases were lost: mails that have not been started are somebody else's."""
        self._waiting = deque(parcel for parcel in self._waiting if parcel.outbox_id not in lost)

    async def _give_back(self, outbox_ids: Sequence[int]) -> None:
        if not outbox_ids:
            return
        self._leases.drop(outbox_ids)
        try:
            await self._outbox.release(outbox_ids)
        except Exception as error:
            trace = not isinstance(error, Outage)  # an outage is told in a line
            told = "%d outgoing mails could not be given back; they are due when their leases end (%s)"
            log.error(told, len(outbox_ids), error, exc_info=trace)

    async def _wind_up(self, keeper: asyncio.Task[None], recorder: asyncio.Task[None]) -> None:
        cut_off = dict(self._dialogues)
        for task in cut_off.values():
            task.cancel()
        if cut_off:
            await asyncio.wait(cut_off.values())
        await self._give_back([*cut_off, *(parcel.outbox_id for parcel in self._waiting)])
        self._waiting.clear()
        self._recorder.finish()
        await asyncio.wait((recorder,), timeout=_LAST_WORDS_SECONDS)
        for task in (keeper, recorder):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await self._carrier.close()
        self._ended.set()
