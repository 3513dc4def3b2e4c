"""Answers to a process are taken out of what people write, in one form for each type."""

import pytest

from mailgate.rules.process import FieldType
from mailgate.rules.process_values import answered, typed


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("isbn: 3527703713", {"isbn": "3527703713"}),
        ("Hello,\n\n  - ISBN = 3527703713  \nfirst day: 1.4.2026\n", {"isbn": "3527703713", "first-day": "1.4.2026"}),
        ("*isbn:* 1", {"isbn": "1"}),
        ("isbn: 1\nisbn: 2", {"isbn": "2"}),
        ("other: 1\nthe isbn is 2\nisbn:\n", {}),
    ],
)
def test_lines_that_begin_with_a_wanted_name_are_answers(text: str, found: dict[str, str]) -> None:
    assert answered(text, ("isbn", "first-day")) == found


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("200 EUR", "money", "200.00 EUR"),
        ("EUR 1.234,50", "money", "1234.50 EUR"),
        ("$12.5", "money", "12.50 USD"),
        ("1,234.56 usd", "money", "1234.56 USD"),
        ("1.234 EUR", "money", None),
        ("200", "money", None),
        ("-5 EUR", "money", None),
        ("Boss <boss@acme.example>", "address", "boss@acme.example"),
        ("mailto:boss@acme.example", "address", "boss@acme.example"),
        ("my boss", "address", None),
        ("a@x.example, b@x.example", "address", None),
        ("1.4.2026", "date", "2026-04-01"),
        ("2026-02-30", "date", None),
        ("3,5", "number", "3.5"),
        ("three", "number", None),
        ("  two\twords ", "text", "two words"),
        ("", "text", None),
    ],
)
def test_a_value_is_kept_in_one_form_or_not_taken(text: str, kind: FieldType, value: str | None) -> None:
    assert typed(text, kind) == value
