"""Rows of the spool that nobody can read any more (bit rot, a hand in the database): named and set aside.

Without this one of them would end every claim, and with it the processing of all other mail (F21).
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from mailgate.store.tables import spool

log = logging.getLogger(__name__)

_UNREADABLE = (ValueError, TypeError, LookupError, AttributeError)
_NEUTRAL: Mapping[str, Any] = {"forward_paths": [], "reverse_path": None, "source": "", "size": 0, "attempts": 0}


@dataclass(frozen=True, slots=True)
class Damaged:
    """A mail that was set aside, and why."""

    spool_id: int
    cause: str


def due_and_sound(
    connection: sa.Connection, due: sa.Select[Any], values: Mapping[str, Any]
) -> tuple[Sequence[Any], tuple[Damaged, ...]]:
    """The rows that `due` finds; what cannot be read among them is set aside."""
    try:
        rows = connection.execute(due, values).all()
        if all(map(_is_sound, rows)):
            return rows, ()
    except _UNREADABLE:
        pass  # a column of one of them means nothing
    numbers = due.with_only_columns(spool.c.id)
    found = list(_one_by_one(connection, list(connection.execute(numbers, values).scalars()), values["now"]))
    return [each for each in found if not isinstance(each, Damaged)], tuple(
        each for each in found if isinstance(each, Damaged)
    )


def set_aside(connection: sa.Connection, spool_id: int, cause: str, now: datetime) -> Damaged:
    """Quarantine a mail of which not all is there, so that it can be shown and listed."""
    neutral = {"received_at": now, "next_attempt_at": now, **_NEUTRAL}
    lost = {name: value for name, value in neutral.items() if not _is_readable(connection, spool_id, name)}
    said = f"its row in the spool cannot be read: {cause}"
    log.error(
        "S%d is set aside: %s; other mail goes on. See `mailgate spool show S%d`, and look at the disk",
        spool_id,
        said,
        spool_id,
    )
    connection.execute(
        sa.update(spool)
        .where(spool.c.id == spool_id)
        .values(state="quarantined", outcome="quarantined", cause=said, processed_at=now, lease_owner=None, **lost)
    )
    return Damaged(spool_id, said)


def _one_by_one(connection: sa.Connection, ids: Sequence[int], now: datetime) -> Iterator[Any]:
    for number in ids:
        try:
            row = connection.execute(sa.select(spool).where(spool.c.id == number)).one()
            cause = "" if _is_sound(row) else "a column holds something of another kind"
        except _UNREADABLE as error:
            cause = f"{type(error).__name__}: {error}"[:300]
        if cause:
            yield set_aside(connection, number, cause, now)
        else:
            yield row


def _is_sound(row: Any) -> bool:
    paths, texts = row.forward_paths, (row.source, row.reverse_path or "", row.helo or "", row.peer or "")
    return (
        isinstance(paths, list)
        and all(isinstance(each, str) for each in (*paths, *texts))
        and isinstance(row.size, int)
        and isinstance(row.attempts, int)
        and isinstance(row.received_at, datetime)
    )


def _is_readable(connection: sa.Connection, spool_id: int, name: str) -> bool:
    kinds = {"forward_paths": list, "reverse_path": str | None, "source": str, "size": int, "attempts": int}
    try:
        value = connection.execute(sa.select(spool.c[name]).where(spool.c.id == spool_id)).scalar_one()
    except _UNREADABLE:
        return False
    return isinstance(value, kinds.get(name, datetime))
