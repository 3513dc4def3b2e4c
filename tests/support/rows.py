"""Rows that a test wants to be there, written past the domain."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from mailgate.store.chain import GENESIS
from mailgate.store.tables import tickets


def insert_ticket(connection: sa.Connection, number: int, at: datetime, **columns: Any) -> int:
    """A ticket with an empty history; its id."""
    row = {
        "id": number,
        "number": str(number),
        "nonce": b"n" * 8,
        "subject": "x",
        "queue": "support",
        "state": "open",
        "priority": "normal",
        "owner": None,
        "language": "en",
        "created_at": at,
        "updated_at": at,
        "root_article": 0,
        "root_nonce": b"",
        "last_article": 0,
        "last_nonce": b"",
        "articles": 0,
        "version": 1,
        "history_seq": 0,
        "history_head": GENESIS,
    }
    connection.execute(sa.insert(tickets), row | columns)
    return number
