"""The texts of processes by hash: a ticket stays on the version with which it began."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from mailgate.decision.process_effects import StartProcess
from mailgate.store.insert import insert_or_ignore
from mailgate.store.tables import process_texts as table
from mailgate.tickets.model import Ticket


def process_texts(connection: sa.Connection, tickets: Iterable[Ticket]) -> dict[str, str]:
    """Those that these tickets run on; no query where none runs."""
    hashes = {each.running.definition for each in tickets if each.running is not None and not each.running.ended}
    if not hashes:
        return {}
    rows = connection.execute(sa.select(table.c.hash, table.c.text).where(table.c.hash.in_(sorted(hashes))))
    return {row.hash: row.text for row in rows}


def keep_text(connection: sa.Connection, begun: StartProcess, now: datetime) -> None:
    """Once each."""
    row = {
        "hash": begun.definition,
        "process": begun.process,
        "version": begun.version,
        "text": begun.text,
        "first_used": now,
    }
    insert_or_ignore(connection, table, [row])
