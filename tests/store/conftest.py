"""A store on an empty database, its schema in place."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from mailgate.store.engine import Store
from tests.conftest import MIGRATED_AT

NOW = MIGRATED_AT


@pytest.fixture
def store(migrated_url: str) -> Iterator[Store]:
    opened = Store(migrated_url)
    yield opened
    opened.close()


@pytest.fixture
def now() -> datetime:
    return NOW
