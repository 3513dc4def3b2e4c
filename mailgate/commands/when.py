"""When a pending ticket comes back: "3d", "in 3 days", "fri 14:00", "tomorrow", "24.12.", "2026-12-24 10:00".

English, German and Spanish. Days, weeks, weekdays and dates are meant on the clock of the zone, so that a change to
summer time moves nothing; hours and minutes are counted. A day without a time means 08:00. Fails with a WrongTime.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mailgate.commands.calendar_words import AHEAD, COUNTS, FILLERS, MEANINGS, UNITS, WEEKDAYS
from mailgate.commands.nearest import nearest
from mailgate.commands.words import clean, plain, shown
from mailgate.duration import parse_duration
from mailgate.phrases.phrase import Phrase

START_OF_DAY = time(8)
FARTHEST = timedelta(days=731)
_SHORTEST_GUESSED = 4  # letters
HOW = Phrase("how to write a time")

_COUNTED = re.compile(r"(?:(\d{1,9})\s*|([a-z]+)\s+)([a-z]+)\s*", re.ASCII)
_CLOCK = re.compile(
    r"(\d{1,2})(?:(?:[:.]|\s?h\s?|\s?uhr\s?)(\d{2}))?(?::\d{2})?\s?(am|pm|h|hs|hrs?|uhr|o'clock)?", re.ASCII
)
_YEAR_MONTH_DAY = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", re.ASCII)
_DAY_MONTH = re.compile(r"(\d{1,2})\.\s?(\d{1,2})(?:\.(?:\s?(\d{4})|(\d{2}))?)?", re.ASCII)
_MONTH_DAY = re.compile(r"(\d{1,2})-(\d{1,2})", re.ASCII)
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})(?:/(\d{4}|\d{2}))?", re.ASCII)
_ISO_T = re.compile(r"(?<=\d)t(?=\d)")
_AM_PM = re.compile(r"(?<=\d)\s?([ap])\.?\s?m\b\.?")
_AT_THE = re.compile(r"\ba las?\b")


class WrongTime(ValueError):
    """What is wrong with a time, in words; `corrected` is what was probably meant, where that is beyond doubt."""

    def __init__(self, said: str, corrected: str | None = None) -> None:
        super().__init__(said)
        self.said = said
        self.corrected = corrected


def read_until(text: str, now: datetime, zone: ZoneInfo) -> datetime:
    """The moment that `text` means, in the future of the aware `now`, in UTC.

    Raises WrongTime for what is no time, is past, or lies more than two years ahead.
    """
    here = now.astimezone(zone)
    wanted = _words(text)
    try:
        until = _counted(wanted, here) or _on_the_clock(wanted, here)
        mended = None if until else _mended(wanted, here)
    except OverflowError:
        raise _too_far(text) from None
    if until is None:
        if mended:
            raise WrongTime(Phrase("no time did you mean", text=shown(text), mended=mended), mended)
        raise WrongTime(Phrase("no time", text=shown(text), how=HOW))
    if until <= now:
        raise WrongTime(Phrase("past", text=shown(text), now=f"{here:%Y-%m-%d %H:%M}"))
    if until - now > FARTHEST:
        raise _too_far(text)
    return until


def _words(text: str) -> str:
    """Plain text without the small words around a time."""
    told = plain(clean(text)).replace(",", " ").replace("@", " ")
    told = _AT_THE.sub(" ", _AM_PM.sub(r"\1m", _ISO_T.sub(" ", told)))
    return " ".join(word for word in told.split() if word not in FILLERS)


def _too_far(text: str) -> WrongTime:
    return WrongTime(Phrase("too far ahead", text=shown(text)))


def _counted(words: str, here: datetime) -> datetime | None:
    """So many weeks, days, hours and minutes from here."""
    on_the_clock = counted = timedelta()
    at = 0
    while at < len(words):
        found = _COUNTED.match(words, at)
        number = (found[1] or COUNTS.get(found[2])) if found else None
        unit = UNITS.get(found[3]) if found else None
        if not found or not number or not unit:
            return None
        try:
            length = parse_duration(number + unit)
        except ValueError as error:  # a hundred years
            raise OverflowError from error
        if unit in "dw":
            on_the_clock += length
        else:
            counted += length
        at = found.end()
    start = here + on_the_clock if on_the_clock else here
    return start.astimezone(UTC) + counted if words else None


def _on_the_clock(words: str, here: datetime) -> datetime | None:
    """A day, a time, or a day and a time; of a day that comes again, the next one."""
    parts = words.split()
    for cut in range(len(parts), -1, -1) if parts else ():
        day, clock = " ".join(parts[:cut]), " ".join(parts[cut:])
        at = _time(clock, alone=not day) if clock else START_OF_DAY
        days = _days(day, here.date()) if day else _from(here.date(), 1)
        if at and days:
            return _next([datetime.combine(each, at, here.tzinfo).astimezone(UTC) for each in days], here)
    return None


def _next(moments: list[datetime], here: datetime) -> datetime:
    return next((each for each in moments if each > here), moments[-1])


def _time(clock: str, alone: bool) -> time | None:
    """A time of day; one that stands alone must look like one: "14:00", "2pm", and not "14"."""
    found = _CLOCK.fullmatch(clock)
    if not found or (alone and not (found[2] or found[3])):
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), found[3]
    if half in ("am", "pm"):
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _days(day: str, today: date) -> list[date] | None:
    """The next days that bear a name, in order; None where it is no day's name."""
    if day in WEEKDAYS:
        return _from(today + timedelta(days=(WEEKDAYS[day] - today.weekday()) % 7), 7)
    if day in AHEAD:
        return [today + timedelta(days=AHEAD[day])]
    if found := _YEAR_MONTH_DAY.fullmatch(day):
        return _existing(day, int(found[2]), int(found[3]), [int(found[1])])
    if (found := _DAY_MONTH.fullmatch(day)) and (day.count(".") > 1 or int(found[2]) <= 12):  # "14.30" is a time
        return _existing(day, int(found[2]), int(found[1]), _years(found[3] or found[4], today))
    if found := _MONTH_DAY.fullmatch(day):
        return _existing(day, int(found[1]), int(found[2]), _years(None, today))
    if found := _SLASHED.fullmatch(day):
        first, second = int(found[1]), int(found[2])
        if first != second and max(first, second) <= 12:
            raise WrongTime(Phrase("two days", text=shown(day)))
        return _existing(day, min(first, second), max(first, second), _years(found[3], today))
    return None


def _from(first: date, apart: int) -> list[date]:
    return [first, first + timedelta(days=apart)]


def _years(said: str | None, today: date) -> Iterable[int]:
    """The year that is said, or this one and the next two."""
    if said is None:
        return range(today.year, today.year + 3)
    return [int(said) if len(said) == 4 else 2000 + int(said)]


def _existing(said: str, month: int, day: int, years: Iterable[int]) -> list[date]:
    """The days of that date which the calendar has."""

    def each() -> Iterator[date]:
        for year in years:
            try:
                yield date(year, month, day)
            except ValueError:  # 29 February
                continue

    found = list(each())
    if not found:
        raise WrongTime(Phrase("no day", text=shown(said), how=HOW))
    return found


def _mended(words: str, here: datetime) -> str | None:
    """The text with each longer unknown word put right, where one meaning alone is near and it is a time then."""
    mended: list[str] = []
    for word in words.split():
        if word.isalpha() and len(word) >= _SHORTEST_GUESSED and word not in MEANINGS:
            near = nearest(word, (known for known in MEANINGS if len(known) >= _SHORTEST_GUESSED))
            if len({MEANINGS[each] for each in near}) != 1:
                return None
            word = near[0]
        mended.append(word)
    guess = " ".join(mended)
    return guess if guess != words and (_counted(guess, here) or _on_the_clock(guess, here)) else None
