"""The sender's date: aware, in his own offset, or none."""

import pytest

from mailgate.mail.parse import parse


@pytest.mark.parametrize(
    ("field", "date"),
    [
        (b"Mon, 2 Mar 2026 11:00:00 +0100 (CET)", "2026-03-02T11:00:00+01:00"),
        (b"2 Mar 26 11:00 EST", "2026-03-02T11:00:00-05:00"),
        (b"Mon, 2 Mar 2026 11:00:00", "2026-03-02T11:00:00+00:00"),
        (b"Tue, 2 Mar 2026 11:00:00 -0000", "2026-03-02T11:00:00+00:00"),
        (b"Mon, 02-Mar-2026 11:00:00 +0530", "2026-03-02T11:00:00+05:30"),
        (b"Mon, 2 Mar 2026 11:00:00+0200", "2026-03-02T11:00:00+02:00"),
        (b"Mon, 2 Mar 2026 11:00:00 GMT+0200", "2026-03-02T11:00:00+02:00"),
        (b"Mon, 2 Mar 126 11:00:00 +0000", "2026-03-02T11:00:00+00:00"),
        (b"2026-03-02T11:00:00Z", "2026-03-02T11:00:00+00:00"),
        (b"2026-03-02 11:00:00+01:00", "2026-03-02T11:00:00+01:00"),
        (b"Monday, March 2, 2026 1:44:10 PM CST", "2026-03-02T13:44:10-06:00"),
        (b"March 2, 2026 12:05 a.m.", "2026-03-02T00:05:00+00:00"),
        (b"Mon, 2 Mar 2026 11:00:00 CEST", "2026-03-02T11:00:00+02:00"),
        (b"2026-99-02", None),
        (b"yesterday", None),
        (b"", None),
        (b"31 Feb 2026 11:00:00 +0000", None),
        (b"1 Jan 99999999999 00:00:00 +0000", None),
        (b"Fri, 31 Dec 9999 23:59:59 -2300", None),
    ],
)
def test_dates_are_read_as_they_are_written(field: bytes, date: str | None) -> None:
    found = parse(b"Date: " + field + b"\r\n\r\nx").date
    assert (found.isoformat() if found else None) == date
