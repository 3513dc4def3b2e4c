"""One connection to the SMTP door: aiosmtpd's protocol with a command loop, bounded readers and deadlines of our own.

Any failure inside is answered 451 and the dialogue goes on (RFC 5321 4.2.5; aiosmtpd would say 500 and show it).
Replies are gathered while more commands lie in the buffer (RFC 2920) and written when we wait for the client. What
the commands do is in `session`.
"""

import asyncio
import logging
import ssl
from typing import cast

from aiosmtpd.smtp import SMTP

from mailgate.errors import Refusal
from mailgate.intake import replies
from mailgate.intake.limits import BAD_COMMANDS
from mailgate.intake.peer import recognise
from mailgate.intake.reception import Reception
from mailgate.intake.wire import CommandLines, LineTooLong, MailData

log = logging.getLogger(__name__)

_BUFFER_OCTETS = 65_536
_REPLIES_AT_ONCE = 50
_FAREWELL_SECONDS = 2
_HANDSHAKE_SECONDS = 60
# A browser or a web server that was made to call us: what its request holds is not ours to obey.
_OF_OTHER_PROTOCOLS = frozenset(("GET", "POST", "PUT", "HEAD", "OPTIONS", "CONNECT", "DELETE", "PATCH", "HOST:"))


class ClientGone(Exception):
    """There is nobody left to talk to, or nothing that may be said: the connection ends without a word."""


class Connection(SMTP):
    """The protocol object of one connection, without its commands."""

    COMMANDS: tuple[str, ...] = ()

    def __init__(self, reception: Reception, loop: asyncio.AbstractEventLoop) -> None:
        limits = reception.limits
        super().__init__(
            None,
            data_size_limit=limits.message,
            enable_SMTPUTF8=True,
            hostname=reception.settings.hostname,
            timeout=min(limits.command_seconds, limits.session_seconds),
            loop=loop,
        )
        self._reception = reception
        self._limits = limits
        self._lines = CommandLines()
        self._mail_data: MailData | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._replies: list[bytes] = []
        self._bad_commands = 0
        self._ended = False
        self._closing = False
        self._lost = False
        self._reading_paused = False
        self._our_turn = False
        self._secured = False
        self._handshaking = False
        self._deadline = 0.0
        self._data_deadline = 0.0
        self._session_deadline = loop.time() + limits.session_seconds
        self.idle_since: float | None = None

    def __dir__(self) -> list[str]:
        """Our commands: aiosmtpd looks for them in the dir() of every new connection, which took 70 us of 90."""
        return [f"smtp_{command}" for command in self.COMMANDS]

    # The transport's side.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._socket = cast(asyncio.Transport, transport)
        self.peer = recognise(transport.get_extra_info("peername"), self._reception.settings.peers)
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        if self._mail_data is None:
            self._lines.feed(data)
            if len(self._lines) > _BUFFER_OCTETS and not self._reading_paused:
                self._reading_paused = True
                self._socket.pause_reading()
        else:
            self._expect(min(self.loop.time() + self._limits.command_seconds, self._data_deadline))
            rest = self._mail_data.feed(data)
            if rest is None:
                return
            self._mail_data = None
            self._lines.feed(rest)
        self._wake()

    def eof_received(self) -> bool:
        """The client has said all. What it said is still answered (`nc -N`), so the task is not cancelled here."""
        self._ended = True
        self._wake()
        return not self._secured  # TLS has no half-closed connections: False is what its transport expects

    def connection_lost(self, error: Exception | None) -> None:
        if self._lost:  # asyncio tells of some failed handshakes, and of some not
            return
        self._lost = self._ended = self._closing = True
        self._reception.leave(self)
        super().connection_lost(error)  # cancels the task and the timer

    def hang_up(self, reply: bytes) -> None:
        """Say the last word and close; a client that does not read it is cut off a little later."""
        if self._closing:
            return
        self._closing = True
        self.idle_since = None
        if self._handshaking:  # neither plain text nor TLS would be understood now
            self._socket.abort()
        else:
            self._replies.append(reply)
            self._write_replies()
            self._socket.close()
        self._expect(self.loop.time() + _FAREWELL_SECONDS)

    # Deadlines: one timer, seldom touched.

    def _reset_timeout(self, duration: float | None = None) -> None:
        self._expect(self.loop.time() + (duration or self._timeout_duration))

    def _expect(self, deadline: float) -> None:
        """The client has until `deadline` (the loop's time)."""
        self._deadline = deadline
        if self._timeout_handle is None or self._timeout_handle.when() > deadline:
            self._set_timer()

    def _set_timer(self) -> None:
        if self._timeout_handle is not None:
            self._timeout_handle.cancel()
        self._timeout_handle = self.loop.call_at(self._deadline, self._timeout_cb)

    def _timeout_cb(self) -> None:
        now = self.loop.time()
        if now < self._deadline:
            self._set_timer()
        elif self._closing:
            self._socket.abort()
        elif self._our_turn:
            self._deadline = now + self._limits.command_seconds
            self._set_timer()
        else:
            self._timeout_handle = None  # it has fired; hanging up starts another
            over = now >= self._session_deadline and self._mail_data is None
            self.hang_up(replies.REFUSALS[Refusal.TOO_LONG_SESSION] if over else replies.TIMED_OUT)

    # The dialogue.

    async def _handle_client(self) -> None:
        try:
            refusal = self._reception.admit(self)
            if refusal is not None:
                return self.hang_up(replies.REFUSALS[refusal])
            self._say(self._reception.greeting)
            while not self._closing:
                await self._next_command()
        except ClientGone:
            self._closing = True
        finally:
            self._socket.close()

    async def _next_command(self) -> None:
        if self._reception.draining:
            return self.hang_up(replies.REFUSALS[Refusal.SHUTTING_DOWN])
        try:
            line = self._lines.take()
        except LineTooLong:
            return self._complain(replies.LINE_TOO_LONG)
        if line is None:
            return await self._wait_for_command()
        if len(self._replies) >= _REPLIES_AT_ONCE:
            await self._flush()
            await asyncio.sleep(0)  # a client with a long pipeline is not alone here
        await self._obey(line)

    async def _obey(self, line: bytes) -> None:
        verb, _, argument = line.decode("utf-8", "surrogateescape").partition(" ")
        command = self._smtp_methods.get(verb.upper())
        if command is None:
            if verb.upper() in _OF_OTHER_PROTOCOLS:
                return self.hang_up(replies.NOT_SMTP)
            return self._complain(replies.NO_SUCH_COMMAND)
        try:
            await command(argument.strip(" "))
        except ClientGone:
            raise
        except Exception:
            log.exception("door %s: %s failed; the client was told to try again", self._reception.settings.name, verb)
            self._say(replies.REFUSALS[Refusal.TROUBLE])
        finally:
            self._our_turn = False

    async def _wait_for_command(self) -> None:
        await self._flush()
        if self._ended:
            raise ClientGone
        now = self.loop.time()
        if now >= self._session_deadline:
            return self.hang_up(replies.REFUSALS[Refusal.TOO_LONG_SESSION])
        self._expect(min(now + self._limits.command_seconds, self._session_deadline))
        self.idle_since = now
        await self._hear()
        self.idle_since = None

    async def _receive(self, mail: MailData) -> None:
        """Read a mail until its dot."""
        await self._flush()
        self._data_deadline = self.loop.time() + self._limits.data_seconds
        self._expect(min(self.loop.time() + self._limits.command_seconds, self._data_deadline))
        rest = mail.feed(self._lines.clear())
        if rest is not None:
            return self._lines.feed(rest)
        self._mail_data = mail
        try:
            await self._hear()
        finally:
            unfinished, self._mail_data = self._mail_data, None
        if unfinished is not None:
            raise ClientGone

    async def _answer_to(self, challenge: bytes) -> bytes:
        """Say the challenge of an AUTH dialogue and give the line that answers it. Raises LineTooLong."""
        self._say(challenge)
        while (line := self._lines.take(answer=True)) is None:
            await self._wait_for_command()
            if self._closing:
                raise ClientGone
        return line

    async def _secure(self, context: ssl.SSLContext) -> None:
        """Go on in TLS. What came before the handshake is forgotten unread (RFC 3207 4.2, CVE-2024-34083)."""
        await self._flush()
        self._socket.pause_reading()  # from here on nothing is read but by TLS, whoever yields
        self._reading_paused = False
        self._lines.clear()
        self._handshaking = True
        try:
            secured = await self.loop.start_tls(
                self._socket,
                self,
                context,
                server_side=True,
                ssl_handshake_timeout=min(_HANDSHAKE_SECONDS, self._limits.command_seconds),
                ssl_shutdown_timeout=_FAREWELL_SECONDS,
            )
            if secured is None:
                raise ConnectionResetError("it was gone with the handshake")
        except OSError as error:  # ssl.SSLError is one
            log.info("door %s: no TLS with %s: %s", self._reception.settings.name, self.peer.address, error)
            self._socket.abort()
            self.connection_lost(error)
            raise ClientGone from error
        finally:
            self._handshaking = False
        self._socket = secured
        self._secured = True

    async def _hear(self) -> None:
        if self._reading_paused:
            self._reading_paused = False
            self._socket.resume_reading()
        if self._ended:
            return
        self._waiter = self.loop.create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _say(self, reply: bytes) -> None:
        self._replies.append(reply)

    def _complain(self, reply: bytes) -> None:
        """A mistake of the client's in the protocol; too many end the dialogue."""
        self._bad_commands += 1
        if self._bad_commands >= BAD_COMMANDS:
            return self.hang_up(replies.TOO_MANY_ERRORS)
        self._say(reply)

    def _write_replies(self) -> None:
        if self._replies:
            self._socket.write(b"".join(self._replies))
            self._replies.clear()

    async def _flush(self) -> None:
        self._write_replies()
        if self._socket.get_write_buffer_size():
            try:
                await self._writer.drain()
            except ConnectionError as gone:
                raise ClientGone from gone
