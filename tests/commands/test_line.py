"""One line: command or prose, which verb, which value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.commands.line import Line, read_line


def verb_of(line: Line | None) -> str:
    assert line
    assert line.verb
    return line.verb.name


@pytest.mark.parametrize(
    "typed",
    [
        "#note",
        "  #note  ",
        "#Note",
        "#NOTE",
        "#note\u00a0",
        "\u200b#note",
        "#\u200bnote",
        "\ufeff#note",
        "＃note",
        "＃ｎｏｔｅ",
        "\\#note",
        "\\\\#note",
        "*#note*",
        "**#note**",
        "_#note_",
        "`#note`",
        "*\\#note*",
        "*#note",
        "#note.",
        "#note:",
        "#note!",
        "#note\r",
        "#no\u00adte",
        "/note",
        "/Note",
    ],
)
def test_what_clients_and_phones_do_to_a_command_is_forgiven(typed: str) -> None:
    line = read_line(typed)
    assert verb_of(line) == "note"
    assert line
    assert line.value == ""


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "\u200b",
        "#",
        "# note",
        "#\u00a0note",
        "#1042 is the number",
        "##note",
        "#-note",
        "#_note",
        "#!/bin/sh",
        "note",
        "Hello #note",
        "> #note",
        "/",
        "/usr/bin is full",
        "/close/open",
        "/closet",
        "/close.html",
        "//note",
        "- #note",
        "*note*",
        "**",
    ],
)
def test_prose_is_no_command(typed: str) -> None:
    assert read_line(typed) is None


@pytest.mark.parametrize("typed", ["#ntoe", "#hashtag of the day", "#中文", "#über", "*#bold* words"])
def test_a_hash_and_a_letter_is_a_command_even_where_nobody_knows_it(typed: str) -> None:
    line = read_line(typed)
    assert line
    assert line.verb is None


@pytest.mark.parametrize(
    ("typed", "name", "value"),
    [
        ("#priority high", "priority", "high"),
        ("#priority:high", "priority", "high"),
        ("#priority=high", "priority", "high"),
        ("#priority : high", "priority", "high"),
        ("#Priority\u00a0\u00a0high ", "priority", "high"),
        ("*#assign* nina", "assign", "nina"),
        ("*#assign nina*", "assign", "nina"),
        ("_#queue night_watch_", "queue", "night_watch"),
        ("#pending3d", "pending", "3d"),
        ("#pending 3d", "pending", "3d"),
        ("#tag-trial", "tag", "-trial"),
        ("#tag +x", "tag", "+x"),
        ("#set_order=4711", "set", "order=4711"),
        ("#set: a=b:c", "set", "a=b:c"),
        ("#queue? billing", "queue?", "billing"),
        ("#queue?", "queue?", ""),
        ("#mine?", "mine", ""),
        ("#close, please", "close", "please"),
        ("/priority high", "priority", "high"),
        ("/priority=high", "priority", "high"),
    ],
)
def test_the_value_stands_behind_the_verb(typed: str, name: str, value: str) -> None:
    line = read_line(typed)
    assert verb_of(line) == name
    assert line
    assert line.value == value


def test_the_word_is_kept_as_it_was_typed() -> None:
    assert read_line("#Ntoe x") == Line("Ntoe", None, "x")


@given(st.text())
def test_any_text_gives_an_answer(text: str) -> None:
    line = read_line(text)
    assert line is None or line.word
    hashed = read_line(f"#n{text}")
    assert hashed
    assert hashed.word.startswith("n")
