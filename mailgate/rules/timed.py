"""What a rule waits for when no mail comes: silence on a ticket, or a time of day; and how often a rule may run at all.

An episode of a ticket ends with the next article by a human, or when a person or its own time changes its state.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from mailgate.rules.value import duration_text
from mailgate.tickets.calendar import Calendar

WaitingFor = Literal["customer", "agent", "anyone"]
_MOMENT = timedelta(microseconds=1)
WAITING_FOR: tuple[WaitingFor, ...] = ("customer", "agent", "anyone")


@dataclass(frozen=True, slots=True)
class Idle:
    """Nobody wrote for `span`, in business time where there is a calendar.

    `waiting_for`: whose turn it is, a customer's after an agent's answer, else an agent's. `backfill`: what was silent
    for so long before the rule came, too.
    """

    span: timedelta
    waiting_for: WaitingFor = "anyone"
    calendar: Calendar | None = None
    backfill: bool = False

    @property
    def told(self) -> str:
        """The same for the same wait: another wait is another timer."""
        hours = "" if self.calendar is None else f" of {self.calendar.name}"
        back = ", looking back" if self.backfill else ""
        return f"idle {self.span.total_seconds():g}s{hours}, waiting for {self.waiting_for}{back}"

    def due(self, last: datetime) -> datetime | None:
        """When a ticket is due whose last article came at `last`."""
        return last + self.span if self.calendar is None else self.calendar.after(last, self.span)

    def silent_since(self, now: datetime) -> datetime | None:
        """What had its last article then or before is due at `now`."""
        return now - self.span if self.calendar is None else self.calendar.before(now, self.span)


@dataclass(frozen=True, slots=True)
class Schedule:
    """A time of day, in cron's five fields. Each open ticket is looked at then; or it is for the desk itself."""

    cron: str
    zone: ZoneInfo
    each_ticket: bool = True

    @property
    def told(self) -> str:
        """As for Idle."""
        return f"schedule {self.cron}, {self.zone.key}{'' if self.each_ticket else ', without for_each'}"

    def next(self, after: datetime) -> datetime | None:
        """The first time later than `after`, UTC; None where there is none. Raises ValueError for what is no cron.

        An hour that the clock shows twice counts once, unless the schedule is for every hour.
        """
        trigger = CronTrigger.from_crontab(self.cron, self.zone)
        hourly = self.cron.split()[1].startswith("*")
        found: datetime | None = trigger.get_next_fire_time(None, after + _MOMENT)
        while found is not None and found.fold and not hourly:
            found = trigger.get_next_fire_time(None, found.astimezone(UTC) + _MOMENT)
        return None if found is None else found.astimezone(UTC)


Timer = Idle | Schedule


@dataclass(frozen=True, slots=True)
class Once:
    """How often a rule runs at most: once an episode or once in all on a ticket, once in `time` for a customer."""

    of: Literal["episode", "ticket", "customer"]
    time: timedelta | None = None

    @property
    def told(self) -> str:
        """As it was written, or nearly so."""
        return self.of if self.time is None else f"{self.of}/{duration_text(self.time.total_seconds())}"


def turn_of(rule: str) -> str:
    """What stands for a rule where templates are counted for a person: no template has such a name."""
    return f"rule {rule}"
