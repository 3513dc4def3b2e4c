"""The tickets in which people had a part, their newest ones each: one statement for sixty-four."""

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from mailgate.decision.past import MOST_PAST, Pasts, PastTicket
from mailgate.store.tables import tickets

SIZES = (1, 4, 16, 64)  # of people in one statement: few statements, each put together once
NOBODY = " "  # fills a statement up: no address is a blank
# The index on (address, ticket_id) gives them in order: what is older is never looked at.
_NEWEST = """SELECT * FROM (
  SELECT CAST(:person{n} AS TEXT) AS person, p.role, t.id, t.number, t.subject, t.queue, t.state, t.owner, t.created_at
  FROM participants p JOIN tickets t ON t.id = p.ticket_id
  WHERE p.address = :person{n} AND p.role <> 'former'
  ORDER BY p.ticket_id DESC LIMIT {most}
) AS past{n}"""
_COLUMNS = (
    sa.column("person", sa.Text),
    sa.column("role", sa.Text),
    *(tickets.c[name] for name in ("id", "number", "subject", "queue", "state", "owner", "created_at")),
)


@lru_cache(maxsize=len(SIZES))
def _statement(people: int) -> sa.TextualSelect:
    """As text: a tree of so many parts is walked at each execution, which costs more than the execution."""
    union = " UNION ALL ".join(_NEWEST.format(n=number, most=MOST_PAST) for number in range(people))
    return sa.text(union).columns(*_COLUMNS)


def _past_ticket(row: Any) -> PastTicket:
    asked = row.role == "requester"
    return PastTicket(row.id, row.number, row.subject, row.queue, row.state, row.owner, row.created_at, asked)


def pasts(connection: sa.Connection, people: Iterable[str]) -> Pasts:
    """The past of each of these addresses, in whatever case it was written then or now."""
    forms = sorted({form for each in people if each for form in (each, each.lower())})
    found: dict[str, list[PastTicket]] = defaultdict(list, {each.lower(): [] for each in forms})
    for start in range(0, len(forms), SIZES[-1]):
        some = forms[start : start + SIZES[-1]]
        size = next(each for each in SIZES if each >= len(some))
        given = {f"person{number}": form for number, form in enumerate((*some, *[NOBODY] * (size - len(some))))}
        for row in connection.execute(_statement(size), given):
            found[row.person.lower()].append(_past_ticket(row))
    return {address: tuple(sorted(each, key=lambda one: -one.id))[:MOST_PAST] for address, each in found.items()}
