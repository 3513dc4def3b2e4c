"""STARTTLS and AUTH at the SMTP door, over real sockets: raw octets, smtplib and swaks."""

import asyncio
import logging
import shutil
import smtplib
import ssl
import subprocess
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from mailgate.errors import CannotStart, Refusal
from mailgate.intake.limits import BAD_LOGINS, DoorLimits
from mailgate.intake.smtp import SmtpDoor, SmtpDoorSettings
from mailgate.intake.wire import AUTH_OCTETS
from tests.support.smtp_client import RawClient, connected
from tests.support.smtp_door import Desk, OpenDoor, open_door
from tests.support.tls import authority

MAIL = "MAIL FROM:<nina@example.com>"
OUT = str(Refusal.TOO_MANY_BAD_LOGINS)


def plain(user: str, password: str) -> str:
    return b64encode(f"\0{user}\0{password}".encode()).decode()


GOOD, BAD = f"AUTH PLAIN {plain('nina', 'geheim')}", f"AUTH PLAIN {plain('nina', 'falsch')}"


class Known:
    """One agent's login."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.nobody = False

    def anybody(self) -> bool:
        return not self.nobody

    async def check(self, user: str, password: str) -> str | None:
        self.asked.append(user)
        await asyncio.sleep(0)
        return "nina" if (user, password) == ("nina", "geheim") else None


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where server.pem and server.key lie, and the ca.pem that vouches for them."""
    path = tmp_path_factory.mktemp("tls")
    authority(path)
    return path


@pytest.fixture(scope="module")
def trust(directory: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(directory / "ca.pem"))


@asynccontextmanager
async def front_door(
    directory: Path, limits: DoorLimits | None = None, peers: tuple[str, ...] = ()
) -> AsyncIterator[OpenDoor]:
    async with open_door(limits, peers, certificate=directory, logins=Known()) as front:
        yield front


@asynccontextmanager
async def secured(
    front: OpenDoor, trust: ssl.SSLContext, source: str = "127.0.0.1", login: bool = False
) -> AsyncIterator[RawClient]:
    """A client in TLS that has said EHLO again, and logged in with `login`."""
    async with connected(front.port, source=source) as client:
        assert (await client.ask("STARTTLS")).startswith("220 2.0.0")
        await client.secure(trust)
        await client.ask("EHLO client.example")
        if login:
            assert (await client.ask(GOOD)).startswith("235 2.7.0")
        yield client


# What is offered when.


@pytest.mark.asyncio
async def test_starttls_is_offered_first_and_auth_only_within_it(directory: Path, trust: ssl.SSLContext) -> None:
    async with front_door(directory) as front, connected(front.port) as client:
        offered = (await client.ask("EHLO client.example")).splitlines()
        assert "250-STARTTLS" in offered
        assert not [line for line in offered if "AUTH" in line]
        await client.ask("STARTTLS")
        await client.secure(trust)
        offered = (await client.ask("EHLO client.example")).splitlines()
        assert "250-AUTH PLAIN LOGIN" in offered
        assert "250-STARTTLS" not in offered


@pytest.mark.asyncio
async def test_without_a_certificate_neither_is_there() -> None:
    async with open_door(logins=Known()) as front, connected(front.port) as client:
        offered = await client.ask("EHLO client.example")
        assert "STARTTLS" not in offered
        assert "AUTH" not in offered
        assert await client.asks("STARTTLS", GOOD) == ["500", "500"]


@pytest.mark.asyncio
async def test_without_logins_there_is_tls_and_no_auth(directory: Path, trust: ssl.SSLContext) -> None:
    async with open_door(certificate=directory) as front, secured(front, trust) as client:
        assert "AUTH" not in await client.ask("EHLO client.example")
        assert (await client.ask(GOOD)).startswith("500 5.5.2")
        assert (await client.deliver(b"hi")).startswith("250")
        assert front.desk.accepted[0].envelope.protocol == "ESMTPS"


@pytest.mark.asyncio
async def test_auth_is_offered_as_soon_as_somebody_has_a_password(directory: Path, trust: ssl.SSLContext) -> None:
    logins = Known()
    logins.nobody = True
    async with open_door(certificate=directory, logins=logins) as front, secured(front, trust) as client:
        assert "AUTH" not in await client.ask("EHLO client.example")
        assert (await client.ask(GOOD)).startswith("500 5.5.2")
        logins.nobody = False
        assert "AUTH PLAIN LOGIN" in await client.ask("EHLO client.example")
        assert (await client.ask(GOOD)).startswith("235")


@pytest.mark.asyncio
async def test_a_door_whose_certificate_is_missing_does_not_start(tmp_path: Path) -> None:
    desk = Desk()
    settings = SmtpDoorSettings("front", "x.example", tls_cert=tmp_path / "a", tls_key=tmp_path / "b")
    door = SmtpDoor(settings, desk.accept, desk.verdict, desk.room, desk.clock)
    with pytest.raises(CannotStart, match="door front cannot offer STARTTLS: cannot read"):
        await door.start()


# STARTTLS.


@pytest.mark.asyncio
async def test_nothing_that_was_said_before_tls_counts(directory: Path, trust: ssl.SSLContext) -> None:
    async with front_door(directory) as front, connected(front.port) as client:
        await client.asks(MAIL, "RCPT TO:<support@example.com>")
        await client.ask("STARTTLS")
        await client.secure(trust)
        assert await client.asks(MAIL, "RCPT TO:<support@example.com>", "DATA", GOOD) == ["503"] * 4
        await client.ask("EHLO client.example")
        assert (await client.deliver(b"hi")).startswith("250")
        assert len(front.desk.accepted) == 1


@pytest.mark.asyncio
@pytest.mark.parametrize("injected", ["RSET", "EHLO evil\r\nMAIL FROM:<evil@acme.example>", "NOOP " + "x" * 70_000])
async def test_plain_commands_behind_starttls_are_never_obeyed(
    directory: Path, trust: ssl.SSLContext, injected: str
) -> None:
    async with front_door(directory) as front, connected(front.port) as client:
        await client.send(f"STARTTLS\r\n{injected}\r\n".encode())
        assert (await client.reply()).startswith("220 2.0.0")
        try:
            await client.secure(trust)
        except OSError:  # they came too late to be dropped, and were read as TLS: nobody is served
            assert len(injected) > 65_536
            return
        assert (await client.ask("NOOP")).startswith("250 2.0.0 Ok")
        assert (await client.ask(MAIL)).startswith("503 5.5.1")


@pytest.mark.asyncio
async def test_a_client_may_speak_at_once_with_the_end_of_its_handshake(directory: Path, trust: ssl.SSLContext) -> None:
    async with front_door(directory) as front:
        await asyncio.to_thread(_speak_with_the_last_flight, front.port, trust)


def _speak_with_the_last_flight(port: int, trust: ssl.SSLContext) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
        client.ehlo()
        client.docmd("STARTTLS")
        assert client.sock is not None
        sent, received = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = trust.wrap_bio(received, sent, server_hostname="localhost")
        while True:
            try:
                tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                client.sock.sendall(sent.read())
                received.write(client.sock.recv(65_536))
        tls.write(b"EHLO eager.example\r\n")
        client.sock.sendall(sent.read())  # the Finished and the EHLO in one packet
        answer = b""
        while b"AUTH PLAIN" not in answer:
            received.write(client.sock.recv(65_536))
            try:
                answer += tls.read()
            except ssl.SSLWantReadError:
                continue
        tls.write(b"QUIT\r\n")
        client.sock.sendall(sent.read())
        client.close()


@pytest.mark.asyncio
async def test_a_second_starttls_and_one_with_an_argument_are_refused(directory: Path, trust: ssl.SSLContext) -> None:
    async with front_door(directory) as front:
        async with connected(front.port) as client:
            assert (await client.ask("STARTTLS now")).startswith("501 5.5.4")
        async with secured(front, trust) as client:
            assert (await client.ask("STARTTLS")).startswith("503 5.5.1")
            assert (await client.deliver(b"hi")).startswith("250")


@pytest.mark.asyncio
@pytest.mark.parametrize("how", ["garbage", "eof", "reset", "old", "slow"])
async def test_a_failed_handshake_ends_the_session_and_leaves_its_place(directory: Path, how: str) -> None:
    limits = DoorLimits(connections=1, command_seconds=0.3 if how == "slow" else 300)
    async with front_door(directory, limits) as front:
        async with connected(front.port) as client:
            await client.ask("STARTTLS")
            match how:
                case "garbage":
                    await client.send(b"EHLO plain.example\r\nMAIL FROM:<evil@acme.example>\r\n")
                case "eof":
                    client.writer.write_eof()
                case "reset":
                    client.writer.transport.abort()
                case "old":
                    with pytest.raises(OSError):  # noqa: PT011  every kind of failure there is
                        await client.secure(_only_tls_1_1())
                case "slow":
                    await client.send(b"\x16\x03\x01")
            if how != "old":
                assert await client.hung_up()
        async with asyncio.timeout(20):
            while front.door._reception.guests:  # nobody is idle here, so nobody is sent away for a new one
                await asyncio.sleep(0.01)
        async with connected(front.port) as other:
            assert (await other.deliver(b"hi")).startswith("250")


def _only_tls_1_1() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.minimum_version = ssl.TLSVersion.TLSv1_1
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context


@pytest.mark.asyncio
async def test_a_door_that_closes_waits_for_no_handshake(directory: Path) -> None:
    async with front_door(directory) as front, connected(front.port) as client:
        await client.ask("STARTTLS")
        await front.door.drain(0)
        assert await client.ended()


@pytest.mark.asyncio
async def test_a_client_that_closes_its_side_of_tls_is_let_go(
    directory: Path, trust: ssl.SSLContext, caplog: pytest.LogCaptureFixture
) -> None:
    async with front_door(directory, DoorLimits(connections=1)) as front:
        async with secured(front, trust) as client:
            await client.send(f"{MAIL}\r\n".encode())
        async with secured(front, trust) as other:
            assert (await other.deliver(b"hi")).startswith("250")
    assert "eof_received" not in caplog.text


@pytest.mark.asyncio
async def test_a_large_mail_comes_whole_through_tls(directory: Path, trust: ssl.SSLContext) -> None:
    async with front_door(directory) as front, secured(front, trust) as client:
        content = b"Subject: large\r\n\r\n" + (b"x" * 76 + b"\r\n") * 60_000
        assert (await client.deliver(content)).startswith("250")
        assert front.desk.accepted[0].raw == content + b"\r\n"


@pytest.mark.asyncio
async def test_a_renewed_certificate_is_shown_to_the_next_client_and_a_broken_one_to_none(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("old", "new", "used"):
        (tmp_path / name).mkdir()
    for name in ("old", "new"):
        authority(tmp_path / name)

    def use(certificate: str, key: str) -> None:
        for source, name in ((certificate, "server.pem"), (key, "server.key")):
            shutil.copy(tmp_path / source / name, tmp_path / "used" / f"{name}.new")
            (tmp_path / "used" / f"{name}.new").replace(tmp_path / "used" / name)

    async def trusted_by(name: str) -> bool:
        context = ssl.create_default_context(cafile=str(tmp_path / name / "ca.pem"))
        try:
            async with secured(front, context):
                return True
        except ssl.SSLError:
            return False

    use("old", "old")
    async with front_door(tmp_path / "used") as front:
        assert await trusted_by("old")
        use("new", "old")
        assert await trusted_by("old")
        assert "the old one stays in use" in caplog.text
        use("new", "new")
        assert await trusted_by("new")
        assert not await trusted_by("old")


# AUTH.


@pytest.mark.asyncio
async def test_an_agent_who_logged_in_is_named_in_the_envelope(directory: Path, trust: ssl.SSLContext) -> None:
    async with front_door(directory) as front, secured(front, trust) as client:
        await client.deliver(b"before")
        await client.ask(GOOD)
        await client.deliver(b"after")
        await client.ask("EHLO again.example")
        await client.deliver(b"and still")
        found = [(each.envelope.protocol, each.envelope.authenticated_as) for each in front.desk.accepted]
        assert found == [("ESMTPS", None), ("ESMTPSA", "nina"), ("ESMTPSA", "nina")]


@pytest.mark.asyncio
async def test_with_smtputf8_the_protocol_says_so(directory: Path, trust: ssl.SSLContext) -> None:
    async with front_door(directory) as front, secured(front, trust, login=True) as client:
        await client.asks("MAIL FROM:<ü@example.com> SMTPUTF8", "RCPT TO:<ü@example.com>", "DATA")
        assert (await client.ask("hi\r\n.")).startswith("250")
        assert front.desk.accepted[0].envelope.protocol == "UTF8SMTPSA"


@pytest.mark.asyncio
async def test_an_agent_writes_to_us_and_nowhere_else(directory: Path, trust: ssl.SSLContext) -> None:
    async with front_door(directory) as front, secured(front, trust, login=True) as client:
        assert (await client.deliver(b"hi", to="friend@other.example")) == str(Refusal.RELAY_DENIED)


@pytest.mark.asyncio
async def test_auth_before_tls_is_refused_and_no_password_is_asked_for(directory: Path) -> None:
    async with front_door(directory) as front, connected(front.port) as client:
        assert await client.asks(GOOD, "AUTH LOGIN", "AUTH") == ["538", "538", "538"]
        assert (await client.ask(GOOD)).startswith("538 5.7.11")


@pytest.mark.asyncio
async def test_auth_at_the_wrong_moment_is_refused(directory: Path, trust: ssl.SSLContext) -> None:
    async with front_door(directory) as front, secured(front, trust) as client:
        assert await client.asks("AUTH", "AUTH CRAM-MD5", MAIL, GOOD, "RSET") == ["501", "504", "250", "503", "250"]
        assert await client.asks(GOOD, GOOD) == ["235", "503"]


@pytest.mark.asyncio
async def test_auth_login_and_plain_in_steps(directory: Path, trust: ssl.SSLContext) -> None:
    async with front_door(directory) as front:
        async with secured(front, trust) as client:
            assert await client.ask("AUTH LOGIN") == "334 VXNlcm5hbWU6"
            assert await client.ask(b64encode(b"nina").decode()) == "334 UGFzc3dvcmQ6"
            assert (await client.ask(b64encode(b"geheim").decode())).startswith("235 2.7.0")
        async with secured(front, trust) as client:
            assert await client.ask("AUTH PLAIN") == "334 "
            assert (await client.ask("*")).startswith("501 5.7.0")
            assert await client.ask("AUTH PLAIN") == "334 "
            assert (await client.ask("NOOP!")).startswith("501 5.5.2")
            assert await client.ask("AUTH PLAIN") == "334 "
            assert (await client.ask(plain("nina", "geheim"))).startswith("235 2.7.0")


@pytest.mark.asyncio
async def test_lines_of_auth_may_be_long_but_not_endless(directory: Path, trust: ssl.SSLContext) -> None:
    long, endless = plain("nina", "x" * 9_000), "A" * AUTH_OCTETS
    async with front_door(directory) as front, secured(front, trust) as client:
        assert (await client.ask(f"AUTH PLAIN {long}")).startswith("535 5.7.8")
        assert await client.ask("AUTH PLAIN") == "334 "
        assert (await client.ask(long)).startswith("535 5.7.8")
        assert (await client.ask(f"AUTH PLAIN {endless}")).startswith("500 5.5.2")
        assert await client.ask("AUTH PLAIN") == "334 "
        assert (await client.ask(endless)).startswith("500 5.5.6")
        assert (await client.ask(f"NOOP {long}")).startswith("500 5.5.2")
        assert (await client.ask(GOOD)).startswith("235")


@pytest.mark.asyncio
async def test_the_auth_parameter_of_mail_is_taken_where_auth_is(directory: Path, trust: ssl.SSLContext) -> None:
    async with front_door(directory) as front, secured(front, trust) as client:
        assert await client.asks(f"{MAIL} AUTH=<>", "RSET", f"{MAIL} AUTH=omar@example.com") == ["250"] * 3


@pytest.mark.asyncio
async def test_the_third_wrong_password_ends_the_session(directory: Path, trust: ssl.SSLContext) -> None:
    async with front_door(directory) as front, secured(front, trust) as client:
        assert [await client.ask(BAD) for _ in range(3)] == [
            "535 5.7.8 Authentication credentials invalid",
            "535 5.7.8 Authentication credentials invalid",
            OUT,
        ]
        assert await client.ended()


@pytest.mark.asyncio
@pytest.mark.parametrize("peers", [(), ("127.0.0.0/8",)])
async def test_a_peer_that_guesses_is_out_for_ten_minutes(
    directory: Path, trust: ssl.SSLContext, peers: tuple[str, ...], caplog: pytest.LogCaptureFixture
) -> None:
    async with front_door(directory, peers=peers) as front:
        for number in range(1, BAD_LOGINS + 1):
            async with secured(front, trust, source="127.0.0.2") as client:
                assert (await client.ask(BAD))[:3] == ("421" if number == BAD_LOGINS else "535")
        async with connected(front.port, source="127.0.0.2", greet=False) as client:
            greeting = await client.reply()
            assert greeting.startswith("220") if peers else greeting == OUT
        if peers:  # a configured peer may still bring mail, but nobody there logs in
            async with secured(front, trust, source="127.0.0.2") as client:
                assert await client.ask(GOOD) == OUT
        async with secured(front, trust, source="127.0.0.3", login=True):
            pass
        front.desk.clock.advance(timedelta(minutes=10))
        async with secured(front, trust, source="127.0.0.2", login=True):
            pass
    assert len([each for each in caplog.records if "too many wrong passwords" in each.getMessage()]) == 1
    assert "falsch" not in caplog.text


@pytest.mark.asyncio
async def test_this_machine_is_never_shut_out(directory: Path, trust: ssl.SSLContext) -> None:
    async with front_door(directory) as front:
        for _ in range(BAD_LOGINS + 1):
            async with secured(front, trust) as client:
                assert (await client.ask(BAD)).startswith("535")
        async with secured(front, trust, login=True):
            pass


@pytest.mark.asyncio
async def test_logins_that_cannot_be_checked_are_tried_again_later(
    directory: Path, trust: ssl.SSLContext, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(Known):
        async def check(self, user: str, password: str) -> str | None:
            raise OSError("/secret/path")

    async with open_door(certificate=directory, logins=Broken()) as front, secured(front, trust) as client:
        assert await client.ask(GOOD) == str(Refusal.TROUBLE)
        assert (await client.deliver(b"hi")).startswith("250")
        assert front.desk.accepted[0].envelope.authenticated_as is None
    assert [each.levelno for each in caplog.records if each.exc_info] == [logging.ERROR]


@pytest.mark.asyncio
async def test_a_client_that_leaves_in_the_middle_of_auth_leaves_its_place(
    directory: Path, trust: ssl.SSLContext
) -> None:
    async with front_door(directory, DoorLimits(connections=1)) as front:
        async with secured(front, trust) as client:
            await client.ask("AUTH LOGIN")
        async with secured(front, trust) as client:
            await client.ask("AUTH PLAIN")
            await front.door.drain(0)
            assert (await client.reply()).startswith("421 4.3.2")


# The clients that people have.


@pytest.mark.asyncio
@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
@pytest.mark.parametrize(("password", "code"), [("geheim", 0), ("falsch", 28)])
async def test_swaks_logs_in(directory: Path, mechanism: str, password: str, code: int) -> None:
    if shutil.which("swaks") is None:
        pytest.skip("needs the program swaks (Debian: apt-get install swaks)")
    async with front_door(directory) as front:
        command = ["swaks", "--server", "127.0.0.1", "--port", str(front.port), "--tls", "--auth", mechanism]
        command += ["--auth-user", "nina", "--auth-password", password]
        command += ["--from", "nina@example.com", "--to", "support@example.com"]
        done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == code, done.stdout
        found = [(each.envelope.protocol, each.envelope.authenticated_as) for each in front.desk.accepted]
        assert found == ([("ESMTPSA", "nina")] if code == 0 else [])


@pytest.mark.asyncio
async def test_smtplib_logs_in_and_sends(directory: Path, trust: ssl.SSLContext) -> None:
    def send(port: int) -> None:
        with smtplib.SMTP("localhost", port) as client:
            client.starttls(context=trust)
            client.login("nina", "geheim")
            client.sendmail("nina@example.com", ["support@example.com"], b"Subject: x\r\n\r\nhi\r\n")

    async with front_door(directory) as front:
        await asyncio.to_thread(send, front.port)
        assert front.desk.accepted[0].envelope.authenticated_as == "nina"
