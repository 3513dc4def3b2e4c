"""Commands in the middle of a text: what counts as one, and what is prose."""

import pytest

from mailgate.commands.block import find_block
from mailgate.commands.stray import MOST, stray_commands
from tests.commands.desk import LISBON, NAMES, NOW


def strays(text: str) -> list[tuple[int, str]]:
    return [(each.number, each.text) for each in stray_commands(find_block(text), NAMES, NOW, LISBON)]


@pytest.mark.parametrize(
    "line", ["#note", "#Note", "#close", "#pending 3d", "#assign nina", "#notiz", "#tag: vip", "#close."]
)
def test_a_command_below_words_is_found_with_its_line(line: str) -> None:
    assert strays(f"#take\n\nHello Ana.\n{line}\nShe pays late.") == [(4, line)]


@pytest.mark.parametrize(
    "line",
    [
        *("#1234", "# Note", "## Note", "#", "#hashtag", "#ntoe", "#support #help", "#fixed #close"),
        *("#close the door", "#note that it is late", "#assign somebody", "#tag-line", "#note2", "#close-up"),
        *(
            "> #note",
            ">> #close",
            "  #note",
            "\t#close",
            "*#note*",
            "/close",
            "see #note",
            "#merge 1040",
            "#note { x: 1 }",
        ),
    ],
)
def test_what_people_write_is_no_command(line: str) -> None:
    assert strays(f"Hello Ana.\n{line}\nRegards") == []


def test_code_is_no_command() -> None:
    assert strays("Try this:\n```\n#set a 1\n#close\n```\nRegards\n#close") == [(7, "#close")]


def test_commands_above_the_text_are_no_strays_and_few_are_named() -> None:
    assert strays("#note\n#close\nHello") == []
    assert len(strays("Hello\n" + "#close\n" * 50)) == MOST
