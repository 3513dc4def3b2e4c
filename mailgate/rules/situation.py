"""What a rule can see when an event happens: the one argument of an evaluation besides the rule set."""

import dataclasses
from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Literal

from mailgate.mail.envelope import Envelope
from mailgate.mail.message import Message
from mailgate.tickets.model import Ticket

# Where facts come from; an event has some of these.
Source = Literal["envelope", "mail", "ticket", "customer", "change", "absence", "reason", "delivery"]
Need = Literal["loads", "queue sizes", "rotation", "turns"]
NO_ENVELOPE = Envelope(None, (), "", datetime.min.replace(tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class OurAddresses:
    """Which addresses are ours: `billing@` in a rule means that local part at any of `domains`."""

    domains: frozenset[str]
    addresses: frozenset[str]  # normalised


@dataclass(frozen=True, slots=True)
class AuthFacts:
    """What a trusted host says of the mail (RFC 8601); "none" where nothing was said."""

    spf: str = "none"
    dkim: str = "none"
    dmarc: str = "none"


NOTHING_SAID = AuthFacts()


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A recipient whom a mail of ours did not reach, or not yet; `status` (RFC 3463) is empty where none was told."""

    recipient: str
    status: str


@dataclass(frozen=True, slots=True)
class Situation:
    """An event and its facts. `is_auto`, `is_list`, `is_bounce` come from the message's own verdict.

    At message.received there is no ticket. Events that no mail brought have NO_MESSAGE and NO_ENVELOPE: rules cannot
    ask for a mail there. `old` and `new`: of a change, empty for nobody; of tag.added `new` is the tag, of
    field.changed `field` is the field's name, of agent.away the agent who is away. Facts of a Need are given where
    `Ruleset.needs` has it. At the events of DESK_EVENTS there is neither ticket nor mail.
    """

    event: str  # one of rule.EVENTS
    ticket: Ticket | None
    message: Message
    envelope: Envelope
    ours: OurAddresses
    now: datetime
    zone: tzinfo = UTC  # the site's; for `now`, `weekday` and `pending: {until: ...}`
    old: str = ""
    new: str = ""
    field: str = ""
    until: datetime | None = None  # of agent.away: when she is back
    undelivered: tuple[Undelivered, ...] = ()  # of delivery.failed and delivery.delayed
    reason: str = ""  # why a chain was cut, or a reload refused
    actor: str = ""  # "agent:nina", "customer", "rule:x", "mailgate"
    authenticity: AuthFacts = NOTHING_SAID
    known_customer: bool | None = None  # whether the customer wrote to us before
    group: str = ""  # the customer's
    org: str = ""  # the customer's organisation
    customer_fields: tuple[tuple[str, str], ...] = ()  # what is known of his group
    loads: Mapping[str, int] = dataclasses.field(default_factory=dict)  # agent -> open tickets; absent means none
    queue_sizes: Mapping[str, int] = dataclasses.field(default_factory=dict)  # queue -> open tickets
    away: frozenset[str] = frozenset()  # agents
    previous_owner: str | None = None  # the last owner of this customer
    rotation: Mapping[str, int] = dataclasses.field(default_factory=dict)  # team -> counter of round robin
    teams: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    agents: Set[str] = frozenset()
