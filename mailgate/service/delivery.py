"""The delivery of one daemon: the workers, between the store's outbox and whoever carries mail or makes calls."""

import asyncio
import socket
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from mailgate.clock import Clock
from mailgate.config.settings import Config, OutSettings, ProgramSettings, WebhookSettings
from mailgate.delivery.caller import AT_ONCE, GIVE_UP, SCHEDULE, Caller
from mailgate.delivery.carrier import Carrier
from mailgate.delivery.client import SmarthostCarrier
from mailgate.delivery.maildir import MaildirCarrier
from mailgate.delivery.outbox import Recorded
from mailgate.delivery.result import DeliveryResult, Parcel
from mailgate.delivery.smarthost import Smarthost
from mailgate.delivery.worker import DeliveryWorker
from mailgate.ids import Ids
from mailgate.store import outbox
from mailgate.store.engine import Store


class Worker(Protocol):
    """What the daemon needs of it."""

    def wake(self) -> None: ...

    async def run(self) -> None: ...

    async def stop(self) -> None: ...


class StoredOutbox:
    """The worker's Outbox in the store, of mail or of calls; `owner` names this daemon in the leases."""

    def __init__(self, store: Store, clock: Clock, ids: Ids, owner: str, *, calls: bool = False) -> None:
        self._store, self._clock, self._ids, self._owner, self._calls = store, clock, ids, owner, calls

    async def claim(self, limit: int) -> Sequence[Parcel]:
        if not await self._store.read(lambda c: outbox.any_due(c, self._clock.now(), calls=self._calls)):
            return ()
        rows = await self._store.write(
            lambda c: outbox.claim(c, self._owner, self._clock.now(), limit, calls=self._calls)
        )
        return tuple(
            Parcel(
                row.id,
                row.reverse_path,
                row.recipient,
                row.content,
                row.message_id,
                row.attempts,
                row.created_at,
                row.call,
            )
            for row in rows
        )

    async def renew(self, outbox_ids: Sequence[int]) -> Collection[int]:
        return await self._store.write(lambda c: outbox.renew(c, self._owner, outbox_ids, self._clock.now()))

    async def record(self, results: Sequence[Recorded]) -> None:
        attempted = [
            outbox.Attempted(
                each.result.outbox_id,
                each.result.verdict,
                _words(each.result),
                each.next_attempt,
                each.counted,
                self._calls,
            )
            for each in results
        ]
        await self._store.write(lambda c: outbox.record(c, self._owner, attempted, self._clock.now(), self._ids))

    async def release(self, outbox_ids: Sequence[int]) -> None:
        await self._store.write(lambda c: outbox.release(c, self._owner, outbox_ids))


class Paused:
    """`[out] paused = true`: everything is composed and kept, nothing is sent, called or started."""

    def __init__(self) -> None:
        self._stopped = asyncio.Event()

    def wake(self) -> None:
        """Nothing to do."""

    async def run(self) -> None:
        await self._stopped.wait()

    async def stop(self) -> None:
        self._stopped.set()


class Both:
    """Mail and calls, each at its own pace."""

    def __init__(self, *workers: Worker) -> None:
        self._workers = workers

    def wake(self) -> None:
        for worker in self._workers:
            worker.wake()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            for worker in self._workers:
                group.create_task(worker.run())

    async def stop(self) -> None:
        await asyncio.gather(*(worker.stop() for worker in self._workers))


@dataclass(frozen=True, slots=True)
class Outward:
    """What of a configuration says how things leave the desk."""

    out: OutSettings
    webhooks: Mapping[str, WebhookSettings]
    programs: Mapping[str, ProgramSettings]

    @classmethod
    def of(cls, config: Config) -> "Outward":
        return cls(config.out, config.webhooks, config.programs)


def make_worker(store: Store, outward: Outward, clock: Clock, ids: Ids, owner: str) -> Worker:
    """The worker that the configuration asks for."""
    out = outward.out
    if out.paused:
        return Paused()
    kept = StoredOutbox(store, clock, ids, owner)
    mail = DeliveryWorker(kept, _carrier(out), out.retry, out.give_up, clock, ids, out.connections)
    asked = StoredOutbox(store, clock, ids, owner, calls=True)
    caller = Caller(outward.webhooks, outward.programs, clock, ids)
    return Both(mail, DeliveryWorker(asked, caller, SCHEDULE, GIVE_UP, clock, ids, AT_ONCE))


def _carrier(out: OutSettings) -> Carrier:
    hostname = out.hostname or socket.gethostname()
    if out.maildir is not None or out.host is None:
        if out.maildir is None:
            raise ValueError("the configuration names neither a smarthost nor a Maildir")
        return MaildirCarrier(out.maildir, hostname)
    password = out.password.text if out.password else None
    return SmarthostCarrier(Smarthost(out.host, out.port, out.tls, hostname, out.user, password))


def _words(result: DeliveryResult) -> str:
    return " ".join(str(each) for each in (result.code, result.enhanced, result.text) if each)
