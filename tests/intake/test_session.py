"""mailgate.intake.session, over real sockets"""

import asyncio
import logging

import pytest

from mailgate.errors import InDoubt, Refusal
from mailgate.intake.limits import DoorLimits
from mailgate.rate import Rate
from tests.support.smtp_client import connected
from tests.support.smtp_door import open_door

MAIL = "MAIL FROM:<ana@acme.example>"
RCPT = "RCPT TO:<support@example.com>"


@pytest.mark.asyncio
async def test_a_mail_is_accepted_with_its_envelope_and_its_octets_unchanged() -> None:
    async with open_door() as front, connected(front.port, source="127.0.0.2") as client:
        content = b"Subject: \xff\x00\r\n\r\n..dots\r\nbare\nand\rodd\r\n" + b"x" * 5000
        sent = content.replace(b"\r\n.", b"\r\n..")
        assert await client.deliver(sent) == "250 2.0.0 Ok: queued as S4711"
        (submission,) = front.desk.accepted
        envelope = submission.envelope
        assert submission.raw == content + b"\r\n"
        assert envelope.reverse_path == "ana@acme.example"
        assert envelope.forward_paths == ("support@example.com",)
        assert (envelope.source, envelope.peer, envelope.helo) == ("front", "127.0.0.2", "client.example")
        assert envelope.received_at == front.desk.clock.now()
        assert envelope.protocol == "ESMTP"
        assert envelope.authenticated_as is None


@pytest.mark.asyncio
async def test_the_null_reverse_path_is_none() -> None:
    async with open_door() as front, connected(front.port) as client:
        assert (await client.deliver(b"bounce", sender="")).startswith("250 2.0.0")
        assert front.desk.accepted[0].envelope.reverse_path is None


@pytest.mark.asyncio
async def test_what_is_offered_is_what_is_there() -> None:
    async with open_door(DoorLimits(message=12345)) as front, connected(front.port, greet=False) as client:
        assert (await client.reply()).startswith("220 desk.example.com ESMTP")
        first, *offered = (await client.ask("EHLO [127.0.0.1]")).splitlines()
        assert first == "250-desk.example.com"
        words = {line[4:] for line in offered}
        assert words == {"PIPELINING", "SIZE 12345", "8BITMIME", "ENHANCEDSTATUSCODES", "SMTPUTF8"}


@pytest.mark.asyncio
async def test_helo_is_plain_smtp_without_parameters() -> None:
    async with open_door() as front, connected(front.port, greet=False) as client:
        await client.reply()
        assert await client.ask("HELO old.example") == "250 desk.example.com"
        assert (await client.ask(MAIL + " SIZE=10")).startswith("555 5.5.4")
        assert (await client.deliver(b"hi")).startswith("250 2.0.0")
        assert front.desk.accepted[0].envelope.protocol == "SMTP"


@pytest.mark.asyncio
async def test_smtputf8_addresses_need_smtputf8() -> None:
    async with open_door() as front, connected(front.port) as client:
        assert (await client.ask("MAIL FROM:<ü@acme.example>")).startswith("553 5.6.7")
        assert (await client.ask(MAIL)).startswith("250 2.1.0")
        assert (await client.ask("RCPT TO:<ü@example.com>")).startswith("553 5.6.7")
        await client.ask("RSET")
        assert (await client.ask("MAIL FROM:<ü@acme.example> SMTPUTF8 BODY=8BITMIME")).startswith("250 2.1.0")
        assert (await client.ask("RCPT TO:<ü@example.com>")).startswith("250 2.1.5")
        await client.ask("DATA")
        assert (await client.ask("hi\r\n.")).startswith("250 2.0.0")
        assert front.desk.accepted[0].envelope.protocol == "UTF8SMTP"
        assert front.desk.accepted[0].envelope.forward_paths == ("ü@example.com",)


@pytest.mark.asyncio
async def test_invalid_utf8_in_an_address_is_refused() -> None:
    async with open_door() as front, connected(front.port) as client:
        await client.send(b"MAIL FROM:<\xff\xfe@acme.example> SMTPUTF8\r\n")
        assert (await client.reply()).startswith("501 5.1.7")
        await client.ask(MAIL)
        await client.send(b"RCPT TO:<\xc3@example.com>\r\n")
        assert (await client.reply()).startswith("501 5.1.3")


@pytest.mark.asyncio
async def test_recipients_are_refused_one_by_one_and_postmaster_is_always_asked_about() -> None:
    async with open_door() as front, connected(front.port) as client:
        await client.ask(MAIL)
        assert await client.ask("RCPT TO:<x@other.example>") == str(Refusal.RELAY_DENIED)
        assert await client.ask("RCPT TO:<nobody@example.com>") == str(Refusal.UNKNOWN_RECIPIENT)
        assert (await client.ask("DATA")).startswith("503 5.5.1")
        assert (await client.ask("RCPT TO:<PostMaster>")).startswith("250 2.1.5")
        await client.ask("DATA")
        assert (await client.ask("hi\r\n.")).startswith("250")
        assert front.desk.accepted[0].envelope.forward_paths == ("PostMaster",)


@pytest.mark.asyncio
@pytest.mark.parametrize(("count", "limit"), [(150, 1000), (150, 100)])
async def test_recipients_beyond_the_limit_are_told_to_come_later(count: int, limit: int) -> None:
    async with open_door(DoorLimits(recipients=limit)) as front, connected(front.port) as client:
        await client.ask(MAIL)
        said = await client.asks(*(f"RCPT TO:<support+{number}@example.com>" for number in range(count)))
        assert said == ["250"] * min(count, limit) + ["452"] * max(0, count - limit)
        await client.ask("DATA")
        assert (await client.ask("hi\r\n.")).startswith("250")
        assert len(front.desk.accepted[0].envelope.forward_paths) == min(count, limit)


@pytest.mark.asyncio
async def test_commands_out_of_order_are_told_so_and_change_nothing() -> None:
    async with open_door() as front, connected(front.port, greet=False) as client:
        await client.reply()
        assert (await client.ask(MAIL)).startswith("503 5.5.1")
        await client.ask("EHLO c.example")
        assert await client.asks(RCPT, "DATA", MAIL, MAIL, "DATA", RCPT) == ["503", "503", "250", "503", "503", "250"]
        assert await client.asks("RSET", "DATA", "NOOP x", "VRFY", "VRFY a", "EXPN a", "HELP") == (
            ["250", "503", "250", "501", "252", "502", "214"]
        )
        assert await client.asks("EHLO", "TURN", "STARTTLS", "AUTH PLAIN x", "") == ["501", "500", "500", "500", "500"]
        assert (await client.deliver(b"hi")).startswith("250")
        assert await client.ask("QUIT") == "221 2.0.0 Bye"
        assert await client.ended()


@pytest.mark.asyncio
async def test_every_reply_after_the_greeting_has_an_enhanced_code() -> None:
    commands = [MAIL, MAIL, RCPT, "RCPT TO:<no@example.com>", "RCPT TO:x", "RCPT TO:<a@example.com> X=1", "RSET"]
    commands += [
        "NOOP",
        "VRFY a",
        "EXPN a",
        "HELP",
        "BOGUS",
        "MAIL FROM:x",
        "MAIL FROM:<a@b.example> X=1",
        "DATA x",
        "QUIT",
    ]
    async with open_door() as front, connected(front.port) as client:
        for command in commands:
            reply = await client.ask(command)
            code, enhanced, _ = reply.split(" ", 2)
            assert enhanced.split(".")[0] == code[0], reply


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("parameter", "reply"),
    [
        ("SIZE=1001", "552 5.3.4"),
        ("SIZE=99999999999999999999", "552 5.3.4"),
        ("SIZE=999999999999999999999", "501 5.5.4"),
        ("SIZE=x", "501 5.5.4"),
        ("SIZE=٣", "501 5.5.4"),
        ("SIZE", "501 5.5.4"),
        ("BODY=BINARYMIME", "501 5.5.4"),
        ("SMTPUTF8=1", "501 5.5.4"),
        ("RET=HDRS", "555 5.5.4"),
        ("AUTH=<>", "555 5.5.4"),
        ("SIZE=1000", "250 2.1.0"),
        ("BODY=7bit", "250 2.1.0"),
    ],
)
async def test_parameters_of_mail_are_checked(parameter: str, reply: str) -> None:
    async with open_door(DoorLimits(message=1000)) as front, connected(front.port) as client:
        assert (await client.ask(f"{MAIL} {parameter}")).startswith(reply)


@pytest.mark.asyncio
async def test_a_mail_that_is_too_big_is_drained_and_refused_and_the_session_goes_on() -> None:
    async with open_door(DoorLimits(message=1000)) as front, connected(front.port) as client:
        assert (await client.deliver((b"x" * 998 + b"\r\n") * 1000)).startswith("552 5.3.4")
        assert (await client.deliver(b"x" * 998)).startswith("250")
        assert len(front.desk.accepted) == 1


@pytest.mark.asyncio
async def test_a_mail_that_went_round_too_often_is_refused() -> None:
    hop = b"Received: from a by b; Thu, 1 Jan 2026 00:00:00 +0000\r\n"
    async with open_door(DoorLimits(hops=3)) as front, connected(front.port) as client:
        assert (await client.deliver(hop * 4 + b"\r\nhi")).startswith("554 5.4.6")
        assert (await client.deliver(hop * 3 + b"\r\n" + hop * 9)).startswith("250")


@pytest.mark.asyncio
async def test_no_space_is_said_at_mail_with_the_announced_size() -> None:
    async with open_door() as front, connected(front.port) as client:
        front.desk.space = Refusal.NO_ROOM
        assert (await client.ask(MAIL + " SIZE=77")).startswith("452 4.3.1")
        assert front.desk.announced == [77]
        front.desk.space = None
        assert (await client.ask(MAIL)).startswith("250")
        assert front.desk.announced == [77, 0]


@pytest.mark.asyncio
async def test_of_a_mail_that_may_be_stored_or_not_the_client_hears_nothing() -> None:
    """A 451 would be a promise not to have it (RFC 5321 4.2.5); without a reply he comes again: a duplicate."""
    async with open_door() as front, connected(front.port) as client:
        await client.asks(MAIL, RCPT, "DATA")
        front.desk.failure = InDoubt("cut during the commit")
        await client.send(b"hi\r\n.\r\n")
        assert await client.ended()


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "failure", [RuntimeError("/secret/path"), ConnectionResetError("x"), TimeoutError(), OSError(28)]
)
async def test_any_failure_of_ours_is_temporary_logged_once_and_tells_nothing(
    failure: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_door() as front, connected(front.port) as client:
        front.desk.failure = failure
        assert await client.ask(MAIL) == str(Refusal.TROUBLE)
        front.desk.failure = None
        await client.ask(MAIL)
        front.desk.failure = failure
        assert await client.ask(RCPT) == str(Refusal.TROUBLE)
        front.desk.failure = None
        await client.ask(RCPT)
        await client.ask("DATA")
        front.desk.failure = failure
        assert await client.ask("hi\r\n.") == str(Refusal.TROUBLE)
        front.desk.failure = None
        assert (await client.deliver(b"again")).startswith("250")
        assert len(front.desk.accepted) == 1
    errors = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert len(errors) == 3
    assert all(record.exc_info for record in errors)


@pytest.mark.asyncio
async def test_a_client_that_vanishes_does_not_stop_the_commit() -> None:
    async with open_door(DoorLimits(in_flight=1000)) as front:
        front.desk.go_on.clear()
        async with connected(front.port) as client:
            for command in (MAIL, RCPT, "DATA"):
                await client.ask(command)
            await client.send(b"x" * 900 + b"\r\n.\r\n")
            await front.desk.begun.wait()
            client.writer.transport.abort()
        async with connected(front.port) as other:
            assert (await other.ask(MAIL + " SIZE=900")).startswith("452 4.3.1")  # its memory is still in use
            front.desk.go_on.set()
            while not front.desk.accepted:
                await asyncio.sleep(0)
            assert (await other.deliver(b"y" * 900)).startswith("250")
        assert [len(submission.raw) for submission in front.desk.accepted] == [902, 902]


@pytest.mark.asyncio
async def test_a_client_that_only_closes_its_side_still_hears_the_250() -> None:
    async with open_door() as front:
        front.desk.go_on.clear()
        async with connected(front.port) as client:
            await client.send(f"{MAIL}\r\n{RCPT}\r\nDATA\r\nhi\r\n.\r\n".encode())
            client.writer.write_eof()
            await front.desk.begun.wait()
            front.desk.go_on.set()
            said = [(await client.reply())[:3] for _ in range(4)]
            assert said == ["250", "250", "354", "250"]
            assert await client.ended()


@pytest.mark.asyncio
async def test_a_mail_cut_off_before_its_dot_is_nothing() -> None:
    async with open_door(DoorLimits(in_flight=1000)) as front:
        async with connected(front.port) as client:
            for command in (MAIL, RCPT, "DATA"):
                await client.ask(command)
            await client.send(b"x" * 900)
            client.writer.write_eof()
            assert await client.ended()
        async with connected(front.port) as other:
            assert (await other.deliver(b"y" * 900)).startswith("250")
        assert len(front.desk.accepted) == 1


@pytest.mark.asyncio
async def test_a_whole_session_may_come_in_one_packet() -> None:
    mail = f"{MAIL}\r\n{RCPT}\r\nDATA\r\nhi\r\n.\r\n"
    async with open_door() as front, connected(front.port, greet=False) as client:
        await client.send(f"EHLO c.example\r\n{mail}{mail}QUIT\r\n".encode())
        said = [(await client.reply())[:3] for _ in range(11)]
        assert said == ["220", "250", "250", "250", "354", "250", "250", "250", "354", "250", "221"]
        assert await client.ended()
        assert len(front.desk.accepted) == 2


@pytest.mark.asyncio
@pytest.mark.parametrize("end", [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r.\r\n", b"\r\n\x00.\r\n"])
async def test_a_smuggled_mail_is_part_of_the_first(end: bytes) -> None:
    hidden = b"MAIL FROM:<evil@acme.example>\r\nRCPT TO:<support@example.com>\r\nDATA\r\nevil"
    async with open_door() as front, connected(front.port) as client:
        assert (await client.deliver(b"hi" + end + hidden)).startswith("250")
        assert (await client.ask("NOOP")).startswith("250 2.0.0 Ok")
        (submission,) = front.desk.accepted
        assert hidden in submission.raw


@pytest.mark.asyncio
async def test_a_sender_who_is_too_fast_waits_for_the_next_window() -> None:
    limits = DoorLimits(per_sender=Rate(2, 3600))
    async with open_door(limits) as front, connected(front.port) as client:
        await client.deliver(b"one")
        await client.deliver(b"two", sender="ANA@acme.example")
        assert (await client.deliver(b"three")).startswith("451 4.7.1")
        assert (await client.deliver(b"of another", sender="bob@acme.example")).startswith("250")
        for _ in range(3):
            assert (await client.deliver(b"bounce", sender="")).startswith("250")
        async with connected(front.port, source="127.0.0.2") as stranger:
            for number in range(2):
                assert (await stranger.deliver(b"hi", sender=f"{number}@acme.example")).startswith("250")
            assert (await stranger.deliver(b"hi", sender="3@acme.example")).startswith("451 4.7.1")


@pytest.mark.asyncio
async def test_sessions_at_the_same_time_share_the_rate_of_a_sender() -> None:
    limits = DoorLimits(per_sender=Rate(1, 3600))
    async with open_door(limits) as front, connected(front.port) as one, connected(front.port) as two:
        for client in (one, two):
            assert await client.asks(MAIL, RCPT) == ["250", "250"]
        assert [(await client.ask("DATA"))[:3] for client in (one, two)] == ["354", "451"]


@pytest.mark.asyncio
async def test_a_helo_name_reaches_the_envelope_without_controls() -> None:
    async with open_door() as front, connected(front.port, greet=False) as client:
        await client.reply()
        await client.send(b"EHLO a\x00\x1b[2J\rb" + b"c" * 300 + b"\r\n")
        await client.reply()
        await client.deliver(b"hi")
        helo = front.desk.accepted[0].envelope.helo
        assert helo.startswith("a??[2J?bc")
        assert len(helo) == 255
