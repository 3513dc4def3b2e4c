"""Lines that say that another mail follows."""

import pytest

from mailgate.mail.quotation_words import FORWARDED, ORIGINAL
from mailgate.mail.separator import is_rule, kind_of_separator


@pytest.mark.parametrize("words", ORIGINAL)
def test_an_original_message_is_announced_in_any_language(words: str) -> None:
    assert kind_of_separator([f"-----{words.title()}-----"], 0) == "original"


@pytest.mark.parametrize("words", FORWARDED)
def test_a_forwarded_message_is_announced_in_any_language(words: str) -> None:
    assert kind_of_separator([f"---------- {words} ---------"], 0) == "forwarded"


def test_without_dashes_a_head_must_follow() -> None:
    head = ["", "From: Bo <bo@b.example>", "Subject: Help"]
    assert kind_of_separator(["Begin forwarded message:", *head], 0) == "forwarded"
    assert kind_of_separator(["Begin forwarded message:", "", "hello"], 0) is None


@pytest.mark.parametrize("line", ["-----", "--- hello ---", "The original message was lost", "- original", "_____"])
def test_other_lines_announce_nothing(line: str) -> None:
    assert kind_of_separator([line], 0) is None


@pytest.mark.parametrize(
    ("line", "is_one"), [("-----", True), ("___________", True), ("--", False), ("a-----", False), ("", False)]
)
def test_rules(line: str, is_one: bool) -> None:
    assert is_rule(line) is is_one
