"""A store on an empty database, its schema in place."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from mailgate.store.engine import Store
from mailgate.store.migrations import migrate

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    opened = Store(database_url)
    try:
        opened.write_now(lambda c: migrate(c, NOW))
        yield opened
    finally:
        opened.close()


@pytest.fixture
def now() -> datetime:
    return NOW
