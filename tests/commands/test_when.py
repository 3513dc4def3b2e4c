"""When a pending ticket comes back."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.commands.calendar_words import AHEAD, COUNTS, FILLERS, MEANINGS, UNITS, WEEKDAYS
from mailgate.commands.when import FARTHEST, WrongTime, read_until
from mailgate.commands.words import plain
from tests.commands.desk import NOW

BERLIN = ZoneInfo("Europe/Berlin")  # an hour ahead of UTC at NOW: Monday, 2 March 2026, 10:30


def local(text: str, now: datetime = NOW, zone: ZoneInfo = BERLIN) -> str:
    """The moment on the zone's clock."""
    until = read_until(text, now, zone)
    assert until.tzinfo is UTC
    return until.astimezone(zone).strftime("%a %d %b %Y %H:%M")


def wrong(text: str) -> WrongTime:
    with pytest.raises(WrongTime) as caught:
        read_until(text, NOW, BERLIN)
    return caught.value


@pytest.mark.parametrize(
    ("text", "ahead"),
    [
        ("30m", timedelta(minutes=30)),
        ("4h", timedelta(hours=4)),
        ("3d", timedelta(days=3)),
        ("2w", timedelta(weeks=2)),
        ("1d 4h", timedelta(days=1, hours=4)),
        ("1d4h", timedelta(days=1, hours=4)),
        ("3 days", timedelta(days=3)),
        ("in 3 days", timedelta(days=3)),
        ("for 3 Days", timedelta(days=3)),
        ("3 days and 4 hours", timedelta(days=3, hours=4)),
        ("a week", timedelta(weeks=1)),
        ("two weeks", timedelta(weeks=2)),
        ("in 3 Tagen", timedelta(days=3)),
        ("eine Woche", timedelta(weeks=1)),
        ("2 Stunden", timedelta(hours=2)),
        ("en 3 días", timedelta(days=3)),
        ("dentro de una semana", timedelta(weeks=1)),
        ("14h", timedelta(hours=14)),
    ],
)
def test_a_duration_is_counted_from_now(text: str, ahead: timedelta) -> None:
    assert read_until(text, NOW, BERLIN) == NOW + ahead


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("fri", "Fri 06 Mar 2026 08:00"),
        ("Friday", "Fri 06 Mar 2026 08:00"),
        ("fri 14:00", "Fri 06 Mar 2026 14:00"),
        ("friday 2pm", "Fri 06 Mar 2026 14:00"),
        ("friday 2 p.m.", "Fri 06 Mar 2026 14:00"),
        ("until Friday at 14:00", "Fri 06 Mar 2026 14:00"),
        ("fri 14", "Fri 06 Mar 2026 14:00"),
        ("fri, 9.15", "Fri 06 Mar 2026 09:15"),
        ("mon", "Mon 09 Mar 2026 08:00"),  # 08:00 today is past
        ("mon 14:00", "Mon 02 Mar 2026 14:00"),
        ("Freitag", "Fri 06 Mar 2026 08:00"),
        ("am Freitag um 14 Uhr", "Fri 06 Mar 2026 14:00"),
        ("Freitag 14 Uhr 30", "Fri 06 Mar 2026 14:30"),
        ("fr 14h", "Fri 06 Mar 2026 14:00"),
        ("viernes", "Fri 06 Mar 2026 08:00"),
        ("el viernes a las 14:00", "Fri 06 Mar 2026 14:00"),
        ("miércoles", "Wed 04 Mar 2026 08:00"),
        ("tomorrow", "Tue 03 Mar 2026 08:00"),
        ("tomorrow 9:00", "Tue 03 Mar 2026 09:00"),
        ("tomorrow 12am", "Tue 03 Mar 2026 00:00"),
        ("tomorrow 12 pm", "Tue 03 Mar 2026 12:00"),
        ("morgen", "Tue 03 Mar 2026 08:00"),
        ("mañana a las 9", "Tue 03 Mar 2026 09:00"),
        ("the day after tomorrow", "Wed 04 Mar 2026 08:00"),
        ("übermorgen 10:00", "Wed 04 Mar 2026 10:00"),
        ("pasado mañana", "Wed 04 Mar 2026 08:00"),
        ("today 17:00", "Mon 02 Mar 2026 17:00"),
        ("17:00", "Mon 02 Mar 2026 17:00"),
        ("9:00", "Tue 03 Mar 2026 09:00"),
        ("5pm", "Mon 02 Mar 2026 17:00"),
        ("14.30", "Mon 02 Mar 2026 14:30"),
        ("2026-12-24", "Thu 24 Dec 2026 08:00"),
        ("2026-12-24 10:00", "Thu 24 Dec 2026 10:00"),
        ("2026-12-24T10:00", "Thu 24 Dec 2026 10:00"),
        ("2026-12-24T10:00:00", "Thu 24 Dec 2026 10:00"),
        ("24.12.", "Thu 24 Dec 2026 08:00"),
        ("24.12", "Thu 24 Dec 2026 08:00"),
        ("24.12. 10", "Thu 24 Dec 2026 10:00"),
        ("24.12.2026 10:00", "Thu 24 Dec 2026 10:00"),
        ("24.12.26", "Thu 24 Dec 2026 08:00"),
        ("24. 12. 2026", "Thu 24 Dec 2026 08:00"),
        ("12-24", "Thu 24 Dec 2026 08:00"),
        ("24/12", "Thu 24 Dec 2026 08:00"),
        ("12/24/2026", "Thu 24 Dec 2026 08:00"),
        ("5/5", "Tue 05 May 2026 08:00"),
        ("1.2.", "Mon 01 Feb 2027 08:00"),  # this year's is past
    ],
)
def test_a_day_and_a_time_are_the_next_on_the_clock_of_the_zone(text: str, moment: str) -> None:
    assert local(text) == moment


@pytest.mark.parametrize(
    "text",
    ["", " ", "3", "14", "soon", "x" * 200, "fri fri", "fri 25:00", "13pm", "0 pm", "until", "٣d", "3 x"],
)
def test_what_is_no_time_is_said_so_with_the_form_that_is(text: str) -> None:
    assert 'is not a time: write it like "3d"' in wrong(text).said


@pytest.mark.parametrize("text", ["today", "today 9:00", "2026-03-01", "2025-12-24", "24.12.2025", "0d", "0m"])
def test_a_past_time_is_refused_and_told_the_time(text: str) -> None:
    assert wrong(text).said.endswith("is past: it is 2026-03-02 10:30 now")


@pytest.mark.parametrize("text", ["2029-01-01", "200w", "999999999w", "99999d 99999w", "9999-12-31"])
def test_more_than_two_years_ahead_is_refused(text: str) -> None:
    assert "more than two years ahead" in wrong(text).said


@pytest.mark.parametrize("text", ["31.02.", "30-02", "2026-02-29", "24-12", "2026-13-01", "24.13.", "32.1.2026"])
def test_a_day_that_the_calendar_lacks_is_refused(text: str) -> None:
    assert "there is no day" in wrong(text).said


def test_a_date_that_can_be_two_days_is_refused() -> None:
    assert "can be two days" in wrong("03/04").said


def test_the_leap_day_is_the_next_there_is() -> None:
    assert local("29.2.", datetime(2027, 1, 1, tzinfo=UTC)) == "Tue 29 Feb 2028 08:00"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("firday 14:00", "friday 14:00"),
        ("tomorow", "tomorrow"),
        ("3 dyas", "3 days"),
        ("Donerstag 9 Uhr", "donnerstag 9 uhr"),
    ],
)
def test_a_slip_is_put_right_where_one_meaning_alone_is_near(text: str, meant: str) -> None:
    mended = wrong(text)
    assert mended.corrected == meant
    assert meant in mended.said
    read_until(meant, NOW, BERLIN)


def test_days_keep_the_time_of_day_over_a_change_of_the_clock_and_hours_are_counted() -> None:
    saturday = datetime(2026, 3, 28, 9, 30, tzinfo=UTC)  # 10:30 in Berlin; summer time begins in the night
    assert local("1d", saturday) == "Sun 29 Mar 2026 10:30"
    assert local("24h", saturday) == "Sun 29 Mar 2026 11:30"
    assert local("1d 1h", saturday) == "Sun 29 Mar 2026 11:30"


def test_an_hour_that_the_clock_skips_is_the_next_one() -> None:
    assert local("2026-03-29 02:30") == "Sun 29 Mar 2026 03:30"


def test_hours_are_counted_from_the_second_of_two_equal_times() -> None:
    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)  # 02:30 for the second time
    assert read_until("1h", second, BERLIN) == second + timedelta(hours=1)


def test_no_word_of_time_means_two_things() -> None:
    assert len(MEANINGS) == len(WEEKDAYS) + len(AHEAD) + len(UNITS)
    assert not FILLERS & (MEANINGS.keys() | COUNTS.keys())
    assert all(plain(word) == word for word in (*MEANINGS, *COUNTS))


def test_at_the_end_of_time_nothing_overflows() -> None:
    for text in ("3d", "tomorrow", "fri", "12-24", "14:00"):
        with pytest.raises(WrongTime):
            read_until(text, datetime(9999, 12, 31, 12, tzinfo=UTC), ZoneInfo("UTC"))


PIECES = st.sampled_from(
    [*MEANINGS, *COUNTS, *FILLERS, "3", "14:00", "24.12.", "2026-12-24", "12/24", "2pm", ":", ".", "-", "/"]
)
TIMES = st.one_of(
    st.text(max_size=40), st.lists(PIECES, max_size=6).map(" ".join), st.lists(PIECES, max_size=4).map("".join)
)


@given(
    TIMES,
    st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  bounds are naive
    st.sampled_from(["UTC", "Europe/Lisbon", "Asia/Kathmandu", "America/St_Johns", "Pacific/Apia"]),
)
def test_every_text_is_a_moment_in_the_next_two_years_or_a_wrong_time(text: str, now: datetime, zone: str) -> None:
    with suppress(WrongTime):
        until = read_until(text, now, ZoneInfo(zone))
        assert now < until <= now + FARTHEST
        assert until.tzinfo is UTC
