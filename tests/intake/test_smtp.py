"""mailgate.intake.smtp: starting, and stopping without losing a mail"""

import asyncio
import logging
import resource
import socket
import stat
from pathlib import Path

import pytest

from mailgate.errors import CannotStart, Refusal
from mailgate.intake.smtp import SmtpDoor, SmtpDoorSettings
from tests.support.smtp_client import RawClient, connected
from tests.support.smtp_door import Desk, open_door

MAIL = "MAIL FROM:<ana@acme.example>"
RCPT = "RCPT TO:<support@example.com>"


def door(settings: SmtpDoorSettings) -> SmtpDoor:
    desk = Desk()
    return SmtpDoor(settings, desk.accept, desk.verdict, desk.room, desk.clock)


@pytest.mark.asyncio
async def test_port_0_takes_a_free_one_and_says_which() -> None:
    one, two = (door(SmtpDoorSettings("front", "desk.example.com")) for _ in range(2))
    assert not one.addresses
    await one.start()
    await two.start()
    try:
        (host, port), (_, other) = one.addresses[0], two.addresses[0]
        assert host == "127.0.0.1"
        assert port not in (0, other)
        async with connected(port) as client:
            assert await client.asks("NOOP") == ["250"]
    finally:
        await one.drain(0)
        await two.drain(0)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("host", "mend"), [("127.0.0.1", "another program listens there"), ("192.0.2.1", "no such address")]
)
async def test_a_door_that_cannot_listen_says_where_why_and_what_to_do(host: str, mend: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotStart, match=mend) as caught:
            await door(SmtpDoorSettings("front", "desk.example.com", host=host, port=port)).start()
    assert f"{host}:{port}" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.asyncio
async def test_without_files_to_open_a_door_waits_quietly_and_takes_those_who_waited(
    caplog: pytest.LogCaptureFixture,
) -> None:
    opened = door(SmtpDoorSettings("front", "desk.example.com"))
    await opened.start()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    clients = [socket.create_connection(opened.addresses[0]) for _ in range(5)]
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
        await asyncio.sleep(0.2)
        assert len(caplog.records) == 1
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    greetings = [asyncio.to_thread(client.recv, 3) for client in clients]
    assert await asyncio.gather(*greetings) == [b"220"] * 5
    for client in clients:
        client.close()
    await opened.drain(0)


@pytest.mark.asyncio
async def test_a_unix_socket_takes_mail_and_is_removed_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "in.sock"
    with socket.socket(socket.AF_UNIX) as killed:
        killed.bind(str(path))  # and never listens: what a killed daemon leaves
    unix = door(SmtpDoorSettings("front", "desk.example.com", unix_path=str(path)))
    await unix.start()
    try:
        assert unix.addresses == ((str(path), 0),)
        assert stat.S_IMODE(path.stat().st_mode) == 0o660
        client = RawClient(*await asyncio.open_unix_connection(str(path)))
        await client.reply()
        await client.ask("EHLO mta.example")
        assert (await client.deliver(b"hi")).startswith("250 2.0.0")
        client.writer.close()
        with pytest.raises(CannotStart, match="another program"):
            await door(SmtpDoorSettings("second", "desk.example.com", unix_path=str(path))).start()
    finally:
        await unix.drain(1)
    assert not path.exists()


@pytest.mark.asyncio
async def test_a_file_in_the_way_of_a_unix_socket_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "precious"
    path.write_text("letters")
    with pytest.raises(CannotStart, match="precious"):
        await door(SmtpDoorSettings("front", "desk.example.com", unix_path=str(path))).start()
    assert path.read_text() == "letters"
    with pytest.raises(CannotStart, match="directory does not exist"):
        await door(SmtpDoorSettings("front", "d.example", unix_path=str(tmp_path / "no" / "in.sock"))).start()


@pytest.mark.asyncio
async def test_draining_ends_idle_sessions_finishes_mail_on_its_way_and_takes_nothing_new() -> None:
    async with open_door() as front, connected(front.port) as idle, connected(front.port) as busy:
        await busy.asks(MAIL, RCPT, "DATA")
        await busy.send(b"half of it")
        port = front.port
        draining = asyncio.create_task(front.door.drain(20))
        assert await idle.reply() == str(Refusal.SHUTTING_DOWN)
        assert await idle.ended()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port)
        assert not draining.done()
        await busy.send(b" and the rest\r\n.\r\nNOOP\r\n")
        assert (await busy.reply()).startswith("250 2.0.0 Ok: queued")
        assert await busy.reply() == str(Refusal.SHUTTING_DOWN)
        await draining
        assert len(front.desk.accepted) == 1


@pytest.mark.asyncio
async def test_draining_cuts_off_what_does_not_end_in_time() -> None:
    async with open_door() as front, connected(front.port) as busy:
        await busy.asks(MAIL, RCPT, "DATA")
        await busy.send(b"half of it")
        await front.door.drain(0.1)
        assert await busy.reply() == str(Refusal.SHUTTING_DOWN)
        assert await busy.ended()
        assert not front.desk.accepted


@pytest.mark.asyncio
async def test_draining_waits_for_a_commit_whose_client_has_gone() -> None:
    async with open_door() as front:
        front.desk.go_on.clear()
        async with connected(front.port) as client:
            await client.asks(MAIL, RCPT, "DATA")
            await client.send(b"hi\r\n.\r\n")
            await front.desk.begun.wait()
            client.writer.transport.abort()
        draining = asyncio.create_task(front.door.drain(20))
        await asyncio.sleep(0.05)
        assert not draining.done()
        front.desk.go_on.set()
        await draining
        assert len(front.desk.accepted) == 1


@pytest.mark.asyncio
async def test_draining_a_door_that_never_started_is_nothing() -> None:
    await door(SmtpDoorSettings("front", "desk.example.com")).drain(1)


@pytest.mark.asyncio
async def test_a_session_leaves_no_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with open_door() as front, connected(front.port) as client:
        await client.deliver(b"hi")
        await client.ask("QUIT")
    assert [record for record in caplog.records if record.name == "mail.log"] == []
