"""What the worker asks of whoever carries mail away: a smarthost, a Maildir."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from mailgate.delivery.result import DeliveryResult, Parcel
from mailgate.errors import MailgateError

StillOurs = Callable[[], Awaitable[bool]]


class LeaseLost(MailgateError):
    """Another worker has the mail now; nothing was sent, and nothing is to be recorded."""


class Carrier(Protocol):
    """Delivers parcels, several at a time."""

    async def deliver(self, parcel: Parcel, still_ours: StillOurs) -> DeliveryResult:
        """Try once; every failure of the world is a result. `still_ours` is asked last before the mail is let go.

        Raises LeaseLost when it says no.
        """
        ...

    async def close(self) -> None:
        """Give up what is kept between parcels; dialogues in flight are not touched."""
        ...
