"""The reading process: whatever a mail does to it, every mail gets an answer."""

import os
import signal
from datetime import UTC, datetime

import pytest

from mailgate.mail.envelope import Envelope
from mailgate.service.reader import Reader
from mailgate.store.spool import Claimed

WHEN = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ENVELOPE = Envelope("ana@acme.example", ("support@example.com",), "smtp", WHEN)


def mail(number: int, text: str) -> Claimed:
    raw = f"From: ana@acme.example\r\nSubject: {text}\r\nMessage-ID: <{number}@acme.example>\r\n\r\nHello\r\n".encode()
    return Claimed(number, ENVELOPE, 0, raw, 0, False)


@pytest.mark.asyncio
async def test_every_mail_is_read_in_order() -> None:
    reader = Reader()
    try:
        reads = await reader.read([mail(n, f"number {n}") for n in range(50)])
    finally:
        await reader.close()
    assert [each.message.subject for each in reads if each.message] == [f"number {n}" for n in range(50)]


@pytest.mark.asyncio
async def test_a_mail_that_kills_the_process_is_named_and_the_others_are_read(touchy: list[str]) -> None:
    reader = Reader(command=touchy)
    try:
        reads = await reader.read([mail(1, "one"), mail(2, "DIE"), mail(3, "three")])
    finally:
        await reader.close()
    assert [each.message and each.message.subject for each in reads] == ["one", None, "three"]


@pytest.mark.asyncio
async def test_a_mail_that_hangs_is_cut_off_and_still_gives_what_its_header_says(touchy: list[str]) -> None:
    reader = Reader(seconds=1.0, command=touchy)
    try:
        reads = await reader.read([mail(1, "HANG"), mail(2, "two")])
    finally:
        await reader.close()
    messages = [each.message for each in reads if each.message]
    assert [each.author.address for each in messages] == ["ana@acme.example"] * 2
    assert not messages[0].automatic.may_answer
    assert messages[0].defects
    assert messages[1].subject == "two"


@pytest.mark.asyncio
async def test_a_process_killed_between_two_mails_is_replaced() -> None:
    reader = Reader()
    try:
        await reader.read([mail(1, "one")])
        process = reader._process
        assert process is not None
        os.kill(process.pid, signal.SIGKILL)
        await process.wait()
        reads = await reader.read([mail(2, "two")])
    finally:
        await reader.close()
    assert reads[0].message is not None


@pytest.mark.asyncio
async def test_close_leaves_no_process_behind() -> None:
    reader = Reader()
    await reader.read([mail(1, "one")])
    process = reader._process
    assert process is not None
    await reader.close()
    assert process.returncode == 0
