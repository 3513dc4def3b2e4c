"""What a ticket's traces, history and outbox say together: why each mail was treated as it was.

A trace and the history entries that came of it bear the same moment. Where several mails of one batch do, each one's
entries begin with the article that it became.
"""

import json
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from mailgate.decision.explained import StoredEffect, StoredMail, StoredTrace
from mailgate.store.tables import CALL_KINDS, articles, history, outbox, tickets, traces

CALLS_QUEUED = frozenset(f"{kind}.queued" for kind in CALL_KINDS)
_NO_RULES: Mapping[str, Any] = MappingProxyType({"evidence": (), "events": ()})
MOST_TRACES = 10  # of a ticket, for `traces_of`, or of the desk: the newest
_OF_TICKET = sa.select(traces).where(traces.c.ticket_id == sa.bindparam("ticket")).order_by(traces.c.id.desc())
_NEWEST = _OF_TICKET.limit(MOST_TRACES)


@dataclass(frozen=True, slots=True)
class ExplainedTicket:
    """A ticket and its traces, the oldest first."""

    number: str
    subject: str
    traces: "tuple[Explained, ...]"


@dataclass(frozen=True, slots=True)
class Explained:
    """One trace with everything that came of it."""

    trace: StoredTrace
    effects: tuple[StoredEffect, ...]


def traces_of(connection: sa.Connection, ticket_ids: Iterable[int]) -> Mapping[int, tuple[StoredTrace, ...]]:
    """The newest traces of each ticket, the oldest first; for a page inside a mail."""
    return {number: _traces(connection, connection.execute(_NEWEST, {"ticket": number}).all()) for number in ticket_ids}


def explain_ticket(connection: sa.Connection, number: str) -> ExplainedTicket | None:
    """Every trace of the ticket; None where there is no such ticket."""
    columns = (tickets.c.id, tickets.c.number, tickets.c.subject)
    ticket = connection.execute(sa.select(*columns).where(tickets.c.number == number)).first()
    return None if ticket is None else ExplainedTicket(*ticket[1:], _explained(connection, ticket.id))


def explain_desk(connection: sa.Connection) -> tuple[Explained, ...]:
    """The newest traces of what happened to the desk itself, the oldest first."""
    none = (traces.c.ticket_id.is_(None), traces.c.spool_id.is_(None))
    rows = connection.execute(sa.select(traces).where(*none).order_by(traces.c.id.desc()).limit(MOST_TRACES)).all()
    return tuple(Explained(each, ()) for each in _traces(connection, rows))


def explain_mail(connection: sa.Connection, spool_id: int) -> tuple[Explained, ...]:
    """The traces of one accepted mail; () where it has none."""
    rows = connection.execute(sa.select(traces).where(traces.c.spool_id == spool_id).order_by(traces.c.id.desc())).all()
    nowhere = (Explained(each, ()) for each in _traces(connection, [row for row in rows if row.ticket_id is None]))
    on_tickets = (each for row in rows if row.ticket_id is not None for each in _explained(connection, row.ticket_id))
    return (*nowhere, *(each for each in on_tickets if each.trace.spool_id == spool_id))


def _explained(connection: sa.Connection, ticket: int) -> tuple[Explained, ...]:
    found = _traces(connection, connection.execute(_OF_TICKET, {"ticket": ticket}).all())
    untraced = _untraced(connection, ticket, {trace.at for trace in found})
    return _with_effects(connection, ticket, sorted((*found, *untraced), key=lambda trace: trace.at))


def _untraced(connection: sa.Connection, ticket: int, traced: Set[datetime]) -> list[StoredTrace]:
    """What agents and operators did by themselves: no rule looked at it, and it explains the ticket all the same."""
    moments = connection.execute(
        sa.select(history.c.at)
        .where(history.c.ticket_id == ticket, sa.or_(history.c.actor.like("agent:%"), history.c.actor == "operator"))
        .distinct()
    ).scalars()
    mine = sa.and_(articles.c.ticket_id == ticket, articles.c.spool_id.is_not(None))
    causes = {row[0]: row[1] for row in connection.execute(sa.select(articles.c.at, articles.c.spool_id).where(mine))}
    return [StoredTrace(at, causes.get(at), "", _NO_RULES) for at in moments if at not in traced]


def _traces(connection: sa.Connection, rows: Sequence[Any]) -> tuple[StoredTrace, ...]:
    """The rows, newest first, as values, oldest first; tickets in the evidence by their numbers."""
    found = [StoredTrace(row.at, row.spool_id, row.ruleset, _body(row.body)) for row in reversed(rows)]
    wanted = {each["ticket"] for trace in found for each in trace.body["evidence"]}
    if not wanted:
        return tuple(found)
    named = connection.execute(sa.select(tickets.c.id, tickets.c.number).where(tickets.c.id.in_(wanted))).all()
    numbers = {row[0]: row[1] for row in named}
    return tuple(replace(trace, body=with_numbers(trace.body, numbers)) for trace in found)


def with_numbers(body: Mapping[str, Any], numbers: Mapping[int, str]) -> Mapping[str, Any]:
    """A trace whose evidence names tickets as people do."""
    evidence = [each | {"ticket": numbers.get(each["ticket"], str(each["ticket"]))} for each in body["evidence"]]
    return {**body, "evidence": evidence}


def _body(text: str) -> Mapping[str, Any]:
    """As store.trace_text writes it now; what was written by an older version is brought into that form."""
    body = json.loads(text)
    body.setdefault("evidence", [])
    if "events" not in body:
        event = {"event": body.get("event", ""), "skipped": body.get("skipped", 0), "steps": body.get("steps", [])}
        body["events"] = [event]
    return body  # type: ignore[no-any-return]  # it is ours: an object


def _with_effects(connection: sa.Connection, ticket: int, found: Sequence[StoredTrace]) -> tuple[Explained, ...]:
    if not found:
        return ()
    moments = {trace.at for trace in found}
    since, until = min(moments), max(moments)
    entries = connection.execute(
        sa.select(history)
        .where(history.c.ticket_id == ticket, history.c.at >= since, history.c.at <= until)
        .order_by(history.c.seq)
    ).all()
    mails = connection.execute(
        sa.select(*(c for c in outbox.columns if c.name != "content"))
        .where(outbox.c.ticket_id == ticket, outbox.c.created_at >= since, outbox.c.created_at <= until)
        .order_by(outbox.c.id)
    ).all()
    incoming = connection.execute(
        sa.select(articles.c.id, articles.c.spool_id).where(
            articles.c.ticket_id == ticket, articles.c.spool_id.is_not(None)
        )
    ).all()
    came_by = {row[0]: row[1] for row in incoming}
    done: list[Explained] = []
    for moment in sorted(moments):
        mine = [trace for trace in found if trace.at == moment]
        effects = [_effect(row) for row in entries if row.at == moment]
        effects = _joined(effects, mails, moment)
        done += _divided(mine, effects, came_by)
    return tuple(done)


def _divided(
    mine: Sequence[StoredTrace], effects: Sequence[StoredEffect], came_by: Mapping[int, int | None]
) -> list[Explained]:
    """The effects of one moment among the traces that bear it."""
    if len(mine) == 1:
        return [Explained(mine[0], tuple(effects))]
    known = {trace.spool_id for trace in mine}
    shares: dict[int | None, list[StoredEffect]] = {trace.spool_id: [] for trace in mine}
    opening: list[StoredEffect] = []  # "ticket.created" stands before the article that says whose it is
    current = mine[0].spool_id
    for effect in effects:
        if effect.event == "ticket.created":
            opening.append(effect)
            continue
        cause = came_by.get(effect.detail.get("article", 0)) if effect.event == "article.added" else None
        if cause in known and cause is not None:
            current = cause
        shares[current] += [*opening, effect]
        opening = []
    shares[current] += opening
    return [Explained(trace, tuple(shares[trace.spool_id])) for trace in mine]


def _joined(effects: Sequence[StoredEffect], rows: Sequence[Any], moment: datetime) -> list[StoredEffect]:
    """Each "mail.composed" and each call with its row of the outbox."""
    left = [_mail(row) for row in rows if row.created_at == moment and row.kind not in CALL_KINDS]
    calls = {row.message_id: _mail(row) for row in rows if row.kind in CALL_KINDS}
    joined = []
    for effect in effects:
        mail = None
        if effect.event == "mail.composed":
            wanted = (effect.detail.get("template"), effect.detail.get("to"))
            mail = next((each for each in left if (each.template, each.recipient) == wanted), None)
            if mail is not None:
                left.remove(mail)
        elif effect.event in CALLS_QUEUED:
            mail = calls.get(effect.detail.get("key"))
        joined.append(replace(effect, mail=mail))
    return joined


def _effect(row: Any) -> StoredEffect:
    """An entry of the history; one whose detail was erased keeps its name."""
    detail = json.loads(row.detail) if row.detail else {}
    return StoredEffect(row.actor, row.event, detail if isinstance(detail, dict) else {})


def _mail(row: Any) -> StoredMail:
    return StoredMail(row.id, row.kind, row.template or "", row.recipient, row.subject, row.state, row.done_at)
