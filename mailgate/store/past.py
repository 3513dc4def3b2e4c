"""The tickets in which people had a part, their newest ones each: one statement for a hundred."""

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from mailgate.decision.past import MOST_PAST, Pasts, PastTicket
from mailgate.store.tables import participants, tickets

MOST_AT_ONCE = 100  # SQLite takes 500 terms of a UNION


@lru_cache(maxsize=MOST_AT_ONCE)  # putting it together costs more than running it
def _statement(people: int) -> sa.CompoundSelect[Any]:
    return sa.union_all(*(sa.select(_newest(number).subquery(f"past{number}")) for number in range(people)))


def _newest(number: int) -> sa.Select[Any]:
    """The index on (address, ticket_id) gives them in order: what is older is never looked at."""
    return (
        sa.select(
            sa.bindparam(f"person{number}", type_=sa.Text).label("person"),
            participants.c.role,
            tickets.c.id,
            tickets.c.number,
            tickets.c.subject,
            tickets.c.queue,
            tickets.c.state,
            tickets.c.owner,
            tickets.c.created_at,
        )
        .join_from(participants, tickets, tickets.c.id == participants.c.ticket_id)
        .where(participants.c.address == sa.bindparam(f"person{number}"), participants.c.role != "former")
        .order_by(participants.c.ticket_id.desc())
        .limit(MOST_PAST)
    )


def _past_ticket(row: Any) -> PastTicket:
    asked = row.role == "requester"
    return PastTicket(row.id, row.number, row.subject, row.queue, row.state, row.owner, row.created_at, asked)


def pasts(connection: sa.Connection, people: Iterable[str]) -> Pasts:
    """The past of each of these addresses, in whatever case it was written then or now."""
    forms = sorted({form for each in people if each for form in (each, each.lower())})
    found: dict[str, list[PastTicket]] = defaultdict(list, {each.lower(): [] for each in forms})
    for start in range(0, len(forms), MOST_AT_ONCE):
        some = forms[start : start + MOST_AT_ONCE]
        given = {f"person{number}": form for number, form in enumerate(some)}
        for row in connection.execute(_statement(len(some)), given):
            found[row.person.lower()].append(_past_ticket(row))
    return {address: tuple(sorted(each, key=lambda one: -one.id))[:MOST_PAST] for address, each in found.items()}
