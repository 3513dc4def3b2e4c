"""Dates, spans and amounts as a language writes them, from small tables (docs/adr).

Total: a language that has no table gets what needs none: ISO 8601, "3 h 42 min", "1234.50 EUR".
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

_SHORT = ("d", "h", "min")
_AMOUNT = re.compile(r"\s*(-?\d{1,15}(?:\.\d{1,6})?)\s*([A-Za-z]{3}|[€$£])?\s*")


@dataclass(frozen=True, slots=True)
class Locale:
    """How one language says it. `units`: day, hour, minute, each as "one several", and a third word where it is another
    after `ago`."""

    weekdays: str  # Monday first
    months: str
    date: str  # {day} {month} {year}
    full: str  # {weekday} {date}
    units: tuple[str, str, str]
    ago: str
    now: str
    both: str  # between two units
    thousands: str
    point: str
    day: str  # a short date: {day:02} {month:02} {short} {year}
    first: str = "1"  # day of a month


LOCALES: Mapping[str, Locale] = {
    "en": Locale(
        weekdays="Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
        months="January February March April May June July August September October November December",
        date="{day} {month} {year}",
        full="{weekday}, {date}",
        units=("day days", "hour hours", "minute minutes"),
        ago="{span} ago",
        now="just now",
        both=" and ",
        thousands=",",
        point=".",
        day="{day} {short} {year}",
    ),
    "de": Locale(
        weekdays="Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
        months="Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        date="{day}. {month} {year}",
        full="{weekday}, {date}",
        units=("Tag Tage Tagen", "Stunde Stunden", "Minute Minuten"),
        ago="vor {span}",
        now="gerade eben",
        both=" und ",
        thousands=".",
        point=",",
        day="{day:02}.{month:02}.{year}",
    ),
    "es": Locale(
        weekdays="lunes martes miércoles jueves viernes sábado domingo",
        months="enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        date="{day} de {month} de {year}",
        full="{weekday}, {date}",
        units=("día días", "hora horas", "minuto minutos"),
        ago="hace {span}",
        now="ahora mismo",
        both=" y ",
        thousands=".",
        point=",",
        day="{day:02}/{month:02}/{year}",
    ),
    "fr": Locale(
        weekdays="lundi mardi mercredi jeudi vendredi samedi dimanche",
        months="janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        date="{day} {month} {year}",
        full="{weekday} {date}",
        units=("jour jours", "heure heures", "minute minutes"),
        ago="il y a {span}",
        now="à l’instant",
        both=" et ",
        thousands="\u202f",
        point=",",
        day="{day:02}/{month:02}/{year}",
        first="1er",
    ),
    "it": Locale(
        weekdays="lunedì martedì mercoledì giovedì venerdì sabato domenica",
        months="gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
        date="{day} {month} {year}",
        full="{weekday} {date}",
        units=("giorno giorni", "ora ore", "minuto minuti"),
        ago="{span} fa",
        now="proprio ora",
        both=" e ",
        thousands=".",
        point=",",
        day="{day:02}/{month:02}/{year}",
    ),
    "nl": Locale(
        weekdays="maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
        months="januari februari maart april mei juni juli augustus september oktober november december",
        date="{day} {month} {year}",
        full="{weekday} {date}",
        units=("dag dagen", "uur uur", "minuut minuten"),
        ago="{span} geleden",
        now="zojuist",
        both=" en ",
        thousands=".",
        point=",",
        day="{day:02}-{month:02}-{year}",
    ),
    "pt": Locale(
        weekdays="segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo",
        months="janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
        date="{day} de {month} de {year}",
        full="{weekday}, {date}",
        units=("dia dias", "hora horas", "minuto minutos"),
        ago="há {span}",
        now="agora mesmo",
        both=" e ",
        thousands=".",
        point=",",
        day="{day:02}/{month:02}/{year}",
    ),
}


def locale_of(language: str) -> Locale | None:
    """The table of a BCP 47 tag, by its primary subtag; None where there is none."""
    return LOCALES.get(language.partition("-")[0].lower())


def long_date(at: datetime, language: str, *, weekday: bool) -> str:
    """ "Monday, 2 March 2026", or without the weekday."""
    locale = locale_of(language)
    if locale is None:
        return f"{at:%Y-%m-%d}"
    day = locale.first if at.day == 1 else str(at.day)
    said = locale.date.format(day=day, month=locale.months.split()[at.month - 1], year=at.year)
    return locale.full.format(weekday=locale.weekdays.split()[at.weekday()], date=said) if weekday else said


def short_date(at: datetime, language: str) -> str:
    """ "2 Mar 2026", "02.03.2026", "02/03/2026"."""
    locale = locale_of(language)
    if locale is None:
        return f"{at:%Y-%m-%d}"
    short = locale.months.split()[at.month - 1][:3]
    return locale.day.format(day=at.day, month=at.month, short=short, year=at.year)


def span(length: timedelta, language: str) -> str:
    """How long, in at most two units: "3 hours and 42 minutes"."""
    locale = locale_of(language)
    if locale is None:
        return short_span(length)
    return locale.both.join(_said(each, locale, after_ago=False) for each in _counts(length))


def ago(length: timedelta, language: str) -> str:
    """How long ago: "3 hours ago"; only the greatest unit."""
    locale = locale_of(language)
    if locale is None:
        return short_span(length)
    greatest = _counts(length)[0]
    return locale.ago.format(span=_said(greatest, locale, after_ago=True)) if greatest[0] else locale.now


def short_span(length: timedelta) -> str:
    """In at most two units that every language reads: "3 h 42 min"."""
    return " ".join(f"{count} {_SHORT[unit]}" for count, unit in _counts(length))


def amount(value: object, currency: str, language: str) -> str:
    """Money: "1,234.50 EUR". A currency in the text ("220 EUR") counts before `currency`; what is no amount stays."""
    found = _AMOUNT.fullmatch(str(value))
    if found is None:
        return str(value)
    locale = locale_of(language)
    whole, _, cents = f"{Decimal(found[1]):,.2f}".partition(".")
    number = whole.replace(",", locale.thousands if locale else "") + (locale.point if locale else ".") + cents
    return f"{number} {(found[2] or currency).upper()}".rstrip()


def _counts(length: timedelta) -> list[tuple[int, int]]:
    """Of at most two neighbouring units, the greatest first: how many, and which."""
    minutes = max(0, int(length.total_seconds())) // 60
    counts = [minutes // 1440, minutes // 60 % 24, minutes % 60]
    first = next((unit for unit, count in enumerate(counts) if count), 2)
    return [(counts[unit], unit) for unit in range(first, min(first + 2, 3)) if counts[unit] or unit == first]


def _said(counted: tuple[int, int], locale: Locale, *, after_ago: bool) -> str:
    count, unit = counted
    words = locale.units[unit].split()
    return f"{count} {words[0] if count == 1 else words[-1] if after_ago else words[1]}"
