"""What delivery is handed and what it gives back: one mail to one recipient, and what became of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Verdict = Literal["sent", "deferred", "failed"]


@dataclass(frozen=True, slots=True)
class Parcel:
    """One outgoing mail, ready: the same bytes and Message-ID at every attempt.

    `reverse_path` is None for `<>`. `attempts` counts the dialogues about this mail that were recorded before now.
    `created_at` is aware.
    """

    outbox_id: int
    reverse_path: str | None
    recipient: str
    content: bytes
    message_id: str
    attempts: int
    created_at: datetime
    call: str | None = None  # see delivery.call; `recipient` and `message_id` are its URL and key then


@dataclass(frozen=True, slots=True)
class DeliveryResult:
    """What became of a parcel; code, enhanced code and text are the other side's words, or ours where it said nothing.

    `host_trouble` says that the host is to blame and not the mail (no connection, no TLS, login refused): every other
    mail would fare the same now, so the worker rests and the attempt is not counted. `wait`: no sooner than so long
    from now, whatever the schedule says. `tried` is False where nothing was attempted, and nothing is to be counted.
    """

    outbox_id: int
    verdict: Verdict
    code: int | None
    enhanced: str | None
    text: str
    host_trouble: bool = False
    wait: timedelta | None = None
    tried: bool = True
