"""mailgate.rate"""

import pytest

from mailgate.rate import Rate, parse_rate


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("200/h", Rate(200, 3600)),
        ("3/day", Rate(3, 86400)),
        ("1/d", Rate(1, 86400)),
        ("10/min", Rate(10, 60)),
        ("10/m", Rate(10, 60)),
        ("5/s", Rate(5, 1)),
        (" 60 / H ", Rate(60, 3600)),
    ],
)
def test_a_rate_is_a_number_and_a_unit(text: str, rate: Rate) -> None:
    assert parse_rate(text) == rate


@pytest.mark.parametrize("text", ["", "  "])
def test_no_text_is_no_limit(text: str) -> None:
    assert parse_rate(text) is None


@pytest.mark.parametrize("text", ["200", "200/", "/h", "-1/h", "1.5/h", "200/week", "200 per h", "٢/h", "9999999999/h"])
def test_anything_else_is_refused_with_its_text_and_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="200/h") as caught:
        parse_rate(text)
    assert f'"{text}"' in str(caught.value)


def test_a_rate_of_nothing_is_refused_because_it_would_stop_all_mail() -> None:
    with pytest.raises(ValueError, match="nothing through"):
        parse_rate("0/h")
