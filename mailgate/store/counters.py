"""Ids and numbers set aside before they are used: a gap after a crash is fine, a repeat never."""

import sqlalchemy as sa

from mailgate.store.insert import insert
from mailgate.store.tables import counters


def reserve(connection: sa.Connection, name: str, count: int, start: int = 1) -> range:
    """The next `count` values of a counter; it begins at `start`, and never falls behind a later `start`."""
    if count <= 0:
        return range(0)
    first = sa.case((counters.c.next < start, start), else_=counters.c.next)
    after = connection.execute(
        insert(connection, counters)
        .values(name=name, next=start + count)
        .on_conflict_do_update(index_elements=[counters.c.name], set_={"next": first + count})
        .returning(counters.c.next)
    ).scalar_one()
    return range(after - count, after)


def give_back(connection: sa.Connection, name: str, unused: range) -> None:
    """Return the tail of the newest reservation, if nobody reserved after it."""
    if unused:
        connection.execute(
            sa.update(counters).where(counters.c.name == name, counters.c.next == unused.stop).values(next=unused.start)
        )
