"""What some rules ask about the whole desk. Each question costs a query: it is asked only for a set that needs it."""

from collections.abc import Set

import sqlalchemy as sa

from mailgate.decision.circumstances import Circumstances
from mailgate.decision.past import OPEN_STATES
from mailgate.store.tables import counters, tickets

ROTATION = "rotation:"  # of the counters that round robin uses
_OPEN = tickets.c.state.in_([sa.literal_column(f"'{state}'") for state in OPEN_STATES])


def circumstances(connection: sa.Connection, needs: Set[str]) -> Circumstances:
    """The answers that the rule set needs."""
    return Circumstances(
        loads=_counted(connection, tickets.c.owner) if "loads" in needs else {},
        queue_sizes=_counted(connection, tickets.c.queue) if "queue sizes" in needs else {},
        rotation=_rotation(connection) if "rotation" in needs else {},
    )


def open_by_queue(connection: sa.Connection) -> dict[str, int]:
    """How many open tickets each queue has; without those that have none."""
    return _counted(connection, tickets.c.queue)


def _counted(connection: sa.Connection, column: sa.Column[str]) -> dict[str, int]:
    rows = connection.execute(sa.select(column, sa.func.count()).where(_OPEN, column.is_not(None)).group_by(column))
    return {name: number for name, number in rows.all()}  # noqa: C416 - a Result is taken for a mapping by dict()


def _rotation(connection: sa.Connection) -> dict[str, int]:
    rows = connection.execute(sa.select(counters.c.name, counters.c.next).where(counters.c.name.startswith(ROTATION)))
    return {name.removeprefix(ROTATION): following - 1 for name, following in rows}
