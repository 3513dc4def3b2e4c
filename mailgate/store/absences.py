"""Which agents are away, and until when: said by their own out-of-office, or by the operator."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from mailgate.store.insert import insert_or_replace
from mailgate.store.tables import absences

_AWAY = sa.select(absences.c.agent, absences.c.until).where(absences.c.until > sa.bindparam("now"))


def away(connection: sa.Connection, now: datetime) -> Mapping[str, datetime]:
    """Agent -> when she is back."""
    return {row.agent: row.until for row in connection.execute(_AWAY, {"now": now})}


def leave(connection: sa.Connection, agent: str, until: datetime, now: datetime, said_by: str) -> None:
    """She is away until then, whatever was known before."""
    insert_or_replace(connection, absences, [{"agent": agent, "until": until, "since": now, "said_by": said_by}])


def come_back(connection: sa.Connection, agent: str) -> bool:
    """She is here again; True if she was away."""
    return connection.execute(sa.delete(absences).where(absences.c.agent == agent)).rowcount == 1
