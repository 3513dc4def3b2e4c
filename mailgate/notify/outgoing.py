"""A finished outgoing mail: envelope, bytes, and the Message-ID that it keeps through every attempt (R42)."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Self

from mailgate.decision.leak import Leak
from mailgate.notify.rendered import Kind


@dataclass(frozen=True, slots=True)
class Tail:
    """The files at the end of a mail, and the SHA-256 by which they are stored once for all copies of an article."""

    content: bytes = b""
    sha256: bytes = b""

    @classmethod
    def of(cls, content: bytes) -> Self:
        return cls(content, sha256(content).digest()) if content else cls()


NO_TAIL = Tail()


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """One mail to one recipient: `content` and then the tail.

    `held`: something in it must be looked at first, for `reason`.
    """

    kind: Kind
    template: str
    reverse_path: str | None
    recipient: str
    subject: str
    text: str  # what its reader reads: the ticket keeps it
    message_id: str
    content: bytes
    article: int | None
    held: bool = False
    reason: str = ""
    tail: Tail = NO_TAIL
    due: datetime | None = None  # not to be sent before
    leaks: tuple[Leak, ...] = ()  # what it holds that belongs to somebody else: it is held for that
