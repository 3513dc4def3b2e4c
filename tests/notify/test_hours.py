"""Office hours in a template."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from mailgate.notify.hours import HoursView, view_hours
from mailgate.tickets.calendar import Calendar

NOW = datetime(2026, 3, 2, 20, 0, tzinfo=ZoneInfo("Europe/Berlin"))
TOMORROW = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)


OFFICE = Calendar("office", ZoneInfo("Europe/Berlin"), (((9 * 60, 17 * 60),),) * 7)
NEVER = Calendar("old", ZoneInfo("UTC"), ((),) * 7)


def test_a_closed_office_says_when_it_opens_in_local_time() -> None:
    hours = view_hours({"office": OFFICE, "old": NEVER}, NOW)
    assert hours["office"] == HoursView(True, TOMORROW)
    assert hours["office"].opens.utcoffset() == timedelta(hours=1)
    assert hours["old"] == HoursView(True, None)


def test_an_open_office_and_one_that_is_not_there_are_not_closed() -> None:
    hours = view_hours({"office": OFFICE}, TOMORROW)
    assert hours["office"] == hours["nobodys"] == HoursView()
