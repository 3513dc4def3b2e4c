"""What a rule can ask for: one frozen value a verb (spec/rules.md 1.5). The decision turns them into effects.

Ticket actions change the ticket that later rules see; mail actions become rows of the outbox in the same transaction.
"""

from dataclasses import dataclass
from datetime import timedelta

from mailgate.tickets.model import Priority, State


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
class SetState:
    state: State


@dataclass(frozen=True, slots=True)
class SetFields:
    """Values are rendered already: captures are filled in by the evaluation."""

    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class AddNote:
    text: str


@dataclass(frozen=True, slots=True)
class Reply:
    """An automatic answer to the customer. `every`: not again with this template to this person within that time."""

    template: str
    every: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Notify:
    """Mail to agents. Exactly one of the addressees is set.

    `owner`: the owner, or the queue's team when nobody owns the ticket. `team`: a team's name, or "queue" for the
    queue's own. `role`: all agents with that role. `to`: agents' names or plain addresses.
    """

    template: str
    owner: bool = False
    team: str | None = None
    role: str | None = None
    to: tuple[str, ...] = ()


Action = SetQueue | SetPriority | AddTags | SetState | SetFields | AddNote | Reply | Notify


@dataclass(frozen=True, slots=True)
class Fired:
    """An action that a rule asked for, and where it stands: (event, rule, index) makes it idempotent."""

    action: Action
    rule: str
    file: str
    line: int
    index: int
