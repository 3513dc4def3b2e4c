"""What a rule can ask for: one frozen value a verb (spec/rules.md 1.5). The decision turns them into effects.

Ticket actions change the ticket that later rules see; mail actions become rows of the outbox in the same transaction;
gate actions say what becomes of a mail before there is a ticket.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from mailgate.rules.outside import CallWebhook, RunProgram
from mailgate.tickets.model import Priority, State

JoinMode = Literal["never", "auto", "ticket"]


@dataclass(frozen=True, slots=True)
class SetQueue:
    queue: str


@dataclass(frozen=True, slots=True)
class SetPriority:
    priority: Priority


@dataclass(frozen=True, slots=True)
class AddTags:
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RemoveTags:
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SetState:
    state: State


@dataclass(frozen=True, slots=True)
class SetFields:
    """Values are rendered already: captures are filled in by the evaluation."""

    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class UnsetFields:
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AddNote:
    text: str


@dataclass(frozen=True, slots=True)
class AddNoteFrom:
    """An internal note, written with a template as a mail would be."""

    template: str


@dataclass(frozen=True, slots=True)
class SetType:
    """What kind of request it is: a free word or two. "" takes it away."""

    type: str


@dataclass(frozen=True, slots=True)
class Watch:
    """Who is told with `notify: {watchers: true}` from now on: agents' names, or plain addresses."""

    who: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unwatch:
    who: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """An automatic answer to the customer. `every`: not again with this template to this person within that time."""

    template: str
    every: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Notify:
    """Mail to agents. Exactly one of the addressees is set.

    `owner`: the owner, or the queue's team when nobody owns the ticket. `team`: a team's name, or "queue" for the
    queue's own. `role`: all agents with that role. `to`: agents' names or plain addresses. `watchers`: who watches the
    ticket. `old_owner`: who owned it before, at owner.changed. `digest`: it may wait for the agent's digest.
    """

    template: str
    owner: bool = False
    team: str | None = None
    role: str | None = None
    to: tuple[str, ...] = ()
    watchers: bool = False
    digest: bool = False
    old_owner: bool = False


@dataclass(frozen=True, slots=True)
class Forward:
    """Pass the mail that caused the event on to somebody outside.

    `whole`: as it came, attached; else its words are quoted. `files`: with what is attached to it.
    """

    to: str
    whole: bool = True
    files: bool = True


@dataclass(frozen=True, slots=True)
class Merge:
    """From now on the ticket is a part of another one, whose number that is."""

    into: str


@dataclass(frozen=True, slots=True)
class Start:
    """The ticket begins a process, where it runs none."""

    process: str


@dataclass(frozen=True, slots=True)
class Split:
    """The mail that caused the event opens a linked new ticket of its own instead."""


@dataclass(frozen=True, slots=True)
class AssignOwner:
    """Give the ticket to one agent, or to nobody (None): chosen already, from the facts of the situation.

    `how`, as a person reads it: "nina", "none", "least_busy -> nina (4 open; omar 6, away: kim)". `rotates`: the team
    whose round-robin counter goes on by one.
    """

    agent: str | None
    how: str
    rotates: str | None = None


@dataclass(frozen=True, slots=True)
class Pend:
    """Set the ticket aside until a time (aware, UTC). It is open then; what else is to come of it a rule of
    pending.due says."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Close:
    """Close the ticket; with `template` the customer is told, under the same guards as a Reply."""

    template: str | None = None


@dataclass(frozen=True, slots=True)
class CloseLater:
    """Close the ticket, and with `template` tell the customer, when nobody wrote for `after` and its state stayed."""

    after: timedelta
    template: str | None = None


@dataclass(frozen=True, slots=True)
class Reopen:
    """A closed ticket is open again; any other stays as it is."""


@dataclass(frozen=True, slots=True)
class Reject:
    """Refuse the recipient at RCPT: reply code (RFC 5321), enhanced code (RFC 3463), one line of ASCII.

    `by` says which rule at which line refused, for the log: `no-spam-hosts (00-gate.yaml:3)`.
    """

    code: int
    enhanced: str
    text: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Drop:
    """The mail becomes no article; its raw bytes stay as long as retention says."""

    reason: str


@dataclass(frozen=True, slots=True)
class SetAside:
    """Quarantine."""

    reason: str


@dataclass(frozen=True, slots=True)
class Join:
    """Overrides threading. "never": a new ticket; "auto": as threading says; "ticket": the one of that number."""

    mode: JoinMode
    number: str = ""


Action = SetQueue | SetPriority | AddTags | SetState | SetFields | AddNote | Reply | Notify
OfTicket = SetType | Watch | Unwatch | Merge | Start
OfMail = AddNoteFrom | Forward | Split
Outside = CallWebhook | RunProgram
NewAction = (
    RemoveTags
    | UnsetFields
    | AssignOwner
    | Pend
    | Close
    | CloseLater
    | Reopen
    | Reject
    | Drop
    | SetAside
    | Join
    | OfTicket
    | OfMail
    | Outside
)
GATE = (Reject, Drop, SetAside, Join)  # only at message.received


@dataclass(frozen=True, slots=True)
class Fired:
    """An action that a rule asked for, and where it stands: (event, rule, index) makes it idempotent.

    `place`: which of the actions it is that the rule's step in the trace tells.
    """

    action: Action | NewAction
    rule: str
    file: str
    line: int
    index: int
    place: int
