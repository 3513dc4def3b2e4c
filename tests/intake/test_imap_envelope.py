"""The envelope of a mail in a mailbox: only what its delivery wrote, and nothing made up."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.intake.imap_envelope import envelope_of
from mailgate.mail.envelope import Envelope

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
REST = b"From: Ana <ana@acme.example>\r\nTo: support@example.com\r\nSubject: x\r\n\r\nx\r\n"


def read(top: bytes, queue_address: str | None = None) -> Envelope:
    return envelope_of(top + REST, "support", "imap.example.com", "192.0.2.1", AT, queue_address)


def test_it_says_where_the_mail_came_from() -> None:
    assert read(b"Return-Path: <ana@acme.example>\r\n") == Envelope(
        reverse_path="ana@acme.example",
        forward_paths=(),
        source="support",
        received_at=AT,
        peer="192.0.2.1",
        helo="imap.example.com",
        protocol="IMAP",
    )


@pytest.mark.parametrize(
    ("top", "reverse_path"),
    [
        (b"Return-Path: <ana@acme.example>\r\n", "ana@acme.example"),
        (b"return-path:ana@acme.example\r\n", "ana@acme.example"),
        (b"Return-Path: (bounces here) <ana@acme.example>\r\n", "ana@acme.example"),
        (b"Return-Path: <>\r\n", None),
        (b"Return-Path: < >\r\n", None),
        (b"Return-Path:\r\n", None),
        (b"Return-Path: <MAILER-DAEMON>\r\n", "MAILER-DAEMON"),
        (b"Return-Path: <top@acme.example>\r\nReturn-Path: <forged@victim.example>\r\n", "top@acme.example"),
        (b"Received: x\r\nReturn-Path: <late@acme.example>\r\n", "late@acme.example"),
        (b"", ""),  # unknown: not a bounce, and not the From address, which a stranger may have forged
    ],
)
def test_the_reverse_path_is_the_topmost_return_path(top: bytes, reverse_path: str | None) -> None:
    assert read(top).reverse_path == reverse_path


def test_the_addresses_of_delivery_are_forward_paths_also_where_the_header_hides_them() -> None:
    top = (
        b"Delivered-To: support+1042.rn7.5571.a7kq@example.com\r\n"
        b"X-Original-To: help@example.com\r\nEnvelope-To: <help@example.com>, billing@example.com\r\n"
    )
    assert read(top).forward_paths == (
        "support+1042.rn7.5571.a7kq@example.com",
        "help@example.com",
        "billing@example.com",
    )


def test_the_queues_address_goes_first() -> None:
    envelope = read(b"Delivered-To: help@example.com\r\n", "support@example.com")
    assert envelope.forward_paths == ("support@example.com", "help@example.com")


def test_what_the_author_wrote_below_his_own_fields_is_no_delivery() -> None:
    forged = REST.replace(b"\r\n\r\n", b"\r\nDelivered-To: vip@example.com\r\n\r\n")
    assert envelope_of(forged, "support", "h", "", AT, None).forward_paths == ()
    assert read(b"Subject: y\r\nDelivered-To: vip@example.com\r\n").forward_paths == ()


def test_a_thousand_addresses_are_not_a_thousand_forward_paths() -> None:
    top = b"".join(b"Delivered-To: a%d@example.com\r\n" % number for number in range(1000))
    assert len(read(top).forward_paths) == 20


@given(st.binary(max_size=400))
def test_any_octets_have_an_envelope_that_a_database_can_hold(raw: bytes) -> None:
    for octets in (raw, b"Return-Path: " + raw, b"Delivered-To: " + raw):
        envelope = envelope_of(octets, "support", "h", "", AT, None)
        for text in (envelope.reverse_path or "", *envelope.forward_paths):
            assert "\0" not in text
            text.encode("utf-8")
