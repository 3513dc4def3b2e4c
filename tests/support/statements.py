"""What a unit asks the database, and how the database would find it."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from mailgate.store.engine import Store

Asked = tuple[str, object]


@contextmanager
def statements(engine: sa.Engine) -> Iterator[list[Asked]]:
    """Every statement and its parameters while the block lasts."""
    asked: list[Asked] = []

    def see(_conn: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        if not statement.startswith("BEGIN"):
            asked.append((statement, parameters))

    sa.event.listen(engine, "before_cursor_execute", see)
    try:
        yield asked
    finally:
        sa.event.remove(engine, "before_cursor_execute", see)


def explained(store: Store, asked: Asked) -> str:
    """The database's plan for one statement."""
    prefix = "EXPLAIN QUERY PLAN " if store.is_sqlite else "EXPLAIN "
    statement, parameters = asked
    return store.write_now(lambda c: str(c.exec_driver_sql(prefix + statement, parameters).all()))  # type: ignore[arg-type]
