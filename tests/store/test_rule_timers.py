"""What is due is found by index, in the window since the last look; what a run did is counted for an hour."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from mailgate.errors import Conflict
from mailgate.rules.timed import Idle, WaitingFor
from mailgate.store import rule_timers, tables
from mailgate.store.engine import Store
from mailgate.store.rule_timers import Due, StoredTimer
from tests.support.desk import NOW, Pipeline, make_policy, make_raw
from tests.support.statements import explained, statements

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AT = StoredTimer("r", "idle", NOW - 10 * DAY, NOW - HOUR)
MANY = 3_000


def opened(store: Store, *silent_for: timedelta) -> None:
    """Ticket 1, 2, ... of which nobody wrote for so long."""
    mails = [(make_raw(message_id=f"<{number}@x>"), None) for number, _ in enumerate(silent_for)]
    Pipeline(store, make_policy()).run(mails)

    def age(c: sa.Connection) -> None:
        for number, silence in enumerate(silent_for, 1):
            values = {"last_human_at": NOW - silence, "last_customer_at": NOW - silence, "episode_at": NOW - silence}
            c.execute(sa.update(tables.tickets).where(tables.tickets.c.id == number).values(**values))

    store.write_now(age)


def change(store: Store, number: int, **values: object) -> None:
    store.write_now(
        lambda c: c.execute(sa.update(tables.tickets).where(tables.tickets.c.id == number).values(**values))
    )


def due(store: Store, timer: Idle, at: StoredTimer = AT, now: datetime = NOW, queue: str | None = None) -> list[int]:
    return [each.ticket for each in store.read_now(lambda c: rule_timers.silent(c, timer, at, queue, now, 50))]


def test_what_fell_due_since_the_last_look_is_found_the_longest_silent_first(store: Store) -> None:
    opened(
        store,
        4 * HOUR,
        4 * HOUR - timedelta(seconds=1),
        5 * HOUR + timedelta(minutes=9),
        5 * HOUR + 11 * timedelta(minutes=1),
    )
    assert due(store, Idle(4 * HOUR)) == [3, 1]
    assert due(store, Idle(4 * HOUR), replace(AT, reached=AT.since)) == [4, 3, 1]
    assert due(store, Idle(4 * HOUR), replace(AT, since=NOW - HOUR, reached=NOW - 5 * HOUR)) == [1]
    assert due(store, Idle(4 * HOUR), replace(AT, since=NOW)) == []
    assert due(store, Idle(4 * HOUR), queue="billing") == []


def test_a_new_episode_of_an_old_silence_is_found(store: Store) -> None:
    opened(store, 9 * DAY)
    assert due(store, Idle(DAY)) == []
    change(store, 1, episode_at=NOW - timedelta(minutes=5), episode=7)
    assert due(store, Idle(DAY)) == [1]
    store.write_now(lambda c: rule_timers.looked_at(c, "r", Due(1, 7), NOW))
    assert due(store, Idle(DAY)) == []
    with pytest.raises(Conflict):
        store.write_now(lambda c: rule_timers.take_turn(c, "r", Due(1, 7)))


@pytest.mark.parametrize("state", ["closed", "spam"])
def test_what_is_done_with_waits_for_nobody(store: Store, state: str) -> None:
    opened(store, 4 * HOUR)
    change(store, 1, state=state)
    assert due(store, Idle(4 * HOUR)) == []


@pytest.mark.parametrize(
    ("customer", "agent", "waits_for"),
    [
        (2, None, "agent"),
        (2, 3, "agent"),
        (3, 2, "customer"),
        (2, 2, "customer"),
        (None, 1, "customer"),
        (None, None, "agent"),
    ],
)
def test_a_ticket_waits_for_the_customer_when_an_agent_answered_last(
    store: Store, customer: int | None, agent: int | None, waits_for: WaitingFor
) -> None:
    opened(store, 4 * HOUR)
    wrote, answered = (None if hours is None else NOW - hours * HOUR for hours in (customer, agent))
    change(store, 1, last_customer_at=wrote, last_agent_at=answered)
    found = {each: due(store, Idle(4 * HOUR, each)) for each in ("customer", "agent", "anyone")}
    assert found == {"customer": [], "agent": [], "anyone": [1], waits_for: [1]}


def test_a_clock_that_was_put_back_looks_from_where_it_is(store: Store) -> None:
    opened(store, 4 * HOUR)
    assert due(store, Idle(4 * HOUR), replace(AT, reached=NOW + 2 * HOUR)) == [1]


def test_silence_is_found_by_index_however_many_tickets_there_are(store: Store) -> None:
    opened(store, 9 * DAY)

    def fill(c: sa.Connection) -> None:
        row = dict(c.execute(sa.select(tables.tickets)).one()._mapping)
        more = [
            row | {"id": n, "number": str(n), "last_human_at": NOW - 9 * DAY - n * HOUR} for n in range(100, 100 + MANY)
        ]
        c.execute(sa.insert(tables.tickets), more)
        c.exec_driver_sql("ANALYZE")

    store.write_now(fill)
    with statements(store._read_engine) as asked:
        assert due(store, Idle(4 * HOUR)) == []
    (query,) = asked
    plan = explained(store, query)
    assert "SCAN tickets" not in plan
    assert "Seq Scan on tickets" not in plan


def test_a_run_is_an_hour_whichever_way_the_clock_goes() -> None:
    run = replace(AT, run_at=NOW, run_count=7)
    over = [timedelta(minutes=59), HOUR, -2 * HOUR, -2 * DAY]
    assert [run.done_in_this_run(NOW + each) for each in over] == [7, 0, 7, 0]
    assert AT.done_in_this_run(NOW) == 0
