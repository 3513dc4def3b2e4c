"""The Date field (RFC 5322 3.3), read as leniently as the standard library can, and in the form of ISO 8601."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from mailgate.mail.headers import without_comments

_LONGEST = 200
_OFFSET_OF_GMT = re.compile(r"\b(?:GMT|UTC?|Z) ?(?=[+-]\d{2}:?\d{2}\b)")
_NOON = re.compile(r"\b(\d{1,2})(:\d{2}(?::\d{2})?) ?([AP])\.?M\b\.?", re.IGNORECASE)  # "1:44 PM"
_ZONE = re.compile(r"(?<= )[A-Z]{3,4}$")
_ZONES = {
    "WEST": "+0100",
    "BST": "+0100",
    "CET": "+0100",
    "MET": "+0100",
    "MEZ": "+0100",
    "CEST": "+0200",
    "MEST": "+0200",
    "MESZ": "+0200",
    "EET": "+0200",
    "SAST": "+0200",
    "EEST": "+0300",
    "MSK": "+0300",
    "HKT": "+0800",
    "AWST": "+0800",
    "JST": "+0900",
    "KST": "+0900",
    "AEST": "+1000",
    "AEDT": "+1100",
    "NZST": "+1200",
    "NZDT": "+1300",
    "BRT": "-0300",
    "AKST": "-0900",
    "AKDT": "-0800",
}  # what no zone of RFC 5322 names, and is not used for two


def sender_date(field: str) -> datetime | None:
    """The sender's claim, aware, in his own offset; None where there is none to be read."""
    try:
        text = _NOON.sub(_of_24, _OFFSET_OF_GMT.sub("", without_comments(field[:_LONGEST])).strip())
        lenient = _read(_ZONE.sub(lambda zone: _ZONES.get(zone[0], zone[0]), text))
        lenient = lenient.replace(year=lenient.year + 1900) if 100 <= lenient.year < 1000 else lenient  # RFC 5322 4.3
        aware = lenient if lenient.tzinfo else lenient.replace(tzinfo=UTC)
        aware.astimezone(UTC)  # raises here, not at whoever compares it later
        return aware
    except (ValueError, TypeError, OverflowError, IndexError, AttributeError):  # hostile dates: T7
        return None


def _read(text: str) -> datetime:
    return datetime.fromisoformat(text) if text[:5].rstrip("-").isdigit() else parsedate_to_datetime(text)


def _of_24(time: re.Match[str]) -> str:
    """The clock of 24 hours for one of 12."""
    hour = int(time[1])
    return f"{hour % 12 + 12 * (time[3] in 'pP')}{time[2]}" if 0 < hour <= 12 else f"{hour}{time[2]}"
