"""A scriptable IMAP server on loopback: it obeys, except where a test says otherwise.

`odd(line)` sees each command without its tag and may answer in the server's place: octets that are sent as they are
("TAG" in them becomes the tag), `CUT` to close, `HANG` to say nothing. None lets the server obey.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import date, datetime

CUT = b"\0cut"
HANG = b"\0hang"
Odd = Callable[[str], bytes | None]


class ImapServer:
    """One folder, INBOX, of one user. `mails` by UID; `moved` by folder; `flags` by UID; `said` is every command."""

    def __init__(self, capabilities: str) -> None:
        self.capabilities = capabilities
        self.greeting = b"* OK ready\r\n"
        self.uidvalidity = 7
        self.mails: dict[int, bytes] = {}
        self.dates: dict[int, date] = {}  # when it arrived, where it was not just now
        self.moved: dict[str, list[bytes]] = {}
        self.flags: dict[int, set[str]] = {}
        self.said: list[str] = []
        self.odd: Odd = lambda _: None
        self.connections = 0
        self.port = 0
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def add(self, *mails: bytes) -> None:
        for mail in mails:
            self.mails[max(self.mails, default=0) + 1] = mail

    def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._meet(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        self.connections += 1
        try:
            writer.write(self.greeting)
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                await self._serve(reader, writer)
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        idling = ""
        while True:
            line = (await reader.readuntil(b"\r\n")).decode().rstrip("\r\n")
            tag, _, command = (idling, "", line) if line == "DONE" else line.partition(" ")
            idling = tag if command == "IDLE" else ""
            self.said.append(command)
            answer = self.odd(command)
            if answer == HANG:
                await asyncio.Event().wait()
            if answer is None:
                answer = self._answer(command)
            if answer.endswith(CUT):
                writer.write(answer.removesuffix(CUT))
                await writer.drain()
                return
            writer.write(answer.replace(b"TAG", tag.encode()))
            await writer.drain()
            if command == "LOGOUT":
                return

    def _answer(self, command: str) -> bytes:
        words = command.removeprefix("UID ").split(" ")
        match words[0]:
            case "CAPABILITY":
                return b"* CAPABILITY IMAP4rev1 " + self.capabilities.encode() + b"\r\nTAG OK done\r\n"
            case "IDLE":
                return b"+ idling\r\n"
            case "SELECT":
                uidnext = max(self.mails, default=0) + 1
                state = f"* OK [UIDVALIDITY {self.uidvalidity}] x\r\n* OK [UIDNEXT {uidnext}] x\r\n"
                return f"* {len(self.mails)} EXISTS\r\n{state}".encode() + b"TAG OK [READ-WRITE] done\r\n"
            case "SEARCH":
                return b"* SEARCH " + " ".join(self._searched(words[1:])).encode() + b"\r\nTAG OK done\r\n"
            case "FETCH":
                return b"".join(self._fetched(uid, command) for uid in self._set(words[1])) + b"TAG OK done\r\n"
            case "STORE":
                for uid in self._set(words[1]):
                    self.flags.setdefault(uid, set()).add(words[3].strip("()"))
            case "MOVE" | "COPY":
                for uid in self._set(words[1]):
                    self.moved.setdefault(words[2].strip('"'), []).append(self.mails[uid])
                    if words[0] == "MOVE":
                        del self.mails[uid]
            case "EXPUNGE":
                for uid in self._set(words[1]):
                    del self.mails[uid]
        return b"TAG OK done\r\n"

    def _searched(self, criteria: list[str]) -> list[str]:
        first, _, last = criteria[1].partition(":")
        largest = max(self.mails, default=0)
        low = largest if first == "*" else min(int(first), largest)
        high = largest if last in ("", "*") else int(last)
        found = [uid for uid in self.mails if low <= uid <= high]
        if "SINCE" in criteria:
            day = datetime.strptime(criteria[-1], "%d-%b-%Y").date()  # noqa: DTZ007  a day has no zone here
            found = [uid for uid in found if self.dates.get(uid, day) >= day]
        return [str(uid) for uid in found]

    def _fetched(self, uid: int, command: str) -> bytes:
        mail = self.mails[uid]
        if "RFC822.SIZE" in command:
            return f"* {uid} FETCH (UID {uid} RFC822.SIZE {len(mail)})\r\n".encode()
        return f"* {uid} FETCH (UID {uid} BODY[] {{{len(mail)}}}\r\n".encode() + mail + b")\r\n"

    def _set(self, text: str) -> list[int]:
        uids: list[int] = []
        for first, last in re.findall(r"(\d+)(?::(\d+))?", text):
            uids += range(int(first), int(last or first) + 1)
        return [uid for uid in uids if uid in self.mails]

    def hang_up(self) -> None:
        """Close every connection at once."""
        for writer in self._writers:
            writer.transport.abort()

    async def end(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@asynccontextmanager
async def imap_server(capabilities: str = "UIDPLUS MOVE") -> AsyncIterator[ImapServer]:
    """A listening server; what it does can be changed at any time."""
    server = ImapServer(capabilities)
    listening = await asyncio.start_server(server.meet, "127.0.0.1", 0, limit=1 << 20)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        await server.end()
        await listening.wait_closed()
