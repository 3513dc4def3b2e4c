"""What a rule can see when an event happens: the one argument of an evaluation besides the rule set."""

from dataclasses import dataclass
from datetime import datetime

from mailgate.mail.envelope import Envelope
from mailgate.mail.message import Message
from mailgate.tickets.model import Ticket


@dataclass(frozen=True, slots=True)
class OurAddresses:
    """Which addresses are ours: `billing@` in a rule means that local part at any of `domains`."""

    domains: frozenset[str]
    addresses: frozenset[str]  # normalised


@dataclass(frozen=True, slots=True)
class Situation:
    """An event and its facts. `is_auto`, `is_list`, `is_bounce` come from the message's own verdict."""

    event: str  # "ticket.created", "customer.replied"
    ticket: Ticket
    message: Message
    envelope: Envelope
    ours: OurAddresses
    now: datetime
