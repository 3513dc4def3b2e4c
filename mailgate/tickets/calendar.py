"""Office hours, and time that counts only while somebody is there (spec/rules.md 1.3, spec/safety.md T21).

Hours are what the clock on the wall shows; each local day is laid out in UTC before anything is reckoned, so that a day
of 23 or 25 hours counts as what it is. Hours that a day leaves out begin where the clock goes on; hours that it has
twice last from the first time the clock shows their begin to the last time it shows their end.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
FURTHEST = 800  # days in which an office opens again, or never does
_NONE = timedelta(0)
_SECOND = timedelta(seconds=1)
_MINUTES_A_DAY = 1440

Span = tuple[int, int]  # minutes of the day: from, to (24:00 is 1440)
Opening = tuple[datetime, datetime]  # UTC: from, to


@dataclass(frozen=True, slots=True)
class Calendar:
    """When an office is open. `week`: the hours of Monday to Sunday, in order and apart from each other."""

    name: str
    zone: ZoneInfo
    week: tuple[tuple[Span, ...], ...]
    holidays: frozenset[date] = frozenset()

    def is_open(self, at: datetime) -> bool:
        """Whether somebody is there at `at` (aware)."""
        return any(start <= at < end for start, end in self._day(self._local(at)))

    def opens(self, at: datetime) -> datetime | None:
        """When it opens next: after `at`, or at it; None where it never does."""
        return next((start for start, _ in self._onward(at) if start >= at), None)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The business time from `start` to `end`; none where `end` is earlier."""
        total, day, last = _NONE, self._local(start), self._local(end)
        while day <= last:
            for begins, ends in self._day(day):
                total += max(_NONE, min(ends, end) - max(begins, start))
            day += DAY
        return total

    def after(self, at: datetime, span: timedelta) -> datetime | None:
        """The first moment at which so much business time has passed since `at`, UTC; None where that never comes."""
        left = span
        for begins, ends in self._onward(at):
            here = ends - max(begins, at)
            if here >= left:
                return max(begins, at) + left
            left -= max(_NONE, here)
        return None

    def before(self, at: datetime, span: timedelta) -> datetime | None:
        """The last moment since which so much business time has passed at `at`, UTC: what is older has waited longer.
        None where no moment is so long ago."""
        left, day = span, self._local(at)
        for _ in range(FURTHEST + span.days * 8):
            for begins, ends in reversed(self._day(day)):
                here = min(ends, at) - begins
                if here >= left:
                    return min(ends, at) - left
                left -= max(_NONE, here)
            day -= DAY
        return None

    def _onward(self, at: datetime) -> Iterator[Opening]:
        """What is left of the openings from `at` on, until none comes for very long."""
        day, empty = self._local(at), 0
        while empty < FURTHEST:
            openings = [each for each in self._day(day) if each[1] > at]
            yield from openings
            empty = 0 if openings else empty + 1
            day += DAY

    def _local(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def _day(self, day: date) -> list[Opening]:
        """The openings of one local day, in UTC."""
        if day in self.holidays:
            return []
        openings: list[Opening] = []
        for start, end in self.week[day.weekday()]:
            begins = _moment(day, start, self.zone, 0)
            ends = _moment(day, end, self.zone, 0 if end == _MINUTES_A_DAY else 1)
            if openings:
                begins = max(begins, openings[-1][1])  # an hour that comes twice counts once
            if begins < ends:
                openings.append((begins, ends))
        return openings


def _moment(day: date, minutes: int, zone: ZoneInfo, fold: int) -> datetime:
    """When the clock shows so many minutes of the day; where it leaves them out, when it goes on."""
    local = datetime.combine(day, time()) + timedelta(minutes=minutes)
    early, late = (local.replace(tzinfo=zone, fold=each).astimezone(UTC) for each in (1, 0))
    if early >= late:  # it is no hour that is left out
        return late if fold == 0 else early
    offset = early.astimezone(zone).utcoffset()
    while late - early > _SECOND:
        middle = early + (late - early) // 2
        if middle.astimezone(zone).utcoffset() == offset:
            early = middle
        else:
            late = middle
    return late.replace(microsecond=0)


ALWAYS = Calendar("always", ZoneInfo("UTC"), (((0, _MINUTES_A_DAY),),) * 7)
