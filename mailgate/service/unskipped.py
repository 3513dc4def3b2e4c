"""Stored traces with the rules that were skipped, each by itself: the sets that ran then are taken from the database.

Nothing is written. Where a set is not there any more, or this program cannot read it, the page says so.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from mailgate.decision.explained import Explained, StoredTrace
from mailgate.decision.skipped import mail_as_seen, with_skipped
from mailgate.errors import CannotStart, FilesRejected
from mailgate.mail.parse import parse
from mailgate.rules.view import View
from mailgate.service.active import ActiveSet
from mailgate.service.opening import joined_with
from mailgate.service.snapshot import CONFIG, checked, take_texts
from mailgate.store import sets, spool
from mailgate.store.trace_text import traces_in


def unskipped(
    connection: sa.Connection, found: Sequence[Explained], path: Path, packaged: Path | None
) -> tuple[Explained, ...]:
    """The same with each rule that was skipped. `path`: where config.toml lies."""
    known: dict[str, ActiveSet | str] = {}
    return tuple(replace(each, trace=_trace(connection, each.trace, known, path, packaged)) for each in found)


def _trace(
    connection: sa.Connection, trace: StoredTrace, known: dict[str, ActiveSet | str], path: Path, packaged: Path | None
) -> StoredTrace:
    if not any(event.get("unmet") for event in trace.body["events"]):
        return trace
    if trace.ruleset not in known:
        known[trace.ruleset] = _set(connection, trace.ruleset, path, packaged)
    ran = known[trace.ruleset]
    if isinstance(ran, str):
        return replace(trace, body=_untold(trace.body, ran))
    mail = None if trace.spool_id is None else _mail(connection, trace.spool_id, ran)
    return replace(trace, body=with_skipped(trace.body, traces_in(trace.body), ran.policy.rules, mail))


def _set(connection: sa.Connection, digest: str, path: Path, packaged: Path | None) -> ActiveSet | str:
    """The set of that hash, or why there is none."""
    files = sets.files_of(connection, digest)
    if files is None or CONFIG not in files:
        return f"which rules they were cannot be told: the database does not hold the set {digest} any more"
    try:
        return joined_with(connection, checked(take_texts(files, path, os.environ, offline=True), packaged))
    except (CannotStart, FilesRejected) as error:
        return f"which rules they were cannot be told: this mailgate cannot use the set {digest}: {_first_line(error)}"


def _mail(connection: sa.Connection, spool_id: int, ran: ActiveSet) -> View | None:
    raw, envelope = spool.raw(connection, spool_id), spool.envelope(connection, spool_id)
    if raw is None or envelope is None:
        return None
    return mail_as_seen(parse(raw, envelope.reverse_path or ""), envelope, ran.policy)


def _untold(body: Mapping[str, Any], why: str) -> Mapping[str, Any]:
    """The reason once for each row of rules."""
    events = [
        {**event, "expanded": [{"steps": [], "remark": why} for _ in event["unmet"]]} if event.get("unmet") else event
        for event in body["events"]
    ]
    return {**body, "events": events}


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
