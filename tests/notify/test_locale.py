"""Dates, spans and amounts in words: right in each language that has a table, plain in every other."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.notify.locale import LOCALES, ago, amount, long_date, short_date, span

MONDAY = datetime(2026, 3, 2, 9, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "full"),
    [
        ("en", "Monday, 2 March 2026"),
        ("de-AT", "Montag, 2. März 2026"),
        ("es", "lunes, 2 de marzo de 2026"),
        ("fr", "lundi 2 mars 2026"),
        ("it", "lunedì 2 marzo 2026"),
        ("nl", "maandag 2 maart 2026"),
        ("pt-BR", "segunda-feira, 2 de março de 2026"),
        ("fi", "2026-03-02"),
    ],
)
def test_a_day_is_named_as_the_language_names_it(language: str, full: str) -> None:
    assert long_date(MONDAY, language, weekday=True) == full
    assert full.endswith(long_date(MONDAY, language, weekday=False))


def test_the_french_count_the_first_of_a_month() -> None:
    assert long_date(MONDAY.replace(day=1), "fr", weekday=False) == "1er mars 2026"


@pytest.mark.parametrize("language", LOCALES)
def test_every_table_is_whole(language: str) -> None:
    locale = LOCALES[language]
    assert (len(locale.weekdays.split()), len(locale.months.split())) == (7, 12)
    assert all(2 <= len(each.split()) <= 3 for each in locale.units)


@pytest.mark.parametrize(
    ("length", "language", "said", "past"),
    [
        (timedelta(hours=3, minutes=42), "en", "3 hours and 42 minutes", "3 hours ago"),
        (timedelta(hours=1, minutes=1), "en", "1 hour and 1 minute", "1 hour ago"),
        (timedelta(days=2, hours=1), "de", "2 Tage und 1 Stunde", "vor 2 Tagen"),
        (timedelta(days=1), "de", "1 Tag", "vor 1 Tag"),
        (timedelta(days=1, minutes=5), "es", "1 día", "hace 1 día"),
        (timedelta(minutes=5), "fr", "5 minutes", "il y a 5 minutes"),
        (timedelta(0), "en", "0 minutes", "just now"),
        (timedelta(days=-3), "de", "0 Minuten", "gerade eben"),
        (timedelta(hours=3, minutes=42), "fi", "3 h 42 min", "3 h 42 min"),
    ],
)
def test_spans_have_their_plurals(length: timedelta, language: str, said: str, past: str) -> None:
    assert (span(length, language), ago(length, language)) == (said, past)


@pytest.mark.parametrize(
    ("value", "currency", "language", "said"),
    [
        ("1234.5 EUR", "", "en", "1,234.50 EUR"),
        ("1234.5 EUR", "USD", "de", "1.234,50 EUR"),
        (220, "eur", "fr", "220,00 EUR"),
        ("-1234567.891", "", "fr", "-1\u202f234\u202f567,89"),
        ("220€", "", "es", "220,00 €"),
        ("1234.5", "CHF", "fi", "1234.50 CHF"),
        ("a lot", "EUR", "en", "a lot"),
        ("9" * 40, "EUR", "en", "9" * 40),
    ],
)
def test_amounts_are_written_as_the_language_writes_them(
    value: object, currency: str, language: str, said: str
) -> None:
    assert amount(value, currency, language) == said


@given(st.datetimes(), st.timedeltas(), st.text(), st.sampled_from([*LOCALES, "fi", ""]))
def test_no_value_is_too_much(at: datetime, length: timedelta, value: str, language: str) -> None:
    assert long_date(at, language, weekday=True)
    assert span(length, language)
    assert ago(length, language)
    assert amount(value, "EUR", language) is not None


@pytest.mark.parametrize(
    ("language", "said"), [("es", "02/03/2026"), ("de-AT", "02.03.2026"), ("en", "2 Mar 2026"), ("xx", "2026-03-02")]
)
def test_a_short_date_is_as_its_readers_write_it(language: str, said: str) -> None:
    assert short_date(datetime(2026, 3, 2, tzinfo=UTC), language) == said
