"""One connection to an IMAP server: every fault of aioimaplib that we mended, and servers that mean harm."""

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from mailgate.intake import imap_client
from mailgate.intake.imap_client import Client
from mailgate.intake.imap_errors import Lost, Refused, TooMuch, Unusable
from mailgate.intake.imap_replies import fetched, found
from tests.support.imap_server import CUT, HANG, ImapServer, imap_server
from tests.support.tls import authority

pytestmark = pytest.mark.asyncio


@asynccontextmanager
async def client_of(
    server: ImapServer, tls: str = "none", context: ssl.SSLContext | None = None
) -> AsyncIterator[Client]:
    client = Client("localhost" if context else "127.0.0.1", server.port, tls, context)
    try:
        yield client
    finally:
        await client.close()


@asynccontextmanager
async def selected(server: ImapServer) -> AsyncIterator[Client]:
    async with client_of(server) as client:
        await client.connect()
        await client.log_in("alice", "secret")
        await client.open_folder("INBOX")
        yield client


def says(command: str, answer: bytes) -> Callable[[str], bytes | None]:
    return lambda line: answer if line.startswith(command) else None


async def test_twenty_thousand_lines_are_one_reply() -> None:
    async with imap_server() as server, selected(server) as client:
        lines = b"".join(b"* %d FETCH (UID %d)\r\n" % (uid, uid) for uid in range(1, 20_001))
        server.odd = says("UID FETCH", lines + b"TAG OK done\r\n")
        reply = await client.say("FETCH", "1:20000", "(UID)", uid=True)
        assert [each.uid for each in fetched(reply.lines)] == list(range(1, 20_001))


@pytest.mark.parametrize("pieces", [1, 2, 7, 4096])
async def test_a_reply_may_come_in_any_pieces(pieces: int) -> None:
    mail = b"Subject: {5}\r\n\r\n" + b"* 1 FETCH (UID 9 BODY[] {3}\r\n" * 3
    whole = b"* 1 FETCH (UID 1 BODY[] {%d}\r\n" % len(mail) + mail + b" FLAGS ())\r\n"

    async def in_pieces(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK\r\n")
        while line := await reader.readline():
            tag = line.split()[0]
            answer = (whole if b"FETCH" in line else b"* CAPABILITY IMAP4REV1\r\n") + tag + b" OK done\r\n"
            for start in range(0, len(answer), pieces):
                writer.write(answer[start : start + pieces])
                await writer.drain()
                await asyncio.sleep(0)
        writer.close()

    listening = await asyncio.start_server(in_pieces, "127.0.0.1", 0)
    client = Client("127.0.0.1", listening.sockets[0].getsockname()[1], "none", None)
    try:
        await client.connect()
        await client.log_in("alice", "secret")
        await client.open_folder("INBOX")
        reply = await client.say("FETCH", "1", "(UID BODY.PEEK[])", uid=True)
        assert [(each.uid, each.body) for each in fetched(reply.lines)] == [(1, mail)]
    finally:
        await client.close()
        listening.close()
        await listening.wait_closed()


async def test_asterisks_inside_a_line_stay_there() -> None:
    async with imap_server() as server, selected(server) as client:
        server.odd = says("NOOP", b"* OK a * b * c\r\nTAG OK done\r\n")
        assert (await client.say("NOOP")).lines[0] == b"OK a * b * c"


async def test_words_that_end_in_braces_announce_no_literal() -> None:
    async with imap_server() as server, selected(server) as client:
        server.odd = says("NOOP", b"* OK you have {3}\r\nTAG OK see {99}\r\n")
        assert (await client.say("NOOP")).result == "OK"


Deed = Callable[[Client], Awaitable[object]]
DEEDS: dict[str, Deed] = {
    "a search": lambda client: client.say("SEARCH", "UID 1:*", uid=True),
    "a fetch": lambda client: client.say("FETCH", "1", "(UID BODY.PEEK[])", uid=True),
    "an idle": lambda client: client.idle_until_news(30),
}


@pytest.mark.parametrize("name", DEEDS)
async def test_a_lost_connection_ends_every_wait_at_once(name: str) -> None:
    async with imap_server("IDLE") as server, selected(server) as client:
        server.odd = lambda line: HANG
        deed = asyncio.ensure_future(DEEDS[name](client))
        while not server.said[-1].startswith(("UID", "IDLE")):
            await asyncio.sleep(0.001)
        server.hang_up()
        async with asyncio.timeout(10):
            with pytest.raises(Lost, match="connection lost"):
                await deed
        with pytest.raises(Lost, match="connection lost"):
            await client.say("NOOP")


async def test_a_server_that_says_bye_is_quoted() -> None:
    async with imap_server() as server, selected(server) as client:
        server.odd = lambda line: b"* BYE going down for a rest\r\n" + CUT
        with pytest.raises(Lost, match="going down for a rest"):
            await client.say("NOOP")


async def test_a_silent_server_is_given_up_and_the_connection_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    async with imap_server() as server, selected(server) as client:
        server.odd = lambda line: HANG
        with pytest.raises(Lost, match=r"no answer within 0\.05 s"):
            await client.say("NOOP", seconds=0.05)
        assert client.protocol.failure is not None
        monkeypatch.setattr(imap_client, "CONNECT_SECONDS", 0.05)
        server.greeting = b""
        async with client_of(server) as other:
            with pytest.raises(Lost, match="no answer within"):
                await other.connect()


async def test_a_cancelled_command_drops_the_connection() -> None:
    async with imap_server() as server, selected(server) as client:
        server.odd = lambda line: HANG
        command = asyncio.create_task(client.say("NOOP"))
        while server.said[-1] != "NOOP":
            await asyncio.sleep(0.001)
        command.cancel()
        with pytest.raises(asyncio.CancelledError):
            await command
        with pytest.raises(Lost):
            await client.say("NOOP")


@pytest.mark.parametrize(
    "answer",
    [
        b"* 1 FETCH (UID 1 BODY[] {99999999999}\r\n" + b"x" * 100_000,
        b"* 1 FETCH (UID 1 BODY[] {2000000}\r\n",
        b"* 1 FETCH (UID 1 BODY[] {9999999999999999999}\r\n",
        b"* OK " + b"x" * 3_000_000,
        b"* 4294967295 EXISTS\r\n" * 100_000,
        (b"* 1 FETCH (UID 1 BODY[] {900000}\r\n" + b"x" * 900_000 + b")\r\n") * 2,
    ],
    ids=["a literal of 100 GB", "a literal over the bound", "a huge number", "an endless line", "a flood", "two mails"],
)
async def test_more_than_was_asked_for_drops_the_connection(answer: bytes) -> None:
    async with imap_server() as server, selected(server) as client:
        server.odd = says("UID FETCH", answer)
        with pytest.raises(TooMuch):
            await client.say("FETCH", "1", "(UID BODY.PEEK[])", uid=True, octets=1_000_000)


@pytest.mark.parametrize(
    "answer",
    [
        b"X99 OK done\r\n",
        b"\xff\xfe OK done\r\n",
        b"* 1 FETCH (UID 1 BODY[] {" + b"9" * 5000 + b"}\r\nTAG OK\r\n",
        b"\r\n\r\n*\r\n* \r\n+\r\n}\r\n{3}\r\nTAG OK done\r\n",
        b"* SEARCH 1\r\nTAG OK done\r\nTAG OK again\r\n",
    ],
)
async def test_replies_without_sense_end_in_an_answer_or_in_lost(answer: bytes) -> None:
    async with imap_server() as server, selected(server) as client:
        server.odd = says("UID SEARCH", answer)
        with suppress(Lost):
            found((await client.say("SEARCH", "UID 1:*", uid=True, seconds=0.5)).lines)
            await client.say("NOOP", seconds=0.5)


async def test_no_and_bad_are_refused_with_the_servers_words_and_code() -> None:
    async with imap_server() as server, selected(server) as client:
        server.odd = says("CREATE", b"TAG NO [ALREADYEXISTS] it is there\r\n")
        with pytest.raises(Refused, match=r"CREATE: NO .* it is there") as caught:
            await client.say("CREATE", '"x"')
        assert caught.value.code == "ALREADYEXISTS"
        assert (await client.say("NOOP")).result == "OK"


async def test_names_and_passwords_are_quoted() -> None:
    async with imap_server() as server, client_of(server) as client:
        await client.connect()
        await client.log_in('al ice"\\', 'pass "word"')
        assert 'LOGIN "al ice\\"\\\\" "pass \\"word\\""' in server.said
        await client.open_folder('x" (y')
        assert 'SELECT "x\\" (y"' in server.said


@pytest.mark.parametrize(("user", "password"), [("a\r\nb", "secret"), ("alice", "secret\n"), ("al\0ice", "secret")])
async def test_a_line_end_in_a_login_is_never_sent(user: str, password: str) -> None:
    async with imap_server() as server, client_of(server) as client:
        await client.connect()
        with pytest.raises(ValueError, match=r"control|CR and LF"):
            await client.log_in(user, password)
        assert not any(line.startswith("LOGIN") for line in server.said)


async def test_the_password_is_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with imap_server() as server:
        server.odd = says("LOGIN", b"TAG NO [AUTHENTICATIONFAILED] no\r\n")
        async with client_of(server) as client:
            await client.connect()
            with pytest.raises(Refused) as caught:
                await client.log_in("alice", "hunter2")
    assert "hunter2" not in caplog.text + str(caught.value)


@pytest.mark.parametrize("greeting", [b"* BYE too many\r\n", b"220 smtp.example.com ESMTP\r\n", b"\r\n", b"* NO\r\n"])
async def test_what_greets_otherwise_is_no_server_for_us(greeting: bytes) -> None:
    async with imap_server() as server, client_of(server) as client:
        server.greeting = greeting
        with pytest.raises(Lost, match="greets with"):
            await client.connect()


async def test_a_greeting_that_comes_with_more_is_read_once() -> None:
    async with imap_server() as server, client_of(server) as client:
        server.greeting = b"* OK hi\r\n* CAPABILITY IMAP4rev1 FORGED\r\n"
        await client.connect()
        assert "FORGED" not in client.capabilities


async def test_nobody_listening_is_lost(unused_tcp_port: int) -> None:
    client = Client("127.0.0.1", unused_tcp_port, "none", None)
    with pytest.raises(Lost, match="cannot connect"):
        await client.connect()
    await client.close()


async def test_mail_that_comes_ends_an_idle_and_other_words_do_not() -> None:
    async with imap_server("IDLE") as server, selected(server) as client:
        server.odd = says("IDLE", b"+ idling\r\n* OK still here\r\n* 1 EXPUNGE\r\n")
        client.protocol.news.clear()
        await client.idle_until_news(0.05)
        assert not client.protocol.news.is_set()
        server.odd = says("IDLE", b"+ idling\r\n* 5 EXISTS\r\n")
        async with asyncio.timeout(10):
            await client.idle_until_news(30)
        assert server.said[-2:] == ["IDLE", "DONE"]
        assert (await client.say("NOOP")).result == "OK"


async def test_a_refused_idle_is_no_hang() -> None:
    async with imap_server("IDLE") as server, selected(server) as client:
        server.odd = says("IDLE", b"TAG NO not now\r\n")
        client.protocol.news.clear()
        async with asyncio.timeout(10):
            with pytest.raises(Refused, match="not now"):
                await client.idle_until_news(30)


# --- TLS ----------------------------------------------------------------------------------------------------------


async def test_words_between_starttls_and_tls_are_not_believed(tmp_path: Path) -> None:
    ca, _ = authority(tmp_path)
    async with imap_server() as server:
        server.odd = says("STARTTLS", b"TAG OK go\r\n* CAPABILITY IMAP4rev1 FORGED\r\n")
        async with client_of(server, "starttls", ssl.create_default_context(cafile=ca)) as client:
            with pytest.raises(Lost, match="between STARTTLS and TLS"):
                await client.connect()


async def test_a_server_without_starttls_gets_no_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ca, _ = authority(tmp_path)
    context = ssl.create_default_context(cafile=ca)
    async with imap_server() as server:
        server.odd = says("STARTTLS", b"TAG BAD what\r\n")
        async with client_of(server, "starttls", context) as client:
            with pytest.raises(Unusable, match="refuses STARTTLS"):
                await client.connect()
        server.greeting = b"* PREAUTH welcome\r\n"  # which would skip STARTTLS
        async with client_of(server, "starttls", context) as client:
            with pytest.raises(Lost, match="greets with"):
                await client.connect()
        server.greeting = b"* OK\r\n"
        server.odd = says("STARTTLS", b"TAG OK go\r\n")  # and then no TLS
        monkeypatch.setattr(imap_client, "CONNECT_SECONDS", 0.2)
        async with client_of(server, "starttls", context) as client:
            with pytest.raises(Lost):
                await client.connect()
            assert server.said[-1] == "STARTTLS"
