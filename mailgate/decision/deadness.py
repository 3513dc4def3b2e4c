"""Addresses that mail does not reach: after two hard bounces at least a day apart they are not written to (R33, R47).

What is believed of an address changes by its own return path alone (`decision.bounced`), or by our own smarthost.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

APART = timedelta(days=1)  # a server that has lost its list of users for an hour must not bury them all

# Hard, but the mail's or our own fault: too big, refused by policy, full, in a loop, our sender address.
_NOT_OF_THE_ADDRESS = ("2.2", "2.3", "3.", "4.6", "4.7", "5.3", "6.", "7.", "1.7", "1.8")
_GONE = frozenset(("5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"))


@dataclass(frozen=True, slots=True)
class AddressRecord:
    """What came back from an address. `article`: the answer of ours whose copy came back last."""

    first_bounce: datetime
    article: int
    reason: str
    dead_since: datetime | None = None


def counts_against(status: str | None) -> bool:
    """Whether a hard bounce with this status (RFC 3463) says something of the address, and not of the mail."""
    return status is None or not status[2:].startswith(_NOT_OF_THE_ADDRESS)


def is_gone(status: str | None) -> bool:
    """Whether our own smarthost's status says at once that there is no such address."""
    return status in _GONE


def dies(known: AddressRecord | None, article: int, now: datetime) -> bool:
    """Whether one more hard bounce, of another mail, is the one after which the address is dead."""
    if known is None or known.dead_since is not None or known.article == article:
        return False
    return now - known.first_bounce >= APART


def why_dead(address: str, known: AddressRecord) -> str:
    """As the history says it, with the way out."""
    since = f" since {known.dead_since:%Y-%m-%d}" if known.dead_since else ""
    return f"the address is dead{since} ({known.reason[:200]}); `mailgate customer undead {address}` lifts it"
