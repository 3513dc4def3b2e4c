"""The Date field (RFC 5322 3.3), read as leniently as the standard library can."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from mailgate.mail.headers import without_comments

_LONGEST = 200


def sender_date(field: str) -> datetime | None:
    """The sender's claim, aware, in his own offset; None where there is none to be read."""
    try:
        lenient = parsedate_to_datetime(without_comments(field[:_LONGEST]))
        aware = lenient if lenient.tzinfo else lenient.replace(tzinfo=UTC)
        aware.astimezone(UTC)  # raises here, not at whoever compares it later
        return aware
    except (ValueError, TypeError, OverflowError, IndexError, AttributeError):  # hostile dates: T7
        return None
