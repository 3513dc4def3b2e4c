"""The line of progress: share, rate, what is left; nothing where no terminal is."""

import pytest

from mailgate.cli.progress import Progress, line


def test_the_line_tells_share_rate_and_what_is_left() -> None:
    shown = line("mails", 500, 2_000, 10.0)
    assert shown.split() == ["█████▌", "25%", "500/2,000", "mails", "50/s", "ETA", "0:00:30"]


@pytest.mark.parametrize(("done", "of", "seconds"), [(0, 0, 0.0), (0, 10, 5.0), (10, 10, 1.0), (11, 10, 1.0)])
def test_no_number_breaks_it(done: int, of: int, seconds: float) -> None:
    assert len(line("mails", done, of, seconds)) < 80


def test_where_no_terminal_is_nothing_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress("mails") as progress:
        progress(1, 2)
    assert capsys.readouterr() == ("", "")
