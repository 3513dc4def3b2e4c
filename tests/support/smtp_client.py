"""A client that sends an SMTP server any octets at all and reads its replies."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

PATIENCE = 20


class RawClient:
    """One connection; every wait ends after `PATIENCE` seconds with TimeoutError."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self.writer = writer

    async def send(self, octets: bytes) -> None:
        self.writer.write(octets)
        async with asyncio.timeout(PATIENCE):
            await self.writer.drain()

    async def reply(self) -> str:
        """The next reply, all its lines joined by newlines; empty at the end of the connection."""
        lines = []
        async with asyncio.timeout(PATIENCE):
            while True:
                line = (await self._reader.readline()).decode()
                lines.append(line.rstrip("\r\n"))
                if line[3:4] != "-":
                    return "\n".join(lines)

    async def ask(self, command: str) -> str:
        """One command, one reply."""
        await self.send(command.encode() + b"\r\n")
        return await self.reply()

    async def asks(self, *commands: str) -> list[str]:
        """Each command in its turn; the reply codes with their enhanced codes."""
        return [(await self.ask(command)).partition(" ")[0] for command in commands]

    async def secure(self, context: ssl.SSLContext) -> None:
        """The handshake after the 220 of STARTTLS. Raises OSError where it fails."""
        async with asyncio.timeout(PATIENCE):
            loop: Any = asyncio.get_running_loop()
            protocol: Any = self.writer.transport.get_protocol()
            transport = await loop.start_tls(self.writer.transport, protocol, context, server_hostname="localhost")
        if transport is None:  # StreamWriter.start_tls would stumble over it (CPython 3.11 to 3.13)
            raise ConnectionResetError
        self._plain = self.writer  # its end would close the connection
        self.writer = asyncio.StreamWriter(transport, protocol, self._reader, loop)
        protocol._replace_writer(self.writer)  # as StreamWriter.start_tls does

    async def ended(self) -> bool:
        """Whether the server closes the connection without another word."""
        async with asyncio.timeout(PATIENCE):
            try:
                return await self._reader.read(1) == b""
            except ConnectionError:
                return True

    async def hung_up(self) -> bool:
        """Whether the server closes the connection, whatever it says before."""
        async with asyncio.timeout(PATIENCE):
            try:
                while await self._reader.read(65_536):
                    pass
            except ConnectionError:
                pass
            return True

    async def deliver(self, content: bytes, sender: str = "ana@acme.example", to: str = "support@example.com") -> str:
        """A whole transaction on a greeted connection; `content` goes out as it is, then CR LF dot CR LF."""
        for command, good in ((f"MAIL FROM:<{sender}>", "250"), (f"RCPT TO:<{to}>", "250"), ("DATA", "354")):
            reply = await self.ask(command)
            if not reply.startswith(good):
                return reply
        await self.send(content + b"\r\n.\r\n")
        return await self.reply()


@asynccontextmanager
async def connected(
    port: int, *, source: str = "127.0.0.1", host: str = "127.0.0.1", greet: bool = True
) -> AsyncIterator[RawClient]:
    """A client at `source`, with the greeting and the reply to EHLO read if `greet`."""
    reader, writer = await asyncio.open_connection(host, port, local_addr=(source, 0))
    client = RawClient(reader, writer)
    try:
        if greet:
            await client.reply()
            await client.ask("EHLO client.example")
        yield client
    finally:
        client.writer.close()
        if client.writer is not writer:  # the end of TLS is a dialogue of its own
            with suppress(OSError):
                async with asyncio.timeout(PATIENCE):
                    await client.writer.wait_closed()
