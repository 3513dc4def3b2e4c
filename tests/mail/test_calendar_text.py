"""Invitations as a few lines of text."""

from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.calendar_text import summary

INVITATION = """BEGIN:VCALENDAR
METHOD:{method}
BEGIN:VTIMEZONE
BEGIN:STANDARD
DTSTART:16010101T030000
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
ORGANIZER;CN="Silva, Ana":mailto:ana@acme.example
ATTENDEE;PARTSTAT=ACCEPTED;CN=Support:MAILTO:support@example.com
SUMMARY;LANGUAGE=en:Review\\, part 2 of
  the plan
DTSTART;TZID=Europe/Berlin:20260302T100000
DTEND;TZID=Europe/Berlin:20260302T110000
LOCATION:Room 1\\nFirst floor
BEGIN:VALARM
SUMMARY:not this
END:VALARM
END:VEVENT
END:VCALENDAR
"""


def test_an_invitation_says_what_when_where_and_by_whom() -> None:
    assert summary(INVITATION.format(method="REQUEST")) == (
        "Invitation: Review, part 2 of the plan\n"
        "When: 2026-03-02 10:00 (Europe/Berlin) to 2026-03-02 11:00 (Europe/Berlin)\n"
        "Where: Room 1 First floor\n"
        "From: Silva, Ana <ana@acme.example>"
    )


def test_an_answer_and_a_cancellation_say_so() -> None:
    assert summary(INVITATION.format(method="REPLY")).startswith("Accepted: Review")
    assert summary(INVITATION.format(method="CANCEL").replace("\n", "\r\n")).startswith("Cancelled: Review")


def test_a_day_and_a_time_in_utc_are_told() -> None:
    assert summary("BEGIN:VEVENT\nDTSTART;VALUE=DATE:20260302\nEND:VEVENT") == "Event\nWhen: 2026-03-02"
    assert summary("BEGIN:VEVENT\nDTSTART:20260302T090000Z\nEND:VEVENT") == "Event\nWhen: 2026-03-02 09:00 UTC"


def test_what_has_no_beginning_says_nothing() -> None:
    assert summary("BEGIN:VEVENT\nSUMMARY:x\nEND:VEVENT") == ""


@given(st.text(alphabet='BEGINVT:;="\n \\DSR20260'))
def test_no_text_breaks_it(text: str) -> None:
    assert isinstance(summary(f"BEGIN:VEVENT\nDTSTART:20260302\n{text}"), str)
