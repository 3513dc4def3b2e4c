"""Third persons whom a customer's mail went to as well: they read it, and get answers only if they take part."""

from collections.abc import Iterable

from mailgate.decision.policy import Policy
from mailgate.decision.standing import is_ours, same_person
from mailgate.mail.address import normalise
from mailgate.mail.message import Mailbox, Message
from mailgate.tickets.model import Ticket

MOST = 10  # that are named


def third_persons(message: Message, ticket: Ticket, policy: Policy) -> tuple[Mailbox, ...]:
    """Those in To and Cc who are neither the writer nor the requester nor of ours, the first few."""
    return others_among((*message.to, *message.cc), message.author, ticket, policy)


def others_among(addressed: Iterable[Mailbox], writer: Mailbox, ticket: Ticket, policy: Policy) -> tuple[Mailbox, ...]:
    known = {normalise(writer.address)} | ({normalise(ticket.requester.address)} if ticket.requester else set())
    found: dict[str, Mailbox] = {}
    for each in addressed:
        address = normalise(each.address)
        inside = is_ours(each.address, policy) or address in policy.agents_at
        if len(found) < MOST and address and address not in known and not inside:
            found.setdefault(address, each)
    return tuple(found.values())


def gets_answers(address: str, ticket: Ticket, policy: Policy) -> bool:
    """Whether an agent's answer goes to him."""
    people = (each for each in ticket.people if each.role in ("requester", "cc"))
    return any(same_person(each.address, address, policy) for each in people)
