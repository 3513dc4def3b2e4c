"""Amounts of money, as people write them: "200 EUR", "EUR 1.234,50", "$ 12". What is compared has one currency."""

import re
from dataclasses import dataclass

from mailgate.rules.patterns import NO_CAPTURES, Captures, Unanswerable
from mailgate.rules.situation import OurAddresses
from mailgate.rules.value import Value

_SIGNS = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY"}
_AMOUNT = r"([0-9][0-9.,' \u00a0\u202f]*)"
_CURRENCY = r"([A-Za-z]{3}|[€$£¥])"
_BEHIND = re.compile(rf"{_AMOUNT}\s*{_CURRENCY}")
_BEFORE = re.compile(rf"{_CURRENCY}\s*{_AMOUNT}")
_GROUPS = re.compile(r"[' \u00a0\u202f]")


@dataclass(frozen=True, slots=True)
class Money:
    """`cents`: hundredths of the currency's unit."""

    cents: int
    currency: str

    def __str__(self) -> str:
        return f"{self.cents // 100}.{self.cents % 100:02} {self.currency}"


def read_money(text: str) -> Money | None:
    """The amount that `text` is; None where it is none, or could be two."""
    text = text.strip()
    if found := _BEHIND.fullmatch(text):
        amount, currency = found.groups()
    elif found := _BEFORE.fullmatch(text):
        currency, amount = found.groups()
    else:
        return None
    cents = _cents(_GROUPS.sub("", amount))
    return None if cents is None else Money(cents, _SIGNS.get(currency, currency.upper()))


def _cents(amount: str) -> int | None:
    """Hundredths. Of two different marks the last is the decimal one; a single one with three digits behind it is not
    guessed: "1.234" is a thousand to one reader and one to another."""
    marks = [char for char in amount if char in ".,"]
    if not marks:
        return int(amount) * 100
    whole, _, rest = amount.rpartition(marks[-1])
    if len(set(marks)) == 1 and len(marks) > 1:
        return _grouped(amount, marks[0])
    if marks.count(marks[-1]) > 1 or len(rest) not in (1, 2):
        return None
    units = _grouped(whole, marks[0]) if len(marks) > 1 else int(whole) * 100 if whole.isdecimal() else None
    return None if units is None else units + int(rest.ljust(2, "0"))


def _grouped(amount: str, mark: str) -> int | None:
    first, *groups = amount.split(mark)
    if not first.isdecimal() or len(first) > 3 or any(len(each) != 3 or not each.isdecimal() for each in groups):
        return None
    return int(first + "".join(groups)) * 100


@dataclass(frozen=True, slots=True)
class MoneyCompared:
    """`over 200 EUR`. Another currency is no answer: nobody knows the rate."""

    comparison: str
    bound: Money

    @property
    def names(self) -> frozenset[str]:
        return frozenset()

    def find(self, value: Value, ours: OurAddresses) -> Captures | None:
        found = read_money(value.text)
        if found is None:
            raise Unanswerable(f'"{value.text[:40]}" is not an amount of money')
        if found.currency != self.bound.currency:
            raise Unanswerable(f"{found.currency} cannot be compared with {self.bound.currency}")
        holds = {
            "over": found.cents > self.bound.cents,
            "under": found.cents < self.bound.cents,
            "at least": found.cents >= self.bound.cents,
            "at most": found.cents <= self.bound.cents,
        }
        return NO_CAPTURES if holds[self.comparison] else None
