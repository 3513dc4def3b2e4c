"""Ticket, article, participant, queue, agent: the nouns (as in OTRS: a ticket holds articles and lies in one queue)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from mailgate.mail.message import Mailbox
from mailgate.tickets.running import Running

State = Literal["new", "open", "pending", "closed", "merged", "spam"]
STATES: tuple[State, ...] = ("new", "open", "pending", "closed", "merged", "spam")
Priority = Literal["low", "normal", "high", "urgent"]
PRIORITIES: tuple[Priority, ...] = ("low", "normal", "high", "urgent")
SenderType = Literal["customer", "agent", "system", "third-party"]
Direction = Literal["in", "out", "none"]
Visibility = Literal["public", "internal"]
FollowUp = Literal["reopen", "new", "reject"]
Strangers = Literal["auto", "unverified", "new-linked"]


@dataclass(frozen=True, slots=True)
class Participant:
    """An address with a part in a ticket. `party`, its number there (1: the requester), stands in signed addresses.

    Who was taken out is "former" and keeps his number: nobody else may ever be proven by his address. Who is "awaited"
    has his number and no part yet: an answer that is held names him, and joins him when it goes out. "third-party":
    mail was forwarded to him, and he may answer it; he gets nothing else. A "watcher" is told and has no part himself.
    """

    address: str
    name: str
    party: int
    role: Literal["requester", "cc", "third-party", "watcher", "former", "awaited"]


@dataclass(frozen=True, slots=True)
class Ticket:
    """A request and where it stands. `number` is what people see; `version` grows with each change."""

    id: int
    number: str
    nonce: bytes
    subject: str
    queue: str
    state: State
    priority: Priority
    owner: str | None
    created_at: datetime
    updated_at: datetime
    participants: tuple[Participant, ...]
    tags: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    language: str = "und"
    closed_at: datetime | None = None
    pending_until: datetime | None = None
    merged_into: int | None = None
    root_article: int = 0  # the first article: its Message-ID roots every agent's thread
    root_nonce: bytes = b""
    last_article: int = 0  # the newest article: the revision of signed addresses
    last_nonce: bytes = b""
    articles: int = 0
    version: int = 0
    last_customer_at: datetime | None = None
    last_agent_at: datetime | None = None
    type: str | None = None  # a free word: "incident"
    last_human_at: datetime | None = None  # when a human last wrote an article; the first article counts as one
    episode: int = 0  # grows with each article by a human, and each change of its state that no rule makes
    episode_at: datetime | None = None  # when this episode began
    close_at: datetime | None = None  # when it is closed for silence
    close_template: str | None = None  # with which the customer is told then
    close_rule: str | None = None  # that wanted it
    running: Running | None = None  # its process, the last one where it has ended

    @property
    def requester(self) -> Participant | None:
        return next((p for p in self.participants if p.role == "requester"), None)

    @property
    def people(self) -> tuple[Participant, ...]:
        """Who takes part now: his mail counts."""
        return tuple(each for each in self.participants if each.role not in ("former", "watcher", "awaited"))

    @property
    def watchers(self) -> tuple[Participant, ...]:
        return tuple(each for each in self.participants if each.role == "watcher")

    def field(self, name: str) -> str | None:
        return dict(self.fields).get(name)

    @property
    def process(self) -> str | None:
        return self.running.process if self.running is not None else None

    @property
    def process_step(self) -> str | None:
        return self.running.step if self.running is not None else None

    @property
    def process_state(self) -> dict[str, Any] | None:
        """The rest of `running`, as it is stored."""
        return self.running.stored() if self.running is not None else None

    @property
    def process_due(self) -> datetime | None:
        """When its process wants something done without a mail; while it is closed nothing is."""
        if self.running is None or self.running.approval is None or self.state not in ("new", "open", "pending"):
            return None
        return self.running.approval.due_at


@dataclass(frozen=True, slots=True)
class Queue:
    """Where tickets lie, and the settings that hold for them."""

    name: str
    title: str
    addresses: tuple[str, ...]  # as configured; the first is the queue's own
    sender: Mailbox  # From of what we send for it
    team: str | None
    follow_up_to_closed: FollowUp = "reopen"
    reopen_within: timedelta | None = None  # with "reopen": after that a linked new ticket
    strangers: Strangers = "auto"
    language: str | None = None
    members_only: bool = False
    thank_you_reopens: bool = True
    quote_last: bool = True  # the customer's last message below an answer

    @property
    def address(self) -> str:
        return self.addresses[0]


@dataclass(frozen=True, slots=True)
class CustomerGroup:
    """Customers who belong together by the domains of their addresses, and what is known of them."""

    domains: tuple[str, ...]
    org: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Agent:
    """Somebody inside. `number` is hers for life (given by the store); it stands in her signed addresses."""

    name: str  # the key in config.toml: nina
    title: str  # Nina Costa
    address: str
    also: tuple[str, ...] = ()
    roles: tuple[str, ...] = ("agent",)
    language: str | None = None
    number: int = 0
    signature: str = ""
