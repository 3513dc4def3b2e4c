"""Our own line, however a mail program quotes it."""

import pytest

from mailgate.mail.markers import MARKERS, holds_marker, is_any_marker, is_marker


@pytest.mark.parametrize("marker", MARKERS)
@pytest.mark.parametrize("form", ["-- {} ----------", "> > {}", "*{}*", "## {} ##", "| {} |"])
def test_our_mark_is_found_quoted_and_drawn(marker: str, form: str) -> None:
    line = form.format(marker.capitalize())
    assert is_marker(line)
    assert holds_marker(f"Hello\n{line}\nx")


@pytest.mark.parametrize("line", ["please reply above this line, said the mail", "line", ""])
def test_other_lines_are_none(line: str) -> None:
    assert not is_marker(line)


@pytest.mark.parametrize(
    "line",
    [
        "##- Please type your reply above this line -##",
        "=== Reply above this line to respond ===",
        "*** PLEASE REPLY ABOVE THIS LINE ***",
        "--- Bitte antworten Sie oberhalb dieser Zeile ---",
        "--- Veuillez répondre au-dessus de cette ligne ---",
    ],
)
def test_other_desks_say_it_in_their_words(line: str) -> None:
    assert is_any_marker(line)
    assert not is_marker(line)
    assert holds_marker(line)


def test_a_sentence_about_the_mark_is_none() -> None:
    assert not is_any_marker("I was told to reply above this line, and did.")
