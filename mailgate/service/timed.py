"""Rings the timers of rules, where this node leads (spec/rules.md 1.3, 1.11).

What is due is found in the database anew with each tick, so a tick that is lost costs nothing; what a rule did is
recorded in the transaction that does it, so a restart, a second node or a clock that goes back does nothing twice. A
rule that acts on too many tickets in an hour stops until the hour is over, and the admins are told.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Protocol

import sqlalchemy as sa
import structlog

from mailgate.clock import Clock
from mailgate.decision.desk import schedule_came
from mailgate.decision.facts import Facts
from mailgate.decision.plan import Allotment, Plan
from mailgate.decision.policy import Policy
from mailgate.decision.timed import rang
from mailgate.errors import Conflict
from mailgate.ids import Ids
from mailgate.notify.notice import notice
from mailgate.rules.rule import Rule
from mailgate.rules.ruleset import Ruleset
from mailgate.rules.timed import Idle, Schedule, Timer
from mailgate.service.active import ActiveSet
from mailgate.service.desk import for_the_desk
from mailgate.store import rule_timers
from mailgate.store.apply import apply
from mailgate.store.circumstances import open_by_queue
from mailgate.store.engine import Store
from mailgate.store.epoch import check_epoch
from mailgate.store.outbox import enqueue
from mailgate.store.rule_timers import LOOK_BACK, Due, StoredTimer
from mailgate.tickets.model import Ticket

log = structlog.get_logger("mailgate.timed")

AT_ONCE = 50  # tickets of a rule in one tick
TOLD_FOR = timedelta(days=1)
STOPPED = "rule_stopped"
_ALWAYS = datetime(2000, 1, 1, tzinfo=UTC)  # everything became due after that


class Do(Protocol):
    """Decides and applies one thing that is due, and `also` in the same transaction; whether there was anything."""

    def __call__(
        self,
        number: int,
        decide: Callable[[Ticket, Facts, Policy, Allotment, datetime], Plan | None],
        epoch: int,
        also: Callable[[sa.Connection, bool], None],
    ) -> Awaitable[None]: ...


Guarded = Callable[[tuple[str, int | str], Callable[[], Awaitable[None]]], Awaitable[bool]]


class TimedWork:
    """`do` and `guarded` are those of the due work: one thing that fails stops no other."""

    def __init__(self, store: Store, clock: Clock, ids: Ids, do: Do, guarded: Guarded) -> None:
        self._store, self._clock, self._ids, self._do, self._guarded = store, clock, ids, do, guarded
        self._known = ""  # the set whose timers are kept already

    async def tick(self, active: ActiveSet, epoch: int) -> bool:
        """Ring what is due; whether anything was. Raises Outage and LeadLost."""
        rules, now = active.policy.rules, self._clock.now()
        if self._known != f"{rules.hash} {epoch}":
            await self._keep(rules, now, epoch)
            self._known = f"{rules.hash} {epoch}"
        if not rules.timed:
            return False
        rang_any = False
        at = await self._store.read(rule_timers.stored)
        for rule in rules.timed:
            if rule.timer is not None and rule.name in at:
                rang_any |= await self._rule(rule, rule.timer, at[rule.name], active, epoch)
        return rang_any

    async def _keep(self, rules: Ruleset, now: datetime, epoch: int) -> None:
        wanted = {}
        for rule in rules.timed:
            backfill = isinstance(rule.timer, Idle) and rule.timer.backfill
            since = _ALWAYS if backfill else now
            told = rule.timer.told if rule.timer is not None else ""
            wanted[rule.name] = StoredTimer(rule.name, told, since, since)

        def keep(connection: sa.Connection) -> None:
            check_epoch(connection, epoch)
            rule_timers.keep(connection, wanted, rules.once.keys())

        if await self._store.read(lambda c: _differ(rule_timers.stored(c), wanted)):
            await self._store.write(keep)

    async def _rule(self, rule: Rule, timer: Timer, at: StoredTimer, active: ActiveSet, epoch: int) -> bool:
        now = self._clock.now()
        if isinstance(timer, Schedule) and not timer.each_ticket:
            return await self._for_the_desk(rule, timer, at, active, epoch)
        if isinstance(timer, Schedule):
            begun = await self._begun(timer, at, now, epoch)
            if begun is None:
                return False
            at = begun
        most, done = active.policy.max_tickets_per_run, at.done_in_this_run(now)
        found = await self._store.read(partial(self._found, rule=rule, timer=timer, at=at, now=now))
        for place, due in enumerate(found):
            if done >= most:
                await self._stop(rule, at, active, epoch)
                return place > 0
            at, acted = await self._ring(rule, timer, at, due, epoch)
            done += acted
        if len(found) < AT_ONCE:
            await self._through(timer, at, now, epoch)
        return bool(found)

    @staticmethod
    def _found(connection: sa.Connection, rule: Rule, timer: Timer, at: StoredTimer, now: datetime) -> list[Due]:
        if isinstance(timer, Idle):
            return list(rule_timers.silent(connection, timer, at, rule.queue, now, AT_ONCE))
        return list(rule_timers.open_tickets(connection, at, rule.queue, AT_ONCE))

    async def _begun(self, timer: Schedule, at: StoredTimer, now: datetime, epoch: int) -> StoredTimer | None:
        """The round of a schedule whose time has come, once however many times were missed; else None."""
        if at.due_at is not None:
            return at
        if await self._come(timer, at, now, epoch) is None:
            return None
        await self._moved(at.rule, epoch, reached=now, due_at=now, ticket=0)
        return replace(at, reached=now, due_at=now, ticket=0)

    async def _come(self, timer: Schedule, at: StoredTimer, now: datetime, epoch: int) -> datetime | None:
        """The first of its times that came since it rang last. A clock that was far ahead then counts from now on."""
        if at.reached >= now + rule_timers.FAR_OFF:
            await self._moved(at.rule, epoch, reached=now)
            return None
        following = timer.next(at.reached)
        return following if following is not None and following <= now else None

    async def _for_the_desk(self, rule: Rule, timer: Schedule, at: StoredTimer, active: ActiveSet, epoch: int) -> bool:
        """Once for a time, however many were missed. Where it cannot be done now it is tried again."""
        now = self._clock.now()
        due = await self._come(timer, at, now, epoch)
        if due is None:
            return False

        async def ring() -> None:
            counts = await self._store.read(open_by_queue)
            event = schedule_came(rule.name, due, counts, active.policy)
            prepared = for_the_desk(event, active, self._ids, now)

            def done(connection: sa.Connection) -> None:
                check_epoch(connection, epoch)
                rule_timers.begin(connection, at, now)
                apply(connection, [] if prepared is None else [prepared], epoch, self._ids)

            await self._store.write(done)

        return await self._guarded((f"rule {rule.name}", 0), ring)

    async def _ring(self, rule: Rule, timer: Timer, at: StoredTimer, due: Due, epoch: int) -> tuple[StoredTimer, bool]:
        """One ticket. Where it cannot be done now it is tried again, and a schedule's round goes on without it."""
        acted = False

        def decide(ticket: Ticket, facts: Facts, policy: Policy, allotment: Allotment, now: datetime) -> Plan | None:
            if ticket.id != due.ticket or ticket.episode != due.episode:
                return None  # it moved since it was found
            return rang(rule.name, timer, ticket, facts, policy, allotment, now)

        def also(connection: sa.Connection, planned: bool) -> None:
            nonlocal acted
            acted, now = planned, self._clock.now()
            if planned:
                rule_timers.acted(connection, at, now)
            if isinstance(timer, Schedule):
                if not rule_timers.go_on(connection, rule.name, due.ticket):
                    raise Conflict("the round of the rule is further already")
                return
            if rule.once is None:  # else the plan itself records it, and the facts knew
                rule_timers.take_turn(connection, rule.name, due)
            rule_timers.looked_at(connection, rule.name, due, now)

        what = (f"rule {rule.name}", due.ticket)
        done = await self._guarded(what, lambda: self._do(due.ticket, decide, epoch, also))
        if not done and isinstance(timer, Schedule):
            await self._pass_by(rule.name, due, epoch)
        acted, now = acted and done, self._clock.now()
        if acted and at.is_over(now):
            at = replace(at, run_at=now, run_count=0)
        return replace(at, run_count=at.run_count + acted, ticket=due.ticket), acted

    async def _pass_by(self, rule: str, due: Due, epoch: int) -> None:
        def go_on(connection: sa.Connection) -> None:
            check_epoch(connection, epoch)
            rule_timers.go_on(connection, rule, due.ticket)

        await self._store.write(go_on)

    async def _through(self, timer: Timer, at: StoredTimer, now: datetime, epoch: int) -> None:
        """Everything that was due up to `now` was looked at. That is written down only now and then: a window that is
        too wide costs little, and an idle desk writes nothing."""
        if isinstance(timer, Schedule):
            await self._moved(at.rule, epoch, due_at=None, ticket=None)
        elif not at.reached <= now < at.reached + LOOK_BACK:
            await self._moved(at.rule, epoch, reached=now)

    async def _stop(self, rule: Rule, at: StoredTimer, active: ActiveSet, epoch: int) -> None:
        """Enough for this hour; the admins hear of it once a day at most."""
        policy, now = active.policy, self._clock.now()
        if at.told_at is not None and abs(now - at.told_at) < TOLD_FOR:
            return
        log.error("a rule with a timer stops", rule=rule.name, tickets=policy.max_tickets_per_run)
        facts = (f"{rule.name} ({rule.file}:{rule.mark.line})", str(policy.max_tickets_per_run))
        mails = [
            notice(STOPPED, admin, facts, policy, active.templates, self._ids.nonce(), now)
            for admin in policy.site.admins
        ]

        def tell(connection: sa.Connection) -> None:
            check_epoch(connection, epoch)
            rule_timers.moved(connection, rule.name, told_at=now)
            enqueue(connection, None, mails, now)

        await self._store.write(tell)

    async def _moved(self, rule: str, epoch: int, **values: object) -> None:
        def move(connection: sa.Connection) -> None:
            check_epoch(connection, epoch)
            rule_timers.moved(connection, rule, **values)

        await self._store.write(move)


def _differ(before: dict[str, StoredTimer], wanted: dict[str, StoredTimer]) -> bool:
    return {each.rule: each.waits_for for each in before.values()} != {
        each.rule: each.waits_for for each in wanted.values()
    }
