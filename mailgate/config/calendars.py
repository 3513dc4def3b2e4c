"""[calendars]: office hours, as they are written (spec/operations.md 2).

A country's holidays come from the package `holidays`, which is loaded only where one is named. No .ics file: a set of
configuration and rules must be whole in the database, whatever becomes of other files.
"""

import re
from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from mailgate.config import values as v
from mailgate.config.findings import Findings, Wrong, shown
from mailgate.config.kinds import Kind, list_of, text_of
from mailgate.config.locate import KeyPath
from mailgate.config.section import REQUIRED, Key, Section, named
from mailgate.tickets.calendar import ALWAYS, Calendar, Span

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
YEARS = range(2000, 2076)  # those whose holidays are known
_HOURS = re.compile(r"([0-9]{1,2}):([0-9]{2})-([0-9]{1,2}):([0-9]{2})")
_FORM = 'write "09:00-17:00"; a night belongs to two days: "22:00-24:00" and "00:00-06:00"'
_COUNTRY = re.compile(r"([A-Z]{2})(?:-([A-Z0-9]{1,3}))?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _span(text: str) -> Span:
    said = _HOURS.fullmatch(text)
    if said is None:
        raise Wrong(f"{shown(text)} are no hours", _FORM)
    hour, minute, until_hour, until_minute = map(int, said.groups())
    start, end = hour * 60 + minute, until_hour * 60 + until_minute
    if minute > 59 or until_minute > 59 or not start < end <= 1440:
        raise Wrong(f"{shown(text)} are no hours of one day", _FORM)
    return start, end


_SPANS = list_of(text_of("hours", _span, (0, 0)))


def _hours(value: object, at: KeyPath, findings: Findings) -> tuple[Span, ...]:
    spans = tuple(sorted(_SPANS.read(value, at, findings)))
    if any(later[0] < earlier[1] for earlier, later in pairwise(spans)):
        findings.value(at, "these hours lie over each other", "make one of them")
    return spans


def _holiday(text: str) -> frozenset[date]:
    """A day, or all that a country keeps. Raises Wrong."""
    if _DATE.fullmatch(text):
        try:
            return frozenset({date.fromisoformat(text)})
        except ValueError:
            raise Wrong(f"there is no {text}", 'write a day as "2026-12-24"') from None
    said = _COUNTRY.fullmatch(text)
    if said is None:
        raise Wrong(
            f"{shown(text)} is neither a day nor a country's code",
            'write "2026-12-24", "PT", or "DE-BY" for a part of a country',
        )
    return _of_country(said[1], said[2])


def _of_country(code: str, part: str | None) -> frozenset[date]:
    import holidays  # here: it takes a fifth of a second, of those who name a country

    try:
        return frozenset(holidays.country_holidays(code, subdiv=part, years=YEARS))
    except NotImplementedError:
        name = code if part is None else f"{code}-{part}"
        raise Wrong(f"no holidays are known of {name}", 'write the days: ["2026-12-24", "2026-12-25"]') from None


def _calendar(name: str, timezone: ZoneInfo, holidays: Iterable[frozenset[date]], **hours: Any) -> Calendar:
    return Calendar(name, timezone, tuple(hours[day] for day in DAYS), frozenset().union(*holidays))


CALENDAR = Section(
    "[calendars.NAME]",
    "Office hours, for rules: `hours: {NAME: closed}` and `{idle: 4h, calendar: NAME}`. `always` is built in.",
    (
        Key("timezone", v.TIMEZONE, "Where the office is (IANA name).", REQUIRED),
        *(
            Key(day, Kind("list of hours", _hours), f"Hours of {title}: `09:00-13:00`, `14:00-24:00`.", [])
            for day, title in zip(
                DAYS, ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), strict=True
            )
        ),
        Key(
            "holidays",
            list_of(text_of("day or country's code", _holiday, frozenset())),
            "Days on which it is closed: `2026-12-24`, and countries whose holidays are kept: `PT`, `DE-BY`.",
            [],
        ),
    ),
    _calendar,
)


def _read(value: object, at: KeyPath, findings: Findings) -> dict[str, Calendar]:
    found: dict[str, Calendar] = _NAMED.read(value, at, findings)
    if ALWAYS.name in found:
        findings.key((*at, ALWAYS.name), '"always" is built in: round the clock', "give it another name")
    return found


_NAMED = named(CALENDAR)
KIND = Kind(_NAMED.name, _read, sections=_NAMED.sections)
