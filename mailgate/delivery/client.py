"""Delivery to a smarthost: parcels in, results out, connections kept for a while in between.

Every failure of the world is a result. Trouble with the host (no connection, no TLS, login refused, 421) defers and
says so; a connection lost after the final dot defers too: the same bytes and Message-ID go out again (RFC 1047), since
a duplicate is better than a loss. A connection that the host closed while it rested is simply replaced.
"""

import asyncio
import ssl

from mailgate.delivery.carrier import StillOurs
from mailgate.delivery.dialogue import LOST, Dialogue, HostTrouble, failure
from mailgate.delivery.result import DeliveryResult, Parcel
from mailgate.delivery.smarthost import Smarthost
from mailgate.delivery.wireform import is_path

IDLE_SECONDS = 20.0  # what keeps a burst together and is shorter than any host's patience


class SmarthostCarrier:
    """A Carrier over SMTP, with a connection for each parcel that is under way; the worker limits their number."""

    def __init__(self, smarthost: Smarthost, idle_seconds: float = IDLE_SECONDS) -> None:
        self._smarthost = smarthost
        self._idle_seconds = idle_seconds
        self._tls: ssl.SSLContext | None = None
        self._resting: dict[Dialogue, asyncio.TimerHandle] = {}
        self._partings: set[asyncio.Task[None]] = set()

    async def deliver(self, parcel: Parcel, still_ours: StillOurs) -> DeliveryResult:
        """See Carrier."""
        if not is_path(parcel.recipient):
            return failure(parcel, "5.1.3", "Bad recipient address")
        if parcel.reverse_path is not None and not is_path(parcel.reverse_path):
            return failure(parcel, "5.1.7", "Bad sender address")
        while True:
            try:
                dialogue = self._take_resting() or await self._open()
            except HostTrouble as trouble:
                return DeliveryResult(
                    parcel.outbox_id, "deferred", trouble.code, trouble.enhanced, str(trouble), host_trouble=True
                )
            result = await self._hold(dialogue, parcel, still_ours)
            if result is not None:
                return result

    async def close(self) -> None:
        """Say QUIT on every resting connection."""
        while (dialogue := self._take_resting()) is not None:
            self._part(dialogue)
        if self._partings:
            await asyncio.wait(self._partings)

    async def _hold(self, dialogue: Dialogue, parcel: Parcel, still_ours: StillOurs) -> DeliveryResult | None:
        """One transaction; None if the host had closed the connection while it rested, so that nothing was tried."""
        try:
            result = await dialogue.deliver(parcel, still_ours)
        except LOST as error:
            dialogue.abandon()
            if dialogue.used and not dialogue.in_doubt:
                return None
            when = "after the mail was sent; it will be sent again" if dialogue.in_doubt else "before the mail was sent"
            return DeliveryResult(parcel.outbox_id, "deferred", None, None, f"connection lost {when} ({error})")
        except BaseException:
            dialogue.abandon()
            raise
        if dialogue.is_open:
            self._rest(dialogue)
        elif dialogue.used and result.code == 421:
            return None
        return result

    async def _open(self) -> Dialogue:
        if self._tls is None and self._smarthost.tls != "none":
            try:
                self._tls = ssl.create_default_context(cafile=self._smarthost.ca_file)  # once: it takes 10 ms
            except OSError as error:
                raise HostTrouble(f"cannot read the trusted certificates: {error}") from error
        return await Dialogue.open(self._smarthost, self._tls)

    def _take_resting(self) -> Dialogue | None:
        while self._resting:
            dialogue, timer = self._resting.popitem()
            timer.cancel()
            if dialogue.is_open:
                return dialogue
        return None

    def _rest(self, dialogue: Dialogue) -> None:
        dialogue.used = True
        timer = asyncio.get_running_loop().call_later(self._idle_seconds, self._retire, dialogue)
        self._resting[dialogue] = timer

    def _retire(self, dialogue: Dialogue) -> None:
        del self._resting[dialogue]
        self._part(dialogue)

    def _part(self, dialogue: Dialogue) -> None:
        task = asyncio.get_running_loop().create_task(dialogue.quit())
        self._partings.add(task)
        task.add_done_callback(self._partings.discard)
