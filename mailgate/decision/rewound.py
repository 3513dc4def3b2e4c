"""Facts as they were before a mail was processed, made from the facts as they are now and from the histories.

What cannot be known any more is as it is now, alike for both sides of a comparison: how many tickets there are, what
waited for an agent's word, and what was counted within the ten minutes before.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from mailgate.decision.facts import BUCKET_SECONDS, Facts
from mailgate.tickets.model import Ticket


@dataclass(frozen=True, slots=True)
class Entry:
    """Of a ticket's history. `detail` empty: it was erased."""

    at: datetime
    event: str
    detail: Mapping[str, Any]

    @property
    def article(self) -> int:
        found = self.detail.get("article")
        return found if isinstance(found, int) else 0


@dataclass(frozen=True, slots=True)
class Written:
    """An article that a ticket has."""

    id: int
    nonce: bytes
    at: datetime
    sender_type: str
    direction: str


@dataclass(frozen=True, slots=True)
class Past:
    """What tickets went through, by ticket, the oldest first."""

    history: Mapping[int, Sequence[Entry]] = field(default_factory=dict)
    written: Mapping[int, Sequence[Written]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Moment:
    """Just before a mail: when it was processed, and the first article that came of it or of what followed."""

    at: datetime
    article: int


def rewound(facts: Facts, past: Past, moment: Moment) -> Facts:
    """The facts at that moment."""
    tickets = {number: _ticket(each, past, moment) for number, each in facts.tickets.items()}
    there = {number: each for number, each in tickets.items() if each is not None}
    pasts = {
        who: tuple(each for each in tickets_of if each.opened_at < moment.at) for who, tickets_of in facts.pasts.items()
    }
    return replace(
        facts,
        seen={key: found for key, found in facts.seen.items() if found[0] < moment.article},
        ids={
            key: kept
            for key, found in facts.ids.items()
            if (kept := tuple(each for each in found if each.article < moment.article))
        },
        articles={key: each for key, each in facts.articles.items() if key < moment.article},
        numbers={key: number for key, number in facts.numbers.items() if number in there},
        tickets=there,
        counts={key: _before(counts, moment.at) for key, counts in facts.counts.items()},
        said={key: tuple(each for each in said if each.id < moment.article) for key, said in facts.said.items()},
        outgoing={key: tuple(each for each in out if each.at < moment.at) for key, out in facts.outgoing.items()},
        pasts=pasts,
    )


def _before(counts: Iterable[tuple[int, int]], at: datetime) -> tuple[tuple[int, int], ...]:
    """Without the bucket in which the mail itself was counted."""
    return tuple(each for each in counts if each[0] + BUCKET_SECONDS <= at.timestamp())


def _ticket(ticket: Ticket, past: Past, moment: Moment) -> Ticket | None:
    """None where it was not there yet."""
    if ticket.root_article >= moment.article:
        return None
    entries = past.history.get(ticket.id, ())
    boundary = _boundary(entries, moment)
    written = [each for each in past.written.get(ticket.id, ()) if each.id < moment.article]
    before = _undone(ticket, reversed(entries[boundary:]))
    return _as_written(_with_times(before, entries[:boundary]), written)


def _boundary(entries: Sequence[Entry], moment: Moment) -> int:
    """The place of the first entry that came of the mail, or of what followed it."""
    shared = any(each.at == moment.at and 0 < each.article < moment.article for each in entries)
    for place, each in enumerate(entries):
        if each.at > moment.at or (each.at == moment.at and not shared) or each.article >= moment.article:
            return place
    return len(entries)


def _undone(ticket: Ticket, entries: Iterable[Entry]) -> Ticket:
    """Each change taken back, the newest first."""
    for each in entries:
        detail = each.detail
        match each.event:
            case "queue.changed":
                ticket = replace(ticket, queue=detail.get("old", ticket.queue))
            case "state.changed":
                ticket = replace(ticket, state=detail.get("old", ticket.state))
            case "priority.changed":
                ticket = replace(ticket, priority=detail.get("old", ticket.priority))
            case "owner.changed":
                ticket = replace(ticket, owner=detail.get("old", ticket.owner))
            case "tag.added":
                gone = detail.get("tags", ())
                ticket = replace(ticket, tags=tuple(tag for tag in ticket.tags if tag not in gone))
            case "tag.removed":
                ticket = replace(ticket, tags=tuple(dict.fromkeys((*ticket.tags, *detail.get("tags", ())))))
            case "participant.added":
                left = tuple(who for who in ticket.participants if who.address != detail.get("address"))
                ticket = replace(ticket, participants=left)
    return ticket


def _with_times(ticket: Ticket, entries: Iterable[Entry]) -> Ticket:
    """Fields and times are told by what led to them."""
    fields: dict[str, str] = {}
    closed: datetime | None = None
    pending: datetime | None = None
    for each in entries:
        if each.event == "field.changed":
            fields |= each.detail.get("fields", {})
        elif each.event == "field.unset":
            for name in each.detail.get("fields", ()):
                fields.pop(name, None)
        elif each.event == "state.changed" and each.detail.get("new") == "closed":
            closed = each.at
        elif each.event == "pending.until" and "until" in each.detail:
            pending = datetime.fromisoformat(each.detail["until"])
    return replace(
        ticket,
        fields=tuple(fields.items()),
        closed_at=closed if ticket.state == "closed" else None,
        pending_until=pending if ticket.state == "pending" else None,
    )


def _as_written(ticket: Ticket, written: Sequence[Written]) -> Ticket:
    if not written:
        return ticket
    last = written[-1]
    customer = [each.at for each in written if each.sender_type == "customer"]
    agent = [each.at for each in written if each.sender_type == "agent" and each.direction == "out"]
    return replace(
        ticket,
        last_article=last.id,
        last_nonce=last.nonce,
        articles=len(written),
        updated_at=last.at,
        last_customer_at=max(customer, default=None),
        last_agent_at=max(agent, default=None),
    )
