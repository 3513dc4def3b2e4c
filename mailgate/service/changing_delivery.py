"""The delivery follows the active set: where [out] changes, the worker finishes its dialogues and a new one begins."""

import asyncio
from collections.abc import Callable

from mailgate.config.settings import OutSettings
from mailgate.service.delivery import Worker


class ChangingDelivery:
    """A Worker. `make` makes one for given settings, `wanted` says which they should be."""

    def __init__(self, make: Callable[[OutSettings], Worker], wanted: Callable[[], OutSettings]) -> None:
        self._make, self._wanted = make, wanted
        self._out = wanted()
        self._worker = self._next = make(self._out)
        self._stopping = False
        self._leaving: asyncio.Task[None] | None = None

    def wake(self) -> None:
        self._worker.wake()

    async def run(self) -> None:
        """Until `stop`, one worker after the other."""
        await self._worker.run()
        while not self._stopping:
            self._worker = self._next
            await self._worker.run()

    async def stop(self) -> None:
        self._stopping = True
        await self._worker.stop()

    async def look(self) -> None:
        """After a reload; does not wait for dialogues that still go on."""
        out = self._wanted()
        if out != self._out and not self._stopping:
            self._next, self._out = self._make(out), out
            self._leaving = asyncio.create_task(self._worker.stop())
