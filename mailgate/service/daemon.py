"""The daemon: opens the desk, starts the doors and the loops, and ends them in the order that loses nothing.

doors drain -> processor finishes its batch -> delivery finishes its dialogues -> store closes
"""

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from mailgate import __version__
from mailgate.clock import Clock
from mailgate.config.settings import Config
from mailgate.errors import CannotStart, Outage
from mailgate.ids import Ids
from mailgate.service import doors as doors_of
from mailgate.service.changing_delivery import ChangingDelivery
from mailgate.service.control import Control, socket_directory
from mailgate.service.delivery import Outward, make_worker
from mailgate.service.doors import Doors
from mailgate.service.due import DueWork
from mailgate.service.fitness import unfit
from mailgate.service.opening import Desk, open_desk
from mailgate.service.processor import Processor
from mailgate.service.reader import Reader
from mailgate.service.reload import Reload
from mailgate.service.snapshot import differing_on_disk
from mailgate.service.systemd import notify
from mailgate.service.timers import ticker
from mailgate.store.lead import AdvisoryLock
from mailgate.store.reports import depth, last_mail

log = structlog.get_logger("mailgate")

DRAIN_SECONDS = 20.0
EVERYDAY = ("received", "agent_new", "agent_followup", "reply")  # templates that the first mails need


class Daemon:
    """One running mailgate. `run()` returns the exit code after SIGTERM or SIGINT."""

    def __init__(self, config: Config, clock: Clock, ids: Ids, packaged_templates: Path | None) -> None:
        self._config, self._clock, self._ids, self._packaged = config, clock, ids, packaged_templates
        self._node = f"{socket.gethostname()}:{os.getpid()}:{ids.nonce().hex()}"
        self._started = clock.now()
        self._ready = False
        self._failed: BaseException | None = None

    async def run(self, when_ready: Callable[[], None]) -> int:
        """Serve until told to stop. Raises FilesRejected or CannotStart before anything is taken in."""
        reader = Reader()
        reading = asyncio.create_task(reader.warm_up())  # on the other core meanwhile
        try:
            desk = await asyncio.to_thread(open_desk, self._config, self._clock, self._ids, self._packaged)
            try:
                language = desk.active.policy.site.language
                await asyncio.to_thread(desk.active.templates.warm_up, EVERYDAY, language)
                await _started(reading)
                await self._serve(desk, reader, when_ready)
            finally:
                await asyncio.to_thread(desk.close)
        finally:
            reading.cancel()
            with contextlib.suppress(asyncio.CancelledError, Outage):
                await reading
            await reader.close()
        if self._failed is not None:
            raise self._failed
        return 0

    async def _serve(self, desk: Desk, reader: Reader, when_ready: Callable[[], None]) -> None:
        stop = _stop_signals()
        parts = self._assembled(desk, reader)
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, parts.reload.hang_up)
        loops = [
            asyncio.create_task(self._guard(parts.processor.run(), stop), name="processor"),
            asyncio.create_task(self._guard(parts.worker.run(), stop), name="delivery"),
        ]
        serving = False
        try:
            await self._start(parts, desk)
            serving = True
            when_ready()
            await stop.wait()
        finally:
            self._ready = False
            if serving:  # who could not start says only why
                notify("STOPPING=1")
                log.info("stopping")
            await _end(parts, loops)
            if serving:
                log.info("stopped")

    def _assembled(self, desk: Desk, reader: Reader) -> "_Parts":
        store, config = desk.store, self._config
        worker = ChangingDelivery(
            lambda outward: make_worker(store, outward, self._clock, self._ids, self._node),
            lambda: Outward.of(desk.active.config),
        )
        reload = Reload(desk, self._clock, self._ids, self._packaged, worker.look)
        lead = None if store.is_sqlite else AdvisoryLock(store.url, self._node)
        processor = Processor(
            store,
            reader,
            lambda: desk.active,
            lead.held if lead else lambda: True,
            self._clock,
            self._ids,
            self._node,
            config.number_start,
            worker.wake,
        )
        doors = doors_of.make(config, desk, self._clock, self._ids, self._node, processor.wake, worker.wake)

        async def wake(_: dict[str, Any]) -> dict[str, Any]:
            processor.wake()
            return {}

        control = Control(
            socket_directory(config),
            {"status": lambda _: self._status(desk, doors, reload), "reload": reload.answer, "wake": wake},
        )
        due = DueWork(store, lambda: desk.active, lambda: processor.epoch, self._clock, self._ids, worker.wake)
        ticks = ticker(store, self._clock, self._node, worker.wake, due.tick, reload.follow)
        return _Parts(worker, processor, doors, control, ticks, reload, lead)

    async def _start(self, parts: "_Parts", desk: Desk) -> None:
        await parts.doors.open()
        await parts.control.start()
        parts.ticks.start()
        self._ready = True
        for warning in self._config.warnings:
            log.warning(warning.message, place=warning.place, mend=warning.mend)
        mailboxes = list(parts.doors.mailboxes)
        doors = {"doors": parts.doors.addresses} | ({"mailboxes": mailboxes} if mailboxes else {})
        log.info("ready", version=__version__, **doors, rules=desk.active.policy.rules.hash)
        notify("READY=1")

    async def _guard(self, loop: Coroutine[Any, Any, None], stop: asyncio.Event) -> None:
        """A loop that ends with an error ends the daemon: systemd starts it afresh, and nothing accepted is lost."""
        try:
            await loop
        except Exception as error:
            log.critical("a loop ended with an error; stopping", exc_info=True)
            self._failed = CannotStart(f"stopped by an unexpected error: {type(error).__name__}: {error}", 1)
            stop.set()

    async def _status(self, desk: Desk, doors: Doors, reload: Reload) -> dict[str, Any]:
        now = self._clock.now()
        active, path = desk.active, self._config.path
        differ = await asyncio.to_thread(differing_on_disk, path, os.environ, active.config, active.files)
        refusal = reload.refusal
        counts, last = await desk.store.read(lambda c: (depth(c, now), last_mail(c)))
        refusing = await unfit(desk.store, doors.space)
        return {
            "version": __version__,
            "pid": os.getpid(),
            "uptime": round((now - self._started).total_seconds(), 1),
            "ready": self._ready and not refusing,
            "refusing": refusing or None,
            "ruleset": active.hash,
            "ruleset_in_step": not differ,
            "ruleset_differs": list(differ),
            "reload_refused": {"at": refusal.at.isoformat(), "causes": list(refusal.causes)} if refusal else None,
            "sources": doors.sources(last, refusing),
            **counts,
            "sla": {"breached": 0, "due_soon": 0},
        }


@dataclass(frozen=True, slots=True)
class _Parts:
    """What one running daemon consists of."""

    worker: ChangingDelivery[Outward]
    processor: Processor
    doors: Doors
    control: Control
    ticks: AsyncIOScheduler
    reload: Reload
    lead: AdvisoryLock | None


async def _end(parts: _Parts, loops: Sequence[asyncio.Task[None]]) -> None:
    """In the order that loses nothing: doors, processor, delivery, then what they leaned on."""
    processing, delivering = loops
    if parts.ticks.running:
        parts.ticks.shutdown(wait=False)
    await parts.reload.close()
    await parts.doors.drain(DRAIN_SECONDS)
    await parts.processor.stop()
    await processing
    await parts.worker.stop()
    await delivering
    await parts.control.stop()
    if parts.lead is not None:
        parts.lead.release()


async def _started(reading: asyncio.Task[None]) -> None:
    """Raises CannotStart where the reading process does not start."""
    try:
        await reading
    except Outage as error:
        raise CannotStart(str(error)) from error


def _stop_signals() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop
