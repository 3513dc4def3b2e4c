"""INSERT ... ON CONFLICT on both databases.

Each statement is made once: with its key in SQLAlchemy's cache that costs as much as a small INSERT.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite


def insert_or_ignore(connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows; those whose key is taken are left as they are."""
    if rows:
        connection.execute(_or_ignore(connection.dialect.name, table), list(rows))


def insert_or_add(connection: sa.Connection, table: sa.Table, column: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows; where the key is taken, `column` is added to what is there."""
    if rows:
        connection.execute(_or_add(connection.dialect.name, table, column), list(rows))


def insert_or_replace(connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows; where the key is taken, the other columns are overwritten."""
    if rows:
        connection.execute(_or_replace(connection.dialect.name, table), list(rows))


def insert(dialect: str, table: sa.Table) -> sqlite.Insert:
    """The INSERT that knows ON CONFLICT."""
    # Both dialects' Insert have the same methods; one type serves the checker.
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)  # type: ignore[return-value]


@cache
def _or_ignore(dialect: str, table: sa.Table) -> sqlite.Insert:
    return insert(dialect, table).on_conflict_do_nothing()


@cache
def _or_add(dialect: str, table: sa.Table, column: str) -> sqlite.Insert:
    statement = insert(dialect, table)
    total = table.c[column] + statement.excluded[column]
    return statement.on_conflict_do_update(index_elements=list(table.primary_key), set_={column: total})


@cache
def _or_replace(dialect: str, table: sa.Table) -> sqlite.Insert:
    statement = insert(dialect, table)
    others = {c.name: statement.excluded[c.name] for c in table.columns if not c.primary_key}
    if not others:
        return _or_ignore(dialect, table)
    return statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=others)
