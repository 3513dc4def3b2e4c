"""What delivery is told of a call besides its parcel, and how what came of it is told."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from mailgate.delivery.result import DeliveryResult, Parcel

MAX_TOLD = 4_000  # characters


@dataclass(frozen=True, slots=True)
class Call:
    """As the store's outbox keeps it (`store.outbox.call_row`)."""

    kind: Literal["webhook", "program"]
    name: str  # in the configuration
    event: str
    rule: str
    timeout: timedelta
    retries: int
    method: str

    @classmethod
    def of(cls, parcel: Parcel) -> "Call":
        """Raises ValueError for a parcel that is none."""
        form = json.loads(parcel.call or "null")
        if not isinstance(form, dict):
            raise ValueError(f"outbox {parcel.outbox_id} is a mail, not a call")
        return cls(**{**form, "timeout": timedelta(seconds=form["timeout"])})


def done(parcel: Parcel, text: str) -> DeliveryResult:
    return DeliveryResult(parcel.outbox_id, "sent", None, None, cleaned(text))


def failed(parcel: Parcel, text: str) -> DeliveryResult:
    """For good."""
    return DeliveryResult(parcel.outbox_id, "failed", None, None, cleaned(text))


def later(parcel: Parcel, call: Call, text: str, wait: timedelta | None = None) -> DeliveryResult:
    """To be tried again, not before `wait` is over, unless this was the last attempt."""
    attempts = parcel.attempts + 1
    if attempts > call.retries:
        return failed(parcel, f"gave up after {attempts} attempt{'s' * (attempts != 1)}: {text}")
    return DeliveryResult(parcel.outbox_id, "deferred", None, None, cleaned(text), wait=wait)


def not_now(parcel: Parcel, text: str, wait: timedelta) -> DeliveryResult:
    """Not tried at all."""
    return DeliveryResult(parcel.outbox_id, "deferred", None, None, cleaned(text), wait=wait, tried=False)


def cleaned(text: str) -> str:
    """What a stranger may have written, without what steers a terminal or breaks a database."""
    kept = text[:MAX_TOLD].replace("\r\n", "\n")
    return "".join(char if char.isprintable() or char == "\n" else " " for char in kept).strip()
