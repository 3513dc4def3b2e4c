"""Where tickets are in their processes, and how long each step took: read from tickets and their histories."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from mailgate.store.tables import history, tickets

MOST_ENTRIES = 200_000  # the newest


@dataclass(frozen=True, slots=True)
class StepStats:
    """`waiting`: tickets that are there now; `passed`: how often it was left; `seconds`: on the average until then."""

    process: str
    step: str
    waiting: int
    passed: int
    seconds: float


def running_now(connection: sa.Connection) -> dict[tuple[str, str], int]:
    """Open tickets by process and step."""
    rows = connection.execute(
        sa.select(tickets.c.process, tickets.c.process_step, sa.func.count())
        .where(tickets.c.process.is_not(None), tickets.c.state.in_(("new", "open", "pending")))
        .group_by(tickets.c.process, tickets.c.process_step)
    )
    return {(process, step or ""): count for process, step, count in rows}


def step_stats(connection: sa.Connection) -> list[StepStats]:
    """Every step that was ever entered, or is waited in."""
    events = ("step.entered", "process.ended")
    rows = connection.execute(
        sa.select(history.c.ticket_id, history.c.at, history.c.event, history.c.detail)
        .where(history.c.event.in_(events))
        .order_by(history.c.ticket_id.desc(), history.c.seq)
        .limit(MOST_ENTRIES)
    ).all()
    spans = _spans(rows)
    waiting = running_now(connection)
    found = []
    for key in sorted(spans.keys() | waiting.keys()):
        taken = spans.get(key, [])
        average = sum(taken) / len(taken) if taken else 0.0
        found.append(StepStats(*key, waiting.get(key, 0), len(taken), average))
    return found


def _spans(rows: Iterable[Any]) -> dict[tuple[str, str], list[float]]:
    spans: dict[tuple[str, str], list[float]] = defaultdict(list)
    here: dict[int, tuple[tuple[str, str], datetime]] = {}
    for row in rows:
        if row.ticket_id in here:
            key, since = here.pop(row.ticket_id)
            spans[key].append((row.at - since).total_seconds())
        if row.event == "step.entered" and (said := _read(row.detail)):
            here[row.ticket_id] = (said, row.at)
    return spans


def _read(detail: Any) -> tuple[str, str] | None:
    """Process and step; None where the entry was erased."""
    said = json.loads(detail) if isinstance(detail, str | bytes) else detail
    return (said["process"], said["step"]) if isinstance(said, dict) and "process" in said else None
