"""format=flowed (RFC 3676)."""

from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.flowed import unflow


def test_soft_breaks_are_joined_and_hard_ones_stay() -> None:
    assert unflow("one \ntwo\nthree", delete_space=False) == "one two\nthree"
    assert unflow("日本 \n語", delete_space=True) == "日本語"


def test_quotes_flow_within_their_depth_only() -> None:
    assert unflow("> a \n> b\n>> c \n> d", delete_space=False) == "> a b\n>> c \n> d"


def test_a_signature_line_does_not_flow_and_space_stuffing_goes() -> None:
    assert unflow("bye\n-- \nAna", delete_space=False) == "bye\n-- \nAna"
    assert unflow(" >not a quote\n From here", delete_space=False) == ">not a quote\nFrom here"


@given(st.lists(st.sampled_from(["word ", "word", "> a ", "> b", ">> ", "", "-- ", " x "])).map("\n".join))
def test_no_word_is_lost(text: str) -> None:
    assert unflow(text, delete_space=False).replace(">", " ").split() == text.replace(">", " ").split()
