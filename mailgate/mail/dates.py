"""The Date field (RFC 5322 3.3): mail-parser's strict reading, else the standard library's lenient one, else none."""

from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

from mailgate.mail.headers import without_comments

_LONGEST = 200


def sender_date(utc: datetime | None, offset_hours: object, field: str) -> datetime | None:
    """The sender's claim, aware, in his own offset.

    `utc` and `offset_hours` ("+1.0") are what mail-parser read; `field` is the field itself, for when it read nothing.
    """
    try:
        if utc is not None:
            return utc.astimezone(timezone(timedelta(hours=float(str(offset_hours)))))
        lenient = parsedate_to_datetime(without_comments(field[:_LONGEST]))
        aware = lenient if lenient.tzinfo else lenient.replace(tzinfo=UTC)
        aware.astimezone(UTC)  # raises here, not at whoever compares it later
        return aware
    except (ValueError, TypeError, OverflowError, IndexError, AttributeError):  # hostile dates: T7
        return None
