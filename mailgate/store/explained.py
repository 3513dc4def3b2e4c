"""What a ticket's traces, history and outbox say together: why each mail was treated as it was.

A trace and the history entries that came of it bear the same moment. Where several mails of one batch do, each one's
entries begin with the article that it became.
"""

import json
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from mailgate.decision.explained import Explained, ExplainedTicket, StoredEffect, StoredMail, StoredTrace
from mailgate.store.tables import CALL_KINDS, articles, history, outbox, spool, tickets, traces

CALLS_QUEUED = frozenset(f"{kind}.queued" for kind in CALL_KINDS)
_NO_RULES: Mapping[str, Any] = MappingProxyType({"evidence": (), "events": ()})
MOST_TRACES = 10  # of a ticket in a mail, or of the desk: the newest
ALL, NEWEST = slice(None), slice(-MOST_TRACES, None)
_BY_HAND = sa.or_(history.c.actor.like("agent:%"), history.c.actor == "operator")


def explained_of(connection: sa.Connection, ticket_ids: Iterable[int]) -> Mapping[int, ExplainedTicket]:
    """The newest traces of each ticket, the oldest first; for a page inside a mail."""
    found = {number: _ticket(connection, tickets.c.id == number, NEWEST) for number in ticket_ids}
    return {number: ticket for number, ticket in found.items() if ticket is not None}


def explain_ticket(connection: sa.Connection, number: str, wanted: slice = ALL) -> ExplainedTicket | None:
    """The traces of the ticket, of all or of some in a row; None where there is no such ticket."""
    return _ticket(connection, tickets.c.number == number, wanted)


def explain_desk(connection: sa.Connection) -> tuple[Explained, ...]:
    """The newest traces of what happened to the desk itself, the oldest first."""
    none = (traces.c.ticket_id.is_(None), traces.c.spool_id.is_(None))
    rows = connection.execute(sa.select(traces).where(*none).order_by(traces.c.id.desc()).limit(MOST_TRACES)).all()
    columns = (c for c in outbox.columns if c.name != "content")
    then = outbox.c.created_at.in_([row.at for row in rows])
    made = connection.execute(sa.select(*columns).where(outbox.c.ticket_id.is_(None), then).order_by(outbox.c.id))
    mails = _by_moment(made, "created_at")
    return tuple(Explained(each, _of_desk(each, mails[each.at])) for each in _traces(connection, reversed(rows)))


def _of_desk(trace: StoredTrace, rows: Sequence[Any]) -> tuple[StoredEffect, ...]:
    """What went out at that moment: there is no history that tells which rule sent it, unless one alone ran."""
    steps = [step for event in trace.body["events"] for step in event["steps"] if step["verdict"] == "match"]
    actor = f"rule:{steps[0]['rule']}" if len(steps) == 1 else "mailgate"
    return tuple(_went_out(actor, row) for row in rows)


def _went_out(actor: str, row: Any) -> StoredEffect:
    mail = _mail(row)
    if row.kind not in CALL_KINDS:
        return StoredEffect(
            actor, "mail.composed", {"kind": row.kind, "template": row.template, "to": row.recipient}, mail
        )
    return StoredEffect(actor, f"{row.kind}.queued", {"name": row.template}, mail)


def explain_mail(connection: sa.Connection, spool_id: int) -> tuple[Explained, ...]:
    """The traces of one accepted mail; () where it has none."""
    rows = connection.execute(sa.select(traces).where(traces.c.spool_id == spool_id).order_by(traces.c.id)).all()
    nowhere = (Explained(each, ()) for each in _traces(connection, [row for row in rows if row.ticket_id is None]))
    at_its_moment = (_between(connection, row.ticket_id, row.at, row.at) for row in rows if row.ticket_id is not None)
    return (*nowhere, *(each for found in at_its_moment for each in found if each.trace.spool_id == spool_id))


def fate_of_mail(connection: sa.Connection, spool_id: int) -> str | None:
    """What became of an accepted mail; None where there is none of that number."""
    columns = (spool.c.state, spool.c.outcome, spool.c.cause, spool.c.article_id, tickets.c.number)
    joined = spool.outerjoin(tickets, tickets.c.id == spool.c.ticket_id)
    row = connection.execute(sa.select(*columns).select_from(joined).where(spool.c.id == spool_id)).first()
    if row is None:
        return None
    if row.outcome is None:
        return f"none yet: the mail waits to be processed{f' ({row.cause})' if row.cause else ''}"
    article = f" {row.article_id}" if row.outcome == "article" and row.article_id else ""
    ticket = f" on #{row.number}" if row.number else ""
    return f"{row.outcome}{article}{ticket}{f': {row.cause}' if row.cause else ''}"


def _ticket(connection: sa.Connection, which: sa.ColumnElement[bool], wanted: slice) -> ExplainedTicket | None:
    ticket = connection.execute(sa.select(tickets.c.id, tickets.c.number, tickets.c.subject).where(which)).first()
    if ticket is None:
        return None
    moments = _moments(connection, ticket.id)
    places = range(len(moments))[wanted]
    if not places:
        return ExplainedTicket(ticket.number, ticket.subject, len(moments))
    since, until = moments[places[0]], moments[places[-1]]
    before = bisect_left(moments, since)
    found = _between(connection, ticket.id, since, until)[places[0] - before : places[-1] + 1 - before]
    return ExplainedTicket(ticket.number, ticket.subject, len(moments), places[0] + 1, found)


def _moments(connection: sa.Connection, ticket: int) -> list[datetime]:
    """When each thing happened that there is something to tell of, in order: no text is read."""
    traced = connection.execute(sa.select(traces.c.at).where(traces.c.ticket_id == ticket)).scalars().all()
    by_hand = connection.execute(sa.select(history.c.at).where(history.c.ticket_id == ticket, _BY_HAND).distinct())
    return sorted((*traced, *(set(by_hand.scalars()) - set(traced))))


def _between(connection: sa.Connection, ticket: int, since: datetime, until: datetime) -> tuple[Explained, ...]:
    """What happened in that time, both ends included."""
    mine = sa.and_(traces.c.ticket_id == ticket, traces.c.at >= since, traces.c.at <= until)
    found = _traces(connection, connection.execute(sa.select(traces).where(mine).order_by(traces.c.id)).all())
    untraced = _untraced(connection, ticket, since, until, {trace.at for trace in found})
    return _with_effects(connection, ticket, since, until, (*found, *untraced))


def _untraced(
    connection: sa.Connection, ticket: int, since: datetime, until: datetime, traced: Set[datetime]
) -> list[StoredTrace]:
    """What agents and operators did by themselves: no rule looked at it, and it explains the ticket all the same."""
    then = sa.and_(history.c.ticket_id == ticket, history.c.at >= since, history.c.at <= until)
    moments = connection.execute(sa.select(history.c.at).where(then, _BY_HAND).distinct()).scalars().all()
    return [StoredTrace(at, None, "", _NO_RULES) for at in moments if at not in traced]


def _traces(connection: sa.Connection, rows: Iterable[Any]) -> tuple[StoredTrace, ...]:
    """The rows as values; tickets in the evidence by their numbers."""
    found = [StoredTrace(row.at, row.spool_id, row.ruleset, _body(row.body)) for row in rows]
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


def _with_effects(
    connection: sa.Connection, ticket: int, since: datetime, until: datetime, found: Sequence[StoredTrace]
) -> tuple[Explained, ...]:
    then = (history.c.ticket_id == ticket, history.c.at >= since, history.c.at <= until)
    entries = _by_moment(connection.execute(sa.select(history).where(*then).order_by(history.c.seq)), "at")
    columns = (c for c in outbox.columns if c.name != "content")
    made = (outbox.c.ticket_id == ticket, outbox.c.created_at >= since, outbox.c.created_at <= until)
    mails = _by_moment(connection.execute(sa.select(*columns).where(*made).order_by(outbox.c.id)), "created_at")
    effects = {at: _joined([_effect(row) for row in rows], mails[at]) for at, rows in entries.items()}
    came_by = _causes(connection, ticket, (each for rows in effects.values() for each in rows))
    shared: dict[datetime, list[StoredTrace]] = defaultdict(list)
    for trace in found:
        shared[trace.at].append(trace)
    done: list[Explained] = []
    for moment, mine in sorted(shared.items()):
        done += _divided(mine, effects.get(moment, ()), came_by)
    return tuple(each if each.trace.ruleset else _with_its_mail(each, came_by) for each in done)


def _with_its_mail(untraced: Explained, came_by: Mapping[int, int]) -> Explained:
    """What somebody did by himself, with the mail that did it, where that is an article."""
    added = (each.detail.get("article", 0) for each in untraced.effects if each.event == "article.added")
    mail = next((came_by[each] for each in added if each in came_by), None)
    return replace(untraced, trace=replace(untraced.trace, spool_id=mail))


def _causes(connection: sa.Connection, ticket: int, effects: Iterable[StoredEffect]) -> Mapping[int, int]:
    """Of the articles that were added: each with the mail that it was."""
    ids = [each.detail["article"] for each in effects if each.event == "article.added" and each.detail.get("article")]
    if not ids:
        return {}
    between = articles.c.id.between(min(ids), max(ids))
    mails = sa.and_(articles.c.ticket_id == ticket, articles.c.spool_id.is_not(None))
    found = connection.execute(sa.select(articles.c.id, articles.c.spool_id).where(mails, between))
    return {row[0]: row[1] for row in found}


def _by_moment(rows: Iterable[Any], column: str) -> Mapping[datetime, list[Any]]:
    found: dict[datetime, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, column)].append(row)
    return found


def _divided(
    mine: Sequence[StoredTrace], effects: Sequence[StoredEffect], came_by: Mapping[int, int]
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


def _joined(effects: Sequence[StoredEffect], rows: Sequence[Any]) -> list[StoredEffect]:
    """Each "mail.composed" and each call with its row of the outbox; all of one moment."""
    left = [_mail(row) for row in rows if row.kind not in CALL_KINDS]
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
