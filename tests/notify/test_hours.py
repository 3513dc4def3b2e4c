"""Office hours in a template."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from mailgate.notify.hours import HoursView, view_hours

NOW = datetime(2026, 3, 2, 20, 0, tzinfo=ZoneInfo("Europe/Berlin"))
TOMORROW = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Office:
    """Opens at `at`; None: never."""

    at: datetime | None

    def is_open(self, at: datetime) -> bool:
        return self.at is not None and at >= self.at

    def opens(self, at: datetime) -> datetime | None:
        return self.at


def test_a_closed_office_says_when_it_opens_in_local_time() -> None:
    hours = view_hours({"office": Office(TOMORROW), "old": Office(None)}, NOW)
    assert hours["office"] == HoursView(True, TOMORROW)
    assert hours["office"].opens.utcoffset() == timedelta(hours=1)
    assert hours["old"] == HoursView(True, None)


def test_an_open_office_and_one_that_is_not_there_are_not_closed() -> None:
    hours = view_hours({"office": Office(TOMORROW)}, TOMORROW)
    assert hours["office"] == hours["nobodys"] == HoursView()
