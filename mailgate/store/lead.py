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
from mailgate.store.epoch import PROCESSOR, raise_epoch
from mailgate.store.liveness import lock_of
from mailgate.store.spool import release_all

_LOCK = 0x6D670001


def take_lead(connection: sa.Connection, holder: str, now: datetime) -> int:
    """Raise the epoch and free what the leader before us had in hand; the new epoch."""
    epoch = raise_epoch(connection, PROCESSOR, holder, now)
    release_all(connection)
    return epoch


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


class SessionLock:
    """A lock on PostgreSQL that is held by a session of its own, so it falls free the moment the session dies.

    `beside`: a lock that the same session takes first, and need not get.
    """

    def __init__(self, url: sa.URL, lock: int, beside: int | None = None) -> None:
        self._number, self._beside, self._leads = lock, beside, False
        self._engine = sa.create_engine(url, poolclass=sa.NullPool, connect_args={"connect_timeout": 10})
        self._connection: sa.Connection | None = None

    def held(self) -> bool:
        """Take the lock if it is free; whether we have it."""
        try:
            if self._connection is None:
                self._leads = False
                self._connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
                if self._beside is not None:
                    self._lock(self._connection, self._beside)
            if self._leads:
                self._connection.execute(sa.text("SELECT 1"))
            else:
                self._leads = self._lock(self._connection, self._number)
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


class AdvisoryLock(SessionLock):
    """The lead of the processing on PostgreSQL. The same session says that `owner` lives (mailgate.store.liveness)."""

    def __init__(self, url: sa.URL, owner: str) -> None:
        super().__init__(url, _LOCK, beside=lock_of(owner))
