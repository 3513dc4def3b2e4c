"""A smarthost in the test's own loop that answers as it is told: a real aiosmtpd, recipient by recipient.

Use it as an asynchronous context manager. `answers` says what becomes of the mail of an address; everybody else's is
taken. (`sink_process` is the fast one, for whole daemons.)
"""

import asyncio
import ssl
from dataclasses import dataclass
from typing import Any, Literal, Self, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

Stage = Literal["mail", "rcpt", "data", "dot"]


@dataclass(frozen=True, slots=True)
class Answer:
    """At `stage`: say `reply`, or say nothing until the connection ends (`reply` None), or cut the connection."""

    stage: Stage
    reply: str | None = None
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Received:
    """A mail that was sent to its dot; `options` are the parameters of MAIL."""

    mail_from: str
    rcpt_tos: tuple[str, ...]
    content: bytes
    options: tuple[str, ...]


class Sink:
    """`received`: every mail up to its dot, whatever was answered. `wire`: the octets of each connection. `port` stays
    the same over `stop` and `start`. A `greeting` that is not 220 refuses everybody.
    """

    def __init__(
        self,
        answers: dict[str, Answer] | None = None,
        *,
        tls: ssl.SSLContext | None = None,
        implicit_tls: bool = False,
        login: tuple[str, str] | None = None,
        smtputf8: bool = True,
        greeting: str | None = None,
    ) -> None:
        self.answers = answers or {}
        self.tls = tls
        self.implicit_tls = implicit_tls
        self.login = login
        self.smtputf8 = smtputf8
        self.greeting = greeting
        self.port = 0
        self.received: list[Received] = []
        self.wire: list[bytearray] = []
        self.hanging = 0
        self.sessions: set[_Session] = set()
        self._changed = asyncio.Condition()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        context = self.tls if self.implicit_tls else None
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Session(self), "127.0.0.1", self.port, ssl=context)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Refuse connections from now on, and cut those that are open."""
        if self._server is not None:
            self._server.close()
            self._server = None
        await self.cut()

    async def cut(self) -> None:
        """Close every open connection, as a host does that has waited long enough."""
        for session in tuple(self.sessions):
            session.cut()
        await asyncio.sleep(0.01)  # a reset goes its way

    async def until(self, received: int = 0, hanging: int = 0) -> None:
        """Return when so many mails have come, and so many dialogues hang."""
        async with self._changed:
            await self._changed.wait_for(lambda: len(self.received) >= received and self.hanging >= hanging)

    async def tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()


class _Session(SMTP):
    line_length_limit = 1 << 20

    def __init__(self, sink: Sink) -> None:
        encrypts = sink.tls is not None and not sink.implicit_tls
        super().__init__(
            _Handler(sink),
            hostname="sink.example",
            enable_SMTPUTF8=sink.smtputf8,
            tls_context=sink.tls if encrypts else None,
            require_starttls=encrypts,
            auth_required=sink.login is not None,
            auth_require_tls=encrypts or sink.login is None,
            authenticator=self._check,
            loop=asyncio.get_running_loop(),
        )
        self._sink = sink
        self._octets = bytearray()
        sink.wire.append(self._octets)

    def _check(self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, given: Any) -> AuthResult:
        assert isinstance(given, LoginPassword)
        return AuthResult(success=self._sink.login == (given.login.decode(), given.password.decode()), handled=False)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._sink.sessions.add(self)
        self._socket = cast(asyncio.Transport, transport)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._sink.sessions.discard(self)
        super().connection_lost(error)

    def data_received(self, data: bytes) -> None:
        self._octets += data
        super().data_received(data)

    def cut(self) -> None:
        self._sink.sessions.discard(self)
        self._socket.abort()

    async def push(self, status: Any) -> None:
        greeting = self._sink.greeting
        await super().push(greeting if greeting and str(status).startswith("220 sink.example") else status)

    async def smtp_DATA(self, arg: str) -> None:
        assert self.envelope is not None
        refusal = await self.answer("data", *self.envelope.rcpt_tos)
        await (super().smtp_DATA(arg) if refusal is None else self.push(refusal))

    async def answer(self, stage: str, *addresses: str) -> str | None:
        answer = self._sink.answers.get(addresses[0]) if addresses else None
        if answer is None or answer.stage != stage:
            return None
        if answer.cut:
            self.cut()
        if answer.cut or answer.reply is None:
            self._sink.hanging += 1
            await self._sink.tell()
            await asyncio.Event().wait()
        return answer.reply


class _Handler:
    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    async def handle_MAIL(
        self, server: _Session, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        refusal = await server.answer("mail", address)
        if refusal is None:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return refusal or "250 2.1.0 Ok"

    async def handle_RCPT(
        self, server: _Session, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        refusal = await server.answer("rcpt", address)
        if refusal is None:
            envelope.rcpt_tos.append(address)
        return refusal or "250 2.1.5 Ok"

    async def handle_DATA(self, server: _Session, _session: Session, envelope: Envelope) -> str:
        content, addresses = envelope.original_content or b"", tuple(envelope.rcpt_tos)
        mail_from = (envelope.mail_from or "").removeprefix("<").removesuffix(">")
        self._sink.received.append(Received(mail_from, addresses, content, tuple(envelope.mail_options)))
        await self._sink.tell()
        return await server.answer("dot", *addresses) or "250 2.0.0 Ok: taken"
