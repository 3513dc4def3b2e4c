"""Which queue a mail was written to: by its envelope first, since that is what the transport vouches for."""

from collections.abc import Iterator

from mailgate.decision.policy import Policy
from mailgate.mail.address import bare, normalise
from mailgate.mail.envelope import Envelope
from mailgate.mail.message import Message
from mailgate.tickets.model import CustomerGroup, Ticket
from mailgate.tickets.threading import Thread

NO_GROUP = CustomerGroup(())


def queues_addressed(envelope: Envelope, message: Message, policy: Policy) -> tuple[str, ...]:
    """The queues whose addresses the mail names, the one that routes first; never empty."""
    named = dict.fromkeys(_named(envelope, message, policy))
    return tuple(named) or (policy.site.default_queue,)


def queue_of(address: str, policy: Policy) -> str | None:
    """The queue that an address belongs to, subaddress or not."""
    wanted = normalise(bare(address))
    for name, queue in policy.queues.items():
        if wanted in (normalise(each) for each in queue.addresses):
            return name
    return None


def customer_group(ticket: Ticket | None, address: str, policy: Policy) -> tuple[str, CustomerGroup]:
    """The group of the ticket's requester, else of that address, with its name; "" where it belongs to none."""
    if not policy.groups:
        return "", NO_GROUP
    requester = ticket.requester if ticket is not None else None
    domain = (requester.address if requester else address).rpartition("@")[2].lower()
    return next((each for each in policy.groups.items() if domain in each[1].domains), ("", NO_GROUP))


def forwarded_elsewhere(message: Message, envelope: Envelope, thread: Thread, policy: Policy) -> bool:
    """Whether our mail was forwarded to another queue: that is a new request there, not an answer here."""
    if thread.ticket is None or thread.won is None or thread.won.kind == "signed address":
        return False
    if message.forward is None:
        return False
    return thread.ticket.queue not in queues_addressed(envelope, message, policy)


def _named(envelope: Envelope, message: Message, policy: Policy) -> Iterator[str]:
    for address in envelope.forward_paths:
        if (name := queue_of(address, policy)) is not None:
            yield name
    for box in (*message.to, *message.cc):
        if (name := queue_of(box.address, policy)) is not None:
            yield name
