"""mailgate.delivery.leases"""

import asyncio
from datetime import timedelta

import pytest

from mailgate.clock import ManualClock
from mailgate.delivery.leases import Leases
from tests.support.outbox import MemoryOutbox
from tests.support.parcels import BORN, parcel


async def held(clock: ManualClock, renew_seconds: float = 240) -> tuple[MemoryOutbox, Leases]:
    """An outbox with one mail, and its lease."""
    outbox = MemoryOutbox(clock, [parcel(1)])
    leases = Leases(outbox.node("node"), clock, renew_seconds)
    await outbox.node("node").claim(1)
    leases.take([1], clock.now())
    return outbox, leases


@pytest.mark.asyncio
async def test_a_fresh_lease_is_trusted_without_asking() -> None:
    outbox, leases = await held(ManualClock(BORN))
    outbox.failures = 1
    assert await leases.still_ours(1)
    assert outbox.failures == 1
    assert not await leases.still_ours(2)


@pytest.mark.asyncio
@pytest.mark.parametrize("leap", [timedelta(minutes=5), timedelta(minutes=-5)])
async def test_after_a_while_or_a_leap_of_the_clock_the_store_is_asked(leap: timedelta) -> None:
    clock = ManualClock(BORN)
    outbox, leases = await held(clock)
    clock.advance(leap)
    assert await leases.still_ours(1)
    assert outbox.rows[1].lease_until == clock.now() + outbox.lease


@pytest.mark.asyncio
async def test_no_answer_from_the_store_is_a_no_for_now() -> None:
    clock = ManualClock(BORN)
    outbox, leases = await held(clock)
    clock.advance(timedelta(minutes=5))
    outbox.failures = 1
    assert not await leases.still_ours(1)
    assert await leases.still_ours(1)


@pytest.mark.asyncio
async def test_a_lease_that_somebody_else_has_is_lost_and_told() -> None:
    clock = ManualClock(BORN)
    outbox, leases = await held(clock, renew_seconds=0.02)
    clock.advance(timedelta(minutes=16))
    await outbox.node("other").claim(1)
    told: asyncio.Future[set[int]] = asyncio.get_running_loop().create_future()
    keeper = asyncio.create_task(leases.keep(told.set_result))
    assert await asyncio.wait_for(told, 20) == {1}
    keeper.cancel()
    assert 1 not in leases
    assert not await leases.still_ours(1)
