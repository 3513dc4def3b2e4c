"""The daemon's end of the reading process: keeps it alive, bounds its time, and says which mail it died of."""

import asyncio
import contextlib
import pickle
import sys
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

import structlog

from mailgate.errors import Outage
from mailgate.mail.message import Message
from mailgate.mail.parse import fallback
from mailgate.service.reading import GREETING, LENGTH
from mailgate.store.spool import Claimed

log = structlog.get_logger("mailgate.reader")

SECONDS_PER_MAIL = 20.0
SECONDS_TO_START = 60.0
_BUFFER = 1 << 20


@dataclass(frozen=True, slots=True)
class Read:
    """A mail and what was read in it; `message` None: the reading process died over it."""

    mail: Claimed
    message: Message | None


class Garbled(Exception):
    """What came is no message: the stream cannot be trusted any more."""


class Reader:
    """See the module. One batch at a time."""

    def __init__(self, seconds: float = SECONDS_PER_MAIL, command: Sequence[str] | None = None) -> None:
        self._seconds = seconds
        self._command = tuple(command or (sys.executable, "-m", "mailgate.service.reading"))
        self._process: asyncio.subprocess.Process | None = None

    async def read(self, mails: Sequence[Claimed]) -> list[Read]:
        """Read all mails; every one gets an answer."""
        done: list[Read] = []
        try:
            while len(done) < len(mails):
                async for each in self._attempt(mails[len(done) :]):
                    done.append(each)
        except BaseException:
            await self._kill()  # it would go on with this batch, and its answers be taken for the next one's
            raise
        return done

    async def warm_up(self) -> None:
        """Start the process, so that the first mail does not wait for it. Raises Outage."""
        await self._running()

    async def close(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), 5)
        except TimeoutError:
            process.kill()
            await process.wait()

    async def _attempt(self, mails: Sequence[Claimed]) -> AsyncIterator[Read]:
        """Read until all are done or the process must be replaced; a mail that it died of is the last one said."""
        process = await self._running()
        feeding = asyncio.create_task(_feed(process, mails))
        try:
            for mail in mails:
                try:
                    message = await asyncio.wait_for(_answer(process), self._seconds)
                except TimeoutError:
                    log.warning("reading took too long", mail=f"S{mail.id}", seconds=self._seconds)
                    await self._kill()
                    why = f"reading it took over {self._seconds:.0f} seconds"
                    yield Read(mail, fallback(mail.raw, mail.envelope.reverse_path or "", why))
                    return
                except (asyncio.IncompleteReadError, ConnectionError):
                    status = await process.wait()
                    log.error("the reading process died", mail=f"S{mail.id}", status=status)
                    await self._kill()
                    yield Read(mail, None)
                    return
                except Garbled as error:
                    log.error("the reading process answered nonsense", mail=f"S{mail.id}", error=str(error))
                    await self._kill()
                    yield Read(mail, None)
                    return
                yield Read(mail, message)
        finally:
            feeding.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                await feeding

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=_BUFFER,
            )
            await self._greeted(self._process)
        return self._process

    async def _greeted(self, process: asyncio.subprocess.Process) -> None:
        """Wait until it has loaded everything. Raises Outage: no mail is to blame."""
        try:
            if await asyncio.wait_for(_octets(process, len(GREETING)), SECONDS_TO_START) == GREETING:
                return
            cause = "it said something else than that it is ready"
        except TimeoutError:
            cause = f"it was not ready within {SECONDS_TO_START:.0f} seconds"
        except (asyncio.IncompleteReadError, ConnectionError):
            cause = f"it ended with status {await process.wait()}"
        except asyncio.CancelledError:
            await self._kill()
            raise
        await self._kill()
        raise Outage(f"the reading process did not start: {cause}")

    async def _kill(self) -> None:
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            process.kill()
            await process.wait()


async def _feed(process: asyncio.subprocess.Process, mails: Sequence[Claimed]) -> None:
    if process.stdin is None:
        raise RuntimeError("the reading process has no stdin")
    for mail in mails:
        request = pickle.dumps((mail.codec, mail.content, mail.envelope.reverse_path or ""), protocol=5)
        process.stdin.write(LENGTH.pack(len(request)) + request)
        await process.stdin.drain()


async def _octets(process: asyncio.subprocess.Process, number: int) -> bytes:
    if process.stdout is None:
        raise RuntimeError("the reading process has no stdout")
    return await process.stdout.readexactly(number)


async def _answer(process: asyncio.subprocess.Process) -> Message:
    length = LENGTH.unpack(await _octets(process, LENGTH.size))[0]
    answer = await _octets(process, length)
    try:
        message = pickle.loads(answer)  # noqa: S301  # from our own child alone
    except Exception as error:  # whatever the octets happen to mean
        raise Garbled(str(error)) from error
    if not isinstance(message, Message):
        raise Garbled(type(message).__name__)
    return message
