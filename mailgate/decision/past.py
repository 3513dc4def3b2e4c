"""What a person wrote to us before: for rules that ask who he is, and for the agents who answer him.

Of everybody the newest `MOST_PAST` tickets are known, so that a machine with a million of them costs no more than a
customer with a hundred.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from mailgate.tickets.model import State, Ticket

MOST_PAST = 100
OPEN_STATES: tuple[State, ...] = ("new", "open", "pending")


@dataclass(frozen=True, slots=True)
class PastTicket:
    """A ticket in which a person has a part."""

    id: int
    number: str
    subject: str
    queue: str
    state: State
    owner: str | None
    opened_at: datetime
    asked: bool  # he is its requester


Pasts = Mapping[str, tuple[PastTicket, ...]]  # address in lower case -> newest first


@dataclass(frozen=True, slots=True)
class Record:
    """What agents are told of a customer: his other tickets, and the newest of them. `more`: there are older ones."""

    open: int
    closed: int
    last: PastTicket | None
    more: bool = False


NO_RECORD = Record(0, 0, None)


def previous_owner(past: tuple[PastTicket, ...]) -> str | None:
    """Who had his newest ticket that anybody had."""
    return next((each.owner for each in past if each.asked and each.owner is not None), None)


def record_of(past: tuple[PastTicket, ...], besides: int, hidden: frozenset[str]) -> Record:
    """The record of what he asked. `besides`: the ticket at hand; `hidden`: queues that are not for the reader."""
    others = [each for each in past if each.asked and each.id != besides and each.queue not in hidden]
    still_open = sum(each.state in OPEN_STATES for each in others)
    closed = sum(each.state == "closed" for each in others)
    last = next((each for each in others if each.state != "spam"), None)
    return Record(still_open, closed, last, more=len(past) >= MOST_PAST)


def pasts_after(pasts: Pasts, ticket: Ticket) -> Pasts:
    """The pasts once `ticket` stands as it is now; of whom nothing was asked, nothing is learnt."""
    changed = dict(pasts)
    for person in ticket.people:
        address = person.address.lower()
        if address in changed:
            now = PastTicket(
                ticket.id,
                ticket.number,
                ticket.subject,
                ticket.queue,
                ticket.state,
                ticket.owner,
                ticket.created_at,
                asked=person.role == "requester",
            )
            rest = (each for each in changed[address] if each.id != ticket.id)
            changed[address] = tuple(sorted((now, *rest), key=lambda each: -each.id))[:MOST_PAST]
    return changed
