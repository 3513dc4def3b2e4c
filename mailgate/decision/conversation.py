"""What was said on a ticket before, and what still waits: what an agent's mail and a notification need to know."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from mailgate.decision.effects import AwaitKind
from mailgate.mail.message import Mailbox
from mailgate.tickets.model import Direction, SenderType, Visibility

MOST_ARTICLES = 40  # of a conversation, the newest
MOST_CHARS = 8_000  # of each text


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

    @property
    def is_a_customers(self) -> bool:
        return self.sender_type == "customer" and self.verified

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
    detail: tuple[tuple[str, str], ...]
