"""What people and programs read: tickets, spool and outbox in the stable JSON of spec/operations.md 4."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from mailgate.store.tables import (
    CALL_KINDS,
    OUTBOX_OPEN,
    OUTBOX_STUCK,
    SPOOL_NEW,
    SPOOL_QUARANTINED,
    articles,
    attachments,
    history,
    outbox,
    participants,
    spool,
    ticket_fields,
    ticket_links,
    ticket_tags,
    tickets,
)

NEWEST = 1_000  # mails that the status looks back on


def iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def ticket_list(
    connection: sa.Connection, queue: str | None = None, state: str | None = None, limit: int | None = None
) -> list[dict[str, Any]]:
    """Tickets, the oldest first."""
    requester = participants.alias("requester")
    statement = (
        sa.select(tickets, requester.c.address)
        .outerjoin(requester, sa.and_(requester.c.ticket_id == tickets.c.id, requester.c.role == "requester"))
        .order_by(tickets.c.id)
    )
    if queue is not None:
        statement = statement.where(tickets.c.queue == queue)
    if state is not None:
        statement = statement.where(tickets.c.state == state)
    if limit is not None:
        statement = statement.limit(limit)
    rows = connection.execute(statement).all()
    tags = _tags(connection, [row.id for row in rows] if len(rows) < 500 else None)
    return [_ticket(row, tags.get(row.id, [])) | {"customer": row.address} for row in rows]


def ticket_show(connection: sa.Connection, number: str) -> dict[str, Any] | None:
    """One ticket, whole; None where there is none of that number."""
    row = connection.execute(sa.select(tickets).where(tickets.c.number == number)).first()
    if row is None:
        return None
    people = connection.execute(
        sa.select(participants)
        .where(participants.c.ticket_id == row.id, participants.c.role.not_in(("former", "awaited")))
        .order_by(participants.c.party)
    ).all()
    requester = next((each for each in people if each.role == "requester"), None)
    fields = connection.execute(sa.select(ticket_fields).where(ticket_fields.c.ticket_id == row.id))
    merged = (
        row.merged_into
        and connection.execute(sa.select(tickets.c.number).where(tickets.c.id == row.merged_into)).scalar()
    )
    return _ticket(row, _tags(connection, [row.id]).get(row.id, [])) | {
        "customer": {"address": requester.address, "name": requester.name} if requester else None,
        "participants": [each.address for each in people if each.role != "watcher"],
        "fields": {each.name: each.value for each in fields},
        "type": row.type,
        "closes_at": row.close_at.isoformat() if row.close_at else None,
        "closes_by": f"rule:{row.close_rule}" if row.close_at else None,
        "watchers": [each.address for each in people if each.role == "watcher"],
        "merged_into": merged or None,
        "linked": _linked(connection, row.id),
        "articles": _articles(connection, row.id),
        "history": _history(connection, row.id),
        "outbox": [
            {key: each[key] for key in ("id", "to", "kind", "template", "state", "message_id")}
            for each in outbox_list(connection, ticket=row.id)
        ],
    }


def spool_list(connection: sa.Connection, state: str | None = None, limit: int | None = None) -> list[dict[str, Any]]:
    """Accepted mail and what became of it, in order of arrival."""
    statement = (
        sa.select(spool, tickets.c.number).outerjoin(tickets, spool.c.ticket_id == tickets.c.id).order_by(spool.c.id)
    )
    if state is not None:
        statement = statement.where(spool.c.state == state)
    if limit is not None:
        statement = statement.limit(limit)
    return [_spooled(row) for row in connection.execute(statement)]


def spool_show(connection: sa.Connection, spool_id: int) -> dict[str, Any] | None:
    row = connection.execute(
        sa.select(spool, tickets.c.number)
        .outerjoin(tickets, spool.c.ticket_id == tickets.c.id)
        .where(spool.c.id == spool_id)
    ).first()
    if row is None:
        return None
    session = {"peer": row.peer, "helo": row.helo, "protocol": row.protocol, "authenticated_as": row.authenticated_as}
    return _spooled(row) | session


def outbox_list(
    connection: sa.Connection, state: str | None = None, ticket: int | None = None, limit: int | None = None
) -> list[dict[str, Any]]:
    """Outgoing mail, the oldest first."""
    statement = (
        sa.select(*(c for c in outbox.columns if c.name != "content"), tickets.c.number)
        .outerjoin(tickets, outbox.c.ticket_id == tickets.c.id)
        .order_by(outbox.c.id)
    )
    if state is not None:
        statement = statement.where(outbox.c.state == state)
    if ticket is not None:
        statement = statement.where(outbox.c.ticket_id == ticket)
    if limit is not None:
        statement = statement.limit(limit)
    return [_outgoing(row) for row in connection.execute(statement)]


def outbox_show(connection: sa.Connection, outbox_id: int) -> tuple[dict[str, Any], bytes] | None:
    """One outgoing mail and its bytes."""
    row = connection.execute(
        sa.select(outbox, tickets.c.number)
        .outerjoin(tickets, outbox.c.ticket_id == tickets.c.id)
        .where(outbox.c.id == outbox_id)
    ).first()
    return None if row is None else (_outgoing(row), bytes(row.content))


def depth(connection: sa.Connection, now: datetime) -> dict[str, Any]:
    """How much waits where: the counts of `status --json`. Every figure comes from a partial index."""
    new = connection.execute(sa.select(sa.func.count(), sa.func.min(spool.c.received_at)).where(SPOOL_NEW)).one()
    aside = connection.execute(sa.select(sa.func.count()).where(SPOOL_QUARANTINED)).scalar_one()
    waiting = connection.execute(sa.select(sa.func.count(), sa.func.min(outbox.c.created_at)).where(OUTBOX_OPEN)).one()
    failed = connection.execute(sa.select(sa.func.count()).where(OUTBOX_STUCK, outbox.c.state == "failed")).scalar_one()
    live = ("new", "open", "pending")
    by_queue = connection.execute(
        sa.select(tickets.c.queue, sa.func.count()).where(tickets.c.state.in_(live)).group_by(tickets.c.queue)
    )
    counts: Mapping[str, int] = {row[0]: row[1] for row in by_queue}
    return {
        "spool": {"new": new[0], "quarantined": aside, "oldest_age": _age(new[1], now)},
        "outbox": {"waiting": waiting[0], "failed": failed, "oldest_age": _age(waiting[1], now)},
        "tickets": {"open": sum(counts.values()), "by_queue": dict(counts)},
    }


def last_mail(connection: sa.Connection) -> dict[str, datetime]:
    """When each door took its last mail; a door that is not among the newest mails is left out."""
    newest = sa.select(spool.c.source, spool.c.received_at).order_by(spool.c.id.desc()).limit(NEWEST).subquery()
    rows = connection.execute(sa.select(newest.c.source, sa.func.max(newest.c.received_at)).group_by(newest.c.source))
    return {row[0]: row[1] for row in rows}


def _age(moment: Any, now: datetime) -> float | None:
    if moment is None:
        return None
    when = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return round((now - when).total_seconds(), 1)


def _ticket(row: Any, tags: list[str]) -> dict[str, Any]:
    return {
        "number": row.number,
        "subject": row.subject,
        "queue": row.queue,
        "state": row.state,
        "priority": row.priority,
        "owner": row.owner,
        "customer": None,
        "tags": tags,
        "created": iso(row.created_at),
        "updated": iso(row.updated_at),
        "articles": row.articles,
    }


def _tags(connection: sa.Connection, ids: list[int] | None) -> dict[int, list[str]]:
    statement = sa.select(ticket_tags).order_by(ticket_tags.c.ticket_id, ticket_tags.c.tag)
    if ids is not None:
        statement = statement.where(ticket_tags.c.ticket_id.in_(ids))
    found: dict[int, list[str]] = {}
    for row in connection.execute(statement):
        found.setdefault(row.ticket_id, []).append(row.tag)
    return found


def _linked(connection: sa.Connection, ticket: int) -> list[str]:
    other = sa.case((ticket_links.c.ticket_id == ticket, ticket_links.c.other_id), else_=ticket_links.c.ticket_id)
    mine = sa.or_(ticket_links.c.ticket_id == ticket, ticket_links.c.other_id == ticket)
    rows = connection.execute(
        sa.select(tickets.c.number).where(tickets.c.id.in_(sa.select(other).where(mine))).order_by(tickets.c.id)
    )
    return list(rows.scalars())


def _articles(connection: sa.Connection, ticket: int) -> list[dict[str, Any]]:
    rows = connection.execute(
        sa.select(articles, spool.c.source)
        .outerjoin(spool, articles.c.spool_id == spool.c.id)
        .where(articles.c.ticket_id == ticket)
        .order_by(articles.c.id)
    ).all()
    files: dict[int, list[dict[str, Any]]] = {}
    ids = sa.select(articles.c.id).where(articles.c.ticket_id == ticket)
    for file in connection.execute(
        sa.select(attachments).where(attachments.c.article_id.in_(ids)).order_by(attachments.c.position)
    ):
        files.setdefault(file.article_id, []).append(
            {
                "filename": file.filename,
                "content_type": file.content_type,
                "size": file.size,
                "sha256": bytes(file.sha256).hex(),
                "inline": file.inline,
                "content_id": file.content_id,
            }
        )
    return [_article(row, files.get(row.id, [])) for row in rows]


def _article(row: Any, files: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": row.id,
        "at": iso(row.at),
        "sender_type": row.sender_type,
        "direction": row.direction,
        "visibility": row.visibility,
        "verified": row.verified,
        "from": f"{row.author_name} <{row.author_address}>" if row.author_name else row.author_address,
        "to": [address for _, address in row.recipients["to"]],
        "cc": [address for _, address in row.recipients["cc"]],
        "subject": row.subject,
        "message_id": row.message_id,
        "source": row.source,
        "spool_id": f"S{row.spool_id}" if row.spool_id else None,
        "automatic": row.automatic,
        "template": row.template,
        "text": row.text,
        "new_text": row.text if row.new_text is None else row.new_text,
        "attachments": files,
    }


def _history(connection: sa.Connection, ticket: int) -> list[dict[str, Any]]:
    rows = connection.execute(sa.select(history).where(history.c.ticket_id == ticket).order_by(history.c.seq))
    return [
        {"at": iso(row.at), "actor": row.actor, "event": row.event, "detail": json.loads(row.detail or "null")}
        for row in rows
    ]


def _spooled(row: Any) -> dict[str, Any]:
    return {
        "id": f"S{row.id}",
        "received": iso(row.received_at),
        "source": row.source,
        "mail_from": row.reverse_path,
        "rcpt_to": list(row.forward_paths),
        "size": row.size,
        "state": row.state,
        "attempts": row.attempts,
        "cause": row.cause,
        "outcome": row.outcome,
        "ticket": row.number,
        "article": row.article_id,
    }


def _outgoing(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "ticket": row.number,
        "to": row.recipient,
        "subject": row.subject,
        "kind": row.kind,
        "template": row.template,
        "state": row.state,
        "attempts": row.attempts,
        "next_attempt": iso(row.next_attempt_at) if row.state in ("waiting", "sending", "delayed") else None,
        "last_reply": row.last_reply,
        "message_id": None if row.kind in CALL_KINDS else row.message_id,
        "call": json.loads(row.call) | {"idempotency_key": row.message_id} if row.call else None,
    }
