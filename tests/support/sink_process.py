"""A smarthost that keeps what it is given: a small SMTP server in a thread, or a process (`python -m`).

It records envelope and octets of every mail that it took, and answers as `respond` says: a refusal, or nothing at all
(the connection is cut after the final dot, as by a host that died). It is fast, for benchmarks too: DATA is read in
blocks.
"""

import asyncio
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Self

KEPT = b"250 2.0.0 kept"
_GREATEST = 2**27


@dataclass(frozen=True, slots=True)
class Delivered:
    """A mail as the sink got it; `reply` is what it answered (None: it hung up instead)."""

    reverse_path: str
    forward_paths: tuple[str, ...]
    content: bytes
    at: float
    reply: bytes | None = KEPT

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.content, policy=policy.SMTP.clone(max_line_length=998))

    def header(self, name: str) -> str:
        return str(self.message[name] or "")


Respond = Callable[[Delivered], bytes | None]


class Sink:
    """Use as a context manager; `port` is set while it runs. `taken` grows in order of arrival."""

    def __init__(self, respond: Respond = lambda _: KEPT, *, keep: bool = True) -> None:
        self.respond = respond
        self.taken: list[Delivered] = []
        self.count = 0
        self.port = 0
        self._keep = keep
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._ready = threading.Event()
        self._stop: Callable[[], object] = lambda: None

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()
        self._thread.join()

    def to(self, address: str) -> list[Delivered]:
        """What was delivered to one address, in order."""
        return [mail for mail in list(self.taken) if address in mail.forward_paths]

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._session, "127.0.0.1", 0, limit=_GREATEST, backlog=256)
        self.port = server.sockets[0].getsockname()[1]
        stopped, loop = asyncio.Event(), asyncio.get_running_loop()
        self._stop = lambda: loop.call_soon_threadsafe(stopped.set)
        self._ready.set()
        await stopped.wait()
        server.close()

    async def _session(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # clients may die: that is what the tests make them do; and cancelled it is only at our own end
        finally:
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        def say(line: bytes) -> None:
            writer.write(line + b"\r\n")

        reverse_path, forward_paths = "", list[str]()
        say(b"220 sink ESMTP")
        while line := await reader.readline():
            verb, _, rest = line.strip().partition(b" ")
            match verb.upper():
                case b"EHLO" | b"HELO":
                    say(b"250-sink\r\n250-SIZE 100000000\r\n250-8BITMIME\r\n250 SMTPUTF8")
                case b"MAIL":
                    reverse_path, forward_paths = _path(rest), []
                    say(b"250 2.1.0 Ok")
                case b"RCPT":
                    forward_paths.append(_path(rest))
                    say(b"250 2.1.5 Ok")
                case b"DATA":
                    say(b"354 End data with <CR><LF>.<CR><LF>")
                    content = await _data(reader)
                    reply = self._take(reverse_path, tuple(forward_paths), content)
                    if reply is None:
                        return
                    say(reply)
                case b"QUIT":
                    return say(b"221 2.0.0 Bye")
                case _:
                    say(b"250 2.0.0 Ok")
            await writer.drain()

    def _take(self, reverse_path: str, forward_paths: tuple[str, ...], content: bytes) -> bytes | None:
        self.count += 1
        if not self._keep:
            return KEPT
        mail = Delivered(reverse_path, forward_paths, content, time.monotonic())
        reply = self.respond(mail)
        if reply is None or reply.startswith(b"2"):
            self.taken.append(Delivered(reverse_path, forward_paths, content, mail.at, reply))
        return reply


def _path(text: bytes) -> str:
    return text.partition(b"<")[2].partition(b">")[0].decode("utf-8", "replace")


async def _data(reader: asyncio.StreamReader) -> bytes:
    octets = bytearray(b"\r\n")
    while not octets.endswith(b"\r\n.\r\n"):
        octets += await reader.readuntil(b".\r\n")
    return bytes(octets[:-3]).replace(b"\n..", b"\n.")[2:]


def main() -> None:
    """Take and forget mail until killed; the port is the only line printed."""
    with Sink(keep=False) as sink:
        print(sink.port, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
