"""New rules without a restart: from the files into the database, from there into every running node (rules.md 1.11).

What is wrong anywhere changes nothing: the set that runs goes on, the log says why, and the admins are told once. Mail
in hand is finished with the set that it began with.
"""

import asyncio
import contextlib
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import structlog

from mailgate.clock import Clock
from mailgate.config.reload import reloadable
from mailgate.config.settings import Config
from mailgate.decision.desk import reload_refused
from mailgate.errors import FilesRejected, Outage
from mailgate.ids import Ids
from mailgate.notify.notice import notice
from mailgate.service.active import ActiveSet, CheckedSet
from mailgate.service.desk import for_the_desk
from mailgate.service.opening import Desk
from mailgate.service.rule_tests import refuse_what_fails
from mailgate.service.snapshot import Snapshot, checked, take_files, take_texts
from mailgate.store import identity, sets
from mailgate.store.apply import apply
from mailgate.store.outbox import enqueue

log = structlog.get_logger("mailgate.reload")

MOST_TOLD = 10  # mistakes in one mail to the admins
TEMPLATE = "reload_failed"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A reload that changed nothing: when, and each mistake with its place, or the one cause."""

    at: datetime
    causes: tuple[str, ...]


class Reload:
    """Keeps one daemon's `desk.active` at THE active set. `changed` is awaited after each swap.

    `refusal`: what became of the newest reload, where it was refused.
    """

    def __init__(
        self, desk: Desk, clock: Clock, ids: Ids, packaged: Path | None, changed: Callable[[], Awaitable[None]]
    ) -> None:
        self._desk, self._clock, self._ids, self._packaged, self._changed = desk, clock, ids, packaged, changed
        self._refused: str | None = None  # told of once, not every two seconds
        self._why = ""
        self.refusal: Refusal | None = None
        self._one_at_a_time = asyncio.Lock()
        self._asked = False
        self._hung_up: asyncio.Task[None] | None = None

    async def follow(self) -> None:
        """Take THE set if it is another one than ours. Raises Outage."""
        async with self._one_at_a_time:
            wanted = await self._desk.store.read(sets.active)
            if wanted is None or wanted in (self._desk.active.hash, self._refused):
                return
            try:
                await self._take(wanted)
                self._refused, self.refusal = None, None
            except Outage:
                raise
            except Exception as error:
                self._refused, self._why = wanted, _reason(error)
                self._refuse(error)
                log.error(
                    "THE active set cannot be used here; the running rules were not changed",
                    wanted=wanted,
                    rules=self._desk.active.hash,
                    cause=self._why,
                    exc_info=not isinstance(error, FilesRejected),
                )

    async def answer(self, _request: dict[str, Any]) -> dict[str, Any]:
        """The control command: follow now, and say what runs, and what waits for a restart."""
        self._refused, self.refusal = None, None
        try:
            await self.follow()
        except Outage as error:
            self._refused, self._why = "", str(error)
        return {
            "hash": self._desk.active.hash,
            "restart": list(reloadable(self._desk.config, self._desk.wanted)),
            "error": None if self._refused is None else self._why,
        }

    def hang_up(self) -> None:
        """SIGHUP: read the files and make them THE set; once more for a signal that comes meanwhile."""
        self._asked = True
        if self._hung_up is None or self._hung_up.done():
            self._hung_up = asyncio.create_task(self._while_asked(), name="reload")

    async def close(self) -> None:
        if self._hung_up is not None:
            self._hung_up.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._hung_up

    async def _while_asked(self) -> None:
        while self._asked:
            self._asked = False
            await self._from_files()

    async def _from_files(self) -> None:
        """Nothing is raised."""
        store, path, running = self._desk.store, self._desk.config.path, self._desk.active
        try:
            made = await asyncio.to_thread(
                lambda: checked_and_played(take_files(path, os.environ), self._packaged, running)
            )
            await store.write(lambda c: publish(c, made, self._clock.now()))
            self.refusal = None
            await self.follow()
        except FilesRejected as error:
            rejected = error
            self._refuse(error)
            log.error(
                "the files have mistakes; the running rules were not changed",
                rules=running.hash,
                problems=list(mistakes(rejected)),
            )
            with contextlib.suppress(Outage):
                await store.write(lambda c: tell_admins(c, rejected, running, self._ids, self._clock.now()))
        except Exception as error:
            self._refuse(error)
            log.exception("the reload failed; the running rules were not changed", cause=_reason(error))

    def _refuse(self, error: Exception) -> None:
        causes = mistakes(error) if isinstance(error, FilesRejected) else (_reason(error),)
        self.refusal = Refusal(self._clock.now(), causes[:MOST_TOLD])

    async def _take(self, wanted: str) -> None:
        desk = self._desk
        files = await desk.store.read(lambda c: sets.files_of(c, wanted))
        if files is None:
            raise LookupError(f"the database holds no set {wanted}")
        texts, path, running = files, desk.config.path, desk.active
        made = await asyncio.to_thread(lambda: checked(take_texts(texts, path, os.environ), self._packaged, running))
        numbers = await desk.store.write(lambda c: identity.number_agents(c, made.config.agents))
        restart = reloadable(desk.config, made.config)
        desk.wanted = made.config
        desk.active = replace(made, config=with_own(desk.config, made.config)).joined(desk.ring, numbers)
        log.info("reloaded", rules=wanted, needs_restart=list(restart))
        try:
            await self._changed()
        except Exception as error:
            log.exception("the new rules run, but what follows them did not change", cause=_reason(error))


def checked_and_played(snapshot: Snapshot, packaged: Path | None, running: ActiveSet | None = None) -> CheckedSet:
    """As `checked`, and played through its tests where `[rules] require_tests` says so. Raises FilesRejected."""
    made = checked(snapshot, packaged, running)
    if made.config.require_tests:
        refuse_what_fails(made.config.rules_dir, made, os.environ)
    return made


def publish(connection: sa.Connection, made: CheckedSet, now: datetime) -> str | None:
    """Make a set THE active one. Returns the hash of the one before."""
    sets.forget_failures(connection)
    return sets.activate(connection, made.files, now)


def tell_admins(connection: sa.Connection, error: FilesRejected, active: ActiveSet, ids: Ids, now: datetime) -> bool:
    """Mail the mistakes to every admin, in the words of the set that runs, and run its rules; once for the same
    ones."""
    told = mistakes(error)
    if not sets.is_first_time(connection, failure_of(error), now):
        return False
    more = (f"and {len(told) - MOST_TOLD} more",) if len(told) > MOST_TOLD else ()
    mails = [
        notice(TEMPLATE, admin, (*told[:MOST_TOLD], *more), active.policy, active.templates, ids.nonce(), now)
        for admin in active.policy.site.admins
    ]
    enqueue(connection, None, mails, now)
    _run_rules(connection, error, (*told[:MOST_TOLD], *more), active, ids, now)
    return True


def _run_rules(
    connection: sa.Connection,
    error: FilesRejected,
    told: tuple[str, ...],
    active: ActiveSet,
    ids: Ids,
    now: datetime,
) -> None:
    """The rules of reload.failed, those that run. Whatever is wrong with them, the admins are told."""
    try:
        prepared = for_the_desk(reload_refused(failure_of(error), told, now), active, ids, now)
        if prepared is not None:
            apply(connection, [prepared], None, ids)
    except Outage:
        raise
    except Exception as failed:
        log.error("the rules of reload.failed could not be done", error=f"{type(failed).__name__}: {failed}")


def mistakes(error: FilesRejected) -> tuple[str, ...]:
    """Each mistake with its place."""
    return tuple(f"{each.place}: {each.message}" for each in error.problems if each.severity == "error")


def failure_of(error: FilesRejected) -> str:
    """What makes two failures the same one."""
    return "\n".join(mistakes(error))


def with_own(own: Config, new: Config) -> Config:
    """The new configuration, but for the sections that are this node's own until it starts again."""
    return replace(
        new,
        database_url=own.database_url,
        keys_file=own.keys_file,
        limits=own.limits,
        doors=own.doors,
        mailboxes=own.mailboxes,
        log=own.log,
    )


def _reason(error: Exception) -> str:
    if isinstance(error, FilesRejected):
        return "; ".join(mistakes(error))[:1_000]
    return f"{type(error).__name__}: {error}"
