"""aioimaplib's protocol, mended (docs/adr/0013): every wait ends with the connection, and every reply has a bound.

One command at a time. More octets than a reply may have, and what makes no sense, drop the connection: everybody who
waits is told Lost.
"""

import asyncio
import base64
import logging
import re
import ssl
from collections.abc import Callable
from typing import Any

from aioimaplib import aioimaplib as library

from mailgate.intake.imap_errors import ImapError, Lost, TooMuch
from mailgate.intake.imap_replies import readable

REPLY_OCTETS = 1 << 20  # of any reply that is not asked for more
LONGEST_LINE = 1 << 20

_BEFORE_TLS = "the server spoke between STARTTLS and TLS: somebody may be on the line"
_LITERAL = re.compile(rb"\{(\d{1,19})\}$")
_STATUS = re.compile(rb"\* (OK|NO|BAD|BYE|PREAUTH)\b", re.IGNORECASE)

# It formats every octet that it sees, and its notes quote servers.
logging.getLogger("aioimaplib").setLevel(logging.ERROR)

Response = Any  # the library's named tuple (result, lines); it has no types


class Protocol(library.IMAP4ClientProtocol):  # type: ignore[misc]  # the library has no types
    """The client's end of a connection. `allowance` is how many octets the server may still send for this command."""

    transport: Any
    incomplete_line: bytes
    current_command: Any
    pending_sync_command: Any

    def __init__(self, loop: asyncio.AbstractEventLoop, conn_lost_cb: Callable[..., None] | None = None) -> None:
        super().__init__(loop, conn_lost_cb)
        self.allowance = REPLY_OCTETS
        self.failure: Lost | None = None
        self.news = asyncio.Event()  # there may be new mail, or the connection is gone
        self.greeted = asyncio.Event()
        self.gone = asyncio.Event()
        self.greeting = b""
        self.switching_to_tls = False
        self._last_words = b""
        self._answer_to_challenge = ""

    # --- from the server ------------------------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        if self.failure is not None:
            return
        self.allowance -= len(data)
        try:
            if self.switching_to_tls:
                raise Lost(_BEFORE_TLS)
            if self.allowance < 0:
                raise TooMuch("the server sent more than it was asked for")
            self._handle_responses(self.incomplete_line + data, self._handle_line, self.current_command)
            self.incomplete_line, self.current_command = b"", None
        except library.IncompleteRead as rest:
            self.incomplete_line, self.current_command = rest.data, rest.cmd
            if len(self.incomplete_line) > LONGEST_LINE:  # it is copied for each piece that comes
                self.drop(TooMuch("the server sends a line without an end"))
        except ImapError as error:
            self.drop(error)
        except Exception as error:  # nothing that a server says may be our end
            self.drop(Lost(f"the server's reply makes no sense ({type(error).__name__})"))

    def _handle_responses(
        self,
        data: bytes,
        line_handler: Callable[[bytes, Any], Any],
        current_cmd: Any = None,
    ) -> None:
        """The library's, with a loop for its recursion: that ended at 1,000 lines."""
        command, position = current_cmd, 0
        while True:
            if command is not None and command.wait_literal_data():
                wanted = command._expected_size - len(command._resp_literal_data)
                command.append_literal_data(data[position : position + wanted])
                position += wanted
                if command.wait_literal_data():
                    raise library.IncompleteRead(command)
            if position >= len(data):
                self._all_read(command)
                return
            end = data.find(b"\r\n", position)
            if end < 0:
                raise library.IncompleteRead(command, data[position:])
            line, position = data[position:end], end + 2
            continued, command = command is not None, line_handler(line, command)
            if self.switching_to_tls and position < len(data):
                raise Lost(_BEFORE_TLS)
            octets = self._announced(line, continued)
            if octets is None:
                command = None  # a reply ends at a line that announces no literal
            else:
                command = command or library.Command("NIL", "unused", loop=self.loop)
                command.begin_literal_data(octets)

    def _all_read(self, command: Any) -> None:
        if self.pending_sync_command is not None:
            self.pending_sync_command.flush()
        if command is not None:
            raise library.IncompleteRead(command)

    def _announced(self, line: bytes, continued: bool) -> int | None:
        """The size of the literal that follows this line. A status line's words may end in braces too."""
        if not line.endswith(b"}") or _STATUS.match(line) or not (continued or line.startswith(b"* ")):
            return None
        match = _LITERAL.search(line)
        if match is None:
            return None
        octets = int(match[1])
        if octets > self.allowance:
            raise TooMuch(f"the server announced {octets:,} octets, more than it was asked for")
        return octets

    def _handle_line(self, line: bytes, current_cmd: Any) -> Any:
        if self.state == library.CONNECTED:
            if not self.greeted.is_set():
                self.greeting = line
                self.greeted.set()
            return None
        return super()._handle_line(line, current_cmd)

    def _untagged_response(self, line: bytes) -> Any:
        """The library's, with the line left whole, and every line for the one command that is under way."""
        text = line[2:]
        if text.endswith(b" EXISTS"):
            self.news.set()
        elif text[:4].upper() == b"BYE ":
            self._last_words = text[4:]
        command = self.pending_sync_command or next(iter(self.pending_async_commands.values()), None)
        if command is not None:
            command.append_to_resp(text)
        return command

    def _continuation(self, line: bytes) -> None:
        command = self.pending_sync_command
        if command is None or command.name != "AUTHENTICATE":
            super()._continuation(line)
            return
        command.append_to_resp(line)
        self.send(self._answer_to_challenge)  # once; then an empty line, after which the server says NO
        self._answer_to_challenge = ""

    def _response_done(self, line: bytes) -> None:
        starting_tls = self.pending_sync_command is not None and self.pending_sync_command.name == "STARTTLS"
        super()._response_done(line)
        self.switching_to_tls = starting_tls

    def connection_lost(self, exc: Exception | None) -> None:
        if self.failure is None:
            why = readable(self._last_words) or (str(exc) if exc else "closed by the server")
            self.failure = Lost(f"connection lost: {why}")
        self._end_waits(self.failure)
        self.gone.set()
        super().connection_lost(exc)

    # --- to the server --------------------------------------------------------------------------------------------

    def send(self, line: str, scrub: str | None = None) -> None:
        """The library's, without its log of passwords and mail."""
        self.transport.write(f"{line}\r\n".encode())

    async def plain(self, user: str, password: str) -> Response:
        """AUTHENTICATE PLAIN (RFC 4616), which takes any characters."""
        self._answer_to_challenge = base64.b64encode(f"\0{user}\0{password}".encode()).decode("ascii")
        response = await self.execute(library.Command("AUTHENTICATE", self.new_tag(), "PLAIN", loop=self.loop))
        if response.result == "OK":
            self.state = library.AUTH
        return response

    async def start_tls(self, context: ssl.SSLContext, host: str) -> None:
        """The rest of STARTTLS: what was said before counts no more (RFC 9051 6.2.1)."""
        if self.incomplete_line:
            raise Lost(_BEFORE_TLS)
        try:
            self.transport = await self.loop.start_tls(self.transport, self, context, server_hostname=host)
        except BaseException:
            self.gone.set()  # asyncio closes the connection and tells nobody
            raise
        self.switching_to_tls = False

    def drop(self, why: ImapError) -> None:
        """Close at once. Everybody who waits is told `why`."""
        if self.failure is None:
            self.failure = why if isinstance(why, Lost) else Lost(str(why))
        self._end_waits(self.failure)
        if self.transport is not None:
            self.transport.abort()

    def _end_waits(self, failure: Lost) -> None:
        for command in (self.pending_sync_command, *self.pending_async_commands.values()):
            if command is not None and not command._event.is_set():
                command._exception = failure
                command.close(b"", "KO")
        self.pending_sync_command = None
        self.pending_async_commands.clear()
        self.state = library.LOGOUT
        self.greeted.set()
        self.news.set()
