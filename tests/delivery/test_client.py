"""mailgate.delivery.client and its dialogue, against a real server on the loopback"""

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from mailgate.delivery.carrier import LeaseLost
from mailgate.delivery.client import SmarthostCarrier
from mailgate.delivery.result import DeliveryResult
from mailgate.delivery.smarthost import Smarthost, Timeouts, Tls
from tests.support.parcels import CONTENT, ours, parcel
from tests.support.sink import Answer, Sink, Stage
from tests.support.tls import authority

IMPATIENT = Timeouts(greeting=0.3, mail=0.3, rcpt=0.3, data=0.3, dot=0.3)


def smarthost(
    sink: Sink,
    tls: Tls = "none",
    host: str = "127.0.0.1",
    ca_file: str | None = None,
    login: tuple[str, str] | None = None,
) -> Smarthost:
    user, password = login or (None, None)
    return Smarthost(host, sink.port, tls, "desk.example.com", user, password, IMPATIENT, ca_file)


@asynccontextmanager
async def carrier(host: Smarthost, idle_seconds: float = 20) -> AsyncIterator[SmarthostCarrier]:
    it = SmarthostCarrier(host, idle_seconds)
    try:
        yield it
    finally:
        await it.close()


async def deliver_one(sink: Sink, recipient: str = "ana@acme.example") -> DeliveryResult:
    async with carrier(smarthost(sink)) as post:
        return await post.deliver(parcel(recipient=recipient), ours)


@pytest.mark.asyncio
async def test_a_mail_arrives_with_its_envelope_and_its_octets() -> None:
    async with Sink() as sink:
        result = await deliver_one(sink)
        assert result == DeliveryResult(1, "sent", 250, "2.0.0", "Ok: taken")
        (mail,) = sink.received
        assert mail.mail_from == "support+1.b0.1.axyz@example.com"
        assert mail.rcpt_tos == ("ana@acme.example",)
        assert mail.content == CONTENT
        assert f"SIZE={len(CONTENT)}" in mail.options
        assert sink.wire[0].startswith(b"EHLO desk.example.com\r\n")


@pytest.mark.asyncio
async def test_automatic_mail_goes_out_with_the_null_reverse_path() -> None:
    async with Sink() as sink, carrier(smarthost(sink)) as post:
        assert (await post.deliver(parcel(reverse_path=None), ours)).verdict == "sent"
        assert b"MAIL FROM:<> " in sink.wire[0]


@pytest.mark.asyncio
async def test_no_bare_cr_or_lf_is_on_the_wire_and_nothing_in_a_mail_ends_it() -> None:  # T12
    hostile = b"Subject: x\n\n.\r\rfirst\n.\nMAIL FROM:<evil@example.com>\n..\r.\r\n.\n"
    async with Sink() as sink, carrier(smarthost(sink)) as post:
        assert (await post.deliver(parcel(content=hostile), ours)).verdict == "sent"
        assert not re.search(rb"(?<!\r)\n|\r(?!\n)", sink.wire[0])
        assert len(sink.received) == 1
        assert sink.received[0].content == re.sub(rb"\r\n|\r|\n", b"\r\n", hostile)


@pytest.mark.asyncio
async def test_a_connection_is_used_for_many_mails_and_reset_after_a_refusal() -> None:
    async with Sink({"no@acme.example": Answer("rcpt", "550 5.1.1 No such user")}) as sink:
        async with carrier(smarthost(sink)) as post:
            for number, address in enumerate(("a@acme.example", "b@acme.example", "no@acme.example", "c@acme.example")):
                await post.deliver(parcel(number, address), ours)
        assert [mail.rcpt_tos[0] for mail in sink.received] == ["a@acme.example", "b@acme.example", "c@acme.example"]
        assert len(sink.wire) == 1
        assert sink.wire[0].count(b"RSET\r\n") == 1
        assert sink.wire[0].endswith(b"QUIT\r\n")


STAGES: list[Stage] = ["mail", "rcpt", "data", "dot"]


@pytest.mark.asyncio
@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize(
    ("code", "enhanced", "verdict"),
    [(451, "4.7.1", "deferred"), (552, "5.2.2", "failed"), (554, "5.7.1", "failed"), (150, None, "deferred")],
)
async def test_a_refusal_is_for_now_or_for_good_at_every_stage(
    stage: Stage, code: int, enhanced: str | None, verdict: str
) -> None:
    address = "support+1.b0.1.axyz@example.com" if stage == "mail" else "ana@acme.example"
    start = f"{code}-{enhanced} No" if enhanced else f"{code}-No"
    async with Sink({address: Answer(stage, f"{start}\r\n{code} {enhanced or ''} room")}) as sink:
        result = await deliver_one(sink)
        assert (result.verdict, result.code, result.enhanced) == (verdict, code, enhanced)
        assert result.text.split() == ["No", "room"]
        assert not result.host_trouble


@pytest.mark.asyncio
async def test_a_host_that_answers_out_of_step_gets_a_new_connection() -> None:
    async with Sink({"twice@acme.example": Answer("dot", "250 2.0.0 Ok\r\n250 2.0.0 Ok")}) as sink:
        async with carrier(smarthost(sink)) as post:
            results = [
                await post.deliver(parcel(number, address), ours)
                for number, address in enumerate(("twice@acme.example", "ana@acme.example", "ana@acme.example"))
            ]
        assert [result.verdict for result in results] == ["sent", "deferred", "sent"]
        assert len(sink.wire) == 2


@pytest.mark.asyncio
async def test_each_recipient_has_his_own_result() -> None:
    answers = {
        "late@acme.example": Answer("rcpt", "451 4.2.0 Later"),
        "no@acme.example": Answer("rcpt", "550 5.1.1 No"),
    }
    async with Sink(answers) as sink, carrier(smarthost(sink)) as post:
        results = [
            await post.deliver(parcel(number, address), ours)
            for number, address in enumerate(("ana@acme.example", "late@acme.example", "no@acme.example"))
        ]
        assert [result.verdict for result in results] == ["sent", "deferred", "failed"]


@pytest.mark.asyncio
@pytest.mark.parametrize("cut", [True, False])
async def test_a_mail_whose_fate_is_unknown_is_sent_again_with_the_same_octets(cut: bool) -> None:
    async with Sink({"ana@acme.example": Answer("dot", cut=cut)}) as sink, carrier(smarthost(sink)) as post:
        result = await post.deliver(parcel(), ours)
        assert result.verdict == "deferred"
        assert result.code is None
        assert "it will be sent again" in result.text
        assert not result.host_trouble
        sink.answers.clear()
        assert (await post.deliver(parcel(), ours)).verdict == "sent"
        assert len(sink.received) == 2
        assert sink.received[0].content == sink.received[1].content


@pytest.mark.asyncio
@pytest.mark.parametrize("stage", STAGES[1:3])
@pytest.mark.parametrize("cut", [True, False])
async def test_a_host_that_falls_silent_before_the_mail_defers_it(stage: Stage, cut: bool) -> None:
    async with Sink({"ana@acme.example": Answer(stage, cut=cut)}) as sink:
        result = await deliver_one(sink)
        assert result.verdict == "deferred"
        assert "before the mail was sent" in result.text
        assert not sink.received


@pytest.mark.asyncio
async def test_a_connection_that_was_closed_while_it_rested_is_replaced() -> None:
    async with Sink() as sink, carrier(smarthost(sink)) as post:
        await asyncio.gather(*(post.deliver(parcel(number), ours) for number in range(3)))
        await sink.cut()
        assert (await post.deliver(parcel(7), ours)).verdict == "sent"
        assert len(sink.wire) == 4


@pytest.mark.asyncio
async def test_a_host_that_has_had_enough_of_a_connection_gets_a_new_one() -> None:
    async with Sink() as sink, carrier(smarthost(sink)) as post:
        await post.deliver(parcel(1), ours)
        await post.deliver(parcel(2, "b@acme.example"), ours)
        sink.answers["c@acme.example"] = Answer("rcpt", "421 4.7.0 Too many messages in this connection")
        result = await post.deliver(parcel(3, "c@acme.example"), ours)
        assert len(sink.wire) == 2
        assert (result.verdict, result.code, result.host_trouble) == ("deferred", 421, True)


@pytest.mark.asyncio
async def test_a_connection_rests_only_so_long() -> None:
    async with Sink() as sink, carrier(smarthost(sink), idle_seconds=0.05) as post:
        await post.deliver(parcel(), ours)
        while sink.sessions:
            await asyncio.sleep(0.01)
        assert sink.wire[0].endswith(b"QUIT\r\n")


@pytest.mark.asyncio
async def test_a_lease_that_was_lost_keeps_the_mail_back() -> None:
    async def lost() -> bool:
        return False

    async with Sink() as sink, carrier(smarthost(sink)) as post:
        with pytest.raises(LeaseLost):
            await post.deliver(parcel(), lost)
        assert (await post.deliver(parcel(2, "b@acme.example"), ours)).verdict == "sent"
        assert [mail.rcpt_tos for mail in sink.received] == [("b@acme.example",)]


@pytest.mark.asyncio
async def test_no_host_and_no_name_are_trouble_with_the_host() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    for host in (Smarthost("127.0.0.1", port, "none", "d.example"), Smarthost("no such host", 25, "none", "d.example")):
        async with carrier(host) as post:
            result = await post.deliver(parcel(), ours)
            assert result.verdict == "deferred"
            assert result.host_trouble
            assert result.text


@pytest.mark.asyncio
@pytest.mark.parametrize("greeting", ["421 4.3.2 Closing", "554 5.7.1 Not you", "blah blah"])
async def test_a_host_that_does_not_want_us_is_trouble_with_the_host(greeting: str) -> None:
    async with Sink(greeting=greeting) as sink:
        result = await deliver_one(sink)
        assert (result.verdict, result.host_trouble) == ("deferred", True)


@pytest.mark.asyncio
async def test_a_host_that_never_greets_is_trouble_with_the_host() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        host = Smarthost("127.0.0.1", silent.getsockname()[1], "none", "desk.example.com", timeouts=IMPATIENT)
        async with carrier(host) as post:
            result = await post.deliver(parcel(), ours)
            assert (result.verdict, result.host_trouble) == ("deferred", True)


@pytest.mark.asyncio
async def test_an_address_that_needs_smtputf8_goes_out_only_where_it_is_offered() -> None:
    async with Sink() as sink, carrier(smarthost(sink)) as post:
        assert (await post.deliver(parcel(recipient="ü@acme.example"), ours)).verdict == "sent"
        assert "SMTPUTF8" in sink.received[0].options
        assert (await post.deliver(parcel(content="Subject: ü\r\n\r\nü\r\n".encode()), ours)).verdict == "sent"
        assert {"SMTPUTF8", "BODY=8BITMIME"} <= set(sink.received[1].options)
        assert (await post.deliver(parcel(content="Subject: u\r\n\r\nü\r\n".encode()), ours)).verdict == "sent"
        assert "SMTPUTF8" not in sink.received[2].options
    async with Sink(smtputf8=False) as sink:
        result = await deliver_one(sink, "ü@acme.example")
        assert (result.verdict, result.enhanced) == ("failed", "5.6.7")
        assert not sink.received


@pytest.mark.asyncio
async def test_an_address_that_could_break_out_of_its_command_never_leaves() -> None:
    async with Sink() as sink, carrier(smarthost(sink)) as post:
        result = await post.deliver(parcel(recipient="a@b.example>\r\nRCPT TO:<evil@c.example"), ours)
        assert (result.verdict, result.enhanced) == ("failed", "5.1.3")
        result = await post.deliver(parcel(reverse_path="a@b.example> X=1"), ours)
        assert (result.verdict, result.enhanced) == ("failed", "5.1.7")
        assert not sink.wire


@pytest.mark.asyncio
@pytest.mark.parametrize("implicit", [True, False])
async def test_tls_with_a_certificate_that_is_vouched_for(implicit: bool, tmp_path: Path) -> None:
    ca, context = authority(tmp_path)
    tls: Tls = "implicit" if implicit else "starttls"
    async with Sink(tls=context, implicit_tls=implicit) as sink:
        async with carrier(smarthost(sink, tls, "localhost", ca)) as post:
            assert (await post.deliver(parcel(), ours)).verdict == "sent"
            assert (await post.deliver(parcel(), ours)).verdict == "sent"
        assert len(sink.received) == 2


@pytest.mark.asyncio
@pytest.mark.parametrize("implicit", [True, False])
@pytest.mark.parametrize(("name", "trusted"), [("localhost", False), ("other.example", True)])
async def test_tls_with_any_other_certificate_is_trouble_with_the_host(
    implicit: bool, name: str, trusted: bool, tmp_path: Path
) -> None:
    ca, context = authority(tmp_path, name)
    tls: Tls = "implicit" if implicit else "starttls"
    async with Sink(tls=context, implicit_tls=implicit) as sink:
        async with carrier(smarthost(sink, tls, "localhost", ca if trusted else None)) as post:
            result = await post.deliver(parcel(), ours)
        assert (result.verdict, result.host_trouble) == ("deferred", True)
        assert "certificate" in result.text
        assert not sink.received


@pytest.mark.asyncio
async def test_starttls_that_is_not_offered_is_trouble_and_nothing_is_sent_in_clear() -> None:
    async with Sink() as sink, carrier(smarthost(sink, "starttls")) as post:
        result = await post.deliver(parcel(), ours)
        assert (result.verdict, result.host_trouble) == ("deferred", True)
        assert b"MAIL" not in sink.wire[0]


@pytest.mark.asyncio
async def test_a_ca_file_that_is_not_there_is_trouble_with_the_host(tmp_path: Path) -> None:
    async with Sink() as sink, carrier(smarthost(sink, "starttls", ca_file=str(tmp_path / "none.pem"))) as post:
        result = await post.deliver(parcel(), ours)
        assert (result.verdict, result.host_trouble) == ("deferred", True)
        assert "certificates" in result.text


@pytest.mark.asyncio
async def test_login_is_done_and_a_refused_one_is_trouble_with_the_host(tmp_path: Path) -> None:
    ca, context = authority(tmp_path)
    async with Sink(tls=context, login=("desk", "s3cret ü")) as sink:
        good = smarthost(sink, "starttls", "localhost", ca, login=("desk", "s3cret ü"))
        async with carrier(good) as post:
            assert (await post.deliver(parcel(), ours)).verdict == "sent"
        for bad in (("desk", "wrong"), None):
            async with carrier(smarthost(sink, "starttls", "localhost", ca, login=bad)) as post:
                result = await post.deliver(parcel(), ours)
                assert (result.verdict, result.host_trouble) == ("deferred", True)
                assert result.code in (530, 535)
        assert "s3cret" not in repr(good)


@pytest.mark.asyncio
async def test_what_the_host_says_is_made_safe_to_show() -> None:
    reply = "550-5.1.1 no\x1b[2J\r\n550 5.1.1 such " + "x" * 600
    async with Sink({"ana@acme.example": Answer("rcpt", reply)}) as sink:
        result = await deliver_one(sink)
        assert result.enhanced == "5.1.1"
        assert result.text.startswith("no?[2J such xxx")
        assert len(result.text) <= 500
