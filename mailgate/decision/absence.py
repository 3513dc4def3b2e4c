"""An agent's own out-of-office: until when she is away, read from its text where that is unmistakable.

Only a date that follows a word for the end ("until", "bis", "hasta"; "back on", "zurück am", "vuelvo el"), in a form
that has one reading, and only one such date: else it is the configured time from now. A guess would send her work
elsewhere.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, tzinfo

FARTHEST = timedelta(days=366)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan januar enero ene",
            "february feb februar febrero",
            "march mar märz maerz marzo",
            "april apr abril abr",
            "may mai mayo",
            "june jun juni junio",
            "july jul juli julio",
            "august aug agosto ago",
            "september sept sep septiembre",
            "october oct oktober okt octubre",
            "november nov noviembre",
            "december dec dezember dez diciembre dic",
        ),
        1,
    )
    for name in names.split()
}
_LAST_DAY = r"until|till|through|bis(?: einschließlich)?(?: zum)?|hasta"
_BACK = (
    r"(?:back|return(?:ing)?)(?: in the office)? on|wieder(?: da)?(?: ab)?|zurück am|wieder im büro am|ab|"
    r"vuelvo|regreso|volveré|regresaré"
)
_DAY_NAME = (
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|"
    r"lunes|martes|miércoles|jueves|viernes|sábado|domingo)"
)
_DATE = (
    r"(?:(?P<iso>\d{4}-\d\d-\d\d)"
    r"|(?P<d1>\d{1,2})\.\s?(?P<m1>\d{1,2})\.\s?(?P<y1>\d{4})"
    r"|(?P<d2>\d{1,2})(?:st|nd|rd|th|\.)?(?: of| de)? (?P<m2>[a-zäé]{3,10})\.?(?:(?:,| de)? (?P<y2>\d{4}))?"
    r"|(?P<m3>[a-z]{3,10})\.? (?P<d3>\d{1,2})(?:st|nd|rd|th)?(?:,? (?P<y3>\d{4}))?)(?![\d.-]*\d)"
)
_END = re.compile(
    rf"\b(?:(?P<last>{_LAST_DAY})|(?P<back>{_BACK}))(?: the| dem| el| den)?:?"
    rf"(?: {_DAY_NAME},?)?(?: the| dem| den| el)? {_DATE}",
    re.IGNORECASE,
)
_LONGEST = 4_000  # characters of her text that are looked at


def away_until(text: str, now: datetime, zone: tzinfo, otherwise: timedelta) -> datetime:
    """When she is back. `now` is aware; days are those of `zone`; `otherwise`: where the text does not say."""
    here = now.astimezone(zone)
    found = set(_ends(" ".join(text[:_LONGEST].split()), here, zone))
    ends = {each for each in found if now < each <= now + FARTHEST}
    return ends.pop() if len(ends) == 1 and len(found) == 1 else now + otherwise


def _ends(text: str, here: datetime, zone: tzinfo) -> Iterator[datetime]:
    for match in _END.finditer(text):
        day = _day(match, here.date())
        if day is not None:
            first_here = day + timedelta(days=1) if match["last"] else day
            yield datetime.combine(first_here, time(), zone)


def _day(match: re.Match[str], today: date) -> date | None:
    if match["iso"]:
        return _existing(match["iso"][:4], match["iso"][5:7], match["iso"][8:], today)
    for n in "123":
        if match[f"d{n}"]:
            month = match[f"m{n}"].lower()
            number = month if month.isdigit() else str(_MONTHS.get(month, 0))
            return _existing(match[f"y{n}"], number, match[f"d{n}"], today)
    return None


def _existing(year: str | None, month: str, day: str, today: date) -> date | None:
    """A day of the calendar; without a year the next one."""
    years = (int(year),) if year else (today.year, today.year + 1)
    for each in years:
        try:
            found = date(each, int(month), int(day))
        except ValueError:
            return None
        if found >= today or year:
            return found
    return None
