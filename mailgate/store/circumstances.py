"""What some rules ask about the whole desk. Each question costs a query: it is asked only for a set that needs it."""

from collections.abc import Iterable, Set

import sqlalchemy as sa

from mailgate.decision.circumstances import OPEN_STATES, Circumstances
from mailgate.store.tables import counters, participants, tickets

ROTATION = "rotation:"  # of the counters that round robin uses
_OPEN = tickets.c.state.in_([sa.literal_column(f"'{state}'") for state in OPEN_STATES])


def circumstances(connection: sa.Connection, needs: Set[str], authors: Iterable[str]) -> Circumstances:
    """The answers that the rule set needs. `authors`: the addresses of those who wrote."""
    people = tuple({form for each in authors if each for form in (each, each.lower())})
    return Circumstances(
        loads=_counted(connection, tickets.c.owner) if "loads" in needs else {},
        queue_sizes=_counted(connection, tickets.c.queue) if "queue sizes" in needs else {},
        known_customers=_known(connection, people) if "known customer" in needs else frozenset(),
        previous_owners=_previous(connection, people) if "previous owner" in needs else {},
        rotation=_rotation(connection) if "rotation" in needs else {},
    )


def _counted(connection: sa.Connection, column: sa.Column[str]) -> dict[str, int]:
    rows = connection.execute(sa.select(column, sa.func.count()).where(_OPEN, column.is_not(None)).group_by(column))
    return {name: number for name, number in rows.all()}  # noqa: C416 - a Result is taken for a mapping by dict()


def _known(connection: sa.Connection, people: tuple[str, ...]) -> frozenset[str]:
    lowered = sa.func.lower(participants.c.address)
    rows = connection.execute(sa.select(lowered).where(participants.c.address.in_(people)).distinct())
    return frozenset(rows.scalars())


def _previous(connection: sa.Connection, people: tuple[str, ...]) -> dict[str, str]:
    """The owner of each one's newest ticket that had one."""
    joined = participants.join(tickets, tickets.c.id == participants.c.ticket_id)
    rows = connection.execute(
        sa.select(sa.func.lower(participants.c.address), tickets.c.owner)
        .select_from(joined)
        .where(participants.c.address.in_(people), participants.c.role == "requester", tickets.c.owner.is_not(None))
        .order_by(tickets.c.id)
    )
    return {address: owner for address, owner in rows.all()}  # noqa: C416 - as above


def _rotation(connection: sa.Connection) -> dict[str, int]:
    rows = connection.execute(sa.select(counters.c.name, counters.c.next).where(counters.c.name.startswith(ROTATION)))
    return {name.removeprefix(ROTATION): following - 1 for name, following in rows}
