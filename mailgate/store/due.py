"""What is due without a mail: pending tickets, tickets to be closed for silence, failed answers whose author has not
been told, lists for agents.

And what nobody asks for any more. Due-ness is a column: a tick that is lost or doubled costs nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from mailgate.errors import Conflict
from mailgate.notify.digest import MOST_LINES
from mailgate.store.tables import (
    CLOSING,
    OUTBOX_OPEN,
    OUTBOX_UNTOLD,
    PENDING,
    PROCESS_DUE,
    articles,
    awaiting,
    blobs,
    digest_lines,
    outbox,
    spool,
    tickets,
)

TAILS_KEPT = timedelta(days=7)  # attachments of mail that is done with: the raw mail that they came in stays


@dataclass(frozen=True, slots=True)
class Untold:
    """A copy of an agent's answer that failed for good."""

    id: int
    ticket: int
    recipient: str
    reply: str
    author: str
    text: str
    size: int  # octets of the mail


Line = tuple[datetime, str, str]  # when, ticket's number, what


@dataclass(frozen=True, slots=True)
class Digest:
    """What one agent is told in one list."""

    ids: tuple[int, ...]
    lines: tuple[Line, ...]


def pending_due(connection: sa.Connection, now: datetime, limit: int) -> Sequence[int]:
    """Tickets whose pending time is over, the longest due first."""
    due = sa.select(tickets.c.id).where(PENDING, tickets.c.pending_until <= now)
    return connection.execute(due.order_by(tickets.c.pending_until).limit(limit)).scalars().all()


def closing(connection: sa.Connection, now: datetime, limit: int) -> Sequence[int]:
    """Tickets that are to be closed for silence, the longest due first."""
    due = sa.select(tickets.c.id).where(CLOSING, tickets.c.close_at <= now)
    return connection.execute(due.order_by(tickets.c.close_at).limit(limit)).scalars().all()


def processes_due(connection: sa.Connection, now: datetime, limit: int) -> Sequence[int]:
    """Tickets whose process wants something done, the longest due first."""
    due = sa.select(tickets.c.id).where(PROCESS_DUE, tickets.c.process_due <= now)
    return connection.execute(due.order_by(tickets.c.process_due).limit(limit)).scalars().all()


def untold(connection: sa.Connection, limit: int) -> Sequence[Untold]:
    """Answers that failed and of which nobody was told."""
    rows = connection.execute(
        sa.select(
            outbox.c.id,
            outbox.c.ticket_id,
            outbox.c.recipient,
            outbox.c.last_reply,
            articles.c.author_address,
            sa.func.coalesce(articles.c.new_text, articles.c.text).label("words"),
            (sa.func.length(outbox.c.content) + sa.func.coalesce(blobs.c.size, 0)).label("size"),
        )
        .join(articles, articles.c.id == outbox.c.article_id)
        .outerjoin(blobs, blobs.c.sha256 == outbox.c.tail)
        .where(OUTBOX_UNTOLD, outbox.c.ticket_id.is_not(None))
        .order_by(outbox.c.id)
        .limit(limit)
    )
    return [
        Untold(row.id, row.ticket_id, row.recipient, row.last_reply or "", row.author_address, row.words, row.size)
        for row in rows
    ]


def told(connection: sa.Connection, outbox_id: int, now: datetime) -> None:
    """Its author knows."""
    connection.execute(sa.update(outbox).where(outbox.c.id == outbox_id).values(told_at=now))


def due_digests(connection: sa.Connection, now: datetime) -> Mapping[str, Digest]:
    """Each agent for whom a list is due, with all of her lines; what is too long goes on with the next tick."""
    due = sa.select(digest_lines.c.agent).where(digest_lines.c.due_at <= now).distinct()
    return {agent: _digest(connection, agent) for agent in connection.execute(due).scalars().all()}


def _digest(connection: sa.Connection, agent: str) -> Digest:
    rows = connection.execute(
        sa.select(digest_lines.c.id, digest_lines.c.at, tickets.c.number, digest_lines.c.line)
        .outerjoin(tickets, tickets.c.id == digest_lines.c.ticket_id)
        .where(digest_lines.c.agent == agent)
        .order_by(digest_lines.c.id)
        .limit(MOST_LINES)
    ).all()
    return Digest(tuple(row.id for row in rows), tuple((row.at, row.number or "", row.line) for row in rows))


def take_digest(connection: sa.Connection, digest: Digest) -> None:
    """These lines are told. Raises Conflict where another node was first."""
    gone = connection.execute(sa.delete(digest_lines).where(digest_lines.c.id.in_(digest.ids))).rowcount
    if gone != len(digest.ids):
        raise Conflict("these lines were told already")


def anything_due(connection: sa.Connection, now: datetime) -> bool:
    """Whether any of the above would find something: a read, so that an idle desk writes nothing."""
    found = sa.or_(
        sa.select(tickets.c.id).where(PENDING, tickets.c.pending_until <= now).exists(),
        sa.select(tickets.c.id).where(CLOSING, tickets.c.close_at <= now).exists(),
        sa.select(tickets.c.id).where(PROCESS_DUE, tickets.c.process_due <= now).exists(),
        sa.select(outbox.c.id).where(OUTBOX_UNTOLD).exists(),
        sa.select(digest_lines.c.id).where(digest_lines.c.due_at <= now).exists(),
    )
    return bool(connection.execute(sa.select(found)).scalar())


def next_moment(connection: sa.Connection, after: datetime) -> datetime | None:
    """When something falls due, or a mail can be sent, behind `after`; None where nothing is known to."""
    moments = (
        sa.select(sa.func.min(tickets.c.pending_until)).where(PENDING, tickets.c.pending_until > after),
        sa.select(sa.func.min(tickets.c.close_at)).where(CLOSING, tickets.c.close_at > after),
        sa.select(sa.func.min(tickets.c.process_due)).where(PROCESS_DUE, tickets.c.process_due > after),
        sa.select(sa.func.min(digest_lines.c.due_at)).where(digest_lines.c.due_at > after),
        sa.select(sa.func.min(outbox.c.next_attempt_at)).where(OUTBOX_OPEN, outbox.c.next_attempt_at > after),
    )
    found = (connection.execute(each).scalar() for each in moments)
    return min((each for each in found if each is not None), default=None)


def sweep(connection: sa.Connection, now: datetime) -> None:
    """Forget what waited too long for a word, and attachments of mail that was sent or given up a while ago."""
    connection.execute(sa.delete(awaiting).where(awaiting.c.until < now))
    old = sa.and_(
        outbox.c.tail.is_not(None), outbox.c.state.in_(("sent", "cancelled")), outbox.c.done_at < now - TAILS_KEPT
    )
    tails = connection.execute(sa.select(outbox.c.tail).where(old).distinct()).scalars().all()
    if not tails:
        return
    connection.execute(sa.update(outbox).where(old).values(tail=None))
    used = sa.or_(
        sa.select(outbox.c.id).where(outbox.c.tail == blobs.c.sha256).exists(),
        sa.select(spool.c.id).where(spool.c.blob == blobs.c.sha256).exists(),
    )
    connection.execute(sa.delete(blobs).where(blobs.c.sha256.in_(tails), ~used))
