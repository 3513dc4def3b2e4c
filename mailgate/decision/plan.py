"""What will happen to one mail, as a value: dry run, explain, tests and production all start from it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from mailgate.decision.alarm import Alarm
from mailgate.decision.effects import Done
from mailgate.decision.process_told import NO_PROCESS, ProcessTold
from mailgate.decision.telling import NOTHING_MORE, Answer, StandsIn, Telling
from mailgate.mail.message import Attachment, Identity, Mailbox
from mailgate.rules.trace import Trace
from mailgate.tickets.model import Agent, Direction, Participant, SenderType, Ticket, Visibility
from mailgate.tickets.threading import Evidence

OutcomeKind = Literal["article", "duplicate", "bounce", "command", "quarantined", "discarded"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an accepted mail: exactly one for each (DESIGN.md 7.1)."""

    kind: OutcomeKind
    ticket: int | None = None
    article: int | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Allotment:
    """Ids and nonces set aside for one mail before it is decided: a gap is fine, a repeat never.

    `ticket` is the id of a new ticket and the sequence behind its number.
    """

    ticket: int
    articles: tuple[int, ...]
    nonces: tuple[bytes, ...]  # one for the ticket, one for each article


@dataclass(frozen=True, slots=True)
class NewArticle:
    """An article to be written."""

    id: int
    ticket_id: int
    nonce: bytes
    at: datetime
    sender_type: SenderType
    direction: Direction
    visibility: Visibility
    verified: bool
    author: Mailbox
    to: tuple[Mailbox, ...] = ()
    cc: tuple[Mailbox, ...] = ()
    subject: str = ""
    message_id: str | None = None
    names: tuple[str, ...] = ()  # Message-IDs that the mail refers to
    text: str = ""
    new_text: str = ""
    automatic: str | None = None  # the kind of automatic mail
    template: str | None = None  # of a system article: which of our own mails it is
    attachments: tuple[Attachment, ...] = ()
    spool_id: int | None = None
    wire_id: str | None = None  # the Message-ID with which it came, where `message_id` is ours

    @property
    def is_automatic_answer(self) -> bool:
        return self.template is not None


@dataclass(frozen=True, slots=True)
class Passing:
    """How a mail is passed on: `whole`, attached as it came; else its words are quoted, with its `files` or without."""

    whole: bool
    files: bool


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What the history of another ticket says of it."""

    ticket: int
    done: Done


@dataclass(frozen=True, slots=True)
class Draft:
    """A mail to be composed: everything that its template and its headers need besides ticket, message and policy."""

    kind: Literal["auto-reply", "agent", "report", "customer", "forward"]
    template: str
    language: str | None
    recipient: Mailbox
    article: int  # whose signed Message-ID it carries
    article_nonce: bytes
    participant: Participant | None = None
    agent: Agent | None = None
    neutral: bool = False
    answers: bool = False  # a reply to it answers the customer; else it is a note: frozen in its signed address
    telling: Telling = NOTHING_MORE
    answer: Answer | None = None  # of kind "customer"
    parent: str | None = None  # of kind "auto-reply": the customer's Message-ID that it answers
    references: tuple[str, ...] = ()  # of kind "auto-reply": oldest first
    words: str | None = None  # what was said, where that is not what stands in the mail; "" for nothing
    receipt: bool = False  # it answers what its reader sent: nobody else speaks in it
    notice: bytes | None = None  # a Message-ID of its own, made of this nonce: it is no copy of the article's mail
    due: datetime | None = None  # not to be sent before: the undo time
    held: str = ""  # why it must not be sent yet
    passing: Passing | None = None  # of kind "forward"; None: a mail of our own to somebody outside
    reason: str = ""  # of kind "agent": why its reader gets it, as Addressee says; "author": she wrote what it is about
    stands_in: StandsIn = ""  # of kind "agent": for whom she gets it, as Addressee says
    process: ProcessTold = NO_PROCESS
    actor: str = ""  # of kind "agent": the agent whose mail it comes of, as we name her, whatever her From says


@dataclass(frozen=True, slots=True)
class OutsideCall:
    """A web address to be called, or a program to be started. `name`: in the configuration; `target`: the whole URL, or
    the program's name again. `key` is the same at every attempt."""

    kind: Literal["webhook", "program"]
    name: str
    target: str
    key: str
    content: bytes
    event: str
    rule: str
    timeout: timedelta
    retries: int
    method: str = ""


@dataclass(frozen=True, slots=True)
class DeskNotice:
    """A mail to be composed that is about the desk itself; `facts`: what its template says of it."""

    template: str
    language: str
    address: str
    facts: tuple[str, ...]
    nonce: bytes  # makes its Message-ID


@dataclass(frozen=True, slots=True)
class Plan:
    """Ordered effects and their trace, and the rows that follow from them.

    `before` None: the ticket is new. `spool_id` 0: no mail is behind it, a timer was due. `ticket` None: a mail that
    became no article, or something that happened to the desk itself.
    """

    spool_id: int
    at: datetime
    outcome: Outcome
    before: Ticket | None = None
    ticket: Ticket | None = None
    articles: tuple[NewArticle, ...] = ()
    effects: tuple[Done, ...] = ()
    drafts: tuple[Draft, ...] = ()
    calls: tuple[OutsideCall, ...] = ()
    notices: tuple[DeskNotice, ...] = ()  # of a plan without a ticket
    notes: tuple[Draft, ...] = ()  # internal notes to be written with a template, each the text of its article
    elsewhere: tuple[Elsewhere, ...] = ()
    charges: tuple[str, ...] = ()
    linked_to: int | None = None
    binds: Identity | None = None
    won: Evidence | None = None
    lost: tuple[Evidence, ...] = ()
    traces: tuple[Trace, ...] = ()  # the event of the mail first, then what followed from it
    authenticity: str = "unknown"
    orders: str = ""  # the command lines of a mail that waits for a word
    alarm: Alarm | None = None  # a rule set the mail aside
    turns: tuple[str, ...] = ()  # rules that had their turn on the ticket, where that counts
