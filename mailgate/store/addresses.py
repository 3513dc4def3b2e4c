"""What came back from an address, and whether it is written to at all (R33). No row: nothing speaks against it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from mailgate.decision.deadness import AddressRecord
from mailgate.mail.address import normalise
from mailgate.store.insert import insert
from mailgate.store.tables import addresses, participants, tickets

_LONGEST_REASON = 500
_KNOWN = sa.select(addresses).where(addresses.c.address.in_(sa.bindparam("addresses", expanding=True)))


def known_of(connection: sa.Connection, wanted: Iterable[str]) -> dict[str, AddressRecord]:
    """What is known of these addresses, by address in lower case."""
    asked = sorted({each.lower() for each in wanted if each})
    if not asked:
        return {}
    rows = connection.execute(_KNOWN, {"addresses": asked})
    return {row.address: AddressRecord(row.first_bounce, row.article_id, row.reason, row.dead_since) for row in rows}


def bounced(connection: sa.Connection, address: str, article: int, reason: str, dead: bool, at: datetime) -> None:
    """One more hard bounce; a dead address stays dead since it died."""
    statement = insert(connection.dialect.name, addresses).values(
        address=address.lower(),
        first_bounce=at,
        last_bounce=at,
        bounces=1,
        article_id=article,
        reason=reason[:_LONGEST_REASON],
        dead_since=at if dead else None,
    )
    new = statement.excluded
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[addresses.c.address],
            set_={
                "last_bounce": new.last_bounce,
                "bounces": addresses.c.bounces + 1,
                "article_id": new.article_id,
                "reason": new.reason,
                "dead_since": sa.func.coalesce(addresses.c.dead_since, new.dead_since),
            },
        )
    )


def lift(connection: sa.Connection, address: str) -> bool:
    """The operator's word: it is written to again, and nothing is held against it. True if it was dead."""
    dead = sa.and_(addresses.c.address == normalise(address).lower(), addresses.c.dead_since.is_not(None))
    return connection.execute(sa.delete(addresses).where(dead)).rowcount == 1


def customer_show(connection: sa.Connection, address: str) -> dict[str, Any] | None:
    """What the desk knows of somebody, as `customer show --json` has it; None where that is nothing."""
    row = connection.execute(sa.select(addresses).where(addresses.c.address == normalise(address).lower())).first()
    part = connection.execute(
        sa.select(tickets.c.number, tickets.c.subject, tickets.c.state, tickets.c.queue, participants.c.role)
        .join(participants, participants.c.ticket_id == tickets.c.id)
        .where(participants.c.address.in_({address, address.lower(), normalise(address)}))
        .order_by(tickets.c.id)
    ).all()
    if row is None and not part:
        return None
    return {
        "address": address,
        "dead_since": row.dead_since.isoformat() if row is not None and row.dead_since else None,
        "reason": row.reason if row is not None else None,
        "hard_bounces": row.bounces if row is not None else 0,
        "last_bounce": row.last_bounce.isoformat() if row is not None else None,
        "tickets": [
            {
                "number": each.number,
                "state": each.state,
                "queue": each.queue,
                "role": each.role,
                "subject": each.subject,
            }
            for each in part
        ],
    }
