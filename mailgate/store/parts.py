"""People, tags and fields of a ticket that was there before: what came is added, what went is deleted."""

from typing import Any, Protocol

import sqlalchemy as sa

from mailgate.store.tables import participants, ticket_fields, ticket_tags
from mailgate.tickets.model import Ticket


class Add(Protocol):
    def __call__(self, table: sa.Table, **row: Any) -> None: ...


def take_away(connection: sa.Connection, before: Ticket, after: Ticket, add: Add) -> None:
    """Delete what went, and hand what came to `add`. Nothing is done for what is as it was."""
    if before.participants != after.participants:
        _people(before, after, add)
    if before.tags != after.tags:
        for tag in after.tags:
            if tag not in before.tags:
                add(ticket_tags, ticket_id=after.id, tag=tag)
        gone = [tag for tag in before.tags if tag not in after.tags]
        _delete(connection, ticket_tags, after.id, ticket_tags.c.tag, gone)
    if before.fields != after.fields:
        old = dict(before.fields)
        for name, value in after.fields:
            if old.get(name) != value:
                add(ticket_fields, ticket_id=after.id, name=name, value=value)
        _delete(connection, ticket_fields, after.id, ticket_fields.c.name, list(old.keys() - dict(after.fields).keys()))


def _people(before: Ticket, after: Ticket, add: Add) -> None:
    for person in after.participants:
        if person not in before.participants:
            add(
                participants,
                ticket_id=after.id,
                party=person.party,
                role=person.role,
                address=person.address,
                name=person.name,
            )


def _delete(connection: sa.Connection, table: sa.Table, ticket: int, column: sa.Column[Any], values: list[Any]) -> None:
    if values:
        connection.execute(sa.delete(table).where(table.c.ticket_id == ticket, column.in_(values)))
