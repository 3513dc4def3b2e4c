"""The slow lane with a real reading process: who passes whom, and that everybody leaves it once."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from mailgate.errors import Outage
from mailgate.mail.envelope import Envelope
from mailgate.service.reader import Read, Reader
from mailgate.service.slow_lane import SlowLane
from mailgate.store.spool import Claimed

WHEN = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def mail(number: int, text: str = "Hello", sender: str | None = "mallory@acme.example") -> Claimed:
    raw = f"From: ana@acme.example\r\nSubject: {text} {number}\r\n\r\n{text}\r\n".encode()
    return Claimed(number, Envelope(sender, ("support@example.com",), "smtp", WHEN), 0, raw, 0, False)


class Desk:
    """The mails that are ours, and who left the lane."""

    def __init__(self, reader: Reader) -> None:
        self.ours: dict[int, Claimed] = {}
        self._woken = asyncio.Event()
        self.lane = SlowLane(reader, self._fetch, self._woken.set)

    async def _fetch(self, number: int) -> Claimed | None:
        return self.ours.get(number)

    def enter(self, *mails: Claimed, tried: bool = False) -> None:
        self.ours |= {each.id: each for each in mails}
        for each in mails:
            self.lane.enter(each, tried=tried)

    async def left(self, number: int) -> list[Read]:
        """The next so many that leave the lane."""
        found: list[Read] = []
        while len(found) < number:
            self._woken.clear()
            read = self.lane.leave()
            if read is not None:
                found.append(read)
            else:
                await self._woken.wait()
        return found


@asynccontextmanager
async def open_lane(reader: Reader) -> AsyncIterator[Desk]:
    desk = Desk(reader)
    try:
        yield desk
    finally:
        await desk.lane.close()


@pytest.mark.asyncio
async def test_what_is_quickly_read_passes_what_takes_long_and_all_leave_once(touchy: list[str]) -> None:
    async with open_lane(Reader(touchy, patience=1.0, seconds=2.0)) as desk:
        desk.enter(mail(1, "HANG"), tried=True)
        desk.enter(mail(2, "HANG"), mail(3), mail(4, "DIE"), mail(5))
        desk.enter(mail(3))  # it is here already
        left = await desk.left(5)
        assert len(desk.lane) == 0
    assert [each.mail.id for each in left] == [3, 4, 5, 1, 2]
    assert [each.message and each.message.defects for each in left] == [
        *((), None, ()),
        *[("reading it took over 2 seconds",)] * 2,
    ]


@pytest.mark.asyncio
async def test_the_senders_of_mail_in_the_lane_are_known_until_it_left_and_a_bounce_has_none(touchy: list[str]) -> None:
    async with open_lane(Reader(touchy)) as desk:
        desk.enter(mail(1), mail(2, sender=None), mail(3, sender="ana@acme.example"))
        assert desk.lane.senders() == {"mallory@acme.example", "ana@acme.example"}
        await desk.left(2)
        assert desk.lane.senders() == {"ana@acme.example"}


@pytest.mark.asyncio
async def test_what_an_operator_took_from_the_lane_is_not_read(touchy: list[str]) -> None:
    async with open_lane(Reader(touchy)) as desk:
        desk.enter(mail(1, "HANG"), mail(2))
        del desk.ours[1]
        assert [each.mail.id for each in await desk.left(1)] == [2]
        assert len(desk.lane) == 0


@pytest.mark.asyncio
async def test_at_the_end_the_process_in_the_midst_of_a_mail_goes_and_everybody_is_given_back(
    touchy: list[str],
) -> None:
    reader = Reader(touchy, seconds=600)
    async with open_lane(reader) as desk:
        desk.enter(*(mail(number, "HANG") for number in range(2, 52)), tried=True)
        await _until(lambda: reader._process is not None)
        process = reader._process
        assert process is not None
        assert [each.id for each in await desk.lane.close()] == list(range(2, 52))
        assert process.returncode is not None
        assert len(desk.lane) == 0
        desk.enter(mail(60))
        assert [each.mail.id for each in await desk.left(1)] == [60]


@pytest.mark.asyncio
async def test_the_reading_process_lives_while_there_is_mail_for_it(touchy: list[str]) -> None:
    reader = Reader(touchy)
    async with open_lane(reader) as desk:
        for number in (1, 2):
            desk.enter(mail(number))
            await desk.left(1)
            await _until(lambda: reader._process is None)


@pytest.mark.asyncio
async def test_an_outage_ends_the_lane_and_is_told_to_who_asks_next() -> None:
    async with open_lane(Reader(["false"])) as desk:
        desk.enter(mail(1))
        with pytest.raises(Outage, match="did not start"):
            await desk.left(1)


async def _until(true: Callable[[], bool]) -> None:
    while not true():
        await asyncio.sleep(0.01)
