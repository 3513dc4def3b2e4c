"""The delivery follows the active set: where its settings change, the worker finishes its dialogues and a new one
begins."""

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

from mailgate.service.delivery import Worker

T = TypeVar("T")


class ChangingDelivery(Generic[T]):
    """A Worker. `make` makes one for given settings, `wanted` says which they should be."""

    def __init__(self, make: Callable[[T], Worker], wanted: Callable[[], T]) -> None:
        self._make, self._wanted = make, wanted
        self._settings = wanted()
        self._worker = self._next = make(self._settings)
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
        settings = self._wanted()
        if settings != self._settings and not self._stopping:
            self._next, self._settings = self._make(settings), settings
            self._leaving = asyncio.create_task(self._worker.stop())
