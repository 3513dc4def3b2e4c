"""A desk's database in memory, empty again as often as one wants: rule tests run on it, one after the other.

It is SQLite through the same store. One connection holds it all, so nothing may be read while something is written.
"""

import sqlite3
from datetime import datetime

from mailgate.store.engine import Store
from mailgate.store.migrations import migrate

IN_MEMORY = "sqlite://"


class MemoryStore(Store):
    """Empty, with the schema of this version. `close()` ends it."""

    def __init__(self, now: datetime) -> None:
        super().__init__(IN_MEMORY)
        self.write_now(lambda connection: migrate(connection, now))
        self._empty = sqlite3.connect(":memory:", check_same_thread=False)
        self._driver().backup(self._empty)

    def clear(self) -> None:
        """As it was at the beginning."""
        self._empty.backup(self._driver())

    def close(self) -> None:
        super().close()
        self._empty.close()

    def _driver(self) -> sqlite3.Connection:
        raw = self._engine.raw_connection()
        try:
            found = raw.driver_connection
            assert isinstance(found, sqlite3.Connection)  # noqa: S101  IN_MEMORY says so
            return found
        finally:
            raw.close()
