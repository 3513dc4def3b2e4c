from hypothesis import given
from hypothesis import strategies as st

from mailgate.notify.scrub import scrub_line, scrub_text

ANYTHING = st.text(st.characters(codec=None, exclude_categories=[]))


@given(ANYTHING)
def test_scrubbed_text_encodes_and_holds_no_control_but_line_ends_and_tabs(text: str) -> None:
    clean = scrub_text(text)
    clean.encode()
    assert not [char for char in clean if (ord(char) < 32 and char not in "\n\t") or 127 <= ord(char) < 160]
    assert not set("\r\u2028\u2029\u202d\u202e") & set(clean)
    assert scrub_text(clean) == clean


@given(st.text(st.characters(exclude_categories=["C", "Zl", "Zp"])))
def test_honest_text_is_left_as_it_is(text: str) -> None:
    assert scrub_text(text) == text


@given(ANYTHING)
def test_a_scrubbed_line_is_one_line_of_folded_blanks(text: str) -> None:
    clean = scrub_line(text)
    clean.encode()
    assert len(clean.splitlines()) <= 1
    assert " ".join(clean.split()) == clean
    assert not set("\u202a\u202e\u2066\u2069") & set(clean)
    assert scrub_line(clean) == clean


def test_every_kind_of_line_end_becomes_one() -> None:
    assert scrub_text("a\r\nb\rc\u2028d\x85e\x0cf") == "a\nb\nc\nd\ne\nf"
    assert scrub_text("a\rb") == "a\nb"


def test_a_line_is_cut_at_its_limit() -> None:
    assert scrub_line("abc def", 4) == "abc"
