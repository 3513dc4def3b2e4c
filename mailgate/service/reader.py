"""The daemon's end of a reading process: keeps it alive, bounds its time, and says which mail it died of."""

import asyncio
import contextlib
import pickle
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from mailgate.errors import Outage
from mailgate.mail.message import Message
from mailgate.service.reading import GREETING, LENGTH
from mailgate.store.spool import Claimed

log = structlog.get_logger("mailgate.reader")

PATIENCE = 1.0  # seconds; nearly every mail needs a hundredth of it, the largest less than the whole
SECONDS_PER_MAIL = 20.0
SECONDS_TO_START = 60.0
DOUBT = 0.2  # of the time allowed: from then on another process starts, lest the next mail wait for it
_BUFFER = 1 << 20


@dataclass(frozen=True, slots=True)
class Read:
    """A mail and what was read in it. `message` None: the reading process died over it, or it is `overdue`."""

    mail: Claimed
    message: Message | None
    overdue: bool = False


class Garbled(Exception):
    """What came is no message: the stream cannot be trusted any more."""


class Reader:
    """See the module. One call at a time. `patience` and `seconds` bound each mail in `read` and in `read_long`."""

    def __init__(
        self, command: Sequence[str] | None = None, patience: float = PATIENCE, seconds: float = SECONDS_PER_MAIL
    ) -> None:
        self._command = tuple(command or (sys.executable, "-m", "mailgate.service.reading"))
        self._patience, self._seconds = patience, seconds
        self._process: asyncio.subprocess.Process | None = None
        self._successor: asyncio.Task[asyncio.subprocess.Process] | None = None

    def twin(self) -> "Reader":
        """Another one with a process of its own."""
        return Reader(self._command, self._patience, self._seconds)

    async def read(self, mails: Sequence[Claimed]) -> list[Read]:
        """Read the mails up to the first that is overdue, which is the last one said."""
        return await self._read(mails, self._patience)

    async def read_long(self, mail: Claimed) -> Read:
        """Read a mail that takes long; where it takes too long, its header must do."""
        [read] = await self._read([mail], self._seconds)
        if not read.overdue:
            return read
        log.warning("reading took too long", mail=f"S{mail.id}", seconds=self._seconds)
        [read] = await self._read([mail], self._seconds, f"reading it took over {self._seconds:.0f} seconds")
        return Read(mail, read.message)

    async def warm_up(self) -> None:
        """Start the process, so that the first mail does not wait for it. Raises Outage."""
        await self._running()

    async def rest(self) -> None:
        """Nothing is to be read: one process is enough, and it is to be ready."""
        if self._process is None or self._process.returncode is not None:
            self._find_successor()
        else:
            await self._dismiss_successor()

    async def close(self) -> None:
        await self._dismiss_successor()
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), 5)
        finally:
            await _ended(process)

    async def _read(self, mails: Sequence[Claimed], seconds: float, why: str = "") -> list[Read]:
        done: list[Read] = []
        try:
            while len(done) < len(mails) and not (done and done[-1].overdue):
                await self._attempt(mails[len(done) :], seconds, why, done)
        except BaseException:
            await self._kill()  # it would go on with this batch, and its answers be taken for the next one's
            raise
        return done

    async def _attempt(self, mails: Sequence[Claimed], seconds: float, why: str, done: list[Read]) -> None:
        """Read until all are done or the process must be replaced; a mail that it died of is the last one said."""
        process = await self._running()
        feeding = asyncio.create_task(_feed(process, mails, why))
        left = list(reversed(mails))
        try:
            async with _Watch(seconds, self._find_successor) as watch:
                while left:
                    watch.next()
                    message = await _message(process)
                    done.append(Read(left.pop(), message))
        except TimeoutError:
            await self._kill()
            done.append(Read(left[-1], None, overdue=True))
        except (asyncio.IncompleteReadError, ConnectionError):
            status = await process.wait()
            log.error("the reading process died", mail=f"S{left[-1].id}", status=status)
            await self._kill()
            done.append(Read(left[-1], None))
        except Garbled as error:
            log.error("the reading process answered nonsense", mail=f"S{left[-1].id}", error=str(error))
            await self._kill()
            done.append(Read(left[-1], None))
        finally:
            feeding.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                await feeding

    def _find_successor(self) -> asyncio.Task[asyncio.subprocess.Process]:
        if self._successor is None:
            self._successor = asyncio.create_task(_started(self._command))
        return self._successor

    async def _dismiss_successor(self) -> None:
        successor, self._successor = self._successor, None
        if successor is not None:
            successor.cancel()
            with contextlib.suppress(asyncio.CancelledError, Outage):
                await _ended(await successor)

    async def _running(self) -> asyncio.subprocess.Process:
        while self._process is None or self._process.returncode is not None:
            try:
                process = await asyncio.shield(self._find_successor())  # should we be cancelled, it is not lost
            except Outage:
                self._successor = None
                raise
            self._process, self._successor = process, None
        return self._process

    async def _kill(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            await _ended(process)


class _Watch:
    """Bounds the time of each mail of a batch, with one timer for them all: a mail that is read in time costs nothing.

    `async with` it, and say when the `next` mail's time begins. Raises TimeoutError; calls `in_doubt` before it does.
    """

    def __init__(self, seconds: float, in_doubt: Callable[[], object]) -> None:
        self._seconds, self._in_doubt = seconds, in_doubt
        self._loop = asyncio.get_running_loop()
        self._since = self._loop.time()
        self._limit = asyncio.timeout(None)
        self._timer: asyncio.TimerHandle | None = None

    async def __aenter__(self) -> "_Watch":
        await self._limit.__aenter__()
        self._look()
        return self

    async def __aexit__(self, *why: Any) -> None:
        if self._timer is not None:
            self._timer.cancel()
        await self._limit.__aexit__(*why)

    def next(self) -> None:
        self._since = self._loop.time()

    def _look(self) -> None:
        waited, doubt = self._loop.time() - self._since, self._seconds * DOUBT
        if waited >= self._seconds:
            self._limit.reschedule(self._loop.time())
            return
        if waited >= doubt:
            self._in_doubt()
        rest = (self._seconds if waited >= doubt else doubt) - waited
        self._timer = self._loop.call_later(rest, self._look)


async def _started(command: Sequence[str]) -> asyncio.subprocess.Process:
    """A process that has loaded everything. Raises Outage: no mail is to blame."""
    process = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=_BUFFER
    )
    try:
        if await asyncio.wait_for(_octets(process, len(GREETING)), SECONDS_TO_START) == GREETING:
            return process
        cause = "it said something else than that it is ready"
    except TimeoutError:
        cause = f"it was not ready within {SECONDS_TO_START:.0f} seconds"
    except (asyncio.IncompleteReadError, ConnectionError):
        cause = f"it ended with status {await process.wait()}"
    except asyncio.CancelledError:
        await _ended(process)
        raise
    await _ended(process)
    raise Outage(f"the reading process did not start: {cause}")


async def _ended(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.kill()
        await process.wait()


async def _feed(process: asyncio.subprocess.Process, mails: Sequence[Claimed], why: str) -> None:
    if process.stdin is None:
        raise RuntimeError("the reading process has no stdin")
    for mail in mails:
        request = pickle.dumps((mail.codec, mail.content, mail.envelope.reverse_path or "", why), protocol=5)
        process.stdin.write(LENGTH.pack(len(request)) + request)
        await process.stdin.drain()


async def _octets(process: asyncio.subprocess.Process, number: int) -> bytes:
    if process.stdout is None:
        raise RuntimeError("the reading process has no stdout")
    return await process.stdout.readexactly(number)


async def _message(process: asyncio.subprocess.Process) -> Message:
    length = LENGTH.unpack(await _octets(process, LENGTH.size))[0]
    answer = await _octets(process, length)
    try:
        message = pickle.loads(answer)  # noqa: S301  # from our own child alone
    except Exception as error:  # whatever the octets happen to mean
        raise Garbled(str(error)) from error
    if not isinstance(message, Message):
        raise Garbled(type(message).__name__)
    return message
