"""The store: threads that own the database, so that the event loop never waits for it.

`write(unit)` runs one unit of work in a transaction and resolves after COMMIT; units that wait together share one
commit (group commit), each in its savepoint. On SQLite one thread writes; on PostgreSQL a few do. `read(unit)` runs
beside them on a connection of its own. A unit is a plain function of a SQLAlchemy connection.

Failures: what the database could not do now (lock, disk, connection) is an Outage, for everybody who waits where it
cannot even begin, and InDoubt where it may have been done; what the unit itself raised (a broken constraint and text
that the database cannot hold too) reaches its caller as it is and hurts no other unit.
"""

import asyncio
import contextlib
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    NotSupportedError,
    PendingRollbackError,
    ProgrammingError,
    SQLAlchemyError,
)
from sqlalchemy.pool import QueuePool, StaticPool

from mailgate.errors import InDoubt, Outage
from mailgate.store.location import sqlite_file
from mailgate.store.own_files import OwnFiles

T = TypeVar("T")
Unit = Callable[[sa.Connection], T]

GROUP = 64
GROUP_SECONDS = 0.020
SQLITE_BUSY_MS = 5_000
POSTGRES_WRITERS = 4
READERS = 2


@dataclass(eq=False, slots=True)
class _Job:
    """A unit on its way, and where its result goes."""

    unit: Unit[Any]
    future: asyncio.Future[Any]
    loop: asyncio.AbstractEventLoop
    result: Any = None
    error: BaseException | None = field(default=None)


class Store:
    """See the module. Make one per process; `close()` ends its threads. `read_only`: the database refuses writing."""

    def __init__(self, url: str, *, read_only: bool = False) -> None:
        self.url = sa.make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        writers = 1 if self.is_sqlite else POSTGRES_WRITERS
        self._engine = _engine(self.url, writers, writing=not read_only, read_only=read_only)
        self._read_engine = self._engine
        if self.is_sqlite and self.url.database:  # a database in memory is one connection, nobody reads beside it
            self._read_engine = _engine(self.url, READERS, writing=False, read_only=read_only)
        path = sqlite_file(url)
        self._files = OwnFiles(path) if path else None
        if self._files is not None:
            event.listen(self._engine, "connect", self._files.opened)
        self._urgent: deque[_Job] = deque()
        self._normal: deque[_Job] = deque()
        self._ready = threading.Condition()
        self._closed = False
        self._readers = ThreadPoolExecutor(READERS, "store-read")
        self._writers = [threading.Thread(target=self._work, name=f"store-write-{n}") for n in range(writers)]
        for thread in self._writers:
            thread.start()

    async def write(self, unit: Unit[T], *, urgent: bool = False) -> T:
        """Run `unit` in a transaction; returns after COMMIT. `urgent` goes first: somebody waits for his 250."""
        loop = asyncio.get_running_loop()
        job = _Job(unit, loop.create_future(), loop)
        with self._ready:
            if self._closed:
                raise Outage("the store is closed")
            (self._urgent if urgent else self._normal).append(job)
            self._ready.notify()
        return await job.future  # type: ignore[no-any-return]  # the job carries the unit's own result

    async def read(self, unit: Unit[T]) -> T:
        """Run `unit` on a snapshot of what is committed."""
        if self._closed:
            raise Outage("the store is closed")
        return await asyncio.get_running_loop().run_in_executor(self._readers, self.read_now, unit)

    def write_now(self, unit: Unit[T]) -> T:
        """`write` for callers without an event loop (the command line, start-up)."""
        with _outages(), self._engine.begin() as connection:
            return unit(connection)

    def read_now(self, unit: Unit[T]) -> T:
        with _outages(), self._read_engine.begin() as connection:
            return unit(connection)

    def close(self) -> None:
        """Finish what waits, then end the threads and the connections."""
        with self._ready:
            self._closed = True
            self._ready.notify_all()
        for thread in self._writers:
            thread.join()
        self._readers.shutdown()
        self._engine.dispose()
        self._read_engine.dispose()

    def _work(self) -> None:
        while self._wait():
            self._transaction()

    def _wait(self) -> bool:
        """Until there is a job; False when the store is closed and nothing waits."""
        with self._ready:
            while not (self._urgent or self._normal or self._closed):
                self._ready.wait()
            return bool(self._urgent or self._normal)

    def _transaction(self) -> None:
        """One commit for all jobs that are there and come while it lasts, within bounds."""
        group: list[_Job] = []
        try:
            with _outages():
                with self._engine.begin() as connection:
                    for job, alone in self._next_jobs():
                        group.append(job)
                        if alone:
                            job.result = job.unit(connection)
                        else:
                            _run_in_savepoint(connection, job)
                    with _in_doubt_if_cut():
                        connection.commit()
                self._keep_what_was_committed()
        except BaseException as error:  # begin or commit failed: nobody in the group was stored
            group = group or self._all_waiting()
            for job in group:
                job.error = error if job.error is None else job.error
        _resolve(group)

    def _keep_what_was_committed(self) -> None:
        """Raises InDoubt where the commit went into a file that nobody will find again."""
        found = self._files.look() if self._files is not None else "ours"
        if self._files is None or found == "ours":
            return
        if found == "another":
            mend = "put it back: a restart takes what lies there then"
            raise InDoubt(f"database: {self._files.path} was removed or replaced; {mend}")
        if not self._checkpointed():
            raise InDoubt(f"database: {self._files.path}-wal was removed, and what it held is not saved yet")
        readers = self._read_engine.pool
        if isinstance(readers, QueuePool) and readers.checkedout() == 0:  # with all closed, SQLite makes a new one
            self._engine.dispose()
            self._read_engine.dispose()
            self._files.forget()

    def _checkpointed(self) -> bool:
        """Whether all that the log holds stands in the database itself now; no transaction may be open."""
        pooled = self._engine.raw_connection()
        try:
            busy, *_ = pooled.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.Error:
            return False
        finally:
            pooled.close()
        return not busy

    def _all_waiting(self) -> list[_Job]:
        """Everybody who waits, taken out: the database is out of reach, and they are told now."""
        with self._ready:
            waiting = [*self._urgent, *self._normal]
            self._urgent.clear()
            self._normal.clear()
        return waiting

    def _next_jobs(self) -> Iterator[tuple[_Job, bool]]:
        """The jobs of one commit, urgent ones first; a slow unit never joins those who wait for their 250."""
        ends, urgent_only = time.monotonic() + GROUP_SECONDS, False
        for place in range(GROUP):
            with self._ready:
                source = self._urgent or (self._normal if place == 0 or not urgent_only else None)
                if not source:
                    return
                urgent_only = source is self._urgent if place == 0 else urgent_only
                job = source.popleft()
                alone = place == 0 and not (self._urgent or (self._normal and not urgent_only))
            yield job, alone
            if alone or time.monotonic() > ends:
                return


def _run_in_savepoint(connection: sa.Connection, job: _Job) -> None:
    connection.exec_driver_sql("SAVEPOINT unit")  # begin_nested() would compile it anew each time: 50 us
    try:
        job.result = job.unit(connection)
        connection.exec_driver_sql("RELEASE SAVEPOINT unit")
    except Exception as error:
        if connection.invalidated:
            raise
        connection.exec_driver_sql("ROLLBACK TO SAVEPOINT unit")  # raises where SQLite itself did (a full disk)
        job.error = _told_as(error)


def _resolve(jobs: list[_Job]) -> None:
    by_loop: dict[asyncio.AbstractEventLoop, list[_Job]] = {}
    for job in jobs:
        by_loop.setdefault(job.loop, []).append(job)
    for loop, mine in by_loop.items():
        with contextlib.suppress(RuntimeError):  # the loop has ended: nobody waits any more
            loop.call_soon_threadsafe(_hand_out, mine)


def _hand_out(jobs: list[_Job]) -> None:
    for job in jobs:
        if job.future.cancelled():
            continue
        if isinstance(job.error, StopIteration):  # no future takes one
            job.future.set_exception(RuntimeError("the unit raised StopIteration"))
        elif job.error is not None:
            job.future.set_exception(job.error)
        else:
            job.future.set_result(job.result)


@contextlib.contextmanager
def _outages() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        told = _told_as(error)
        if told is error:
            raise
        raise told from error


_OF_THE_UNIT = (IntegrityError, DataError, ProgrammingError, NotSupportedError)


@contextlib.contextmanager
def _in_doubt_if_cut() -> Iterator[None]:
    """Raises InDoubt where the connection was lost before the database said what became of the commit."""
    try:
        yield
    except DBAPIError as error:
        if error.connection_invalidated:
            raise InDoubt(_first_line(error)) from error
        raise


def _told_as(error: Exception) -> Exception:
    """What the database could not do now as an Outage; everything else as it is."""
    if isinstance(error, DBAPIError):
        mine = isinstance(error, _OF_THE_UNIT) and not error.connection_invalidated
    else:
        mine = not isinstance(error, (sa.exc.TimeoutError, PendingRollbackError))
    if mine:
        return error
    outage = Outage(_first_line(error))
    outage.__cause__ = error
    return outage


def _first_line(error: Exception) -> str:
    cause = getattr(error, "orig", None) or error
    return f"database: {str(cause).splitlines()[0] if str(cause) else type(cause).__name__}"


def _engine(url: sa.URL, connections: int, *, writing: bool, read_only: bool) -> sa.Engine:
    if url.get_backend_name() != "sqlite":
        # Reading threads share the pool; statement_timeout bounds what a lock can cost.
        options = "-c statement_timeout=60000 -c lock_timeout=10000"
        options += " -c default_transaction_read_only=on" if read_only else ""
        return sa.create_engine(
            url,
            pool_size=connections + READERS,
            max_overflow=4,
            pool_pre_ping=True,
            connect_args={
                "connect_timeout": 10,
                "options": options,
            },
        )
    pool: dict[str, Any] = {"poolclass": QueuePool, "pool_size": connections, "max_overflow": 2}
    if not url.database:
        pool = {"poolclass": StaticPool}
    engine = sa.create_engine(url, **pool, connect_args={"check_same_thread": False})
    event.listen(engine, "connect", _sqlite_settings)
    if read_only:
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA query_only=ON"))
    # BEGIN IMMEDIATE: a read transaction cannot be turned into a write one after somebody else's commit (T20).
    begin = "BEGIN IMMEDIATE" if writing else "BEGIN"
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine


def _sqlite_settings(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves: makes savepoints and DDL transactional
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={SQLITE_BUSY_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",  # NORMAL may lose acknowledged mail in a power failure (T19)
        "foreign_keys=ON",
        "cache_size=-65536",
        "wal_autocheckpoint=4000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
