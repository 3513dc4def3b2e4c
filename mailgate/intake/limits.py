"""What the SMTP door allows (`DoorLimits`), and the live counters that hold it to that.

Counters live in memory and start at nothing: they keep a flood out, they do not keep accounts. Each holds a bounded
number of keys, the oldest are forgotten first, so that a flood of new keys costs no memory either. A clock that is set
back ends a window: it must not keep anybody out until it has caught up (F12).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from mailgate.clock import Clock
from mailgate.rate import Rate

BAD_COMMANDS = 20  # safety.md R13, Postfix's smtpd_hard_error_limit
BAD_ADDRESSES = 20  # agents.md 1
BAD_LOGINS = 10
BAD_LOGINS_IN_A_SESSION = 3
SHUT_OUT = timedelta(minutes=10)
_KEYS = 10_000


@dataclass(frozen=True, slots=True)
class DoorLimits:
    """Octets, counts and seconds; RFC 5321 4.5.3 sets the floors (100 recipients, 5 minutes for a command)."""

    message: int = 35_000_000
    in_flight: int = 256_000_000
    connections: int = 500
    per_peer: int = 20
    recipients: int = 1000
    session_seconds: float = 3600
    command_seconds: float = 300
    data_seconds: float = 1800
    hops: int = 50
    per_sender: Rate | None = None


class InFlight:
    """The octets of mail that are being received or committed."""

    __slots__ = ("_limit", "octets")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.octets = 0

    def fits(self, octets: int) -> bool:
        return self.octets + octets <= self._limit

    def reserve(self, octets: int) -> bool:
        if not self.fits(octets):
            return False
        self.octets += octets
        return True

    def release(self, octets: int) -> None:
        self.octets -= octets


class RateLimit:
    """At most `rate.count` for a key in a window of `rate.seconds` that the key's first mail opens."""

    def __init__(self, rate: Rate | None, clock: Clock) -> None:
        self._rate = rate
        self._clock = clock
        self._windows: dict[str, tuple[datetime, int]] = {}

    def exceeded(self, *keys: str) -> bool:
        """Whether one of the keys has nothing left."""
        if self._rate is None:
            return False
        now = self._clock.now()
        return any(self._used(key, now)[1] >= self._rate.count for key in keys)

    def count(self, *keys: str) -> None:
        """One more for each of the keys."""
        if self._rate is None:
            return
        now = self._clock.now()
        for key in keys:
            since, used = self._used(key, now)
            self._windows[key] = since, used + 1
        while len(self._windows) > _KEYS:
            del self._windows[next(iter(self._windows))]

    def _used(self, key: str, now: datetime) -> tuple[datetime, int]:
        since, used = self._windows.get(key, (now, 0))
        if self._rate is None or not timedelta(0) <= now - since < timedelta(seconds=self._rate.seconds):
            self._windows.pop(key, None)
            return now, 0
        return since, used


class PenaltyBox:
    """Peers that try addresses, or passwords: after `most` failures in ten minutes a peer is out for ten more."""

    def __init__(self, clock: Clock, most: int) -> None:
        self._clock = clock
        self._most = most
        self._bad: dict[str, tuple[datetime, int]] = {}

    def shut(self, key: str) -> bool:
        return self._count(key)[1] >= self._most

    def failed(self, key: str) -> bool:
        """One more failure; true when it is the one that shuts the peer out."""
        since, bad = self._count(key)
        bad += 1
        self._bad[key] = self._clock.now() if bad == self._most else since, bad
        while len(self._bad) > _KEYS:
            del self._bad[next(iter(self._bad))]
        return bad == self._most

    def _count(self, key: str) -> tuple[datetime, int]:
        now = self._clock.now()
        if not self._bad:
            return now, 0
        since, bad = self._bad.get(key, (now, 0))
        if not timedelta(0) <= now - since < SHUT_OUT:
            self._bad.pop(key, None)
            return now, 0
        return since, bad
