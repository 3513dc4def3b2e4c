"""The store's threads: one commit for many, a failure for one, an outage for all, and nobody left waiting."""

import asyncio
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from mailgate.errors import InDoubt, Outage
from mailgate.store.engine import GROUP, POSTGRES_WRITERS, Store, Unit
from mailgate.store.types import UTCDateTime
from tests.support.eventually import eventually

pytestmark = pytest.mark.asyncio

_metadata = sa.MetaData()
things = sa.Table("things", _metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("at", UTCDateTime))


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    opened = Store(database_url)
    opened.write_now(lambda c: _metadata.create_all(c))
    yield opened
    opened.close()


def add(number: int) -> sa.Insert:
    return sa.insert(things).values(id=number)


def adding(number: int) -> Unit[int]:
    def unit(connection: sa.Connection) -> int:
        connection.execute(add(number))
        return number

    return unit


def stored(store: Store) -> set[int]:
    return set(store.read_now(lambda c: c.execute(sa.select(things.c.id)).scalars().all()))


class Plug:
    """Keeps every writing thread busy until `pull`, so that what is written meanwhile waits together."""

    def __init__(self, store: Store) -> None:
        self._let_go, self._store = threading.Event(), store
        self._tasks: list[asyncio.Task[object]] = []

    async def put(self) -> None:
        for _ in range(1 if self._store.is_sqlite else POSTGRES_WRITERS):
            begun = threading.Event()
            self._tasks.append(asyncio.create_task(self._store.write(partial(self._hold, begun=begun))))
            await asyncio.to_thread(begun.wait)

    def _hold(self, _connection: sa.Connection, begun: threading.Event) -> None:
        begun.set()
        self._let_go.wait(30)

    async def pull(self) -> None:
        self._let_go.set()
        await asyncio.gather(*self._tasks)


async def test_a_unit_returns_its_result_after_its_commit(store: Store) -> None:
    assert await store.write(adding(7)) == 7
    assert stored(store) == {7}


async def test_units_that_wait_together_share_commits(store: Store) -> None:
    commits = 0

    def count(_: object) -> None:
        nonlocal commits
        commits += 1

    plug = Plug(store)
    await plug.put()
    waiting = [asyncio.create_task(store.write(adding(n))) for n in range(200)]
    await asyncio.sleep(0)
    sa.event.listen(store._engine, "commit", count)
    await plug.pull()
    await asyncio.gather(*waiting)
    sa.event.remove(store._engine, "commit", count)
    assert stored(store) == set(range(200))
    assert commits < 100
    assert commits >= 200 // GROUP


@pytest.mark.parametrize("broken", ["constraint", "statement", "value", "python", "stop"])
async def test_a_failing_unit_gets_its_own_error_and_hurts_no_other(store: Store, broken: str) -> None:
    def fail(c: sa.Connection) -> None:
        c.execute(add(1_000))
        match broken:
            case "constraint":
                c.execute(add(1_000))
            case "statement":
                c.exec_driver_sql("SELECT nothing FROM nowhere")
            case "value":
                c.execute(sa.insert(things).values(id=1, at="no datetime"))
            case "python":
                raise KeyError("mine")
            case "stop":
                raise StopIteration

    plug = Plug(store)
    await plug.put()
    units = [adding(n) for n in (1, 2)]
    tasks = [asyncio.create_task(store.write(unit)) for unit in (units[0], fail, units[1])]
    await asyncio.sleep(0)
    await plug.pull()
    first, error, last = await asyncio.gather(*tasks, return_exceptions=True)
    assert (first, last) == (1, 2)
    assert stored(store) == {1, 2}
    kind = {
        "constraint": IntegrityError,
        "value": StatementError,
        "python": KeyError,
        "stop": RuntimeError,
        "statement": Exception,
    }[broken]
    assert isinstance(error, kind)


async def test_a_failing_unit_alone_gets_its_own_error(store: Store) -> None:
    await store.write(lambda c: c.execute(add(1)))
    with pytest.raises(IntegrityError):
        await store.write(lambda c: c.execute(add(1)))
    with pytest.raises(KeyError):
        await store.write(lambda c: {}["nothing"])  # type: ignore[index]
    await store.write(lambda c: c.execute(add(2)))
    assert stored(store) == {1, 2}


async def test_a_broken_constraint_seen_without_a_loop_is_no_outage(store: Store) -> None:
    store.write_now(lambda c: c.execute(add(1)))
    with pytest.raises(IntegrityError):
        store.write_now(lambda c: c.execute(add(1)))


async def test_urgent_units_go_before_normal_ones(store: Store) -> None:
    order: list[str] = []
    plug = Plug(store)
    await plug.put()
    tasks = [asyncio.create_task(store.write(lambda c: order.append("normal"))) for _ in range(5)]
    await asyncio.sleep(0)
    tasks += [asyncio.create_task(store.write(lambda c: order.append("urgent"), urgent=True)) for _ in range(5)]
    await asyncio.sleep(0)
    await plug.pull()
    await asyncio.gather(*tasks)
    if store.is_sqlite:
        assert order == ["urgent"] * 5 + ["normal"] * 5
    else:  # several threads: each takes the urgent ones first
        assert order[0] == "urgent"
        assert sorted(order) == ["normal"] * 5 + ["urgent"] * 5


async def test_close_finishes_what_waits(database_url: str) -> None:
    store = Store(database_url)
    store.write_now(lambda c: _metadata.create_all(c))
    plug = Plug(store)
    await plug.put()
    tasks = [asyncio.create_task(store.write(adding(n))) for n in range(70)]
    await asyncio.sleep(0)
    closing = asyncio.create_task(asyncio.to_thread(store.close))
    await plug.pull()
    assert await asyncio.gather(*tasks) == list(range(70))
    await closing
    again = Store(database_url)
    assert stored(again) == set(range(70))
    again.close()


async def test_a_closed_store_is_an_outage(database_url: str) -> None:
    store = Store(database_url)
    store.close()
    with pytest.raises(Outage):
        await store.write(lambda c: None)
    with pytest.raises(Outage):
        await store.read(lambda c: None)


async def test_a_caller_who_went_away_hurts_nobody_and_his_unit_is_done(store: Store) -> None:
    plug = Plug(store)
    await plug.put()
    tasks = [asyncio.create_task(store.write(adding(n))) for n in range(3)]
    await asyncio.sleep(0)
    tasks[1].cancel()
    await plug.pull()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert (results[0], results[2]) == (0, 2)
    assert isinstance(results[1], asyncio.CancelledError)
    assert eventually(lambda: stored(store) == {0, 1, 2})  # another thread may do it, and nobody waits for that one


async def test_a_loop_that_ended_hurts_nobody(store: Store) -> None:
    plug = Plug(store)
    await plug.put()

    def elsewhere() -> None:
        async def ask_and_leave() -> None:
            task = asyncio.create_task(store.write(lambda c: c.execute(add(1))))
            await asyncio.sleep(0)
            task.cancel()

        asyncio.run(ask_and_leave())

    await asyncio.to_thread(elsewhere)
    mine = asyncio.create_task(store.write(adding(2)))
    await asyncio.sleep(0)
    await plug.pull()
    assert await mine == 2


async def test_a_read_sees_only_what_is_committed(store: Store) -> None:
    inside, go_on = threading.Event(), threading.Event()

    def slow(c: sa.Connection) -> None:
        c.execute(add(1))
        inside.set()
        go_on.wait(30)

    writing = asyncio.create_task(store.write(slow))
    await asyncio.to_thread(inside.wait)
    assert await store.read(lambda c: c.execute(sa.select(things.c.id)).all()) == []
    go_on.set()
    await writing
    assert stored(store) == {1}


async def test_sqlite_commits_are_synced_and_constraints_on(tmp_path: object) -> None:
    store = Store(f"sqlite:///{tmp_path}/x.db")
    pragmas = store.write_now(
        lambda c: [c.exec_driver_sql(f"PRAGMA {p}").scalar() for p in ("journal_mode", "synchronous", "foreign_keys")]
    )
    store.close()
    assert pragmas == ["wal", 2, 1]


async def test_a_lock_held_by_another_process_is_an_outage_for_all_who_wait_and_passes(tmp_path: object) -> None:
    store = Store(f"sqlite:///{tmp_path}/x.db")
    store.write_now(lambda c: _metadata.create_all(c))
    other = sqlite3.connect(f"{tmp_path}/x.db", isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        asked = [store.write(adding(n), urgent=bool(n % 2)) for n in range(4)]
        results = await asyncio.gather(*asked, return_exceptions=True)
        assert all(isinstance(each, Outage) for each in results)
        assert "locked" in str(results[0])
        assert await store.read(lambda c: c.execute(sa.select(things)).all()) == []
        other.execute("ROLLBACK")
        await store.write(lambda c: c.execute(add(9)))
        assert stored(store) == {9}
    finally:
        other.close()
        store.close()


async def test_a_full_disk_is_an_outage_for_the_whole_group_and_passes(tmp_path: object) -> None:
    store = Store(f"sqlite:///{tmp_path}/x.db")
    store.write_now(lambda c: _metadata.create_all(c))
    pages = store.write_now(lambda c: c.exec_driver_sql("PRAGMA page_count").scalar_one())
    store.write_now(lambda c: c.exec_driver_sql("CREATE TABLE bulk (content BLOB)"))
    store.write_now(lambda c: c.exec_driver_sql(f"PRAGMA max_page_count = {pages + 8}"))
    plug = Plug(store)
    await plug.put()
    fill = sa.text("INSERT INTO bulk VALUES (zeroblob(1000000))")
    units = [lambda c: c.execute(add(1)), lambda c: c.execute(fill), lambda c: c.execute(add(2))]
    tasks = [asyncio.create_task(store.write(unit)) for unit in units]
    await asyncio.sleep(0)
    await plug.pull()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(results[1], Outage)
    told = {number for number, result in ((1, results[0]), (2, results[2])) if not isinstance(result, Exception)}
    assert stored(store) == told
    store.write_now(lambda c: c.exec_driver_sql("PRAGMA max_page_count = 100000"))
    await store.write(lambda c: c.execute(fill))
    store.close()


@pytest.mark.parametrize("replaced", [False, True])
async def test_nothing_counts_as_stored_in_a_database_that_was_taken_away(tmp_path: Path, replaced: bool) -> None:
    store = Store(f"sqlite:///{tmp_path}/x.db")
    store.write_now(lambda c: _metadata.create_all(c))
    await store.write(adding(1))
    aside, there = tmp_path / "aside.db", tmp_path / "x.db"
    there.rename(aside)
    if replaced:
        there.write_bytes(b"")
    for number in (2, 3):
        with pytest.raises(InDoubt, match=r"x\.db was removed or replaced; put it back"):
            await store.write(adding(number))
    aside.rename(there)
    await store.write(adding(4))
    store.close()


async def test_what_is_committed_is_kept_when_the_log_of_the_database_is_deleted(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/x.db")
    store.write_now(lambda c: _metadata.create_all(c))
    await store.write(adding(1))
    for name in ("x.db-wal", "x.db-shm"):
        (tmp_path / name).unlink()
    for number in (2, 3):
        await store.write(adding(number))
    shutil.copytree(tmp_path, tmp_path / "after a crash")  # what stands on disk while nobody has closed anything
    seen = Store(f"sqlite:///{tmp_path}/after a crash/x.db")
    assert stored(seen) == stored(store) == {1, 2, 3}
    seen.close()
    store.close()


async def test_postgresql_text_that_cannot_be_stored_is_the_units_own_failure(postgres_url: str) -> None:
    store = Store(postgres_url)
    store.write_now(lambda c: c.exec_driver_sql("CREATE TABLE notes (text text)"))
    note = sa.text("INSERT INTO notes VALUES (:text)")
    plug = Plug(store)
    await plug.put()
    texts = ["good", "nul \x00", "better"]

    def writing(text: str) -> Unit[bool]:
        return lambda c: bool(c.execute(note, {"text": text}))

    tasks = [asyncio.create_task(store.write(writing(text))) for text in texts]
    await asyncio.sleep(0)
    await plug.pull()
    first, error, last = await asyncio.gather(*tasks, return_exceptions=True)
    assert (first, last) == (True, True)
    assert isinstance(error, DBAPIError)
    assert not isinstance(error, Outage)
    store.close()


async def test_postgresql_that_dies_during_a_commit_leaves_it_in_doubt(postgres_url: str) -> None:
    """The connection ends itself in a deferred trigger, which fires within COMMIT."""
    store = Store(postgres_url)
    store.write_now(lambda c: _metadata.create_all(c))
    for statement in (
        "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN IF NEW.id = 2 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN NEW; END'",
        "CREATE CONSTRAINT TRIGGER dying AFTER INSERT ON things DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION die()",
    ):
        store.write_now(lambda c, statement=statement: c.exec_driver_sql(statement))  # type: ignore[misc]
    await store.write(adding(1))
    with pytest.raises(InDoubt):
        await store.write(adding(2))
    await store.write(adding(3))
    store.close()


async def test_postgresql_connections_cut_under_load_are_outages_and_what_was_promised_is_there(
    postgres_url: str,
) -> None:
    store = Store(postgres_url)
    store.write_now(lambda c: _metadata.create_all(c))
    plain = postgres_url.replace("+psycopg", "")
    promised: set[int] = set()
    outages = 0

    async def one(number: int) -> None:
        nonlocal outages
        while True:
            try:
                await store.write(adding(number))
                promised.add(number)
            except Outage:
                outages += 1
                continue
            except IntegrityError:  # the commit whose answer was lost
                promised.add(number)
            return

    def cut() -> None:
        with psycopg.connect(plain, autocommit=True) as admin:
            for _ in range(10):
                admin.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
                admin.execute("SELECT pg_sleep(0.02)")

    async def load() -> None:
        for start in range(0, 3_000, 50):
            await asyncio.gather(*(one(number) for number in range(start, start + 50)))

    await asyncio.gather(load(), asyncio.to_thread(cut))
    assert promised == set(range(3_000))
    assert stored(store) == promised
    assert outages > 0
    store.close()


async def test_postgresql_out_of_reach_is_an_outage_for_all_who_wait() -> None:
    from tests.support.postgres import free_port

    store = Store(f"postgresql+psycopg://nobody@127.0.0.1:{free_port()}/nothing")
    results = await asyncio.gather(*(store.write(lambda c: None) for _ in range(100)), return_exceptions=True)
    assert all(isinstance(each, Outage) for each in results)
    await asyncio.to_thread(store.close)


async def test_a_lock_that_another_session_holds_is_the_waiting_units_outage(postgres_url: str) -> None:
    store = Store(postgres_url)
    store.write_now(lambda c: _metadata.create_all(c))
    store.write_now(lambda c: c.execute(add(1)))
    with psycopg.connect(postgres_url.replace("+psycopg", "")) as other:
        other.execute("SELECT * FROM things WHERE id = 1 FOR UPDATE")

        def impatient(c: sa.Connection) -> None:
            c.exec_driver_sql("SET LOCAL lock_timeout = '50ms'")
            c.exec_driver_sql("SELECT * FROM things WHERE id = 1 FOR UPDATE")

        plug = Plug(store)
        await plug.put()
        tasks = [asyncio.create_task(store.write(unit)) for unit in (lambda c: c.execute(add(2)), impatient)]
        await asyncio.sleep(0)
        await plug.pull()
        good, bad = await asyncio.gather(*tasks, return_exceptions=True)
    assert not isinstance(good, BaseException)
    assert isinstance(bad, Outage)
    assert stored(store) == {1, 2}
    store.close()
