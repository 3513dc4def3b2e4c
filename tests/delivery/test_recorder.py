"""mailgate.delivery.recorder"""

import asyncio
from collections.abc import Collection, Iterable, Sequence

import pytest

from mailgate.delivery.outbox import Recorded
from mailgate.delivery.recorder import Recorder
from mailgate.delivery.result import DeliveryResult, Parcel


class Ledger:
    """An outbox that notes what it is told, when it may."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.failures = 0
        self.go_on = asyncio.Event()
        self.go_on.set()

    async def record(self, results: Sequence[Recorded]) -> None:
        await self.go_on.wait()
        if self.failures:
            self.failures -= 1
            raise OSError("the store is away")
        self.batches.append([each.result.outbox_id for each in results])

    async def claim(self, limit: int) -> Sequence[Parcel]:
        return []

    async def renew(self, outbox_ids: Sequence[int]) -> Collection[int]:
        return outbox_ids

    async def release(self, outbox_ids: Sequence[int]) -> None:
        return None


def sent(outbox_id: int) -> Recorded:
    return Recorded(DeliveryResult(outbox_id, "sent", 250, None, ""), None, counted=True)


@pytest.mark.asyncio
async def test_what_comes_while_a_record_is_written_is_written_together() -> None:
    ledger = Ledger()
    done: list[int] = []

    def note(outbox_ids: Iterable[int]) -> None:
        done.extend(outbox_ids)

    recorder = Recorder(ledger, note)
    task = asyncio.create_task(recorder.run())
    ledger.go_on.clear()
    recorder.add(sent(1))
    await asyncio.sleep(0)
    recorder.add(sent(2))
    recorder.add(sent(3))
    await asyncio.sleep(0)
    ledger.go_on.set()
    recorder.finish()
    await task
    assert ledger.batches == [[1], [2, 3]]
    assert done == [1, 2, 3]


@pytest.mark.asyncio
async def test_a_store_that_fails_is_asked_until_it_takes_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailgate.delivery.recorder.RETRY_SECONDS", 0)
    ledger = Ledger()
    ledger.failures = 3
    recorder = Recorder(ledger, lambda _: None)
    recorder.add(sent(1))
    recorder.finish()
    await recorder.run()
    assert ledger.batches == [[1]]


@pytest.mark.asyncio
async def test_results_that_are_lost_are_counted_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    ledger = Ledger()
    ledger.go_on.clear()
    recorder = Recorder(ledger, lambda _: None)
    task = asyncio.create_task(recorder.run())
    recorder.add(sent(1))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert "1 results were not recorded" in caplog.text
