"""Received and Return-Path as we write them (R7)."""

import email
import email.policy
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.envelope import Envelope
from mailgate.mail.trace_fields import received_field, return_path_field

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


def envelope(
    *forward_paths: str, reverse_path: str | None = "a@b.example", peer: str = "192.0.2.1", helo: str = "mx"
) -> Envelope:
    return Envelope(reverse_path, forward_paths, "smtp", NOW, peer, helo, "ESMTPS")


def test_the_field_says_who_gave_what_to_whom_and_when() -> None:
    assert received_field(envelope("c@d.example"), "our.example", "S4711") == (
        b"Received: from mx ([192.0.2.1])\r\n\tby our.example with ESMTPS id S4711\r\n\tfor <c@d.example>;\r\n"
        b"\tMon, 02 Mar 2026 10:00:00 +0000\r\n"
    )


def test_several_recipients_are_not_told_of_each_other() -> None:
    assert b"for" not in received_field(envelope("c@d.example", "e@f.example"), "our.example", "S1")


def test_an_ipv6_peer_is_tagged_and_no_peer_left_out() -> None:
    assert b"([IPv6:2001:db8::1])" in received_field(envelope(peer="2001:db8::1"), "o", "1")
    assert received_field(envelope(peer="", helo=""), "o", "1").startswith(b"Received: from unknown\r\n")


def test_the_null_reverse_path_stays_null() -> None:
    assert return_path_field(envelope(reverse_path=None)) == b"Return-Path: <>\r\n"
    assert return_path_field(envelope()) == b"Return-Path: <a@b.example>\r\n"


@given(st.text(), st.text(), st.text())
def test_whatever_the_client_says_it_stays_one_field(helo: str, path: str, peer: str) -> None:
    one = envelope(path, reverse_path=path, peer=peer, helo=helo)
    raw = return_path_field(one) + received_field(one, "our.example", "S1") + b"\r\nbody"
    assert email.message_from_bytes(raw).keys() == ["Return-Path", "Received"]
