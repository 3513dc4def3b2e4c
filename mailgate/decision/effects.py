"""Everything that can happen because of a mail: one frozen value each, closed, so that a forgotten case is found.

`told` (told.py) says an effect as the ticket's history does.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from mailgate.decision.process_effects import (
    ProcessEffect,
)
from mailgate.mail.envelope import ResumeWay
from mailgate.tickets.model import Participant, Priority, State

# "kept": held for good, because it holds what belongs to somebody else
AwaitKind = Literal["held", "kept", "unproven", "refused", "slip"]


@dataclass(frozen=True, slots=True)
class OpenTicket:
    queue: str
    requester: str


@dataclass(frozen=True, slots=True)
class AppendArticle:
    article: int
    author: str
    evidence: str
    verified: bool


@dataclass(frozen=True, slots=True)
class ChangeState:
    old: State
    new: State


@dataclass(frozen=True, slots=True)
class MoveToQueue:
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class ChangePriority:
    old: Priority
    new: Priority


@dataclass(frozen=True, slots=True)
class AddTags:
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SetFields:
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ChangeOwner:
    old: str | None
    new: str | None
    how: str = ""  # "least_busy", "her answer"


@dataclass(frozen=True, slots=True)
class PendUntil:
    until: datetime


@dataclass(frozen=True, slots=True)
class PlanClose:
    """It is closed at that time, unless somebody writes or its state changes."""

    at: datetime
    template: str | None  # with which the customer is told then
    rule: str


@dataclass(frozen=True, slots=True)
class RemoveTags:
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnsetFields:
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChangeType:
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class MergeTicket:
    """It is a part of that ticket from now on."""

    ticket: int
    into: str  # its number


@dataclass(frozen=True, slots=True)
class TakeIn:
    """Another ticket was merged into this one."""

    other: str  # its number


@dataclass(frozen=True, slots=True)
class SplitOff:
    """A mail that was written to this ticket opened one of its own."""

    other: str  # its number


@dataclass(frozen=True, slots=True)
class AddPerson:
    """Somebody takes part from now on: answers go to him too."""

    person: Participant


@dataclass(frozen=True, slots=True)
class ExpectPerson:
    """Somebody is to take part once the answer that names him goes out."""

    person: Participant


@dataclass(frozen=True, slots=True)
class RemovePerson:
    person: Participant


@dataclass(frozen=True, slots=True)
class AppendNote:
    article: int


@dataclass(frozen=True, slots=True)
class LinkTicket:
    other: str  # the other ticket's number
    reason: str


@dataclass(frozen=True, slots=True)
class SendMail:
    """A mail was composed. `kind` as in `outbox list --json`."""

    kind: Literal["customer", "auto-reply", "agent", "report", "forward"]
    template: str
    recipient: str


@dataclass(frozen=True, slots=True)
class Withhold:
    """A mail that a rule asked for and that must not go out."""

    template: str
    recipient: str
    reason: str


@dataclass(frozen=True, slots=True)
class HoldAnswer:
    """An agent's answer waits for her word."""

    article: int
    reason: str


@dataclass(frozen=True, slots=True)
class ReleaseAnswer:
    """Held no more: it goes out."""

    article: int


@dataclass(frozen=True, slots=True)
class WithdrawAnswer:
    """It does not go out; the article stays, as a note. `why`: "undo", "discard", "note"."""

    article: int
    why: str


@dataclass(frozen=True, slots=True)
class Await:
    """Something waits for an agent's word. `article` None: the mail itself waits, and no article came of it."""

    agent: str
    kind: AwaitKind
    until: datetime
    article: int | None = None


@dataclass(frozen=True, slots=True)
class Settle:
    """What waited has had its word."""

    awaiting: int
    how: str


@dataclass(frozen=True, slots=True)
class Resume:
    """An earlier mail is processed again, in the way that its author asked for."""

    mail: int  # in the spool
    way: ResumeWay


@dataclass(frozen=True, slots=True)
class TellLater:
    """A line of the list that an agent gets instead of a mail each."""

    agent: str
    line: str
    due: datetime


@dataclass(frozen=True, slots=True)
class FailDelivery:
    """A copy of an agent's answer that was sent came back for good: its author is told, and the ticket reopens."""

    article: int
    recipient: str
    reply: str


@dataclass(frozen=True, slots=True)
class DelayDelivery:
    """A copy of an agent's answer is still on its way, as a server on it says; nobody is alarmed."""

    article: int
    recipient: str
    reply: str


@dataclass(frozen=True, slots=True)
class AddressBounced:
    """A hard bounce is held against an address; `dead`: it is the one after which it is not written to any more."""

    address: str
    article: int  # whose copy came back
    reason: str
    dead: bool


@dataclass(frozen=True, slots=True)
class Rotate:
    """A team's round robin moves on."""

    team: str


@dataclass(frozen=True, slots=True)
class CallOutside:
    """A web address will be called, or a program started; `key` is that of its row in the outbox."""

    kind: Literal["webhook", "program"]
    name: str
    target: str
    method: str
    key: str


@dataclass(frozen=True, slots=True)
class GoAway:
    """An agent's own out-of-office came: no new work for her until then, or until she writes."""

    agent: str
    until: datetime


@dataclass(frozen=True, slots=True)
class ComeBack:
    agent: str


@dataclass(frozen=True, slots=True)
class Remark:
    """Something worth knowing that changes nothing: "also addressed to billing"."""

    event: str
    text: str


Effect = (
    OpenTicket
    | AppendArticle
    | ChangeState
    | MoveToQueue
    | ChangePriority
    | AddTags
    | SetFields
    | ChangeOwner
    | PendUntil
    | PlanClose
    | RemoveTags
    | UnsetFields
    | ChangeType
    | MergeTicket
    | TakeIn
    | SplitOff
    | AddPerson
    | ExpectPerson
    | RemovePerson
    | AppendNote
    | LinkTicket
    | SendMail
    | Withhold
    | HoldAnswer
    | ReleaseAnswer
    | WithdrawAnswer
    | Await
    | Settle
    | Resume
    | TellLater
    | FailDelivery
    | DelayDelivery
    | AddressBounced
    | Rotate
    | CallOutside
    | GoAway
    | ComeBack
    | Remark
    | ProcessEffect
)


@dataclass(frozen=True, slots=True)
class Done:
    """An effect and who caused it: "customer", "agent:nina", "rule:acknowledge", "mailgate"."""

    actor: str
    effect: Effect
