"""Office hours are those of the clock on the wall, on days of 23, 24 and 25 hours alike."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailgate.tickets.calendar import ALWAYS, Calendar, Span

BERLIN = ZoneInfo("Europe/Berlin")
NINE_TO_FIVE: tuple[Span, ...] = ((9 * 60, 17 * 60),)
OFFICE = Calendar("office", BERLIN, (NINE_TO_FIVE,) * 5 + ((), ()), frozenset({date(2026, 12, 25)}))
MINUTE = timedelta(minutes=1)
# Spring and autumn, at 02:00, at midnight, by half an hour, a day that never was, and none at all.
TURNS = [
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("America/Havana", date(2026, 3, 8)),
    ("America/Havana", date(2026, 11, 1)),
    ("America/Sao_Paulo", date(2018, 2, 17)),
    ("America/Sao_Paulo", date(2018, 11, 4)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Pacific/Apia", date(2011, 12, 30)),
    ("UTC", date(2026, 2, 28)),
]


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def test_four_business_hours_from_friday_at_four_end_on_monday_at_noon_though_a_night_has_no_hour_in_between() -> None:
    due = OFFICE.after(berlin("2026-03-27 16:00"), timedelta(hours=4))
    assert due == datetime(2026, 3, 30, 10, tzinfo=UTC)
    assert due.astimezone(BERLIN).hour == 12


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        ("2026-03-27 08:59:59", "2026-03-27 09:00"),
        ("2026-03-27 09:00", "2026-03-27 09:00"),
        ("2026-03-27 12:00", "2026-03-30 09:00"),
        ("2026-03-27 17:00", "2026-03-30 09:00"),
        ("2026-12-24 17:00", "2026-12-28 09:00"),
    ],
)
def test_the_next_opening_passes_over_weekends_and_holidays(at: str, opens: str) -> None:
    assert OFFICE.opens(berlin(at)) == berlin(opens)


def test_it_is_open_from_the_first_second_to_before_the_last() -> None:
    edges = ["2026-03-27 09:00:00", "2026-03-27 16:59:59", "2026-03-27 17:00:00", "2026-12-25 10:00:00"]
    assert [OFFICE.is_open(berlin(each)) for each in edges] == [True, True, False, False]


def test_an_office_that_never_opens_has_no_next_opening_and_no_end() -> None:
    never = Calendar("never", BERLIN, ((),) * 7)
    at = berlin("2026-03-27 12:00")
    assert (never.opens(at), never.after(at, MINUTE), never.before(at, MINUTE)) == (None, None, None)
    assert never.between(at, at + timedelta(days=30)) == timedelta(0)


def test_round_the_clock_is_the_time_that_passes() -> None:
    at = berlin("2026-03-28 12:00")
    assert ALWAYS.after(at, timedelta(hours=24)) == at.astimezone(UTC) + timedelta(hours=24)
    assert ALWAYS.between(at, at.astimezone(UTC) + timedelta(days=3)) == timedelta(days=3)


@cache
def open_minutes(zone: str, around: date, spans: tuple[Span, ...]) -> frozenset[datetime]:
    """The slow reference: the clock is looked at in each minute of five days."""
    shown: dict[tuple[date, Span], list[datetime]] = {}
    at = datetime.combine(around, datetime.min.time(), UTC) - timedelta(days=3)
    for _ in range(6 * 1440):
        local = at.astimezone(ZoneInfo(zone))
        for span in spans:
            if span[0] <= local.hour * 60 + local.minute < span[1]:
                shown.setdefault((local.date(), span), []).append(at)
        at += MINUTE
    found: set[datetime] = set()
    for minutes in shown.values():  # from the first to the last, whatever the clock shows in between
        found |= {minutes[0] + MINUTE * each for each in range((minutes[-1] - minutes[0]) // MINUTE + 1)}
    return frozenset(found)


def spans_of(marks: list[int]) -> tuple[Span, ...]:
    edges = sorted({each * 15 for each in marks})
    return tuple(zip(edges[::2], edges[1::2], strict=False))


DAYS = st.lists(st.integers(0, 96), min_size=2, max_size=4, unique=True).map(spans_of)


@settings(max_examples=50, deadline=None)
@given(turn=st.sampled_from(TURNS), spans=DAYS, start=st.integers(0, 4 * 1440), length=st.integers(0, 1440))
def test_business_time_is_what_a_clerk_with_a_clock_would_count(
    turn: tuple[str, date], spans: tuple[Span, ...], start: int, length: int
) -> None:
    zone, around = turn
    calendar = Calendar("office", ZoneInfo(zone), (spans,) * 7)
    counted = open_minutes(zone, around, spans)
    begin = datetime.combine(around, datetime.min.time(), UTC) - timedelta(days=2) + MINUTE * start
    end = begin + MINUTE * length
    worked = sum(begin <= each < end for each in counted)
    assert calendar.between(begin, end) == MINUTE * worked
    assert calendar.is_open(begin) is (begin in counted)


@settings(max_examples=50, deadline=None)
@given(
    turn=st.sampled_from(TURNS),
    spans=DAYS,
    start=st.integers(0, 4 * 86_400),
    seconds=st.integers(1, 200_000),
)
def test_a_moment_and_business_time_after_it_and_before_it_agree(
    turn: tuple[str, date], spans: tuple[Span, ...], start: int, seconds: int
) -> None:
    zone, around = turn
    calendar = Calendar("office", ZoneInfo(zone), (spans,) * 7)
    at = datetime.combine(around, datetime.min.time(), UTC) - timedelta(days=2) + timedelta(seconds=start)
    span = timedelta(seconds=seconds)
    due, since = calendar.after(at, span), calendar.before(at, span)
    assert due is not None
    assert since is not None
    assert calendar.between(at, due) == span
    assert calendar.between(at, due - timedelta(seconds=1)) < span
    assert calendar.between(since, at) == span
    assert calendar.between(since + timedelta(seconds=1), at) < span


def test_longer_silence_is_due_earlier() -> None:
    moments = [berlin("2026-03-27 08:00") + timedelta(hours=7) * each for each in range(40)]
    due = [OFFICE.after(each, timedelta(hours=9)) for each in moments]
    assert None not in due
    assert due == sorted(each for each in due if each is not None)
