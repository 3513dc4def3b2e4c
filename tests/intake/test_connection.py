"""mailgate.intake.connection: what is held against hostile, slow and broken clients, over real sockets"""

import asyncio
import socket

import pytest

from mailgate.errors import Refusal
from mailgate.intake.limits import DoorLimits
from tests.support.memory import resident
from tests.support.smtp_client import PATIENCE, connected
from tests.support.smtp_door import open_door

MAIL = "MAIL FROM:<ana@acme.example>"
RCPT = "RCPT TO:<support@example.com>"


@pytest.mark.asyncio
@pytest.mark.parametrize("before", [(), (MAIL, RCPT, "DATA")])
async def test_an_endless_line_costs_no_memory(before: tuple[str, ...]) -> None:
    async with open_door(DoorLimits(message=1_000_000)) as front, connected(front.port) as client:
        await client.asks(*before)
        block = b"x" * 1_000_000
        at_rest = resident()
        for _ in range(100):
            await client.send(block)
        assert resident() - at_rest < 20_000_000
        if before:
            await client.send(b"\r\n.\r\n")
            assert (await client.reply()).startswith("552 5.3.4")
        else:
            await client.send(b"\r\n")
            assert (await client.reply()).startswith("500 5.5.2")
        assert (await client.deliver(b"hi")).startswith("250")


@pytest.mark.asyncio
async def test_the_twentieth_bad_command_ends_the_session() -> None:
    async with open_door() as front, connected(front.port) as client:
        said = await client.asks(*["BOGUS", "MAIL FROM:x", "DATA", "EHLO"] * 5)
        assert said == ["500", "501", "503", "501"] * 4 + ["500", "501", "503", "421"]
        assert await client.ended()


@pytest.mark.asyncio
@pytest.mark.parametrize("request_line", ["GET / HTTP/1.1", "post /x HTTP/1.0", "CONNECT example.com:25 HTTP/1.1"])
async def test_a_request_of_a_browser_is_not_obeyed(request_line: str) -> None:
    async with open_door() as front, connected(front.port) as client:
        await client.send(f"{request_line}\r\nHost: x\r\n\r\n{MAIL}\r\n{RCPT}\r\nDATA\r\nhi\r\n.\r\n".encode())
        assert (await client.reply()).startswith("421 4.7.0")
        assert await client.ended()
        assert not front.desk.accepted


@pytest.mark.asyncio
async def test_addresses_cannot_be_harvested() -> None:
    async with open_door() as front, connected(front.port, source="127.0.0.2") as client:
        await client.ask(MAIL)
        said = await client.asks(*(f"RCPT TO:<a{number}@example.com>" for number in range(20)))
        assert said == ["550"] * 20
        async with connected(front.port, source="127.0.0.3") as other:
            assert (await other.deliver(b"hi")).startswith("250")
        assert await client.ask(RCPT) == str(Refusal.TOO_MANY_BAD_ADDRESSES)
        assert await client.ended()
        async with connected(front.port, source="127.0.0.2", greet=False) as again:
            assert await again.reply() == str(Refusal.TOO_MANY_BAD_ADDRESSES)


@pytest.mark.asyncio
async def test_another_session_of_a_peer_that_was_shut_out_ends_at_its_next_recipient() -> None:
    async with open_door() as front, connected(front.port, source="127.0.0.2") as waiting:
        await waiting.ask(MAIL)
        async with connected(front.port, source="127.0.0.2") as client:
            await client.ask(MAIL)
            await client.asks(*["RCPT TO:<no@example.com>"] * 20)
        assert (await waiting.ask(RCPT)).startswith("421 4.7.1")


@pytest.mark.asyncio
@pytest.mark.parametrize(("source", "peers"), [("127.0.0.1", ()), ("127.0.0.2", ("127.0.0.0/8",))])
async def test_bad_addresses_from_this_machine_and_from_peers_are_never_counted(source: str, peers: tuple[str]) -> None:
    async with open_door(peers=peers) as front, connected(front.port, source=source) as client:
        await client.ask(MAIL)
        assert set(await client.asks(*["RCPT TO:<no@example.com>"] * 50)) == {"550"}
        assert (await client.ask(RCPT)).startswith("250")


@pytest.mark.asyncio
async def test_who_is_no_peer_is_sent_away() -> None:
    async with open_door(peers=("127.0.0.9/32",)) as front:
        async with connected(front.port, source="127.0.0.2", greet=False) as client:
            assert await client.reply() == str(Refusal.PEER_NOT_ALLOWED)
            assert await client.ended()
        async with connected(front.port, source="127.0.0.9") as peer:
            assert (await peer.deliver(b"hi")).startswith("250")


@pytest.mark.asyncio
async def test_a_peer_has_so_many_connections_and_gets_one_back_when_it_leaves() -> None:
    async with (
        open_door(DoorLimits(per_peer=3)) as front,
        connected(front.port, source="127.0.0.2"),
        connected(front.port, source="127.0.0.2"),
        connected(front.port, source="127.0.0.2") as third,
    ):
        async with connected(front.port, source="127.0.0.2", greet=False) as fourth:
            assert await fourth.reply() == str(Refusal.TOO_MANY_CONNECTIONS)
            assert await fourth.ended()
        async with connected(front.port, source="127.0.0.3") as other:
            assert (await other.ask("NOOP")).startswith("250")
        await third.ask("QUIT")
        assert await third.ended()
        async with connected(front.port, source="127.0.0.2") as fifth:
            assert (await fifth.ask("NOOP")).startswith("250")


@pytest.mark.asyncio
async def test_a_full_house_sends_its_longest_idle_guest_away() -> None:
    async with open_door(DoorLimits(connections=3)) as front, connected(front.port) as busy:
        await busy.asks(MAIL, RCPT, "DATA")
        async with connected(front.port) as first, connected(front.port) as second:
            await first.ask("NOOP")
            async with connected(front.port) as newcomer:
                assert await second.reply() == str(Refusal.TOO_MANY_CONNECTIONS)
                assert await second.ended()
                assert await newcomer.asks("NOOP") == ["250"]
                assert await first.asks("NOOP") == ["250"]
        await busy.send(b"hi\r\n.\r\n")
        assert (await busy.reply()).startswith("250")


@pytest.mark.asyncio
async def test_with_five_hundred_idle_connections_a_mail_still_comes_in() -> None:
    async with open_door() as front:
        idle = []
        try:
            for _ in range(500):
                client = socket.create_connection(("127.0.0.1", front.port))
                client.setblocking(False)
                idle.append(client)
                await asyncio.sleep(0)
            async with connected(front.port) as good:
                assert (await good.deliver(b"hi")).startswith("250")
        finally:
            for client in idle:
                client.close()


@pytest.mark.asyncio
async def test_a_house_full_of_mail_takes_nobody_more() -> None:
    async with open_door(DoorLimits(connections=1)) as front, connected(front.port) as busy:
        await busy.asks(MAIL, RCPT, "DATA")
        async with connected(front.port, greet=False) as newcomer:
            assert await newcomer.reply() == str(Refusal.TOO_MANY_CONNECTIONS)
        await busy.send(b"hi\r\n.\r\n")
        assert (await busy.reply()).startswith("250")


@pytest.mark.asyncio
async def test_an_idle_client_is_told_and_closed() -> None:
    async with open_door(DoorLimits(command_seconds=0.1)) as front, connected(front.port, greet=False) as client:
        await client.reply()
        assert (await client.reply()).startswith("421 4.4.2")
        assert await client.ended()


@pytest.mark.asyncio
async def test_a_session_that_never_rests_ends_at_its_deadline() -> None:
    async with open_door(DoorLimits(session_seconds=1)) as front, connected(front.port) as client:
        said = "250"
        while said.startswith("250"):
            said = await client.ask("NOOP")
        assert said == str(Refusal.TOO_LONG_SESSION)
        assert await client.ended()


@pytest.mark.asyncio
async def test_a_mail_that_only_drips_is_cut_off() -> None:
    async with open_door(DoorLimits(data_seconds=0.3)) as front, connected(front.port) as client:
        await client.asks(MAIL, RCPT, "DATA")
        reply = asyncio.create_task(client.reply())
        while not reply.done():
            client.writer.write(b"x")
            await asyncio.sleep(0.01)
        assert (await reply).startswith("421 4.4.2")
        assert not front.desk.accepted


@pytest.mark.asyncio
async def test_a_mail_that_goes_on_slowly_may_take_longer_than_a_command() -> None:
    async with open_door(DoorLimits(command_seconds=1.5)) as front, connected(front.port) as client:
        await client.asks(MAIL, RCPT, "DATA")
        for _ in range(20):
            await client.send(b"x\r\n")
            await asyncio.sleep(0.1)
        await client.send(b".\r\n")
        assert (await client.reply()).startswith("250")


@pytest.mark.asyncio
async def test_a_slow_commit_is_not_the_clients_fault() -> None:
    async with open_door(DoorLimits(command_seconds=0.5, session_seconds=1)) as front:
        front.desk.go_on.clear()
        async with connected(front.port) as client:
            await client.asks(MAIL, RCPT, "DATA")
            await client.send(b"hi\r\n.\r\n")
            await asyncio.sleep(1.5)
            front.desk.go_on.set()
            assert (await client.reply()).startswith("250")
            assert (await client.reply()).startswith("421 4.4.2")


@pytest.mark.asyncio
async def test_a_client_that_never_reads_is_cut_off_without_hoarding_replies() -> None:
    async with open_door(DoorLimits(command_seconds=0.5)) as front:
        client = socket.create_connection(("127.0.0.1", front.port))
        client.setblocking(False)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        at_rest = resident()
        try:
            with pytest.raises(ConnectionError):  # nobody takes its commands any more, then it is cut off
                await asyncio.wait_for(_send_for_ever(client, b"EHLO c.example\r\n" * 5000), PATIENCE)
            assert resident() - at_rest < 20_000_000
        finally:
            client.close()


async def _send_for_ever(client: socket.socket, octets: bytes) -> None:
    while True:
        await asyncio.get_running_loop().sock_sendall(client, octets)


@pytest.mark.asyncio
async def test_mail_in_flight_is_bounded_over_all_sessions() -> None:
    async with open_door(DoorLimits(in_flight=100_000)) as front:
        async with connected(front.port) as one, connected(front.port) as two:
            for client in (one, two):
                await client.asks(MAIL, RCPT, "DATA")
            await one.send(b"x" * 60_000 + b"\r\n")
            await two.send(b"y" * 60_000 + b"\r\n.\r\n")
            said = [await two.reply()]
            assert said[0].startswith("452 4.3.1")
            await one.send(b".\r\n")
            assert (await one.reply()).startswith("250")
            assert (await two.deliver(b"y" * 60_000)).startswith("250")
        assert len(front.desk.accepted) == 2


@pytest.mark.asyncio
async def test_a_long_pipeline_leaves_others_their_turn() -> None:
    async with open_door() as front, connected(front.port) as greedy, connected(front.port) as other:
        greedy.writer.write(b"NOOP\r\n" * 100_000)
        turn = asyncio.create_task(other.ask("NOOP"))
        heard = 0
        while not turn.done():
            await greedy.reply()
            heard += 1
        assert heard < 50_000
        while heard < 100_000:
            assert (await greedy.reply()).startswith("250")
            heard += 1


@pytest.mark.asyncio
async def test_octets_that_are_no_smtp_end_in_421_and_not_in_an_exception(caplog: pytest.LogCaptureFixture) -> None:
    garbage = bytes(range(256)) * 40
    async with open_door() as front:
        for start in range(0, 256, 16):
            async with connected(front.port, greet=False) as client:
                client.writer.write(garbage[start:] + b"\n" * 40)
                client.writer.write_eof()
                last = said = await client.reply()
                while said:
                    last, said = said, await client.reply()
                assert last.startswith("421 4.7.0")
    assert not [record for record in caplog.records if record.exc_info]
