"""A moment means the same on both databases."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import StatementError

from mailgate.store.engine import Store
from mailgate.store.types import UTCDateTime

moments = sa.Table("moments", sa.MetaData(), sa.Column("at", UTCDateTime))
zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.datetimes(datetime(1971, 1, 1), datetime(9000, 1, 1), timezones=zones), max_size=5))  # noqa: DTZ001
def test_a_moment_of_any_zone_comes_back_in_utc_and_sorts_as_time_does(store: Store, given: list[datetime]) -> None:
    def there_and_back(c: sa.Connection) -> list[datetime]:
        moments.create(c, checkfirst=True)
        c.execute(sa.delete(moments))
        for each in given:
            c.execute(sa.insert(moments).values(at=each))
        return list(c.execute(sa.select(moments.c.at).order_by(moments.c.at)).scalars())

    found = store.write_now(there_and_back)
    assert found == sorted(given)
    assert all(each.tzinfo is UTC or each.utcoffset() == timedelta(0) for each in found)


def test_a_moment_without_a_zone_is_refused(store: Store) -> None:
    store.write_now(lambda c: moments.create(c, checkfirst=True))
    with pytest.raises(StatementError, match="naive"):
        store.write_now(lambda c: c.execute(sa.insert(moments).values(at=datetime(2026, 1, 1))))  # noqa: DTZ001
