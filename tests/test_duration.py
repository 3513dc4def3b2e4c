"""mailgate.duration"""

from datetime import timedelta

import pytest

from mailgate.duration import parse_duration


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("30s", timedelta(seconds=30)),
        ("15m", timedelta(minutes=15)),
        ("4h", timedelta(hours=4)),
        ("2d", timedelta(days=2)),
        ("1w", timedelta(weeks=1)),
        (" 8 H ", timedelta(hours=8)),
        ("0s", timedelta()),
    ],
)
def test_a_duration_is_a_number_and_a_unit(text: str, duration: timedelta) -> None:
    assert parse_duration(text) == duration


@pytest.mark.parametrize("text", ["", "15", "m", "-5m", "1.5h", "5 moments", "1h30m", "٥m", "9999999999s"])
def test_anything_else_is_refused_with_its_text_and_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="15m") as caught:
        parse_duration(text)
    assert f'"{text}"' in str(caught.value)


def test_a_duration_that_no_date_can_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="hundred years"):
        parse_duration("999999999w")


@pytest.mark.parametrize(("text", "meant"), [("5 minutes", "5m"), ("3 Days", "3d"), ("2weeks", "2w"), ("1 hr", "1h")])
def test_a_time_in_words_is_refused_with_its_form(text: str, meant: str) -> None:
    with pytest.raises(ValueError, match=f"write {meant}$"):
        parse_duration(text)
