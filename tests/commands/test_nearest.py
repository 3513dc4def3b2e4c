"""A mistyped word and the words it may stand for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.commands.nearest import nearest

VERBS = ("note", "close", "assign", "unassign", "undo", "undone", "reopen", "priority")


@pytest.mark.parametrize(
    ("wrong", "near"),
    [
        ("ntoe", ("note",)),  # exchanged
        ("clsoe", ("close",)),
        ("clse", ("close",)),  # left out
        ("asssign", ("assign",)),  # added
        ("reapen", ("reopen",)),  # wrong
        ("proirtiy", ("priority",)),  # two slips in a longer word
        ("undoe", ("undo", "undone")),  # no telling which
        ("invoice", ()),
        ("no", ()),  # too short to guess
        ("", ()),
    ],
)
def test_the_words_with_the_fewest_slips_are_named(wrong: str, near: tuple[str, ...]) -> None:
    assert nearest(wrong, VERBS) == near


def test_a_very_long_word_is_not_guessed_at() -> None:
    assert nearest("a" * 65, ["a" * 65]) == ()


@given(st.text(min_size=3, max_size=64), st.lists(st.text(max_size=64)))
def test_a_known_word_is_its_own_nearest(word: str, others: list[str]) -> None:
    assert nearest(word, [*others, word]) == (word,)


@given(st.text("abcd", min_size=5, max_size=8), st.integers(0, 8), st.sampled_from(["out", "in", "swap", "wrong"]))
def test_one_slip_is_always_forgiven(word: str, place: int, slip: str) -> None:
    at = min(place, len(word) - 2)
    wrong = {
        "out": word[:at] + word[at + 1 :],
        "in": f"{word[:at]}x{word[at:]}",
        "swap": word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        "wrong": f"{word[:at]}x{word[at + 1 :]}",
    }[slip]
    assert nearest(wrong, [word]) == (word,)
