"""Whether the path of an SQLite database still leads to the files that are open here.

A database that is deleted or replaced under a running daemon goes on working for whoever has it open, and everything
that is committed then is gone with the process. So the writer asks after each commit, before anybody hears of it. Two
stat() calls: some microseconds.
"""

import os
from pathlib import Path
from typing import Literal

Found = Literal["ours", "without its log", "another"]
_Identity = tuple[int, int]


class OwnFiles:
    """The database at `path` and its write-ahead log, as they were when they were seen first."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._log = path.with_name(f"{path.name}-wal")
        self._database_seen: _Identity | None = None
        self._log_seen: _Identity | None = None

    def opened(self, *_: object) -> None:
        """A connection was made: what lies there now is ours, unless something was before."""
        self._database_seen = self._database_seen or _identity(self.path)

    def look(self) -> Found:
        """After a commit, while a connection is open: SQLite then never removes or replaces either by itself."""
        if _identity(self.path) != self._database_seen:
            return "another"
        log = _identity(self._log)
        self._log_seen = self._log_seen or log
        return "ours" if log == self._log_seen else "without its log"

    def forget(self) -> None:
        """All connections are closed: the next one opens what lies there."""
        self._database_seen = self._log_seen = None


def _identity(path: Path) -> _Identity | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino
