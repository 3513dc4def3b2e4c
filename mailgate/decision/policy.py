"""What the administrator decided: everything `decide` needs besides the mail and the facts, in one frozen value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from mailgate.mail.address import normalise
from mailgate.mail.message import Mailbox
from mailgate.rate import Rate
from mailgate.rules.ruleset import Ruleset
from mailgate.rules.situation import OurAddresses
from mailgate.tickets.calendar import Calendar
from mailgate.tickets.model import Agent, CustomerGroup, Queue
from mailgate.tickets.number import NumberFormat
from mailgate.tickets.signed import Keyring, ReplyAddressForm
from mailgate.tickets.token import TicketTag

MOST_TICKETS_A_RUN = 500
NO_ADDRESSES = OurAddresses(frozenset(), frozenset())


@dataclass(frozen=True, slots=True)
class Site:
    """[site]."""

    name: str
    domain: str
    timezone: ZoneInfo
    language: str
    tag: TicketTag  # [Ticket#{number}] and the older forms
    numbers: NumberFormat
    default_queue: str
    reply_address: ReplyAddressForm
    trust_unverified: bool
    admins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AutomaticLimits:
    """[out] automatic: how many automatic answers may go out; None lifts a limit."""

    per_address: Rate | None
    per_ticket: Rate | None
    per_domain: Rate | None
    total: Rate | None


RequireAuth = Literal["auto", "pass", "smtp-auth"]
Collision = Literal["hold", "warn", "send"]
Receipts = Literal["commands", "errors", "always"]


@dataclass(frozen=True, slots=True)
class AgentsPolicy:
    """[agents_policy]: what proves an agent, what crossing answers do, and when she gets a receipt."""

    require_auth: RequireAuth = "auto"
    collision: Collision = "hold"
    confirm: Receipts = "commands"
    copy_self: bool = False
    away_for: timedelta = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Relay:
    """How an agent's answer goes out ([out]). `delay`: how long she can recall it."""

    delay: timedelta = timedelta(seconds=60)
    sender_form: str = "{agent} via {queue}"  # of From
    participants: bool = False  # customers' and participants' mail goes to the others too
    attachments_up_to: int = 5_000_000  # octets, in notifications


@dataclass(frozen=True, slots=True)
class Door:
    """What a [[in]] door vouches for: whose Authentication-Results and ARC seals count, and our border MTAs (R38)."""

    name: str
    trusted_authserv: tuple[str, ...] = ()
    border: tuple[str, ...] = ()
    trusted_sealers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """One immutable set; a reload swaps it between two mails."""

    site: Site
    queues: Mapping[str, Queue]
    teams: Mapping[str, tuple[str, ...]]
    agents: Mapping[str, Agent]
    doors: Mapping[str, Door]
    limits: AutomaticLimits
    rules: Ruleset
    keys: Keyring
    return_path: str | None = None  # a fixed reverse-path; None means VERP
    null_sender: bool = True
    plus_addresses_are_one: bool = True
    ours: OurAddresses = NO_ADDRESSES
    neutral_forms: Mapping[str, str] = field(default_factory=dict)  # template -> what a stranger gets instead
    agents_policy: AgentsPolicy = AgentsPolicy()
    relay: Relay = Relay()
    groups: Mapping[str, CustomerGroup] = field(default_factory=dict)  # of customers
    max_tickets_per_run: int = MOST_TICKETS_A_RUN  # of a timed rule, in an hour
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    agents_at: Mapping[str, Agent] = field(init=False, repr=False, compare=False)  # by each address, normalised

    def __post_init__(self) -> None:
        agents = reversed(tuple(self.agents.values()))  # of two with one address the first has it
        at = {normalise(address): agent for agent in agents for address in (agent.address, *agent.also)}
        object.__setattr__(self, "agents_at", at)

    def queue(self, name: str) -> Queue:
        """The queue of that name; a queue that left the configuration falls back to the default one."""
        return self.queues.get(name) or self.queues[self.site.default_queue]

    def sender_of(self, queue: str) -> Mailbox:
        return self.queue(queue).sender
