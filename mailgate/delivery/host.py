"""How long to leave a host in trouble alone: twice as long after each failure in a row, with a jitter between nodes."""

from datetime import datetime, timedelta

from mailgate.clock import Clock
from mailgate.ids import Ids

FIRST = timedelta(seconds=2)
LONGEST = timedelta(minutes=5)


class HostHealth:
    """Kept in memory only: after a restart the host is simply asked again."""

    def __init__(self, clock: Clock, ids: Ids) -> None:
        self._clock = clock
        self._ids = ids
        self._failures = 0
        self._not_before: datetime | None = None

    @property
    def in_trouble(self) -> bool:
        """Whether the last thing heard of the host was trouble: one mail at a time then, to find out."""
        return self._failures > 0

    def rest(self) -> timedelta:
        """How long to wait before the next mail; zero when it may go now."""
        if self._not_before is None:
            return timedelta()
        return max(
            timedelta(), min(self._not_before - self._clock.now(), LONGEST)
        )  # a clock set back is no longer rest

    def well(self) -> None:
        self._failures = 0
        self._not_before = None

    def trouble(self) -> datetime:
        """Note a failure; the time before which the host is left alone. Failures of one outage count once."""
        now = self._clock.now()
        if self._not_before is None or self._not_before <= now:
            wait = min(FIRST * 2 ** min(self._failures, 16), LONGEST)
            self._failures += 1
            self._not_before = now + wait * (0.5 + 0.5 * self._ids.fraction())
        return self._not_before
