"""Amounts of money are compared in one currency, and never guessed."""

import pytest

from mailgate.rules.money import Money, MoneyCompared, read_money
from mailgate.rules.patterns import Unanswerable
from mailgate.rules.situation import OurAddresses
from mailgate.rules.value import Value

NOBODY = OurAddresses(frozenset(), frozenset())


@pytest.mark.parametrize(
    ("value", "comparison", "fits"),
    [
        ("249 EUR", "over", True),
        ("200.00 EUR", "over", False),
        ("200 EUR", "at least", True),
        ("€ 199,99", "under", True),
        ("200,01 €", "at most", False),
    ],
)
def test_an_amount_is_compared_to_the_cent(value: str, comparison: str, fits: bool) -> None:
    found = MoneyCompared(comparison, Money(20_000, "EUR")).find(Value(value), NOBODY)
    assert (found is not None) is fits


@pytest.mark.parametrize("value", ["249 USD", "much", "1.234 EUR", ""])
def test_another_currency_and_what_is_no_amount_is_no_answer(value: str) -> None:
    with pytest.raises(Unanswerable):
        MoneyCompared("over", Money(20_000, "EUR")).find(Value(value), NOBODY)


@pytest.mark.parametrize("text", ["1,2,3 EUR", "1.2.34 EUR", "12,3456 EUR", "EUR", "1..2 EUR", "1.234,5.6 EUR"])
def test_what_could_be_two_amounts_is_none(text: str) -> None:
    assert read_money(text) is None
