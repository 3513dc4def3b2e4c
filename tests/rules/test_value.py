"""Texts in the forms in which patterns want them."""

from hypothesis import given
from hypothesis import strategies as st

from mailgate.rules.value import Value, address_form, ascii_domain


def test_a_value_is_cut_before_anything_is_done_with_it() -> None:
    assert Value("a" * 5_000).text == "a" * 998


def test_what_a_trace_shows_is_one_short_printable_line() -> None:
    assert Value("plain").shown == "plain"
    assert Value("a\x1b[31m\n  b\u202ec").shown == "a [31m b c"
    assert Value("word " * 100).shown == ("word " * 16).strip() + "…"


def test_a_domain_without_ascii_form_stays_as_it_is() -> None:
    assert ascii_domain("ü" * 70 + ".example") == "ü" * 70 + ".example"
    assert address_form("Ana@MÜLLER.example") == "ana@xn--mller-kva.example"


@given(st.text())
def test_every_form_exists_for_any_text(text: str) -> None:
    value = Value(text)
    assert isinstance(value.encoded, bytes)
    assert value.shown.isprintable()
    assert "  " not in value.collapsed
    address_form(text)
