"""Ids and numbers set aside before they are used: a gap after a crash is fine, a repeat never."""

import sqlalchemy as sa

from mailgate.store.insert import insert_or_ignore
from mailgate.store.tables import counters


def reserve(connection: sa.Connection, name: str, count: int, start: int = 1) -> range:
    """The next `count` values of a counter; it begins at `start`, and never falls behind a later `start`."""
    insert_or_ignore(connection, counters, [{"name": name, "next": start}])
    after = connection.execute(
        sa.update(counters)
        .where(counters.c.name == name)
        .values(next=sa.case((counters.c.next < start, start), else_=counters.c.next) + count)
        .returning(counters.c.next)
    ).scalar_one()
    return range(after - count, after)


def give_back(connection: sa.Connection, name: str, unused: range) -> None:
    """Return the tail of the newest reservation, if nobody reserved after it."""
    if unused:
        connection.execute(
            sa.update(counters)
            .where(counters.c.name == name, counters.c.next == unused.stop)
            .values(next=unused.start)
        )
