"""The head above a quoted mail; tests/mail/test_client_samples.py holds those of many languages."""

import pytest

from mailgate.mail.header_block import header_block, label_of

BLOCK = "From: Nina <nina@e.example>\nSent: Monday, 2 March 2026 10:00\nTo: Ana\n  and Bo\nSubject: Invoice\n\nDear"


def test_the_values_are_read_with_their_second_lines() -> None:
    block = header_block(BLOCK.split("\n"), 0)
    assert block is not None
    assert block.end == 5
    assert block.values == {
        "from": "Nina <nina@e.example>", "date": "Monday, 2 March 2026 10:00", "to": "Ana and Bo", "subject": "Invoice",
    }  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "From: Berlin\nTo: Rome\nDate: 3 May",
        "From: Berlin\nTo: Rome\nSubject: Booking",
        "From: Bo <bo@b.example>\nPhone: 555\nDate: today\nSubject: Help",
        "To: Ana\nSubject: x\nSent: today",
        "From: Ana",
        "Sent: today",
    ],
)
def test_a_form_is_no_head(text: str) -> None:
    assert header_block(text.split("\n"), 0) is None


def test_two_lines_are_enough_below_a_line_that_says_what_follows() -> None:
    assert header_block(["Von: Nina", "Datum: heute"], 0, below_a_rule=True) is not None
    assert header_block(["Von: Nina", "Datum: heute"], 0) is None


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("From: x", "from"), ("*Von:* x", "from"), ("De : x", "from"), ("发件人：x", "from"), ("Enviado el: x", "date"),
        ("X-Mailer: x", "other"), ("Phone: 1", "?"), ("https://x", ""), ("no label", ""), ("12:30", ""),
    ],
)  # fmt: skip
def test_labels(line: str, kind: str) -> None:
    assert label_of(line) == kind
