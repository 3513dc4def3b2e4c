"""The cut between header and body, and the fields of a header (RFC 5322 2.2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.head import FIELD_LIMIT, canonical, cut


def fields(raw: bytes) -> list[tuple[str, bytes]]:
    return list(cut(raw).fields)


def test_fields_are_unfolded_and_the_body_starts_behind_the_blank_line() -> None:
    raw = b"Subject: a\r\n\tb\r\n c\r\nTo:x\r\n\r\nbody"
    assert fields(raw) == [("Subject", b"a b c"), ("To", b"x")]
    assert raw[cut(raw).body :] == b"body"


@pytest.mark.parametrize("raw", [b"\r\nbody", b"\nbody", b"just a text", b"two lines\nof text: here"])
def test_a_mail_without_a_header_is_all_body(raw: bytes) -> None:
    head = cut(raw)
    assert head.fields == ()
    assert head.defects == ("no header",)
    assert raw[head.body :].strip() == raw.strip()


def test_a_missing_blank_line_ends_the_header_at_the_first_line_of_text() -> None:
    head = cut(b"Subject: a\nHello Bob\n\nmore")
    assert head.fields == (("Subject", b"a"),)
    assert head.defects == ("no blank line after the header",)
    assert head.body == len(b"Subject: a\n")


def test_junk_between_well_known_fields_is_passed_over() -> None:
    head = cut(b"Subject: a\nbroken by a gateway\nFrom: x@y\n\nbody")
    assert [name for name, _ in head.fields] == ["Subject", "From"]
    assert head.defects == ("junk between header fields",)


def test_a_blank_line_that_a_gateway_wrote_as_cr_cr_ends_the_header() -> None:
    raw = b"Subject: a\r\nTo: b\r\rnote: see below\r\n\r\nc"
    assert cut(raw).fields == (("Subject", b"a"), ("To", b"b"))
    assert raw[cut(raw).body :] == b"note: see below\r\n\r\nc"
    assert len(cut(b"Subject: a\r\rX\r\nFrom: b\r\n\r\nc").fields) == 2


def test_a_first_field_that_is_indented_is_a_field() -> None:
    raw = b" From: a\r\nTo: b\r\n c\r\n\r\nx"
    assert cut(raw).fields == (("From", b"a"), ("To", b"b c"))
    assert raw[cut(raw).body :] == b"x"


def test_a_blank_before_the_colon_is_read() -> None:
    assert fields(b"Subject : a\n\n") == [("Subject", b"a")]


def test_more_fields_than_the_cap_are_cut_and_the_body_is_not() -> None:
    head = cut(b"A: b\n" * (FIELD_LIMIT + 5) + b"\nbody")
    assert len(head.fields) == FIELD_LIMIT
    assert head.defects == (f"more than {FIELD_LIMIT:,} header fields: cut",)
    assert head.body == 5 * (FIELD_LIMIT + 5) + 1


def test_canonical_line_ends_hold_an_lf() -> None:
    assert canonical(b"a\rb\r\rc") == b"a\nb\n\nc"
    assert canonical(b"a\r\r\nb") == b"a\r\nb"
    whole = b"a\r\nb\rc\n"
    assert canonical(whole) is whole


@given(st.binary(max_size=500))
def test_the_body_never_starts_outside_the_mail(raw: bytes) -> None:
    head = cut(raw)
    assert 0 <= head.body <= len(raw) + 1
    assert all("\n" not in name and b"\n" not in value for name, value in head.fields)


def test_the_first_delimiter_ends_a_header_that_has_no_blank_line() -> None:
    raw = b"From: a@b.example\nContent-Type: multipart/mixed;\n boundary=next\n--next\nContent-Type: text/html\n\nx"
    head = cut(raw)
    assert raw[head.body :].startswith(b"--next\nContent-Type")
    assert head.defects == ("no blank line after the header",)
