"""Office hours as a template sees them: `hours.office.closed`, `hours.office.opens`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from mailgate.notify.named import Named
from mailgate.tickets.calendar import Calendar


@dataclass(frozen=True, slots=True)
class HoursView:
    """Whether nobody is there now, by a calendar, and when somebody is again; None where that is never, or is now."""

    closed: bool = False
    opens: datetime | None = None


ALWAYS_OPEN = Named({}, HoursView())


def view_hours(calendars: Mapping[str, Calendar], now: datetime) -> Named:
    """`now` is local to the site. A name that is no calendar is never closed."""
    return Named({name: _hours(each, now) for name, each in calendars.items()}, HoursView())


def _hours(calendar: Calendar, now: datetime) -> HoursView:
    if calendar.is_open(now):
        return HoursView()
    opens = calendar.opens(now)
    return HoursView(True, opens and opens.astimezone(now.tzinfo))
