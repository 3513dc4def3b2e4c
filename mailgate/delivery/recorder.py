"""Writes results down, as many at a time as have come since the last time.

A mail that was sent and not recorded is sent twice, so a store that fails is asked again until it takes them.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable

from mailgate.delivery.outbox import Outbox, Recorded
from mailgate.errors import Outage

log = logging.getLogger(__name__)

RETRY_SECONDS = 1.0


class Recorder:
    """`done` is told the outbox ids that have been written."""

    def __init__(self, outbox: Outbox, done: Callable[[Iterable[int]], None]) -> None:
        self._outbox = outbox
        self._done = done
        self._results: list[Recorded] = []
        self._stir = asyncio.Event()
        self._closing = False

    def add(self, recorded: Recorded) -> None:
        self._results.append(recorded)
        self._stir.set()

    def finish(self) -> None:
        """Let `run` return when everything is written."""
        self._closing = True
        self._stir.set()

    async def run(self) -> None:
        """Write until `finish`. Cancelling it may lose results; it is logged how many."""
        try:
            while not (self._closing and not self._results):
                await self._stir.wait()
                self._stir.clear()
                await self._write_all()
        except asyncio.CancelledError:
            if self._results:
                log.error("%d results were not recorded: those mails will be sent again", len(self._results))
            raise

    async def _write_all(self) -> None:
        while self._results:
            batch = tuple(self._results)
            try:
                await self._outbox.record(batch)
            except Exception as error:
                trace = not isinstance(error, Outage)  # an outage is told in a line
                log.error(
                    "results of %d outgoing mails could not be recorded; trying again (%s)",
                    len(batch),
                    error,
                    exc_info=trace,
                )
                await asyncio.sleep(RETRY_SECONDS)
                continue
            del self._results[: len(batch)]
            self._done(each.result.outbox_id for each in batch)
