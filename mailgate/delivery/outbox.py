"""What the worker needs of the outbox; the store keeps it (T3 and T4 of DESIGN.md 5)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from mailgate.delivery.result import DeliveryResult, Parcel


@dataclass(frozen=True, slots=True)
class Recorded:
    """A result to be written down.

    `next_attempt` is aware, and set exactly when the verdict is "deferred"; a mail that was given up is "failed".
    `counted` is False when the host was in trouble: the attempt is not the mail's.
    """

    result: DeliveryResult
    next_attempt: datetime | None
    counted: bool


class Outbox(Protocol):
    """Mails are leased to one worker at a time; a lease that is not renewed ends by itself, and the mail is due again.

    Any method may raise: the worker logs it, waits and asks again.
    """

    async def claim(self, limit: int) -> Sequence[Parcel]:
        """Lease at most `limit` mails that are due, those that are due longest first; none is an empty sequence."""
        ...

    async def renew(self, outbox_ids: Sequence[int]) -> Collection[int]:
        """Prolong leases. The answer names those that are still ours; the others somebody else may have by now."""
        ...

    async def record(self, results: Sequence[Recorded]) -> None:
        """Write results down and end their leases, all or nothing; a result whose lease was lost is passed over."""
        ...

    async def release(self, outbox_ids: Sequence[int]) -> None:
        """End the leases of mails that were not tried: they are due at once, and no attempt is counted."""
        ...
