"""A database in memory is empty again as often as one wants, and has this version's schema."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from mailgate.mail.envelope import Envelope, Submission
from mailgate.store import spool
from mailgate.store.memory import MemoryStore
from mailgate.store.migrations import check_schema
from mailgate.store.tables import metadata

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def accepted(store: MemoryStore) -> int:
    packed = spool.pack(Submission(Envelope("a@b.example", ("c@d.example",), "smtp", NOW), b"x"))
    return store.write_now(lambda c: spool.accept(c, packed))


def test_what_was_written_is_read_and_gone_when_it_is_cleared() -> None:
    store = MemoryStore(NOW)
    try:
        assert [accepted(store), accepted(store)] == [1, 2]
        assert store.read_now(lambda c: spool.raw(c, 2)) == b"x"
        store.clear()
        store.read_now(check_schema)
        count = sa.select(sa.func.count()).select_from(metadata.tables["spool"])
        assert store.read_now(lambda c: c.execute(count).scalar()) == 0
        assert accepted(store) == 1
    finally:
        store.close()


@pytest.mark.asyncio
async def test_it_serves_threads_one_after_the_other() -> None:
    store = MemoryStore(NOW)
    try:
        packed = spool.pack(Submission(Envelope(None, ("c@d.example",), "smtp", NOW), b"x"))
        assert await store.write(lambda c: spool.accept(c, packed)) == 1
        assert await store.read(lambda c: spool.raw(c, 1)) == b"x"
    finally:
        store.close()
