"""Rows that a test wants to be there, written past the domain."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from mailgate.store.chain import GENESIS
from mailgate.store.tables import tickets


def insert_ticket(connection: sa.Connection, number: int, at: datetime, **columns: Any) -> int:
    """A ticket with an empty history; its id."""
    row = {
        "id": number,
        "number": str(number),
        "nonce": b"n" * 8,
        "subject": "x",
        "queue": "support",
        "state": "open",
        "priority": "normal",
        "owner": None,
        "language": "en",
        "created_at": at,
        "updated_at": at,
        "root_article": 0,
        "root_nonce": b"",
        "last_article": 0,
        "last_nonce": b"",
        "articles": 0,
        "version": 1,
        "history_seq": 0,
        "history_head": GENESIS,
    }
    connection.execute(sa.insert(tickets), row | columns)
    return number


Made = Callable[[sa.ColumnElement[int]], Any]
"""What a column holds in row n."""


def crowd(connection: sa.Connection, table: sa.Table, count: int, **changed: Made) -> None:
    """So many more rows like the first one, numbered from 100 on. The database makes them itself: that is quick."""
    first = sa.select(sa.literal(100).label("n")).cte("numbers", recursive=True)
    numbers = first.union_all(sa.select(first.c.n + 1).where(first.c.n < 99 + count))
    like = sa.select(table).limit(1).subquery()
    row = {each.name: changed[each.name](numbers.c.n) if each.name in changed else each for each in like.c}
    connection.execute(
        sa.insert(table).from_select(list(row), sa.select(*row.values()).select_from(like.join(numbers, sa.true())))
    )


def as_text(number: sa.ColumnElement[int]) -> sa.ColumnElement[str]:
    return sa.cast(number, sa.String)


def as_octets(number: sa.ColumnElement[int]) -> sa.ColumnElement[bytes]:
    return sa.cast(as_text(number), sa.LargeBinary)


def same(number: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    return number
