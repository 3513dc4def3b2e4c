"""The Date field (RFC 5322 3.3), read as leniently as the standard library can, and in the form of ISO 8601."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from mailgate.mail.headers import without_comments

_LONGEST = 200
_OFFSET_OF_GMT = re.compile(r"\b(?:GMT|UTC?|Z) ?(?=[+-]\d{2}:?\d{2}\b)")


def sender_date(field: str) -> datetime | None:
    """The sender's claim, aware, in his own offset; None where there is none to be read."""
    try:
        lenient = _read(_OFFSET_OF_GMT.sub("", without_comments(field[:_LONGEST])).strip())
        lenient = lenient.replace(year=lenient.year + 1900) if 100 <= lenient.year < 1000 else lenient  # RFC 5322 4.3
        aware = lenient if lenient.tzinfo else lenient.replace(tzinfo=UTC)
        aware.astimezone(UTC)  # raises here, not at whoever compares it later
        return aware
    except (ValueError, TypeError, OverflowError, IndexError, AttributeError):  # hostile dates: T7
        return None


def _read(text: str) -> datetime:
    return datetime.fromisoformat(text) if text[:5].rstrip("-").isdigit() else parsedate_to_datetime(text)
