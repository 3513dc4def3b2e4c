"""Ticket numbers: unique for ever."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.tickets.number import luhn_digit, parse_number_format

DAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("form", "number"),
    [
        ("{seq}", "42"),
        ("{seq:05}", "00042"),
        ("{year}{seq:05}", "202600042"),
        ("{date}{seq:5}", "2026112200042"),
        ("10{seq}", "1042"),
        ("{seq}{check}", "422"),
        ("{date}10{seq}{check}", "2026112210420"),
    ],
)
def test_each_form_gives_the_number_that_it_shows(form: str, number: str) -> None:
    rendered = parse_number_format(form).render(42, DAY, b"")
    assert rendered[: len(number) - 1] == number[:-1]
    assert rendered == (number if "check" not in form else number[:-1] + luhn_digit(number[:-1]))


@pytest.mark.parametrize(
    "form", ["{seq}", "{seq:05}", "{year}{seq}", "{date}{seq:03}{check}", "9{seq}{year}", "{seq}{date}"]
)
@given(st.integers(1, 10**9), st.integers(1, 10**9), st.integers(0, 3_000), st.integers(0, 3_000))
def test_two_tickets_never_have_the_same_number(form: str, one: int, other: int, days: int, more: int) -> None:
    numbers = parse_number_format(form)
    first = numbers.render(one, DAY + timedelta(days=days), b"")
    second = numbers.render(other, DAY + timedelta(days=more), b"")
    assert (first == second) <= (one == other)


@given(st.binary(min_size=8, max_size=8))
def test_a_random_number_has_its_width_and_is_never_nought(nonce: bytes) -> None:
    number = parse_number_format("random:8").render(1, DAY, nonce)
    assert len(number) == 8
    assert int(number) > 0


@pytest.mark.parametrize("digits", ["7992739871", "0", "1", "123456789"])
def test_the_check_digit_finds_every_wrong_digit(digits: str) -> None:
    check = luhn_digit(digits)
    for place in range(len(digits)):
        for wrong in set("0123456789") - {digits[place]}:
            assert luhn_digit(digits[:place] + wrong + digits[place + 1 :]) != check
    assert luhn_digit("7992739871") == "3"


@pytest.mark.parametrize(
    "form",
    [
        "",
        "x",
        "{seq}-",
        "{year}",
        "{seq}{seq}",
        "{check}{seq}",
        "{seq}{check}{check}",
        "random:5",
        "random:19",
        "random:x",
        "{seq:40}",
        "{Seq}",
    ],
)
def test_a_form_that_could_repeat_or_be_misread_is_refused(form: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_number_format(form)
