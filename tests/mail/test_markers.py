"""Our own line, however a mail program quotes it."""

import pytest

from mailgate.mail.markers import MARKERS, holds_marker, is_marker


@pytest.mark.parametrize("marker", MARKERS)
@pytest.mark.parametrize("form", ["-- {} ----------", "> > {}", "*{}*", "## {} ##", "| {} |"])
def test_our_mark_is_found_quoted_and_drawn(marker: str, form: str) -> None:
    line = form.format(marker.capitalize())
    assert is_marker(line)
    assert holds_marker(f"Hello\n{line}\nx")


@pytest.mark.parametrize("line", ["please reply above this line, said the mail", "line", ""])
def test_other_lines_are_none(line: str) -> None:
    assert not is_marker(line)
