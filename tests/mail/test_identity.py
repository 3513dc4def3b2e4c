"""Two deliveries, one mail (spec/mail.md 5)."""

import pytest

from mailgate.mail.message import Identity
from mailgate.mail.parse import parse

MAIL = (
    b"From: Ana <ana@acme.example>\r\nSubject: A long\r\n subject\r\nDate: Mon, 2 Mar 2026 10:00:00 +0000\r\n"
    b"Message-ID: <m1@acme.example>\r\nTo: support@example.com\r\n\r\nHello\r\nworld\r\n"
)
WITHOUT_ID = MAIL.replace(b"Message-ID: <m1@acme.example>\r\n", b"")


def of(raw: bytes, reverse_path: str = "") -> Identity:
    return parse(raw, reverse_path).identity


def test_a_message_id_binds_for_ever_and_none_for_five_days() -> None:
    assert of(MAIL).forever
    assert not of(WITHOUT_ID).forever
    assert not of(MAIL.replace(b"<m1@acme.example>", b"<>")).forever


TRACE = [
    b"Received: from x by y; date\r\n", b"Return-Path: <a@b>\r\n", b"Delivered-To: c@d\r\n", b"X-Spam: no\r\n",
    b"Authentication-Results: mx; spf=pass\r\n", b"ARC-Seal: x\r\n", b"DKIM-Signature: x\r\n",
    b"Received-SPF: pass\r\n",
]  # fmt: skip


@pytest.mark.parametrize("raw", [MAIL, WITHOUT_ID])
@pytest.mark.parametrize("field", TRACE)
def test_trace_fields_are_left_out(raw: bytes, field: bytes) -> None:
    assert of(field + raw) == of(raw)


@pytest.mark.parametrize("raw", [MAIL, WITHOUT_ID])
def test_line_ends_folding_and_the_last_blank_lines_do_not_matter(raw: bytes) -> None:
    assert of(raw.replace(b"\r\n", b"\n")) == of(raw)
    assert of(raw.replace(b"long\r\n subject", b"long subject")) == of(raw)
    assert of(raw + b"\r\n\r\n") == of(raw)
    assert of(b"From ana@acme.example Mon Mar  2 10:00:00 2026\n" + raw) == of(raw)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"m1@acme", b"m2@acme"), (b"Ana <ana", b"Eva <eva"), (b"A long", b"A short"),
        (b"2 Mar", b"3 Mar"), (b"world", b"moon"),
    ],
)  # fmt: skip
def test_other_content_is_another_mail(old: bytes, new: bytes) -> None:
    assert of(MAIL.replace(old, new)).digest != of(MAIL).digest


def test_with_a_message_id_recipients_and_the_envelope_do_not_matter() -> None:
    assert of(MAIL.replace(b"support@", b"sales@")) == of(MAIL)
    assert of(MAIL, "a@b.example") == of(MAIL)


def test_without_one_they_do() -> None:
    assert of(WITHOUT_ID.replace(b"support@", b"sales@")) != of(WITHOUT_ID)
    assert of(WITHOUT_ID, "a@b.example") != of(WITHOUT_ID)


def test_fields_cannot_be_shifted_into_each_other() -> None:
    one = MAIL.replace(b"From: Ana <ana@acme.example>", b"From: A B").replace(b"A long\r\n subject", b"C")
    other = MAIL.replace(b"From: Ana <ana@acme.example>", b"From: A").replace(b"A long\r\n subject", b"B C")
    assert of(one) != of(other)
