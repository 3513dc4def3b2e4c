"""What came into the database since one looked last: mails that were composed or withheld, and what timers did."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from mailgate.rules.trace import Trace
from mailgate.store.tables import articles, blobs, history, outbox, traces
from mailgate.store.trace_text import read_traces


@dataclass(frozen=True, slots=True)
class Place:
    """How far one has looked."""

    articles: int = 0
    outbox: int = 0
    traces: int = 0
    withheld: int = 0  # entries of the history


@dataclass(frozen=True, slots=True)
class ComposedMail:
    """A row of the outbox. `content`: the whole mail."""

    kind: str
    template: str
    recipient: str
    content: bytes
    held: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Came:
    """`withheld`: template, recipient and reason; `due`: the ticket and the traces of each timer's work; `notes`: the
    text of each that a rule wrote."""

    place: Place
    mails: tuple[ComposedMail, ...]
    withheld: tuple[tuple[str, str, str], ...]
    due: tuple[tuple[int | None, tuple[Trace, ...]], ...]
    notes: tuple[str, ...]


def came_since(connection: sa.Connection, place: Place) -> Came:
    """Everything behind `place`, in order."""
    joined = outbox.outerjoin(blobs, blobs.c.sha256 == outbox.c.tail)
    mails = connection.execute(
        sa.select(outbox, blobs.c.content.label("rest"))
        .select_from(joined)
        .where(outbox.c.id > place.outbox)
        .order_by(outbox.c.id)
    ).all()
    found = connection.execute(sa.select(traces).where(traces.c.id > place.traces).order_by(traces.c.id)).all()
    entries = sa.select(history.c.detail).where(history.c.event == "mail.withheld")
    withheld = connection.execute(
        entries.order_by(history.c.at, history.c.ticket_id, history.c.seq).offset(place.withheld)
    )
    written = connection.execute(
        sa.select(articles).where(articles.c.id > place.articles).order_by(articles.c.id)
    ).all()
    details = [json.loads(text) for text in withheld.scalars() if text]
    return Came(
        Place(
            written[-1].id if written else place.articles,
            mails[-1].id if mails else place.outbox,
            found[-1].id if found else place.traces,
            place.withheld + len(details),
        ),
        tuple(_composed(row) for row in mails),
        tuple((each["template"], each["to"], each["reason"]) for each in details),
        tuple((row.ticket_id, read_traces(row.body)) for row in found if row.spool_id is None),
        tuple(row.text for row in written if _is_note(row)),
    )


def templates_of(connection: sa.Connection, mails: Iterable[int]) -> Mapping[int, str]:
    """Of composed mails by their numbers in the outbox."""
    wanted = sa.select(outbox.c.id, outbox.c.template).where(outbox.c.id.in_(list(mails)))
    return {row.id: row.template or "" for row in connection.execute(wanted)}


def _is_note(row: sa.Row) -> bool:  # type: ignore[type-arg]
    return row.sender_type == "system" and row.direction == "none" and not row.recipients.get("to")


def _composed(row: sa.Row) -> ComposedMail:  # type: ignore[type-arg]
    held = row.state == "held"
    content = bytes(row.content) + bytes(row.rest or b"")
    return ComposedMail(
        row.kind, row.template or "", row.recipient, content, held, (row.last_reply or "") if held else ""
    )
