"""Ids and numbers set aside before they are used: a gap after a crash is fine, a repeat never."""

from functools import cache

import sqlalchemy as sa
from sqlalchemy.sql import Executable

from mailgate.store.insert import insert
from mailgate.store.tables import counters


def reserve(connection: sa.Connection, name: str, count: int, start: int = 1) -> range:
    """The next `count` values of a counter; it begins at `start`, and never falls behind a later `start`."""
    if count <= 0:
        return range(0)
    said = {"counter": name, "start": start, "count": count, "after": start + count}
    after = connection.execute(_reserve(connection.dialect.name), said).scalar_one()
    return range(after - count, after)


@cache
def _reserve(dialect: str) -> Executable:
    start, count = sa.bindparam("start", type_=sa.BigInteger), sa.bindparam("count", type_=sa.BigInteger)
    first = sa.case((counters.c.next < start, start), else_=counters.c.next)
    return (
        insert(dialect, counters)
        .values(name=sa.bindparam("counter"), next=sa.bindparam("after"))
        .on_conflict_do_update(index_elements=[counters.c.name], set_={"next": first + count})
        .returning(counters.c.next)
    )


def give_back(connection: sa.Connection, name: str, unused: range) -> None:
    """Return the tail of the newest reservation, if nobody reserved after it."""
    if unused:
        connection.execute(
            sa.update(counters).where(counters.c.name == name, counters.c.next == unused.stop).values(next=unused.start)
        )
