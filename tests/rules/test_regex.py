"""RE2 for administrators' patterns: linear, named constructs, captures."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.rules.regex import LARGEST, NotRe2, regex


@pytest.mark.parametrize(
    ("pattern", "construct"),
    [
        (r"a(?=b)", "lookahead"),
        (r"a(?!b)", "negative lookahead"),
        (r"(?<=a)b", "lookbehind"),
        (r"(?<!a)b", "negative lookbehind"),
        (r"(a)\1", "backreference"),
        (r"(?P<x>a)(?P=x)", "backreference"),
        (r"(?>a)", "atomic"),
        (r"a++", "possessive"),
        (r"(a)?(?(1)b|c)", "conditional"),
        (r"a\Z", r"\Z"),
        (r"(?#x)a", "comment"),
        (r"\u20ac", r"\u"),
    ],
)
def test_a_construct_that_re2_lacks_is_named_with_the_way_round(pattern: str, construct: str) -> None:
    with pytest.raises(NotRe2, match=construct.replace("\\", "\\\\")) as caught:
        regex(pattern)
    assert caught.value.mend


@pytest.mark.parametrize(
    "pattern", ["(", "[a", "a**", "(?P<a-b>x)", "(?P<ü>x)", "a{2000}", "((a{99}){99}){99}", "x" * 3_000]
)
def test_what_re2_refuses_is_refused(pattern: str) -> None:
    with pytest.raises(NotRe2):
        regex(pattern)


def test_nothing_is_written_to_stderr(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(NotRe2):
        regex(r"(?=stderr)")
    assert capfd.readouterr().err == ""


def test_a_lookahead_inside_a_class_is_not_one() -> None:
    with pytest.raises(NotRe2, match="does not take this pattern"):
        regex(r"[(?=a](")


def test_a_pattern_that_would_be_slow_on_long_texts_is_refused() -> None:
    with pytest.raises(NotRe2, match="steps"):
        regex(r"(([ab]?){30}){30}x")
    assert regex(r"[\pL\d]+").program.programsize < LARGEST


def test_case_does_not_matter_unless_the_pattern_says_so() -> None:
    assert regex("straße").search("STRAẞE".encode()) is not None
    assert regex("(?-i)Abc").search(b"abc") is None


def test_captures_keep_the_case_that_was_written_and_are_empty_where_they_took_no_part() -> None:
    found = regex(r"(?P<what>order|invoice) (?P<id>[a-z]+-\d+)(?P<more>!)?").search("Über INVOICE AB-7".encode())
    assert found == {"what": "INVOICE", "id": "AB-7", "more": ""}


def test_flag_x_ignores_blanks_and_comments_but_not_in_classes() -> None:
    pattern = "(?P<n> \\d+ )  # the number\n \\# [ #]x"
    assert regex(pattern, "x").search(b"12# x") == {"n": "12"}


def test_flag_s_lets_the_dot_match_line_ends() -> None:
    assert regex("a.b").search(b"a\nb") is None
    assert regex("a.b", "s").search(b"a\nb") == {}


def test_the_classic_catastrophe_is_linear() -> None:
    hard = regex(r"^(\w+\s?)*$")
    assert hard.search(b"a" * 200_000 + b"!") is None  # re needs 5.6 s for 26 characters of it
    assert regex(r"\s+$").search(b" " * 200_000 + b"x") is None


def test_a_border_beside_a_letter_beyond_ascii_is_known_to_fail() -> None:
    assert regex(r"\bÜberweisung").forgets_letters
    assert regex(r"caf\b").search("café".encode()) is not None  # RE2 sees a border inside the word
    assert not regex(r"\bOrder\b").forgets_letters


@given(st.text(alphabet=r"ab\()[]{}|?*+<>P=!:^$.1dwZ-", max_size=30))
def test_any_pattern_compiles_or_is_refused(pattern: str) -> None:
    with suppress(NotRe2):
        assert regex(pattern).search(b"ab1") in (None, {})
