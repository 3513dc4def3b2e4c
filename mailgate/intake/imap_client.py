"""One connection to an IMAP server: connect, log in, say commands, idle (aioimaplib's client, docs/adr/0013).

One command at a time. Whatever goes wrong on the wire (a lost connection, no answer in time, too long a reply, a
cancelled caller) drops the connection and is Lost, for the caller and for everybody after him: what a server says to a
command that nobody waits for must never be taken for another's answer. NO and BAD are Refused.
"""

import asyncio
import logging
import ssl
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, NoReturn

import aioimaplib
from aioimaplib import aioimaplib as library

from mailgate.intake.imap_errors import ImapError, Lost, Refused, Unusable
from mailgate.intake.imap_protocol import REPLY_OCTETS, Protocol
from mailgate.intake.imap_replies import capabilities, quoted, readable, response_code

CONNECT_SECONDS = 30.0
COMMAND_SECONDS = 60.0
_CLOSE_SECONDS = 5.0
_ADDRESS_HEAD_START = 0.25  # RFC 8305: an address that does not answer is not waited for

log = logging.getLogger(__name__)

Response = Any  # the library's named tuple (result, lines); its fields have no types


class Client(aioimaplib.IMAP4):  # type: ignore[misc]  # the library has no types
    """One connection. `connect` first; after any Lost there is nothing but `close`."""

    protocol: Protocol

    def __init__(self, host: str, port: int, tls: str, context: ssl.SSLContext | None) -> None:
        self._tls, self._context = tls, context
        self.capabilities: frozenset[str] = frozenset()
        super().__init__(host, port, ssl_context=context if tls == "implicit" else None)

    def create_client(
        self,
        host: str,
        port: int,
        loop: asyncio.AbstractEventLoop | None,
        conn_lost_cb: Callable[..., None] | None = None,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        loop = loop or asyncio.get_running_loop()
        self.protocol = Protocol(loop, conn_lost_cb)
        connecting = loop.create_connection(
            lambda: self.protocol, host, port, ssl=ssl_context, happy_eyeballs_delay=_ADDRESS_HEAD_START
        )
        self._client_task = loop.create_task(connecting)

    @property
    def peer(self) -> str:
        """The server's IP address."""
        address = self.protocol.transport.get_extra_info("peername") if self.protocol.transport else None
        return str(address[0]) if address else ""

    async def connect(self) -> None:
        """Until the server has greeted over TLS and said what it can do. Raises Lost or Unusable."""
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await self._client_task
                await self.protocol.greeted.wait()
                self._check_greeting()
                if self._tls == "starttls":
                    await self._start_tls()
        except BaseException as error:
            self._client_task.cancel()
            self.protocol.drop(Lost("connecting failed"))
            _raise_as_ours(error, CONNECT_SECONDS)
        await self.ask_capabilities()

    def _check_greeting(self) -> None:
        protocol = self.protocol
        if protocol.failure is not None:
            raise protocol.failure
        words = protocol.greeting[2:]
        if words[:2].upper() == b"OK":
            protocol.state = library.NONAUTH
        elif words[:7].upper() == b"PREAUTH" and self._tls != "starttls":
            protocol.state = library.AUTH
        else:
            raise Lost(f"the server greets with {readable(protocol.greeting)!r}")

    async def _start_tls(self) -> None:
        response = await self.protocol.execute(self.new("STARTTLS"))
        if response.result != "OK":
            text = readable(response.lines[-1])
            raise Unusable(f'the server refuses STARTTLS ({text}); set tls = "implicit" and port = 993')
        await self.protocol.start_tls(self._context or ssl.create_default_context(), self.host)

    async def ask_capabilities(self) -> None:
        """CAPABILITY; it changes with TLS and with the login."""
        response = await self.say("CAPABILITY")
        self.capabilities = capabilities(response.lines)
        self.protocol.capabilities = set(self.capabilities)

    async def log_in(self, user: str, password: str) -> None:
        """LOGIN, or AUTHENTICATE PLAIN where only that will do. Raises Refused or Unusable."""
        if self.protocol.state != library.NONAUTH:
            return
        if not (user + password).isascii() or "LOGINDISABLED" in self.capabilities:
            if "AUTH=PLAIN" not in self.capabilities:
                raise Unusable("the server takes neither LOGIN nor AUTHENTICATE PLAIN for this user and password")
            _checked(await self.bounded(self.protocol.plain(user, password)), "AUTHENTICATE")
        else:
            _checked(await self.bounded(self.protocol.login(quoted(user), password)), "LOGIN")
        await self.ask_capabilities()

    async def open_folder(self, name: str) -> Response:
        """SELECT, by the name on the wire."""
        return _checked(await self.bounded(self.protocol.select(quoted(name))), "SELECT")

    async def say(
        self, name: str, *arguments: str, uid: bool = False, octets: int = REPLY_OCTETS, seconds: float = 0.0
    ) -> Response:
        """One command to its end; `octets` bounds the reply. Raises Refused for NO and BAD."""
        command = self.new(name, *arguments, uid=uid)
        return _checked(await self.bounded(self.protocol.execute(command), octets, seconds or COMMAND_SECONDS), name)

    async def idle_until_news(self, seconds: float) -> None:
        """IDLE (RFC 2177) until there may be new mail, or `news` is set, or for so long."""
        protocol = self.protocol
        protocol.allowance = REPLY_OCTETS
        protocol.idle_queue = asyncio.Queue()
        idling = asyncio.create_task(protocol.idle())
        try:
            news = asyncio.create_task(protocol.news.wait())
            try:
                await asyncio.wait((idling, news), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            finally:
                news.cancel()
            if not idling.done() and protocol.failure is None:
                protocol.idle_done()
            _checked(await self.bounded(_result(idling)), "IDLE")
        finally:
            idling.cancel()
            await asyncio.gather(idling, return_exceptions=True)

    async def bounded(
        self, saying: Coroutine[Any, Any, Response], octets: int = REPLY_OCTETS, seconds: float = COMMAND_SECONDS
    ) -> Response:
        """The library's coroutine to its end, within bounds; otherwise the connection is dropped."""
        self.protocol.allowance = octets
        if self.protocol.failure is not None:
            saying.close()
            raise self.protocol.failure
        try:
            async with asyncio.timeout(seconds):
                return await saying
        except BaseException as error:
            self.protocol.drop(Lost("a command did not end well"))
            _raise_as_ours(error, seconds)

    async def close(self, *, politely: bool = False) -> None:
        """Log out if there is time for it, and see the connection off."""
        if politely and self.protocol.failure is None:
            with suppress(ImapError):  # gone is gone
                await self.bounded(self.protocol.logout(), seconds=_CLOSE_SECONDS)
        self._client_task.cancel()
        await asyncio.gather(self._client_task, return_exceptions=True)
        if self.protocol.transport is not None:
            self.protocol.drop(Lost("closed"))
            try:
                async with asyncio.timeout(_CLOSE_SECONDS):
                    await self.protocol.gone.wait()
            except TimeoutError:
                log.warning("a connection to %s does not close", self.host)

    def new(self, name: str, *arguments: str, uid: bool = False) -> Any:
        """A command with a tag of its own. Raises ValueError for NUL, CR and LF."""
        prefix = "UID" if uid else ""
        return library.Command(name, self.protocol.new_tag(), *arguments, prefix=prefix, loop=self.protocol.loop)


async def _result(task: "asyncio.Task[Response]") -> Response:
    return await task


def _checked(response: Response, name: str) -> Response:
    if response.result == "OK":
        return response
    text = readable(response.lines[-1]) if response.lines else ""
    raise Refused(f"{name}: {response.result} {text}".rstrip(), response_code(text))


def _raise_as_ours(error: BaseException, seconds: float) -> NoReturn:
    """Raise a failed dialogue under our names; a cancellation, and a fault of our own, stays what it is."""
    match error:
        case TimeoutError():
            raise Lost(f"no answer within {seconds:g} s") from error
        case ssl.SSLCertVerificationError():
            raise Unusable(f"its certificate is not trusted: {error.verify_message}") from error
        case ssl.SSLError():
            raise Lost(f"TLS failed: {error.reason or error}") from error
        case OSError():
            raise Lost(f"cannot connect: {error.strerror or error}") from error
        case library.AioImapException():
            raise Lost(f"the dialogue broke off ({error})") from error
        case _:
            raise error
