"""What rules with a timer wait for, and which tickets are due: found by index on the last activity, never by a row for
each rule and ticket. What a rule looked at, or how far it came, is recorded in the transaction that does what it said.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from mailgate.errors import Conflict
from mailgate.rules.timed import Idle, Schedule, Timer, WaitingFor
from mailgate.store.insert import insert_or_replace
from mailgate.store.tables import LIVE, rule_timers, rule_turns, tickets

LOOK_BACK = timedelta(minutes=10)  # a plan is applied a little after the time that it bears
RUN = timedelta(hours=1)
FAR_OFF = timedelta(days=1)  # no clock that was mended is that far from one that was not


@dataclass(frozen=True, slots=True)
class StoredTimer:
    """A row of rule_timers."""

    rule: str
    waits_for: str
    since: datetime
    reached: datetime
    due_at: datetime | None = None
    ticket: int | None = None
    run_at: datetime | None = None
    run_count: int = 0
    told_at: datetime | None = None

    def done_in_this_run(self, now: datetime) -> int:
        """On how many tickets the rule acted in this hour; of a run that began after `now` the clock was wrong."""
        return 0 if self.is_over(now) else self.run_count

    def is_over(self, now: datetime) -> bool:
        """Whether the run is."""
        return self.run_at is None or not self.run_at - FAR_OFF < now < self.run_at + RUN


@dataclass(frozen=True, slots=True)
class Due:
    """A ticket on which a timer rings, in the episode in which it was found."""

    ticket: int
    episode: int


def stored(connection: sa.Connection) -> dict[str, StoredTimer]:
    """By the name of the rule."""
    rows = connection.execute(sa.select(rule_timers))
    return {row.rule: StoredTimer(**row._mapping) for row in rows}


def keep(connection: sa.Connection, wanted: Mapping[str, StoredTimer], lasting: Set[str]) -> None:
    """From now on these are the timers; one that waits for the same goes on where it was, one that waits for something
    else begins anew, but for the turns of rules in `lasting`."""
    before = stored(connection)
    gone = [rule for rule in before if rule not in wanted]
    fresh = [
        {name: getattr(each, name) for name in StoredTimer.__slots__}
        for rule, each in wanted.items()
        if rule not in before or before[rule].waits_for != each.waits_for
    ]
    if gone:
        connection.execute(sa.delete(rule_timers).where(rule_timers.c.rule.in_(gone)))
    insert_or_replace(connection, rule_timers, fresh)
    forgotten = [each["rule"] for each in fresh if each["rule"] not in lasting]
    connection.execute(sa.delete(rule_turns).where(rule_turns.c.rule.in_(forgotten)))


def silent(
    connection: sa.Connection, timer: Idle, at: StoredTimer, queue: str | None, now: datetime, limit: int
) -> Sequence[Due]:
    """Tickets that became due by `timer` after the rule came and were not looked at in this episode."""
    latest = timer.silent_since(now)
    if latest is None:
        return []
    start = max(at.since, min(at.reached, now) - LOOK_BACK)
    earliest = timer.silent_since(start)
    fell_due = tickets.c.last_human_at <= latest
    if earliest is not None:
        fell_due = sa.and_(fell_due, tickets.c.last_human_at > earliest)
    began_anew = sa.and_(tickets.c.episode_at > start, tickets.c.last_human_at <= latest)
    looked_at = sa.exists().where(
        rule_turns.c.ticket_id == tickets.c.id,
        rule_turns.c.rule == at.rule,
        rule_turns.c.episode == tickets.c.episode,
    )
    common = [LIVE, ~looked_at, *_waiting(timer.waiting_for), *_in_queue(queue)]
    chosen = sa.union(
        *(
            sa.select(tickets.c.id, tickets.c.episode, tickets.c.last_human_at).where(*common, window)
            for window in (fell_due, began_anew)
        )
    ).subquery()
    rows = connection.execute(sa.select(chosen).order_by(chosen.c.last_human_at, chosen.c.id).limit(limit))
    return [Due(row.id, row.episode) for row in rows]


def _waiting(waiting_for: WaitingFor) -> list[sa.ColumnElement[bool]]:
    """A ticket waits for the customer when an agent answered last."""
    t = tickets.c
    customers = sa.and_(
        t.last_agent_at.is_not(None), sa.or_(t.last_customer_at.is_(None), t.last_agent_at >= t.last_customer_at)
    )
    if waiting_for == "anyone":
        return []
    return [customers if waiting_for == "customer" else ~customers]


def _in_queue(queue: str | None) -> list[sa.ColumnElement[bool]]:
    return [] if queue is None else [tickets.c.queue == queue]


def open_tickets(connection: sa.Connection, at: StoredTimer, queue: str | None, limit: int) -> Sequence[Due]:
    """The next tickets of a schedule's round: those that were there when its time came."""
    chosen = sa.select(tickets.c.id, tickets.c.episode).where(
        LIVE, tickets.c.id > (at.ticket or 0), tickets.c.created_at <= at.due_at, *_in_queue(queue)
    )
    return [Due(row.id, row.episode) for row in connection.execute(chosen.order_by(tickets.c.id).limit(limit))]


def next_moment(connection: sa.Connection, timers: Iterable[Timer], after: datetime) -> datetime | None:
    """When one of the timers rings behind `after`. It looks at every open ticket: for a desk of a few."""
    timers = tuple(timers)
    last = sa.select(tickets.c.last_human_at).where(LIVE, tickets.c.last_human_at.is_not(None)).distinct()
    silences = connection.execute(last).scalars().all() if timers else ()
    moments = [timer.due(each) for timer in timers if isinstance(timer, Idle) for each in silences]
    moments += [timer.next(after) for timer in timers if isinstance(timer, Schedule)]
    return min((each for each in moments if each is not None and each > after), default=None)


def take_turn(connection: sa.Connection, rule: str, due: Due) -> None:
    """Raises Conflict where the rule had its turn in that episode since the ticket was found."""
    mine = (rule_turns.c.ticket_id == due.ticket, rule_turns.c.rule == rule, rule_turns.c.episode == due.episode)
    if connection.execute(sa.select(rule_turns.c.rule).where(*mine)).first() is not None:
        raise Conflict("the rule had its turn already")


def looked_at(connection: sa.Connection, rule: str, due: Due, now: datetime) -> None:
    """The rule had its turn on the ticket in that episode."""
    row = {"ticket_id": due.ticket, "rule": rule, "episode": due.episode, "at": now}
    insert_or_replace(connection, rule_turns, [row])


def turns_of(connection: sa.Connection, ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """ticket -> rule -> the episode of its last turn."""
    found: dict[int, dict[str, int]] = {}
    chosen = sa.select(rule_turns).where(rule_turns.c.ticket_id.in_(ids))
    for row in connection.execute(chosen) if ids else ():
        found.setdefault(row.ticket_id, {})[row.rule] = row.episode
    return found


def acted(connection: sa.Connection, at: StoredTimer, now: datetime) -> None:
    """One ticket more in this run."""
    first = {"run_at": now, "run_count": 1}
    _set(connection, at.rule, **(first if at.is_over(now) else {"run_count": rule_timers.c.run_count + 1}))


def go_on(connection: sa.Connection, rule: str, ticket: int) -> bool:
    """A schedule's round is through with that ticket; whether it was not before."""
    behind = (rule_timers.c.rule == rule, rule_timers.c.ticket < ticket)
    return connection.execute(sa.update(rule_timers).where(*behind).values(ticket=ticket)).rowcount == 1


def begin(connection: sa.Connection, at: StoredTimer, now: datetime) -> None:
    """The timer rings now. Raises Conflict where it rang since `at` was read."""
    unmoved = (rule_timers.c.rule == at.rule, rule_timers.c.reached == at.reached)
    if connection.execute(sa.update(rule_timers).where(*unmoved).values(reached=now)).rowcount != 1:
        raise Conflict("the rule has rung already")


def moved(connection: sa.Connection, rule: str, **values: Any) -> None:
    """How far it came: `reached`, `due_at`, `ticket`, `told_at`."""
    _set(connection, rule, **values)


def _set(connection: sa.Connection, rule: str, **values: Any) -> None:
    connection.execute(sa.update(rule_timers).where(rule_timers.c.rule == rule).values(**values))
