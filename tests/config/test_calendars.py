"""Office hours as they are written: what is read, and what is wrong with a mistake."""

from datetime import date
from pathlib import Path

import pytest

from mailgate.config.calendars import YEARS
from mailgate.config.read import parse
from mailgate.config.settings import Config
from mailgate.errors import FilesRejected
from tests.config.texts import WHOLE

OFFICE = '[calendars.office]\ntimezone = "Europe/Berlin"\n'


def read(text: str) -> Config:
    return parse(WHOLE + OFFICE + text, Path("/etc/mailgate/config.toml"), {}, offline=True)


def test_hours_and_holidays_are_read() -> None:
    office = read(
        'mon = ["14:00-18:00", "9:00-13:00"]\nsun = ["00:00-24:00"]\nholidays = ["2026-12-24", "DE-BY"]'
    ).calendars["office"]
    assert office.week == (((540, 780), (840, 1080)), (), (), (), (), (), ((0, 1440),))
    assert {date(2026, 12, 24), date(2026, 12, 25), date(2026, 1, 6), date(2075, 12, 25)} <= office.holidays
    assert date(2026, 10, 31) not in office.holidays  # kept elsewhere in Germany
    assert {each.year for each in office.holidays} == set(YEARS)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('mon = ["nine to five"]', "are no hours"),
        ('mon = ["17:00-09:00"]', "are no hours of one day"),
        ('mon = ["09:60-10:00"]', "are no hours of one day"),
        ('mon = ["09:00-12:00", "11:00-13:00"]', "lie over each other"),
        ('holidays = ["2026-02-30"]', "there is no 2026-02-30"),
        ('holidays = ["Portugal"]', "neither a day nor a country's code"),
        ('holidays = ["XX"]', "no holidays are known of XX"),
        ('holidays = ["DE-ZZ"]', "no holidays are known of DE-ZZ"),
        ('[calendars.always]\ntimezone = "UTC"', '"always" is built in'),
        ("[calendars.other]\nmon = []", '[calendars.NAME] needs "timezone"'),
    ],
)
def test_a_mistake_is_found(text: str, message: str) -> None:
    with pytest.raises(FilesRejected) as rejected:
        read(text)
    assert [message in problem.message for problem in rejected.value.problems if problem.severity == "error"] == [True]
