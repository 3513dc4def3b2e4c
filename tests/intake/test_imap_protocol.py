"""aioimaplib's protocol, mended: any octets in any pieces are read in bounded time, or drop the connection."""

import asyncio
from collections.abc import Sequence

import pytest
from aioimaplib import aioimaplib as library
from hypothesis import given, settings
from hypothesis import strategies as st

from mailgate.intake.imap_errors import Lost, TooMuch
from mailgate.intake.imap_protocol import Protocol

PIECES = (
    b"* 1 FETCH (UID 5 BODY[] {3}\r\n",
    b"* SEARCH 1 2\r\n",
    b"* OK {4}\r\n",
    b"* BYE\r\n",
    b"* 4294967295 EXISTS\r\n",
    b"+ go on\r\n",
    b"{0}\r\n",
    b"{2}\r\n",
    b"{99999999999}\r\n",
    b"abc",
    b")\r\n",
    b"\r",
    b"\n",
    b"\r\n",
    b"TAG OK done\r\n",
    b"TAG NO [ALERT] no\r\n",
    b"X1 OK\r\n",
    b"*",
    b"\xff\x00",
)


class Line(asyncio.Transport):
    """The other end: what was sent there, and whether it was cut."""

    def __init__(self) -> None:
        super().__init__()
        self.sent = b""
        self.cut = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.sent += data

    def abort(self) -> None:
        self.cut = True


async def hear(chunks: Sequence[bytes], name: str) -> tuple[Protocol, Line]:
    """A protocol with one command under way that is told these octets."""
    protocol, line = Protocol(asyncio.get_running_loop()), Line()
    protocol.connection_made(line)
    protocol.data_received(b"* OK\r\n")
    protocol.state = library.SELECTED
    command = library.Command(name, protocol.new_tag(), loop=protocol.loop)
    if name == "SELECT":
        protocol.pending_sync_command = command
    else:
        protocol.pending_async_commands[name] = command
    for chunk in chunks:
        protocol.data_received(chunk.replace(b"TAG", command.tag.encode()))
    assert protocol.failure is None or command._event.is_set(), "somebody waits for ever"
    return protocol, line


@settings(max_examples=300)
@given(
    st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=5)), max_size=12),
    st.sampled_from(("SELECT", "FETCH")),
    st.integers(1, 40),
)
def test_anything_is_heard_out_or_ends_the_connection(pieces: list[bytes], name: str, size: int) -> None:
    said = b"".join(pieces)
    whole = asyncio.run(hear([said], name))
    cut = asyncio.run(hear([said[start : start + size] for start in range(0, len(said), size)], name))
    for protocol, line in (whole, cut):
        assert line.cut == (protocol.failure is not None)


@given(st.binary(max_size=300), st.integers(1, 50))
def test_a_literal_is_the_same_however_it_is_cut(body: bytes, size: int) -> None:
    said = b"* 1 FETCH (UID 5 BODY[] {%d}\r\n" % len(body) + body + b")\r\nA1 OK done\r\n"

    async def lines() -> list[bytes | bytearray]:
        protocol = Protocol(asyncio.get_running_loop())
        protocol.connection_made(Line())
        protocol.data_received(b"* OK\r\n")
        protocol.state = library.SELECTED
        command = library.Command("FETCH", "A1", loop=protocol.loop)
        protocol.pending_async_commands["FETCH"] = command
        for start in range(0, len(said), size):
            protocol.data_received(said[start : start + size])
        return list(command.response.lines)

    found = asyncio.run(lines())
    assert isinstance(found[1], bytearray)
    assert found[1] == body
    assert found[-1] == b"done"


@pytest.mark.asyncio
async def test_every_wait_ends_with_the_connection() -> None:
    protocol = Protocol(asyncio.get_running_loop())
    protocol.connection_made(Line())
    protocol.data_received(b"* OK\r\n")
    protocol.state = library.SELECTED
    waiting = asyncio.create_task(protocol.execute(library.Command("NOOP", "A1", loop=protocol.loop)))
    await asyncio.sleep(0)
    protocol.connection_lost(ConnectionResetError("reset by peer"))
    with pytest.raises(Lost, match="reset by peer"):
        await waiting
    assert protocol.gone.is_set()
    assert protocol.news.is_set()


@pytest.mark.asyncio
async def test_the_allowance_bounds_what_a_reply_may_cost() -> None:
    protocol, line = Protocol(asyncio.get_running_loop()), Line()
    protocol.connection_made(line)
    protocol.data_received(b"* OK\r\n")
    protocol.allowance = 100
    protocol.data_received(b"* OK " + b"x" * 90)
    assert not line.cut
    protocol.data_received(b"x" * 10)
    assert isinstance(protocol.failure, TooMuch)
    assert line.cut


@pytest.mark.asyncio
async def test_a_line_has_a_bound_of_its_own() -> None:
    protocol, line = Protocol(asyncio.get_running_loop()), Line()
    protocol.connection_made(line)
    protocol.data_received(b"* OK\r\n")
    protocol.allowance = 1 << 30
    for _ in range(20):
        protocol.data_received(b"x" * 65_536)
    assert isinstance(protocol.failure, TooMuch)
    assert line.cut
