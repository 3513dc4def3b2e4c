"""A finished outgoing mail: envelope, bytes, and the Message-ID that it keeps through every attempt (R42)."""

from dataclasses import dataclass
from datetime import datetime

from mailgate.notify.rendered import Kind


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """One mail to one recipient: `content + tail`, the tail being the same for all copies of an article.

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
    tail: bytes = b""
    tail_digest: bytes = b""  # SHA-256 of the tail: it is stored once
    due: datetime | None = None  # not to be sent before
    leaks: bool = False  # it is held because it holds what belongs to somebody else
