"""Who leads the processing. One processor works in spool order; everybody else takes in and sends.

On PostgreSQL the lead is an advisory lock on a connection of its own; on SQLite one daemon holds a lock file. Either
way taking the lead raises the epoch, which every T2 checks: a leader that was paused cannot commit.
"""

import contextlib
import fcntl
import os
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from mailgate.errors import CannotStart
from mailgate.store.insert import insert_or_ignore
from mailgate.store.liveness import lock_of
from mailgate.store.spool import release_all
from mailgate.store.tables import epochs

_LOCK = 0x6D670001


def take_lead(connection: sa.Connection, holder: str, now: datetime) -> int:
    """Raise the epoch and free what the leader before us had in hand; the new epoch."""
    insert_or_ignore(connection, epochs, [{"name": "processor", "epoch": 0, "holder": holder, "since": now}])
    epoch = connection.execute(
        sa.update(epochs)
        .where(epochs.c.name == "processor")
        .values(epoch=epochs.c.epoch + 1, holder=holder, since=now)
        .returning(epochs.c.epoch)
    ).scalar_one()
    release_all(connection)
    return int(epoch)


class FileLock:
    """One daemon a SQLite file. The lock ends with the process, however it ends."""

    def __init__(self, database: Path) -> None:
        database = database.resolve()  # by whatever name it is opened
        self._path = database.with_name(database.name + ".lock")
        self._handle: int | None = None

    def take(self) -> None:
        """Raises CannotStart naming the holder."""
        try:
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            mend = "check the directory's owner and mode"
            raise CannotStart(f"cannot write {self._path}: {error.strerror}; {mend}") from None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.read(handle, 100).decode(errors="replace").strip() or "unknown"
            os.close(handle)
            text = f"another mailgate (process {holder}) already serves this database; stop it first"
            raise CannotStart(text) from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        self._handle = handle

    def release(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


class AdvisoryLock:
    """The lead on PostgreSQL: held by a session, so it falls free the moment the session dies. The same session says
    that `owner` lives (mailgate.store.liveness)."""

    def __init__(self, url: sa.URL, owner: str) -> None:
        self._owner, self._leads = owner, False
        self._engine = sa.create_engine(url, poolclass=sa.NullPool, connect_args={"connect_timeout": 10})
        self._connection: sa.Connection | None = None

    def held(self) -> bool:
        """Take the lead if it is free; whether we have it."""
        try:
            if self._connection is None:
                self._leads = False
                self._connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
                self._lock(self._connection, lock_of(self._owner))
            if self._leads:
                self._connection.execute(sa.text("SELECT 1"))
            else:
                self._leads = self._lock(self._connection, _LOCK)
        except SQLAlchemyError:
            self.release()
        return self._leads

    def release(self) -> None:
        self._leads = False
        if self._connection is not None:
            with contextlib.suppress(SQLAlchemyError):
                self._connection.close()
            self._connection = None

    @staticmethod
    def _lock(connection: sa.Connection, lock: int) -> bool:
        return bool(connection.execute(sa.text("SELECT pg_try_advisory_lock(:lock)"), {"lock": lock}).scalar_one())
