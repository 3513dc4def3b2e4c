"""Which ticket a mail belongs to, and why (spec/mail.md 5).

All evidence is collected; the strongest wins, the losers are kept for the trace. Evidence *routes*: whether the
writer may take part is decided elsewhere.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from mailgate.tickets.model import Queue, Ticket

EvidenceKind = Literal[
    "rule",
    "signed address",
    "our message-id",
    "message-id",
    "named by article",
    "subject",
    "ancestor",
    "taken up again",
]
STRENGTH: tuple[EvidenceKind, ...] = (
    "rule",
    "signed address",
    "our message-id",
    "message-id",
    "named by article",
    "subject",
    "ancestor",
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason why a mail may belong to a ticket. `ticket` is the target after merges."""

    kind: EvidenceKind
    value: str
    ticket: int
    article: int | None = None


@dataclass(frozen=True, slots=True)
class Thread:
    """The ticket that a mail belongs to, if any; the evidence that won, and what lost."""

    ticket: Ticket | None
    won: Evidence | None
    lost: tuple[Evidence, ...] = ()


NO_THREAD = Thread(None, None)


def weigh(evidence: Iterable[Evidence]) -> tuple[Evidence | None, tuple[Evidence, ...]]:
    """The winner and the losers; among equals the first found wins (the newest reference, the first token)."""
    ranked = sorted(evidence, key=lambda each: STRENGTH.index(each.kind))
    return (ranked[0], tuple(ranked[1:])) if ranked else (None, ())


Standing = Literal["participant", "agent", "stranger"]


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the article goes.

    `ticket` None: a new ticket, `linked_to` another one where there is a connection. Otherwise into `ticket`:
    `verified` False files it as a stranger's, `reopens` moves a closed ticket, `refused` files it and lets the ticket
    stay closed, and the writer is told.
    """

    ticket: Ticket | None
    linked_to: Ticket | None = None
    verified: bool = True
    reopens: bool = False
    refused: bool = False
    reason: str = ""


def place(
    thread: Thread,
    standing: Standing,
    queue: Queue,
    now: datetime,
    *,
    automatic: bool = False,
    thanks_only: bool = False,
    forwarded_elsewhere: bool = False,
    an_agents_address: bool = False,
) -> Placement:
    """Where a mail with that evidence goes.

    `queue` is the ticket's; `automatic` mail never reopens anything; `an_agents_address`: From names an agent of ours,
    who was not believed: her mail about a ticket is no new request.
    """
    ticket, won = thread.ticket, thread.won
    if ticket is None or won is None:
        return Placement(None, reason="no evidence")
    if forwarded_elsewhere:
        return Placement(None, ticket, reason="a forward to another queue")
    if standing == "stranger" and an_agents_address:
        return Placement(ticket, verified=False, reason="not proven to be an agent's mail")
    if standing == "stranger":
        return _stranger(ticket, won, queue)
    if ticket.state != "closed" or standing == "agent" or automatic:
        return Placement(ticket, reason=won.kind)
    if thanks_only:
        return Placement(ticket, reason="a plain thank-you reopens nothing")
    return _follow_up_to_closed(ticket, queue, now)


def _stranger(ticket: Ticket, won: Evidence, queue: Queue) -> Placement:
    """A bare subject token is what anybody can type; all else was seen by somebody who had our mail."""
    bare = won.kind == "subject"
    if queue.strangers == "new-linked" or (queue.strangers == "auto" and bare):
        return Placement(None, ticket, reason="a stranger's mail")
    return Placement(ticket, verified=False, reason="a stranger's mail")


def _follow_up_to_closed(ticket: Ticket, queue: Queue, now: datetime) -> Placement:
    closed_at = ticket.closed_at or ticket.updated_at
    match queue.follow_up_to_closed:
        case "new":
            return Placement(None, ticket, reason="the ticket is closed")
        case "reject":
            return Placement(ticket, refused=True, reason="the ticket is closed")
        case "reopen":
            if queue.reopen_within is not None and now - closed_at > queue.reopen_within:
                return Placement(None, ticket, reason="the ticket was closed too long ago")
            return Placement(ticket, reopens=True, reason="reopened")
