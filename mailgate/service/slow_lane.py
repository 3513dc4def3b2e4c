"""The slow lane: mail that takes long to read is read apart, one after the other, while other mail goes on.

Its reading process lives while there is such mail. Who waits here is known by number and fetched when its turn comes:
any number of them costs no memory. What the sender of such mail sends besides comes here as well, so that he keeps
nobody waiting but himself; it is tried first, and most of it needs no more than any other mail.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from mailgate.service.reader import Read, Reader
from mailgate.store.spool import Claimed

log = structlog.get_logger("mailgate.slow_lane")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A mail that is claimed and not read yet. `alone`: it came alone, and comes so again if it is given back."""

    id: int
    alone: bool
    sender: str | None


class SlowLane:
    """See the module. `fetch` gives a mail that is still ours; `wake` is called when one was read."""

    def __init__(
        self, reader: Reader, fetch: Callable[[int], Awaitable[Claimed | None]], wake: Callable[[], None]
    ) -> None:
        self._reader, self._fetch, self._wake = reader, fetch, wake
        self._untried = deque[Waiting]()
        self._slow = deque[Waiting]()
        self._present: dict[int, Waiting] = {}  # whoever has not left yet
        self._read = asyncio.Queue[Read](1)  # as many mails as are held in memory besides the one being read
        self._work: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        return len(self._present)

    def senders(self) -> frozenset[str]:
        """Whose mail is here; that of bounces is nobody's."""
        return frozenset(each.sender for each in self._present.values() if each.sender)

    def enter(self, mail: Claimed, *, tried: bool) -> None:
        """`tried`: it was overdue before, and may take long."""
        if mail.id in self._present:
            return
        waiting = Waiting(mail.id, mail.alone, mail.envelope.reverse_path)
        self._present[mail.id] = waiting
        (self._slow if tried else self._untried).append(waiting)
        if tried:
            log.warning("a mail takes long to read: others go on", mail=f"S{mail.id}", waiting=len(self))
        if self._work is None:
            self._begin()

    def leave(self) -> Read | None:
        """A mail that was read, if there is one. Raises what ended the lane: Outage."""
        if not self._read.empty():
            read = self._read.get_nowait()
            del self._present[read.mail.id]
            return read
        if self._work is not None and self._work.done():
            self._work.result()
        return None

    async def close(self) -> list[Waiting]:
        """End at once; who was still here."""
        work, self._work = self._work, None
        if work is not None:
            work.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await work
        present, self._present = list(self._present.values()), {}
        self._untried.clear()
        self._slow.clear()
        self._read = asyncio.Queue(1)
        return present

    def _begin(self) -> None:
        self._work = asyncio.create_task(self._read_all())
        self._work.add_done_callback(self._pause)

    def _pause(self, work: asyncio.Task[None]) -> None:
        if work is self._work and not work.cancelled() and work.exception() is None:
            self._work = None
            if self._untried or self._slow:  # who came while the reading process was being ended
                self._begin()
        self._wake()

    async def _read_all(self) -> None:
        try:
            while self._untried or self._slow:
                await self._next()
        finally:
            await self._reader.close()

    async def _next(self) -> None:
        tried = not self._untried
        waiting = self._slow.popleft() if tried else self._untried.popleft()
        mail = await self._fetch(waiting.id)
        if mail is None:  # an operator took it
            del self._present[waiting.id]
            return
        read = await self._reader.read_long(mail) if tried else (await self._reader.read([mail]))[0]
        if read.overdue:
            log.warning("a mail takes long to read: others go on", mail=f"S{mail.id}", waiting=len(self))
            self._slow.append(waiting)
            return
        await self._read.put(read)
        self._wake()
