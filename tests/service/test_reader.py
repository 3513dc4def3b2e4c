"""The reading process: whatever a mail does to it, every mail gets an answer."""

import asyncio
import contextlib
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailgate.errors import Outage
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
    reader = Reader(touchy)
    try:
        reads = await reader.read([mail(1, "one"), mail(2, "DIE"), mail(3, "three")])
    finally:
        await reader.close()
    assert [each.message and each.message.subject for each in reads] == ["one", None, "three"]


@pytest.mark.asyncio
async def test_who_keeps_the_reader_waiting_is_the_last_one_said_and_the_others_are_read_next(
    touchy: list[str],
) -> None:
    reader = Reader(touchy, patience=1.0)
    try:
        mails = [mail(1, "one"), mail(2, "HANG"), mail(3, "three")]
        reads = await reader.read(mails)
        later = await reader.read(mails[len(reads) :])
    finally:
        await reader.close()
    assert [(each.message and each.message.subject, each.overdue) for each in reads] == [("one", False), (None, True)]
    assert [each.message.subject for each in later if each.message] == ["three"]


@pytest.mark.asyncio
async def test_a_mail_that_takes_too_long_still_gives_what_its_header_says(touchy: list[str]) -> None:
    reader = Reader(touchy, seconds=1.0)
    try:
        read = await reader.read_long(mail(1, "HANG"))
    finally:
        await reader.close()
    assert read.message is not None
    assert not read.overdue
    assert read.message.author.address == "ana@acme.example"
    assert not read.message.automatic.may_answer
    assert read.message.defects == ("reading it took over 1 seconds",)


@pytest.mark.asyncio
async def test_a_mail_whose_header_alone_takes_too_long_is_told_as_one_that_killed_the_process(tmp_path: Path) -> None:
    program = tmp_path / "hangs.py"
    program.write_text(
        "import time\nfrom mailgate.service import reading\nreading.fallback = lambda *_: time.sleep(600)\n"
        "reading._FIRST, whole = b'', reading.read\n"
        "reading.read = lambda raw, path: time.sleep(600) if raw else whole(raw, path)\nreading.main()\n"
    )
    reader = Reader([sys.executable, str(program)], seconds=0.5)
    try:
        read = await reader.read_long(mail(1, "one"))
    finally:
        await reader.close()
    assert (read.message, read.overdue) == (None, False)


@pytest.mark.asyncio
async def test_another_process_starts_while_a_mail_keeps_the_first_and_goes_when_it_need_not_take_over(
    touchy: list[str],
) -> None:
    reader = Reader(touchy, patience=1.0)
    try:
        await reader.warm_up()
        await reader.read([mail(1, "HANG")])
        successor = reader._successor
        assert successor is not None
        await reader.rest()  # it is the only one
        await reader.read([mail(2, "two")])
        assert reader._process is successor.result()
        spare = await reader._find_successor()
        await reader.rest()
        assert spare.returncode is not None
    finally:
        await reader.close()


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


@pytest.mark.asyncio
async def test_an_answer_that_is_no_message_is_taken_for_a_death(tmp_path: Path) -> None:
    program = tmp_path / "garbled.py"
    program.write_text(
        "import sys\nout = sys.stdout.buffer\nout.write(bytes(4) + (3).to_bytes(4, 'big') + b'xyz')\nout.flush()\n"
        "sys.stdin.buffer.read()\n"
    )
    reader = Reader([sys.executable, str(program)])
    try:
        reads = await reader.read([mail(1, "one"), mail(2, "two")])
    finally:
        await reader.close()
    assert [each.message for each in reads] == [None, None]


@pytest.mark.asyncio
@pytest.mark.parametrize("program", ["raise SystemExit(3)", "print('hello')", "import os; os.abort()"])
async def test_a_process_that_does_not_start_is_no_mails_fault(program: str) -> None:
    reader = Reader([sys.executable, "-c", program])
    with pytest.raises(Outage, match="the reading process did not start"):
        await reader.read([mail(1, "one")])
    await reader.close()


@pytest.mark.asyncio
async def test_a_process_that_is_stopped_and_continued_all_the_time_loses_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", "1")  # stdout is the bare file then, whose write() a signal cuts short
    reader = Reader()
    await reader.warm_up()
    process = reader._process
    assert process is not None

    async def disturb() -> None:
        while True:
            os.kill(process.pid, signal.SIGSTOP)
            await asyncio.sleep(0.0005)
            os.kill(process.pid, signal.SIGCONT)
            await asyncio.sleep(0.0005)

    disturbing = asyncio.create_task(disturb())
    large = [mail(n, f"number {n} " + "x" * 200_000) for n in range(40)]
    try:
        reads = await reader.read(large)
    finally:
        disturbing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await disturbing
        os.kill(process.pid, signal.SIGCONT)
        await reader.close()
    assert [each.mail.id for each in reads if each.message] == list(range(40))
