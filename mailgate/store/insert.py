"""INSERT ... ON CONFLICT on both databases."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite


def insert_or_ignore(connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows; those whose key is taken are left as they are."""
    if rows:
        connection.execute(insert(connection, table).on_conflict_do_nothing(), list(rows))


def insert_or_add(connection: sa.Connection, table: sa.Table, column: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows; where the key is taken, `column` is added to what is there."""
    if rows:
        statement = insert(connection, table)
        total = table.c[column] + statement.excluded[column]
        connection.execute(
            statement.on_conflict_do_update(index_elements=list(table.primary_key), set_={column: total}), list(rows)
        )


def insert_or_replace(connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows; where the key is taken, the other columns are overwritten."""
    if rows:
        statement = insert(connection, table)
        others = {c.name: statement.excluded[c.name] for c in table.columns if not c.primary_key}
        action = statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=others)
        connection.execute(action if others else statement.on_conflict_do_nothing(), list(rows))


def insert(connection: sa.Connection, table: sa.Table) -> sqlite.Insert:
    """The INSERT that knows ON CONFLICT."""
    # Both dialects' Insert have the same methods; one type serves the checker.
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)  # type: ignore[return-value]
