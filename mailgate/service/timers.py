"""The ticker: APScheduler, in memory, as a safety net and a broom. What is due is a column in the database, so a tick
only asks; a tick lost or doubled costs nothing."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import sqlalchemy as sa
import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from mailgate.clock import Clock
from mailgate.errors import Outage
from mailgate.store.engine import Store
from mailgate.store.known import COUNTED_FOR
from mailgate.store.liveness import release_dead
from mailgate.store.tables import limits, seen

log = structlog.get_logger("mailgate.timers")

SCAN_SECONDS = 1
LIVENESS_MINUTES = 1
HOUSEKEEPING_MINUTES = 60


def ticker(store: Store, clock: Clock, owner: str, scan: Callable[[], None]) -> AsyncIOScheduler:
    """A scheduler, not yet started: `scan` every second, dead daemons' leases at once and every minute, housekeeping
    every hour."""
    scheduler = AsyncIOScheduler(
        timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    )
    scheduler.add_job(scan, "interval", seconds=SCAN_SECONDS)
    scheduler.add_job(_liveness(store, owner, scan), "interval", minutes=LIVENESS_MINUTES, next_run_time=clock.now())
    scheduler.add_job(_housekeeping(store, clock), "interval", minutes=HOUSEKEEPING_MINUTES)
    return scheduler


def sweep(connection: sa.Connection, now: datetime) -> None:
    """Delete counters and passing identities that nothing asks for any more."""
    oldest = int((now - COUNTED_FOR - timedelta(days=1)).timestamp())
    connection.execute(sa.delete(limits).where(limits.c.bucket < oldest))
    connection.execute(sa.delete(seen).where(seen.c.until < now - timedelta(days=1)))


def _liveness(store: Store, owner: str, scan: Callable[[], None]) -> Callable[[], Awaitable[None]]:
    async def liveness() -> None:
        try:
            if await store.write(lambda c: release_dead(c, owner)):
                scan()
        except Outage as error:
            log.warning("leases of dead daemons wait for the next minute", cause=str(error))

    return liveness


def _housekeeping(store: Store, clock: Clock) -> Callable[[], Awaitable[None]]:
    async def housekeeping() -> None:
        try:
            await store.write(lambda c: sweep(c, clock.now()))
        except Outage as error:
            log.warning("housekeeping waits for the next hour", cause=str(error))

    return housekeeping
