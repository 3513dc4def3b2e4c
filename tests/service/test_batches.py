"""The next mails are claimed while others are read, and nothing of it is lost or marked when the end comes between."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from mailgate.service import processor
from mailgate.service.batches import BATCH
from mailgate.service.reader import Reader
from mailgate.store.tables import spool
from tests.service.conftest import Open, Working
from tests.service.test_processor import mail

MAILS = 2 * BATCH + 10


async def marked(desk: Working) -> int:
    """How many mails the processor has taken and not decided about."""
    count = sa.select(sa.func.count()).where(spool.c.state == "new", spool.c.lease_owner.is_not(None))
    return await desk.store.read(lambda c: int(c.execute(count).scalar_one()))


@asynccontextmanager
async def with_two_batches_marked(working: Open, touchy: list[str]) -> AsyncIterator[Working]:
    """The first mail of the first of them is being read, and read no further than its gate."""
    leads = False
    async with working(Reader(touchy, patience=60), lead=lambda: leads) as desk:
        for number in range(MAILS):
            await desk.accept(mail(number, "GATE" if number == 0 else "Hello"))
        leads = True
        while await marked(desk) < 2 * BATCH:
            await asyncio.sleep(0.01)
        yield desk


@pytest.mark.asyncio
async def test_the_next_batch_is_claimed_while_the_first_is_still_read(
    working: Open, touchy: list[str], tmp_path: Path
) -> None:
    async with with_two_batches_marked(working, touchy) as desk:
        (tmp_path / "open").touch()
        rows = await desk.settled()
    assert [row["ticket"] for row in rows] == [str(1001 + number) for number in range(MAILS)]


@pytest.mark.asyncio
async def test_what_was_claimed_ahead_is_given_back_at_the_end_and_its_numbers_too(
    working: Open, touchy: list[str], tmp_path: Path
) -> None:
    async with with_two_batches_marked(working, touchy) as desk:
        await desk.processor.stop()
        (tmp_path / "open").touch()
    async with working(lead=lambda: False) as desk:
        assert await marked(desk) == 0
    async with working() as desk:
        rows = await desk.settled()
    assert [row["ticket"] for row in rows] == [str(1001 + number) for number in range(MAILS)]


@pytest.mark.asyncio
async def test_mail_that_comes_after_an_empty_claim_ahead_does_not_wait_for_a_scan(
    working: Open, touchy: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leads = False
    async with working(Reader(touchy, patience=60), lead=lambda: leads) as desk:
        for number in range(BATCH):
            await desk.accept(mail(number, "GATE" if number == 0 else "Hello"))
        await asyncio.sleep(processor.SCAN_SECONDS + 0.1)  # it rests and scans already
        monkeypatch.setattr(processor, "SCAN_SECONDS", 3600)
        leads = True
        desk.processor.wake()
        while await marked(desk) < BATCH:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.3)  # the claim ahead finds nothing
        await desk.accept(mail(BATCH))
        (tmp_path / "open").touch()
        async with asyncio.timeout(30):
            rows = await desk.settled()
    assert len(rows) == BATCH + 1
