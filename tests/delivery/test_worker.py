"""mailgate.delivery.worker, with a real smarthost on the loopback"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from mailgate.clock import Clock, ManualClock, SystemClock
from mailgate.delivery.carrier import StillOurs
from mailgate.delivery.client import SmarthostCarrier
from mailgate.delivery.result import DeliveryResult, Parcel
from mailgate.delivery.smarthost import Smarthost
from mailgate.delivery.worker import DeliveryWorker
from mailgate.ids import SeededIds
from tests.support.outbox import MemoryOutbox
from tests.support.parcels import BORN, parcel
from tests.support.sink import Answer, Sink

SCHEDULE = (timedelta(minutes=1), timedelta(minutes=5))
GIVE_UP = timedelta(days=5)


def worker(
    outbox: MemoryOutbox,
    sink: Sink,
    clock: Clock,
    *,
    owner: str = "node",
    connections: int = 4,
    renew_seconds: float = 240,
) -> DeliveryWorker:
    carrier = SmarthostCarrier(Smarthost("127.0.0.1", sink.port, "none", "desk.example.com"))
    return DeliveryWorker(
        outbox.node(owner),
        carrier,
        SCHEDULE,
        GIVE_UP,
        clock,
        SeededIds(),
        connections,
        poll_seconds=0.05,
        renew_seconds=renew_seconds,
    )


@asynccontextmanager
async def running(worker: DeliveryWorker) -> AsyncIterator[DeliveryWorker]:
    task = asyncio.create_task(worker.run())
    try:
        async with asyncio.timeout(30):
            yield worker
    finally:
        await worker.stop(0.2)
        await task


def parcels(*recipients: str) -> list[Parcel]:
    return [parcel(number, address) for number, address in enumerate(recipients, 1)]


@pytest.mark.asyncio
async def test_everything_that_is_due_is_sent_once_and_recorded() -> None:
    clock = ManualClock(BORN)
    outbox = MemoryOutbox(clock, [parcel(number) for number in range(200)])
    async with Sink() as sink, running(worker(outbox, sink, clock)):
        await outbox.until(*["sent"] * 200)
        assert len(sink.received) == 200
        assert len(sink.wire) == 4
        assert all(len(row.results) == 1 and row.parcel.attempts == 1 for row in outbox.rows.values())


@pytest.mark.asyncio
async def test_each_recipient_is_recorded_with_what_was_said_of_him() -> None:
    clock = ManualClock(BORN)
    outbox = MemoryOutbox(clock, parcels("ana@a.example", "late@a.example", "no@a.example"))
    answers = {"late@a.example": Answer("rcpt", "451 4.2.0 Later"), "no@a.example": Answer("rcpt", "550 5.1.1 No")}
    async with Sink(answers) as sink, running(worker(outbox, sink, clock)) as post:
        await outbox.until("sent", "waiting", "failed")
        late = outbox.rows[2]
        assert timedelta(seconds=54) <= late.due - BORN <= timedelta(seconds=66)
        assert late.results[0].text == "Later"
        assert outbox.rows[3].results[0].enhanced == "5.1.1"
        sink.answers.clear()
        clock.advance(timedelta(minutes=2))
        post.wake()
        await outbox.until("sent", "sent", "failed")
        assert [mail.rcpt_tos[0] for mail in sink.received] == ["ana@a.example", "late@a.example"]
        assert late.parcel.attempts == 2


@pytest.mark.asyncio
async def test_a_mail_that_is_refused_for_now_until_time_is_up_has_failed() -> None:
    clock = ManualClock(BORN + GIVE_UP)
    outbox = MemoryOutbox(clock, [parcel(recipient="late@a.example", attempts=9)])
    async with (
        Sink({"late@a.example": Answer("rcpt", "451 4.2.0 Later")}) as sink,
        running(worker(outbox, sink, clock)),
    ):
        await outbox.until("failed")
        (result,) = outbox.rows[1].results
        assert result.text == "gave up after 10 attempts: Later"
        assert result.code == 451


@pytest.mark.asyncio
async def test_a_slow_recipient_holds_up_nobody_else() -> None:
    clock = ManualClock(BORN)
    outbox = MemoryOutbox(clock, parcels("slow@a.example", *(f"{number}@a.example" for number in range(50))))
    async with Sink({"slow@a.example": Answer("dot")}) as sink:
        async with running(worker(outbox, sink, clock, connections=2)):
            await outbox.until("sending", *["sent"] * 50)
        assert outbox.states() == ["waiting", *["sent"] * 50]


@pytest.mark.asyncio
async def test_an_outage_of_the_host_burns_no_attempts_and_ends_by_itself() -> None:
    clock = SystemClock()
    now = clock.now()
    outbox = MemoryOutbox(clock, [parcel(number, created_at=now) for number in range(20)])
    sink = Sink()
    await sink.start()
    await sink.stop()
    async with running(worker(outbox, sink, clock)):
        while not any(row.results for row in outbox.rows.values()):
            await asyncio.sleep(0.01)
        tried = [row for row in outbox.rows.values() if row.results]
        assert len(tried) <= 4
        assert all(row.results[0].host_trouble for row in tried)
        async with sink:
            await outbox.until(*["sent"] * 20)
            assert len(sink.received) == 20
    assert all(row.parcel.attempts == 1 for row in outbox.rows.values())


@pytest.mark.asyncio
async def test_an_outage_asks_with_one_mail_at_a_time_and_ever_less_often() -> None:
    clock = ManualClock(BORN)
    outbox = MemoryOutbox(clock, [parcel(number) for number in range(20)])
    async with Sink(greeting="554 5.7.1 No") as sink, running(worker(outbox, sink, clock)) as post:
        connections = 0
        for _ in range(12):
            clock.advance(timedelta(minutes=5))
            post.wake()
            while len(sink.wire) == connections:
                await asyncio.sleep(0.001)
            connections = len(sink.wire)
            await outbox.until(*["waiting"] * 20)
        assert connections <= 4 + 11
        assert not sink.received


@pytest.mark.asyncio
async def test_an_outage_that_outlasts_a_mail_fails_it() -> None:
    clock = ManualClock(BORN + GIVE_UP)
    outbox = MemoryOutbox(clock, [parcel()])
    async with Sink(greeting="421 4.3.2 Closed") as sink, running(worker(outbox, sink, clock)):
        await outbox.until("failed")
        assert outbox.rows[1].results[0].text.startswith("gave up after 0 attempts: ")


@pytest.mark.asyncio
async def test_a_host_that_dies_after_the_dot_gets_the_same_octets_again() -> None:
    clock = ManualClock(BORN)
    outbox = MemoryOutbox(clock, [parcel()])
    async with (
        Sink({"ana@acme.example": Answer("dot", cut=True)}) as sink,
        running(worker(outbox, sink, clock)) as post,
    ):
        await sink.until(received=1)
        await outbox.until("waiting")
        sink.answers.clear()
        clock.advance(timedelta(minutes=2))
        post.wake()
        await outbox.until("sent")
        assert sink.received[0] == sink.received[1]
        assert outbox.rows[1].parcel.attempts == 2


@pytest.mark.asyncio
async def test_two_workers_share_the_mail_and_send_each_once() -> None:
    clock = ManualClock(BORN)
    outbox = MemoryOutbox(clock, [parcel(number, f"{number}@a.example") for number in range(300)])
    async with Sink() as sink:
        one, two = (worker(outbox, sink, clock, owner=owner) for owner in ("one", "two"))
        async with running(one), running(two):
            await outbox.until(*["sent"] * 300)
        assert len({mail.rcpt_tos for mail in sink.received}) == len(sink.received) == 300
        assert {row.owner for row in outbox.rows.values()} == {"one", "two"}


@pytest.mark.asyncio
async def test_a_lease_is_renewed_while_a_dialogue_lives() -> None:
    clock = ManualClock(BORN)
    outbox = MemoryOutbox(clock, [parcel()])
    async with (
        Sink({"ana@acme.example": Answer("dot")}) as sink,
        running(worker(outbox, sink, clock, renew_seconds=0.1)),
    ):
        await sink.until(hanging=1)
        for _ in range(5):
            clock.advance(outbox.lease / 2)
            while outbox.rows[1].lease_until != clock.now() + outbox.lease:
                await asyncio.sleep(0.01)
        assert not await outbox.node("other").claim(1)
        assert len(sink.received) == 1


class SlowCarrier:
    """Asks for the lease only when it is told to go on."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.go_on = asyncio.Event()
        self.delivered: list[int] = []
        self.closed = False

    async def deliver(self, parcel: Parcel, still_ours: StillOurs) -> DeliveryResult:
        self.begun.set()
        await self.go_on.wait()
        if await still_ours():
            self.delivered.append(parcel.outbox_id)
        return DeliveryResult(parcel.outbox_id, "sent", 250, None, "")

    async def close(self) -> None:
        self.closed = True


def with_carrier(outbox: MemoryOutbox, carrier: SlowCarrier, clock: Clock, connections: int = 1) -> DeliveryWorker:
    return DeliveryWorker(
        outbox.node("node"), carrier, SCHEDULE, GIVE_UP, clock, SeededIds(), connections, poll_seconds=0.05
    )


@pytest.mark.asyncio
async def test_a_mail_that_another_worker_took_meanwhile_is_not_let_go() -> None:
    clock = ManualClock(BORN)
    outbox = MemoryOutbox(clock, [parcel()])
    carrier = SlowCarrier()
    async with running(with_carrier(outbox, carrier, clock)):
        await carrier.begun.wait()
        clock.advance(timedelta(minutes=16))  # the machine was suspended
        assert len(await outbox.node("other").claim(1)) == 1
        carrier.go_on.set()
        await asyncio.sleep(0.05)
    assert carrier.delivered == []
    assert outbox.states() == ["sending"]


@pytest.mark.asyncio
async def test_stopping_finishes_what_is_under_way_and_gives_the_rest_back() -> None:
    clock = ManualClock(BORN)
    outbox = MemoryOutbox(clock, [parcel(number) for number in range(5)])
    carrier = SlowCarrier()
    post = with_carrier(outbox, carrier, clock)
    task = asyncio.create_task(post.run())
    await carrier.begun.wait()
    stopping = asyncio.create_task(post.stop(20))
    await asyncio.sleep(0.05)
    assert not stopping.done()
    carrier.go_on.set()
    await stopping
    await task
    assert outbox.states() == ["sent", "waiting", "waiting", "waiting", "waiting"]
    assert all(row.lease_until is None for row in outbox.rows.values())
    assert carrier.closed


@pytest.mark.asyncio
async def test_what_does_not_finish_in_time_is_given_back() -> None:
    clock = ManualClock(BORN)
    outbox = MemoryOutbox(clock, [parcel(number) for number in range(5)])
    carrier = SlowCarrier()
    post = with_carrier(outbox, carrier, clock, connections=2)
    task = asyncio.create_task(post.run())
    await carrier.begun.wait()
    await post.stop(0.05)
    await task
    assert outbox.states() == ["waiting"] * 5
    assert all(row.parcel.attempts == 0 and row.lease_until is None for row in outbox.rows.values())


@pytest.mark.asyncio
async def test_a_worker_that_is_cancelled_gives_everything_back() -> None:
    clock = ManualClock(BORN)
    outbox = MemoryOutbox(clock, [parcel(number) for number in range(5)])
    carrier = SlowCarrier()
    task = asyncio.create_task(with_carrier(outbox, carrier, clock).run())
    await carrier.begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert outbox.states() == ["waiting"] * 5
    assert carrier.closed


@pytest.mark.asyncio
async def test_stopping_a_worker_that_does_not_run_is_nothing() -> None:
    clock = ManualClock(BORN)
    await with_carrier(MemoryOutbox(clock), SlowCarrier(), clock).stop()


@pytest.mark.asyncio
async def test_a_store_that_fails_is_asked_again_and_nothing_is_sent_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("worker._STORE_RETRY_SECONDS", "recorder.RETRY_SECONDS"):
        monkeypatch.setattr(f"mailgate.delivery.{module}", 0.01)
    clock = ManualClock(BORN)
    outbox = MemoryOutbox(clock, [parcel(number) for number in range(20)])
    outbox.failures = 3
    async with Sink({"ana@acme.example": Answer("dot")}) as sink, running(worker(outbox, sink, clock)):
        await sink.until(hanging=4)
        outbox.failures = 5
        sink.answers.clear()
        await sink.cut()
        clock.advance(timedelta(minutes=2))
        await outbox.until(*["sent"] * 20)
        assert len(sink.received) == 20 + 4  # the four that were cut off after the dot


@pytest.mark.asyncio
async def test_a_failure_inside_defers_the_mail_and_the_others_go_on(caplog: pytest.LogCaptureFixture) -> None:
    class Faulty(SlowCarrier):
        async def deliver(self, parcel: Parcel, still_ours: StillOurs) -> DeliveryResult:
            if parcel.outbox_id == 1:
                raise RuntimeError("a bug")
            return await super().deliver(parcel, still_ours)

    clock = ManualClock(BORN)
    outbox = MemoryOutbox(clock, [parcel(1), parcel(2)])
    carrier = Faulty()
    carrier.go_on.set()
    async with running(with_carrier(outbox, carrier, clock)):
        await outbox.until("waiting", "sent")
    assert outbox.rows[1].due > BORN
    assert [record.exc_info is not None for record in caplog.records] == [True]


@pytest.mark.asyncio
async def test_new_mail_is_found_without_a_hint_and_at_once_with_one() -> None:
    clock = ManualClock(datetime(2026, 1, 1, tzinfo=UTC))
    outbox = MemoryOutbox(clock)
    async with Sink() as sink, running(worker(outbox, sink, clock)) as post:
        while not outbox.claims:
            await asyncio.sleep(0.001)
        outbox.rows.update(MemoryOutbox(clock, [parcel(1)]).rows)
        await outbox.until("sent")
        outbox.rows.update(MemoryOutbox(clock, [parcel(2)]).rows)
        post.wake()
        await outbox.until("sent", "sent")
