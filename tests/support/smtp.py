"""A blocking SMTP client that hides nothing: every reply is recorded, and what got no 250 is sent again.

`Session` is one connection. `Sender` is the driver of the crash tests ("mail Jepsen", spec/safety.md 4): it sends many
mails over several connections, through crashes of the server, until each has its 250, and keeps the whole story.
"""

import queue
import re
import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, Self

Stage = Literal["connect", "envelope", "data", "end"]  # "end": the final dot was sent
_QUEUED = re.compile(r"\bS(\d+)\b")


@dataclass(frozen=True, slots=True)
class Reply:
    code: int
    text: str  # all lines, codes stripped

    @property
    def spool_id(self) -> str | None:
        """The S4711 of `250 2.0.0 Ok: queued as S4711`."""
        found = _QUEUED.search(self.text)
        return found and found[0]


def stuffed(content: bytes) -> bytes:
    """The octets of a mail as DATA carries them: CRLF line ends, dots doubled, the final dot."""
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", content)
    if not lines.endswith(b"\r\n"):
        lines += b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", lines) + b".\r\n"


class Session:
    """One connection, greeted and EHLOed; `broken` after the server hung up."""

    def __init__(self, port: int, *, host: str = "127.0.0.1", source: str = "127.0.0.1", timeout: float = 30.0) -> None:
        self._socket = socket.create_connection((host, port), timeout, source_address=(source, 0))
        try:
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._file = self._socket.makefile("rb")
            self.greeting = self.reply()
            self.ehlo = self.command("EHLO client.example")
        except BaseException:
            self._socket.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._file.close()
        self._socket.close()

    def write(self, octets: bytes) -> None:
        self._socket.sendall(octets)

    def reply(self) -> Reply:
        """The next reply; ConnectionError when the server hung up instead."""
        texts = []
        while True:
            line = self._file.readline()
            if not line.endswith(b"\n"):
                raise ConnectionError("the server hung up")
            texts.append(line[4:].decode("ascii", "replace").rstrip())
            if line[3:4] != b"-":
                return Reply(int(line[:3]), "\n".join(texts))

    def command(self, line: str | bytes) -> Reply:
        self.write((line.encode() if isinstance(line, str) else line) + b"\r\n")
        return self.reply()

    def begin(self, reverse_path: str, forward_paths: Sequence[str]) -> Reply:
        """MAIL, RCPT and DATA; the first refusal, or the 354."""
        reply = self.command(f"MAIL FROM:<{reverse_path}>")
        for path in forward_paths:
            if reply.code == 250:
                reply = self.command(f"RCPT TO:<{path}>")
        return self.command("DATA") if reply.code == 250 else reply

    def send(self, reverse_path: str, forward_paths: Sequence[str], content: bytes) -> Reply:
        """One mail; the reply that decided about it. After a refusal the session is reset."""
        reply = self.begin(reverse_path, forward_paths)
        if reply.code == 354:
            self.write(stuffed(content))
            reply = self.reply()
        if reply.code != 250 and reply.code != 421:
            self.command("RSET")
        return reply

    def quit(self) -> None:
        self.command("QUIT")
        self.close()


def send(
    port: int, content: bytes, *, reverse_path: str = "ana@acme.example", to: Sequence[str] = ("support@example.test",)
) -> Reply:
    """One mail over a connection of its own."""
    with Session(port) as session:
        return session.send(reverse_path, to, content)


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail to be sent: its envelope and octets."""

    reverse_path: str
    content: bytes
    to: tuple[str, ...] = ("support@example.test",)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to send letter number `letter`: the deciding reply, or None where the connection broke at `stage`."""

    letter: int
    stage: Stage
    reply: Reply | None
    seconds: float

    @property
    def in_doubt(self) -> bool:
        """The final dot was sent and no answer came: the server may have the mail."""
        return self.reply is None and self.stage == "end"


@dataclass
class Sender:
    """Sends every letter until it is answered 250, over `connections` at once, whatever happens to the server."""

    port: int
    letters: Sequence[Letter]
    connections: int = 4
    attempts: list[Attempt] = field(default_factory=list)
    _todo: "queue.Queue[int]" = field(default_factory=queue.Queue)
    _acknowledged: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _threads: list[threading.Thread] = field(default_factory=list)
    _gave_up: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        for number in range(len(self.letters)):
            self._todo.put(number)
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(self.connections)]
        for thread in self._threads:
            thread.start()

    @property
    def acknowledged(self) -> int:
        return self._acknowledged

    def finish(self, seconds: float) -> None:
        """Wait until everything has its 250; AssertionError with the count if that takes longer."""
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        self._gave_up.set()
        late = len(self.letters) - self._acknowledged
        assert not late, f"{late} of {len(self.letters)} mails have no 250 after {seconds:g} s"

    def _work(self) -> None:
        session: Session | None = None
        while self._acknowledged < len(self.letters) and not self._gave_up.is_set():
            try:
                number = self._todo.get(timeout=0.05)
            except queue.Empty:
                continue
            if session is None:
                session = self._connected()
            attempt = self._try(session, number) if session else Attempt(number, "connect", None, 0.0)
            with self._lock:
                self.attempts.append(attempt)
                self._acknowledged += attempt.reply is not None and attempt.reply.code == 250
            if attempt.reply is None or attempt.reply.code != 250:
                self._todo.put(number)
                if session:
                    session.close()
                session = None
                time.sleep(0.05)
        if session:
            session.close()

    def _connected(self) -> Session | None:
        try:
            return Session(self.port)
        except OSError:
            return None

    def _try(self, session: Session, number: int) -> Attempt:
        letter, start = self.letters[number], time.monotonic()
        stage: Stage = "envelope"
        reply: Reply | None = None
        try:
            reply = session.begin(letter.reverse_path, letter.to)
            if reply.code == 354:
                reply, stage = None, "data"
                octets = stuffed(letter.content)
                session.write(octets[:-3])
                stage = "end"  # from here on the dot may have arrived
                session.write(octets[-3:])
                reply = session.reply()
        except OSError:
            reply = None
        return Attempt(number, stage, reply, time.monotonic() - start)


def in_order(
    port: int, letters: Sequence[Letter], each: Callable[[int, Reply, float], None] | None = None
) -> list[Reply]:
    """Send the letters one after the other over one connection, reconnecting every hundred; their replies."""
    replies = []
    session: Session | None = None
    for number, letter in enumerate(letters):
        if session is None or number % 100 == 0:
            if session:
                session.quit()
            session = Session(port)
        start = time.monotonic()
        reply = session.send(letter.reverse_path, letter.to, letter.content)
        if each:
            each(number, reply, time.monotonic() - start)
        replies.append(reply)
    if session:
        session.quit()
    return replies
