"""Typed text in the form in which words are compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.commands.words import BLANKS, clean, either, joined, plain, shown, spellings


@pytest.mark.parametrize(
    ("typed", "cleaned"),
    [
        ("#note", "#note"),
        ("#no\u200bte\ufeff", "#note"),
        ("#no\u00adte", "#note"),
        ("#assign\u00a0nina\u3000x", "#assign nina x"),
        ("＃ｎｏｔｅ：１", "#note:1"),
        ("schlie\u00dfen o\u0308", "schließen ö"),
        ("a\tb\x00", "a b "),
    ],
)
def test_what_phones_and_input_methods_add_is_taken_away(typed: str, cleaned: str) -> None:
    assert clean(typed) == cleaned


@pytest.mark.parametrize(
    ("typed", "compared"),
    [("Schließen", "schliessen"), ("MAÑANA", "manana"), ("  two   words ", "two words"), ("Übermorgen", "ubermorgen")],
)
def test_words_are_compared_without_case_accents_and_double_blanks(typed: str, compared: str) -> None:
    assert plain(typed) == compared


def test_an_umlaut_may_be_typed_without_its_dots_or_with_an_e() -> None:
    assert spellings("Müller") == ("muller", "mueller")
    assert spellings("Costa") == ("costa",)


def test_hyphens_do_not_count_within_a_word() -> None:
    assert joined("re-open") == joined("re‑open") == joined("re_open") == "reopen"


def test_what_is_shown_is_one_short_line() -> None:
    assert shown("a\nb\x1b") == '"a b "'
    assert len(shown("x" * 1_000)) < 70


@pytest.mark.parametrize(
    ("words", "said"), [((), ""), (("a",), "a"), (("a", "b"), "a or b"), (("a", "b", "c"), "a, b or c")]
)
def test_a_choice_is_said_in_words(words: tuple[str, ...], said: str) -> None:
    assert either(words) == said


@given(st.text())
def test_any_text_has_a_form_and_the_form_is_its_own(text: str) -> None:
    assert plain(plain(text)) == plain(text)
    assert not clean(text).strip() if not text.strip(BLANKS) else clean(text).strip()
