"""The IMAP door: one account and one folder, read for as long as the daemon runs.

One task. Whatever ends a conversation with the server, the next one begins after a pause that grows to five minutes;
nothing is lost by it, the mail is in the mailbox. A mistake in the settings is CannotStart; every later trouble is
`error`, a line in the log and, where a person must mend it or it lasts, a word to the admins.
"""

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Literal, Protocol

from mailgate.clock import Clock
from mailgate.config.settings import ImapSettings
from mailgate.errors import CannotStart, MailgateError
from mailgate.ids import Ids
from mailgate.intake.imap_errors import LoginRefused, Unusable
from mailgate.intake.imap_intake import Deposit, Intake
from mailgate.intake.imap_mailbox import Mailbox, mistake

log = logging.getLogger(__name__)

MESSAGE_LIMIT = 35_000_000
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 300.0
TELL_AFTER = 600.0
_LONGEST_IDLE = 540.0  # seconds; RFC 2177 wants it re-issued within 29 minutes, and routers forget sooner
_CRIED_WOLF = 0.5  # seconds: a server that announces mail and has none is not asked without a pause
_REFUSALS = 6  # failures that a refused login counts for: about five tries in ten minutes are left
_LOOK_AGAIN = 5.0  # seconds: whether the node that reads the mailbox is still there
_CUT_OFF = 3.0  # seconds that connecting or idling may take to end

Event = Literal["down", "up", "left"]
Tell = Callable[[Event, str, str], Awaitable[None]]


class Lease(Protocol):
    """Whether this node is the one that reads the mailbox."""

    async def held(self) -> bool:
        """Take it if it is free; whether we have it. Raises Outage."""
        ...

    async def release(self) -> None: ...


class _Alone:
    """There is no other node."""

    async def held(self) -> bool:
        return True

    async def release(self) -> None:
        return


ALONE: Lease = _Alone()


class ImapDoor:
    """`tell(event, name, words)` is for the admins: "down" once when the account is down for a reason that lasts, "up"
    once when it is read again, "left" once for mail that must stay in the mailbox though it was, or cannot be, taken.
    `queue_address`: of the queue that its mail is for. `message_limit` in octets. Pauses in seconds. `lease`:
    another node may be the one that reads.
    """

    def __init__(
        self,
        settings: ImapSettings,
        deposit: Deposit,
        tell: Tell,
        clock: Clock,
        ids: Ids,
        queue_address: str | None,
        *,
        message_limit: int = MESSAGE_LIMIT,
        longest_pause: float = LONGEST_PAUSE,
        tell_after: float = TELL_AFTER,
        lease: Lease = ALONE,
    ) -> None:
        self._settings, self._tell, self._ids, self._lease = settings, tell, ids, lease
        self._longest_pause, self._tell_after = longest_pause, tell_after
        self._stop = asyncio.Event()
        self._intake = Intake(settings, deposit, self._left, clock, queue_address, message_limit, self._stop)
        self._context: ssl.SSLContext | None = None
        self._mailbox: Mailbox | None = None
        self._task: asyncio.Task[None] | None = None
        self._state = "stopped"
        self._error: str | None = None
        self._down_since: float | None = None
        self._failures = 0
        self._told = False

    @property
    def name(self) -> str:
        return self._settings.name

    @property
    def state(self) -> str:
        """connecting, reading, idle, polling, down, stopped, or standby: another node reads it."""
        trying = self._state == "connecting" and self._down_since is not None
        return "down" if trying else self._state

    @property
    def error(self) -> str | None:
        """Why it is down."""
        return self._error

    @property
    def last_mail(self) -> datetime | None:
        """When a mail was taken from it, since the start."""
        return self._intake.last_mail

    async def start(self) -> None:
        """Begin to read, in the background. Raises CannotStart where the settings cannot work."""
        if (what := mistake(self._settings)) is not None:
            raise CannotStart(f'[[in]] "{self.name}": {what}', 78)
        self._context = await asyncio.to_thread(_context, self._settings)
        self._task = asyncio.create_task(self._run(), name=f"imap {self.name}")

    async def drain(self, seconds: float) -> None:
        """Finish the mail in hand, log out, end; what is not done within `seconds` is cut off."""
        self._stop.set()
        if self._mailbox is not None:
            self._mailbox.wake()
        if self._task is None:
            return
        patience = seconds if self._state == "reading" else min(seconds, _CUT_OFF)
        await asyncio.wait((self._task,), timeout=patience)
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await self._lease.release()
        self._state = "stopped"

    async def _run(self) -> None:
        while not self._stop.is_set():
            accepted = self._intake.accepted
            try:
                if await self._lease.held():
                    await self._converse()
                else:
                    self._state, self._error = "standby", None
                    await self._pause(min(_LOOK_AGAIN, self._longest_pause))
            except Exception as error:
                if self._intake.accepted > accepted:  # it works, with interruptions
                    self._failures, self._down_since = 0, None
                await self._trouble(error)
                await self._rest()

    async def _converse(self) -> None:
        """One conversation, until it breaks or we are to stop."""
        self._state = "connecting"
        self._mailbox = mailbox = Mailbox(self._settings, self._context)
        ended = False
        try:
            opened = await mailbox.open()
            await self._intake.begin(mailbox, opened)
            while not self._stop.is_set() and await self._lease.held():
                self._state = "reading"
                took = await self._intake.take_in(mailbox)
                await self._well()
                if not took:
                    await self._wait(mailbox)
            ended = True
        finally:
            self._mailbox = None
            await mailbox.close(politely=ended)

    async def _wait(self, mailbox: Mailbox) -> None:
        if self._stop.is_set():
            return
        self._state = "idle" if mailbox.has_idle else "polling"
        loop = asyncio.get_running_loop()
        began = loop.time()
        await mailbox.wait(min(self._settings.poll.total_seconds(), _LONGEST_IDLE))
        if loop.time() - began < _CRIED_WOLF:
            await self._pause(_CRIED_WOLF)

    async def _trouble(self, error: Exception) -> None:
        now = asyncio.get_running_loop().time()
        expected = isinstance(error, MailgateError)
        self._state = "down"
        self._error = str(error) if expected else f"an unexpected error ({type(error).__name__}); see the log"
        self._down_since = now if self._down_since is None else self._down_since
        self._failures = max(self._failures + 1, _REFUSALS if isinstance(error, LoginRefused) else 1)
        log.warning("%s: %s is down: %s", self.name, self._settings.host, self._error, exc_info=not expected)
        lasts = isinstance(error, Unusable) or now - self._down_since >= self._tell_after
        if lasts and not self._told:
            self._told = await self._say("down", f"{self._settings.host}: {self._error}")

    async def _well(self) -> None:
        if self._error is not None:
            log.warning("%s: %s is up again", self.name, self._settings.host)
        self._error, self._down_since, self._failures = None, None, 0
        if self._told:
            self._told = not await self._say("up", f"{self._settings.host} answers and lets us in.")

    async def _rest(self) -> None:
        """Full jitter: many accounts of one server that comes back do not all call at once."""
        longest = min(self._longest_pause, FIRST_PAUSE * 2.0 ** min(self._failures, 16))
        await self._pause(max(min(FIRST_PAUSE, self._longest_pause), self._ids.fraction() * longest))

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stop.wait()
        except TimeoutError:
            return

    async def _left(self, words: str) -> None:
        await self._say("left", words)

    async def _say(self, event: Event, words: str) -> bool:
        """Whether the admins were told; reading mail does not depend on it."""
        try:
            await self._tell(event, self.name, words)
        except Exception as error:
            log.warning("%s: the admins could not be told (%s): %s", self.name, error, words)
            return False
        return True


def _context(settings: ImapSettings) -> ssl.SSLContext | None:
    """The system's authorities, and those of `ca_file`."""
    if settings.tls == "none":
        return None
    context = ssl.create_default_context()
    if settings.ca_file is not None:
        try:
            context.load_verify_locations(settings.ca_file)
        except (OSError, ssl.SSLError) as error:
            what = f"ca_file {settings.ca_file} cannot be read ({error}); it must hold PEM certificates"
            raise CannotStart(f'[[in]] "{settings.name}": {what}', 78) from None
    return context
