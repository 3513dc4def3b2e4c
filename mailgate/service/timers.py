"""The ticker: APScheduler, in memory, as a safety net and a broom. What is due is a column in the database, so a tick
only asks; a tick lost or doubled costs nothing."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import sqlalchemy as sa
import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from mailgate.clock import Clock
from mailgate.errors import Outage
from mailgate.store.due import sweep as due_sweep
from mailgate.store.engine import Store
from mailgate.store.known import COUNTED_FOR
from mailgate.store.liveness import release_dead
from mailgate.store.tables import limits, seen

log = structlog.get_logger("mailgate.timers")

SCAN_SECONDS = 1
FOLLOW_SECONDS = 2
LIVENESS_MINUTES = 1
HOUSEKEEPING_MINUTES = 60


def ticker(
    store: Store,
    clock: Clock,
    owner: str,
    scan: Callable[[], None],
    due: Callable[[], Awaitable[None]],
    follow: Callable[[], Awaitable[None]],
) -> AsyncIOScheduler:
    """A scheduler, not yet started: `scan` and `due` every second, `follow` (THE active set) every two, dead daemons'
    leases at once and every minute, housekeeping every hour."""

    async def liveness() -> None:
        if await store.write(lambda c: release_dead(c, owner)):
            scan()

    async def housekeeping() -> None:
        await store.write(lambda c: sweep(c, clock.now()))

    scheduler = AsyncIOScheduler(
        timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    )
    scheduler.add_job(scan, "interval", seconds=SCAN_SECONDS)
    scheduler.add_job(_calm(due), "interval", seconds=SCAN_SECONDS)
    scheduler.add_job(_calm(follow), "interval", seconds=FOLLOW_SECONDS)
    scheduler.add_job(_calm(liveness), "interval", minutes=LIVENESS_MINUTES, next_run_time=clock.now())
    scheduler.add_job(_calm(housekeeping), "interval", minutes=HOUSEKEEPING_MINUTES)
    return scheduler


def sweep(connection: sa.Connection, now: datetime) -> None:
    """Delete counters and passing identities that nothing asks for any more."""
    oldest = int((now - COUNTED_FOR - timedelta(days=1)).timestamp())
    connection.execute(sa.delete(limits).where(limits.c.bucket < oldest))
    connection.execute(sa.delete(seen).where(seen.c.until < now - timedelta(days=1)))
    due_sweep(connection, now)


def _calm(job: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
    """The job, for which an outage is no error and the end of the daemon none either: the next tick does its work."""

    async def calm() -> None:
        try:
            await job()
        except Outage as error:
            log.warning("a timer's work waits for its next tick", cause=str(error))
        except asyncio.CancelledError:
            log.debug("a timer's work waits for the next start")

    return calm
