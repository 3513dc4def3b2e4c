"""What was said on a ticket before, and what still waits: what an agent's mail and a notification need to know."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from mailgate.decision.effects import AwaitKind
from mailgate.mail.message import Mailbox
from mailgate.tickets.model import Direction, SenderType, Visibility

MOST_ARTICLES = 40  # of a conversation, the newest
MOST_CHARS = 8_000  # of each text
MOST_SENT_TO = 20


@dataclass(frozen=True, slots=True)
class Said:
    """An article as it is remembered; `text` is what was new in it, cut."""

    id: int
    at: datetime
    sender_type: SenderType
    direction: Direction
    visibility: Visibility
    verified: bool
    author: Mailbox
    subject: str
    message_id: str | None
    text: str
    template: str | None = None
    automatic: str | None = None  # the kind of automatic mail
    waits: bool = False  # an answer that is held, or delayed still: nobody outside has it
    sent_to: tuple[Mailbox, ...] = ()  # To and Cc, the first few

    @property
    def is_a_customers(self) -> bool:
        """A customer's own words, not his robot's."""
        return self.sender_type == "customer" and self.verified and self.automatic is None

    @property
    def is_an_internal_note(self) -> bool:
        """Of a colleague or a rule. A mail from outside is no note, nor is an answer that was held or taken back."""
        return (
            self.sender_type != "third-party"
            and self.visibility == "internal"
            and self.verified
            and self.direction != "out"
        )

    @property
    def was_not_sent(self) -> bool:
        """An agent's answer that nobody outside got or will get: it was taken back, or dropped."""
        return (
            self.sender_type == "agent" and self.direction == "out" and self.visibility == "internal" and not self.waits
        )

    @property
    def is_ours(self) -> bool:
        """An agent's, or written by a template of ours."""
        return self.sender_type == "agent" or self.template is not None

    @property
    def is_an_answer(self) -> bool:
        """An agent's answer that the customer has or will have."""
        return self.sender_type == "agent" and self.visibility == "public"


OutgoingState = Literal["waiting", "delayed", "held", "sending", "sent", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A copy of an agent's answer in the outbox. `at`: when it is due, or when it was done with."""

    id: int
    article: int
    recipient: str
    state: OutgoingState
    at: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits for an agent's word."""

    id: int
    agent: str
    kind: AwaitKind
    mail: int  # in the spool
    article: int | None = None
    orders: str = ""  # the command lines that came with it


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """An entry of a ticket's history; `detail` as it is stored, read."""

    at: datetime
    actor: str
    event: str
    detail: Mapping[str, Any]


def newest_of_the_customer(said: Sequence[Said]) -> Said | None:
    """What the customer said last; his robot's words only where there is nothing else."""
    human = next((each for each in reversed(said) if each.is_a_customers), None)
    return human or next((each for each in reversed(said) if each.sender_type == "customer" and each.verified), None)


def public_ids(said: Sequence[Said], newest: Said | None) -> tuple[str, ...]:
    """What the customer's newest mail followed, oldest first, and that mail (RFC 5322 3.6.4)."""
    shown = (each for each in said if each.visibility == "public" and (newest is None or each.id <= newest.id))
    return tuple(each.message_id for each in shown if each.message_id)
