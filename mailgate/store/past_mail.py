"""The mail of the past, and what its tickets went through: for a replay. Everything is read, nothing written."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from mailgate.decision.rewound import Entry, Moment, Past, Written
from mailgate.mail.envelope import Envelope
from mailgate.store.packing import unpack
from mailgate.store.spool import envelope_of
from mailgate.store.tables import SPOOL_NEW, SPOOL_QUARANTINED, articles, blobs, history, spool, tickets, traces

_CHANGES = """article.added note.added queue.changed state.changed priority.changed owner.changed tag.added tag.removed
    field.changed field.unset pending.until participant.added""".split()
_AFTER_ALL = 1 << 62  # no article came behind it


@dataclass(frozen=True, slots=True)
class Selection:
    """Which mails: of a ticket (its number), since a time, or the newest so many."""

    ticket: str | None = None
    since: datetime | None = None
    last: int | None = None


@dataclass(frozen=True, slots=True)
class PastMail:
    """A mail that was decided. `number`: its ticket's, as people see it; `ticket`: its id, 0 where there is none."""

    id: int
    raw: bytes
    envelope: Envelope
    moment: Moment
    ticket: int
    number: str | None
    outcome: str

    @property
    def name(self) -> str:
        return f"#{self.number}" if self.number else f"S{self.id}"


def mails_of(connection: sa.Connection, selection: Selection) -> tuple[int, int] | None:
    """How many there are, and the number behind which they begin; None where there is no such ticket."""
    if selection.ticket is not None and _ticket(connection, selection.ticket) is None:
        return None
    start = 0
    if selection.last is not None:
        newest = sa.select(spool.c.id).where(*_chosen(connection, selection)).order_by(spool.c.id.desc())
        start = connection.execute(newest.offset(selection.last).limit(1)).scalar() or 0
    counted = sa.select(sa.func.count()).where(*_chosen(connection, selection), spool.c.id > start)
    return int(connection.execute(counted).scalar_one()), start


def left_out(connection: sa.Connection, selection: Selection, after: int) -> tuple[int, int]:
    """How many mails of the same time are in no replay: those that wait to be processed, and those that were set aside
    before any rule saw them. Of a ticket there are none."""
    if selection.ticket is not None:
        return 0, 0
    since = () if selection.since is None else (spool.c.received_at >= selection.since,)
    counted = sa.select(sa.func.count()).where(spool.c.id > after, *since)
    waiting = connection.execute(counted.where(SPOOL_NEW)).scalar_one()
    traced = sa.select(traces.c.id).where(traces.c.spool_id == spool.c.id).exists()
    return int(waiting), int(connection.execute(counted.where(SPOOL_QUARANTINED, ~traced)).scalar_one())


def past_mails(connection: sa.Connection, selection: Selection, after: int, limit: int) -> Sequence[PastMail]:
    """The next ones behind number `after`, in their order."""
    rows = connection.execute(
        sa.select(spool, blobs.c.codec, blobs.c.content, tickets.c.number.label("number"))
        .join(blobs, blobs.c.sha256 == spool.c.blob)
        .outerjoin(tickets, tickets.c.id == spool.c.ticket_id)
        .where(*_chosen(connection, selection), spool.c.id > after)
        .order_by(spool.c.id)
        .limit(limit)
    ).all()
    return [
        PastMail(
            row.id,
            unpack(row.codec, bytes(row.content)),
            envelope_of(row),
            Moment(row.processed_at, row.article_id or _next_article(connection, row.id)),
            row.ticket_id or 0,
            row.number,
            row.outcome or "",
        )
        for row in rows
    ]


def past_of(connection: sa.Connection, ticket_ids: Iterable[int]) -> Past:
    """What these tickets went through."""
    ids = list(ticket_ids)
    entries, written = defaultdict(list), defaultdict(list)
    columns = (history.c.ticket_id, history.c.at, history.c.event, history.c.detail)
    chosen = sa.select(*columns).where(history.c.ticket_id.in_(ids), history.c.event.in_(_CHANGES))
    for row in connection.execute(chosen.order_by(history.c.ticket_id, history.c.seq)):
        entries[row.ticket_id].append(Entry(row.at, row.event, _detail(row.detail)))
    kept = (articles.c.id, articles.c.ticket_id, articles.c.nonce, articles.c.at)
    of_tickets = sa.select(*kept, articles.c.sender_type, articles.c.direction).where(articles.c.ticket_id.in_(ids))
    for one in connection.execute(of_tickets.order_by(articles.c.id)):
        article = Written(one.id, bytes(one.nonce), one.at, one.sender_type, one.direction)
        written[one.ticket_id].append(article)
    return Past(entries, written)


def _chosen(connection: sa.Connection, selection: Selection) -> list[sa.ColumnElement[bool]]:
    """Mail that was decided; what is set aside without a trace defeated us, and would again."""
    traced = sa.select(traces.c.id).where(traces.c.spool_id == spool.c.id).exists()
    chosen = [spool.c.processed_at.is_not(None), sa.or_(spool.c.state != "quarantined", traced)]
    if selection.since is not None:
        chosen.append(spool.c.received_at >= selection.since)
    if selection.ticket is not None:
        ticket = _ticket(connection, selection.ticket)
        chosen.append(spool.c.id.in_(sa.select(traces.c.spool_id).where(traces.c.ticket_id == ticket)))
    return chosen


def _ticket(connection: sa.Connection, number: str) -> int | None:
    return connection.execute(sa.select(tickets.c.id).where(tickets.c.number == number)).scalar()


def _next_article(connection: sa.Connection, spool_id: int) -> int:
    """Of a mail that became no article: the first that came behind it."""
    later = sa.select(spool.c.article_id).where(spool.c.id > spool_id, spool.c.article_id.is_not(None))
    found = connection.execute(later.where(spool.c.state == "done").order_by(spool.c.id).limit(1)).scalar()
    return found or _AFTER_ALL


def _detail(text: str | None) -> dict[str, Any]:
    found = json.loads(text) if text else {}
    return found if isinstance(found, dict) else {}
