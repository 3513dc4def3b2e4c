"""Header values: decoded, scrubbed, never an exception (R14, R44)."""

import re

from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.headers import Headers, readable, scrub, without_comments

FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@given(st.text(st.characters(codec=None)))
def test_scrubbed_text_holds_nothing_that_could_break_a_line(text: str) -> None:
    assert not FORBIDDEN.search(scrub(text))


@given(st.binary())
def test_every_value_is_readable(octets: bytes) -> None:
    assert not FORBIDDEN.search(readable(octets))


def test_right_to_left_text_stays_and_overrides_go() -> None:
    assert scrub("שלום \u202eevil\u202c") == "שלום evil"


def test_fields_are_found_in_any_case_and_in_order() -> None:
    headers = Headers([("Subject", b"one"), ("SUBJECT", b"=?utf-8?q?zw=C3=B6lf?="), ("To", b"x")])
    assert headers.values("subject") == ["one", "zwölf"]
    assert (headers.value("subject"), headers.count("Subject"), "cc" in headers) == ("one", 2, False)
    assert headers.value("cc") == ""
    assert headers.decoded() == (("Subject", "one"), ("SUBJECT", "zwölf"), ("To", "x"))


def test_comments_are_removed_nested_quoted_and_unclosed() -> None:
    assert without_comments("no (really (very)) yes").split() == ["no", "yes"]
    assert without_comments('"(kept)" a') == '"(kept)" a'
    assert without_comments(r"a (b \) c) d").split() == ["a", "d"]
    assert without_comments("a (never closed").strip() == "a"
