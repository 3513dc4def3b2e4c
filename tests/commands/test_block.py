"""The command block at the top of the new text, and the text without it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.commands.block import Block, BlockLine, find_block
from mailgate.commands.line import read_line
from mailgate.commands.words import BLANKS

LINES = st.one_of(
    st.sampled_from(
        ["#note", "#close", "#ntoe x", "/close", "/usr", "# note", "#1042", "", " ", "\u200b", "Hello Ana,"]
    ),
    st.text(max_size=30),
)
TEXTS = st.lists(LINES, max_size=12).flatmap(
    lambda lines: st.sampled_from(["\n", "\r\n", "\r"]).map(lambda end: end.join(lines))
)


def words(text: str) -> list[str]:
    """All that shows of a text."""
    shown = "".join(
        " " if char in BLANKS and char.isspace() else char for char in text if char not in BLANKS or char.isspace()
    )
    return shown.split()


def test_the_first_lines_are_commands_and_the_rest_is_the_text() -> None:
    found = find_block("#close\n#tag vip\n\nHello Ana,\n#not a command\n")
    assert found == Block((BlockLine(1, "#close"), BlockLine(2, "#tag vip")), "Hello Ana,\n#not a command\n")


def test_blank_lines_before_between_and_after_the_commands_do_not_matter() -> None:
    found = find_block("\n\u200b\n #close \n\u00a0\n\n#note\n \n\nHello")
    assert found == Block((BlockLine(3, "#close"), BlockLine(6, "#note")), "Hello")


@pytest.mark.parametrize(
    "text", ["Hello\n#close", "# close\n#close", "#1042 is open\n#close", "##x\n#note", "/usr/bin\n/close"]
)
def test_a_text_that_begins_with_prose_has_no_block(text: str) -> None:
    assert find_block(text) == Block((), text)


@pytest.mark.parametrize("text", ["", "\n\n", " \u200b\n\t"])
def test_a_blank_text_has_neither_block_nor_rest(text: str) -> None:
    assert find_block(text) == Block((), "")


def test_the_first_line_of_the_text_keeps_its_indentation() -> None:
    assert find_block("#note\n\n    code\n").rest == "    code\n"


def test_an_unknown_command_is_of_the_block_and_a_known_one_after_prose_is_not() -> None:
    found = find_block("#ntoe\nsecret\n#note")
    assert found == Block((BlockLine(1, "#ntoe"),), "secret\n#note")


@given(TEXTS)
def test_no_word_is_lost_and_none_is_added(text: str) -> None:
    found = find_block(text)
    assert [word for line in found.lines for word in words(line.text)] + words(found.rest) == words(text)


@given(TEXTS)
def test_the_block_holds_commands_only_and_ends_where_they_end(text: str) -> None:
    found = find_block(text)
    assert all(read_line(line.text) for line in found.lines)
    assert not find_block(found.rest).lines
    assert text.endswith(found.rest)


@pytest.mark.parametrize(
    "text",
    [
        "x" * 10**6,
        "\n" * 10**6,
        "\u200b\n" * 500_000,
        "#a\n" * 300_000,
        "#" + "a" * 10**6,
        "*" * 10**6,
        "#note " * 10**5,
    ],
    ids=["one line", "blank lines", "invisible lines", "commands", "one command", "marks", "one long line"],
)
def test_a_megabyte_of_anything_is_read_in_one_pass(text: str) -> None:
    found = find_block(text)
    assert text.endswith(found.rest)
