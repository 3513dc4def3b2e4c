"""The delivery changes its worker where [out] changes, and ends with the daemon whichever is at work."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from mailgate.config.read import parse
from mailgate.config.settings import OutSettings
from mailgate.service.changing_delivery import ChangingDelivery
from mailgate.service.delivery import Paused
from tests.service.conftest import CONFIG, ROOT


class Desk:
    """Its [out] can be changed; `made` are the workers that were asked for."""

    def __init__(self, directory: Path) -> None:
        text = CONFIG.format(url=f"sqlite:///{directory / 'x.db'}", root=ROOT, rules=directory)
        self.out = parse(text, directory / "config.toml", {}).out
        self.made: list[OutSettings] = []
        self.working: list[OutSettings] = []

    def make(self, out: OutSettings) -> Paused:
        self.made.append(out)
        desk = self

        class Worker(Paused):
            async def run(self) -> None:
                desk.working.append(out)
                await super().run()
                desk.working.remove(out)

        return Worker()


async def until(true: object, what: object) -> None:
    for _ in range(1_000):
        if true == what:
            return
        await asyncio.sleep(0)
    assert true == what


@pytest.mark.asyncio
async def test_new_settings_get_a_new_worker_and_the_same_ones_none(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    first = desk.out
    delivery = ChangingDelivery(desk.make, lambda: desk.out)
    running = asyncio.create_task(delivery.run())
    await delivery.look()
    await until(desk.working, [first])
    assert desk.made == [first]
    second = desk.out = replace(first, connections=9)
    await delivery.look()
    await until(desk.working, [second])
    assert desk.made == [first, second]
    await delivery.stop()
    await running
    assert desk.working == []


@pytest.mark.asyncio
async def test_a_change_at_the_end_starts_nothing_more(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    delivery = ChangingDelivery(desk.make, lambda: desk.out)
    running = asyncio.create_task(delivery.run())
    await until(desk.working, [desk.out])
    await delivery.stop()
    desk.out = replace(desk.out, connections=9)
    await delivery.look()
    await running
    assert len(desk.made) == 1


@pytest.mark.asyncio
async def test_settings_that_make_no_worker_leave_the_old_one_at_work(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    first = desk.out

    def make(out: OutSettings) -> Paused:
        if out.connections == 9:
            raise ValueError("no such smarthost")
        return desk.make(out)

    delivery = ChangingDelivery(make, lambda: desk.out)
    running = asyncio.create_task(delivery.run())
    await until(desk.working, [first])
    desk.out = replace(first, connections=9)
    with pytest.raises(ValueError, match="no such smarthost"):
        await delivery.look()
    assert desk.working == [first]
    await delivery.stop()
    await running
