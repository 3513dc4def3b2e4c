"""What was said on tickets before: the last word for a notification, the whole conversation for an agent's mail."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from mailgate.decision.conversation import MOST_ARTICLES, MOST_CHARS, MOST_SENT_TO, HistoryLine, Outgoing, Said, Waiting
from mailgate.mail.message import Mailbox
from mailgate.store.tables import articles, awaiting, history, outbox, tickets

MOST_OUTGOING = 60  # copies of answers: the newest
MOST_HISTORY = 200

_OTHERS = articles.alias("others")
_COPIES = sa.and_(outbox.c.article_id == articles.c.id, outbox.c.kind == "customer")
_COLUMNS = (
    sa.select(outbox.c.id).where(_COPIES, outbox.c.state.in_(("held", "delayed"))).exists().label("waits"),
    articles.c.id,
    articles.c.ticket_id,
    articles.c.at,
    articles.c.sender_type,
    articles.c.direction,
    articles.c.visibility,
    articles.c.verified,
    articles.c.author_name,
    articles.c.author_address,
    articles.c.recipients,
    articles.c.subject,
    articles.c.message_id,
    articles.c.template,
    articles.c.automatic,
    sa.func.substr(sa.func.coalesce(articles.c.new_text, articles.c.text), 1, MOST_CHARS).label("words"),
)
_BY_A_PERSON = (
    sa.select(_OTHERS.c.id)
    .where(_OTHERS.c.ticket_id == tickets.c.id, _OTHERS.c.template.is_(None), _OTHERS.c.verified)
    .order_by(_OTHERS.c.id.desc())
    .limit(1)
    .correlate(tickets)
    .scalar_subquery()
)
_LAST = (
    sa.select(*_COLUMNS)
    .select_from(tickets)
    .join(articles, articles.c.id.in_((tickets.c.last_article, _BY_A_PERSON)))
    .where(tickets.c.id.in_(sa.bindparam("tickets", expanding=True)))
    .order_by(articles.c.id)
)
# One ticket at a time: its newest by the index on ticket_id, however long it is, and what still waits for a word.
_HELD = sa.select(outbox.c.article_id).where(
    outbox.c.ticket_id == sa.bindparam("ticket"), outbox.c.kind == "customer", outbox.c.state == "held"
)


def _newest(table: sa.Table, article: sa.Column[Any], most: int, *conditions: sa.ColumnElement[bool]) -> Any:
    """The condition of being among a ticket's newest rows, or of an answer that is held."""
    mine = (table.c.ticket_id == sa.bindparam("ticket"), *conditions)
    newest = sa.select(table.c.id).where(*mine).order_by(table.c.id.desc()).limit(most)
    return sa.and_(*mine, sa.or_(table.c.id.in_(newest), article.in_(_HELD)))


_NEWEST = sa.select(*_COLUMNS).where(_newest(articles, articles.c.id, MOST_ARTICLES)).order_by(articles.c.id.desc())
_OUTGOING = (
    sa.select(
        outbox.c.id, outbox.c.article_id, outbox.c.recipient, outbox.c.state, outbox.c.next_attempt_at, outbox.c.done_at
    )
    .where(_newest(outbox, outbox.c.article_id, MOST_OUTGOING, outbox.c.kind == "customer"))
    .order_by(outbox.c.id.desc())
)
_WAITING = sa.select(awaiting).where(awaiting.c.ticket_id == sa.bindparam("ticket")).order_by(awaiting.c.id.desc())
_HISTORY = (
    sa.select(history.c.at, history.c.actor, history.c.event, history.c.detail)
    .where(history.c.ticket_id == sa.bindparam("ticket"))
    .order_by(history.c.seq.desc())
    .limit(MOST_HISTORY)
)


def last_said(connection: sa.Connection, ids: Iterable[int]) -> dict[int, tuple[Said, ...]]:
    """The newest article of each ticket, and the newest that somebody wrote who may; oldest first."""
    said: dict[int, tuple[Said, ...]] = {}
    for row in connection.execute(_LAST, {"tickets": list(ids)}):
        said[row.ticket_id] = (*said.get(row.ticket_id, ()), _said(row))
    return said


def conversation(connection: sa.Connection, ticket: int) -> tuple[Said, ...]:
    """The newest articles of a ticket and the answers that are held, oldest first."""
    return tuple(_said(row) for row in reversed(connection.execute(_NEWEST, {"ticket": ticket}).all()))


def outgoing(connection: sa.Connection, ticket: int) -> tuple[Outgoing, ...]:
    """The newest copies of agents' answers, and all of those that are held, newest first."""
    rows = connection.execute(_OUTGOING, {"ticket": ticket})
    return tuple(
        Outgoing(row.id, row.article_id, row.recipient, row.state, row.done_at or row.next_attempt_at) for row in rows
    )


def waiting(connection: sa.Connection, ticket: int) -> tuple[Waiting, ...]:
    """What waits for an agent's word, newest first."""
    rows = connection.execute(_WAITING, {"ticket": ticket})
    return tuple(Waiting(row.id, row.agent, row.kind, row.spool_id, row.article_id, row.orders) for row in rows)


def told(connection: sa.Connection, ticket: int) -> tuple[HistoryLine, ...]:
    """The newest entries of a ticket's history, oldest first."""
    rows = connection.execute(_HISTORY, {"ticket": ticket}).all()
    return tuple(HistoryLine(row.at, row.actor, row.event, _detail(row.detail)) for row in reversed(rows))


def _said(row: Any) -> Said:
    return Said(
        id=row.id,
        at=row.at,
        sender_type=row.sender_type,
        direction=row.direction,
        visibility=row.visibility,
        verified=bool(row.verified),
        author=Mailbox(row.author_name, row.author_address),
        subject=row.subject,
        message_id=row.message_id,
        text=row.words,
        template=row.template,
        automatic=row.automatic,
        waits=bool(row.waits),
        sent_to=_sent_to(row.recipients),
    )


def _sent_to(recipients: Mapping[str, Any]) -> tuple[Mailbox, ...]:
    boxes = (*recipients.get("to", ()), *recipients.get("cc", ()))
    return tuple(Mailbox(name, address) for name, address in boxes[:MOST_SENT_TO])


def _detail(text: str | None) -> Mapping[str, Any]:
    """An erased detail has nothing to say."""
    detail = json.loads(text) if text else {}
    return detail if isinstance(detail, dict) else {}
