"""Every failure is a line for a person and a code for a program."""

import pytest

from mailgate.cli.failure import exit_code
from mailgate.errors import CannotStart, Conflict, FilesRejected, MailgateError, Outage
from mailgate.problems import Problem


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (FilesRejected((Problem("a.toml", 1, 3, "it is wrong"),), {"a.toml": "x = y"}), 78, "a.toml:1:3"),
        (CannotStart("the port is taken"), 75, "mailgate: the port is taken\n"),
        (CannotStart("the key is missing", 78), 78, "mailgate: the key is missing\n"),
        (Outage("database is locked"), 75, "database is locked; try again later"),
        (MailgateError("no"), 1, "mailgate: no\n"),
        (Conflict("changed"), 1, "changed"),
        (FileNotFoundError(2, "No such file", "x.eml"), 75, "x.eml: No such file"),
        (OSError("odd"), 75, "odd"),
        (ValueError("odd"), 70, "unexpected ValueError: odd"),
        (KeyError(), 70, "unexpected KeyError\n"),
        (KeyboardInterrupt(), 130, ""),
        (EOFError(), 130, ""),
    ],
)
def test_each_failure_has_its_code_and_its_words(
    error: BaseException, code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code(error) == code
    shown = capsys.readouterr()
    assert said in shown.err
    assert "Traceback" not in shown.err
    assert shown.out == ""


def test_a_traceback_is_shown_to_her_who_asks(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="odd") as caught:
        raise ValueError("odd")
    assert exit_code(caught.value, verbose=True) == 70
    assert "Traceback" in capsys.readouterr().err


def test_nothing_in_a_message_steers_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    exit_code(MailgateError("a\x1b[2J\u202eb"), verbose=True)
    assert "\x1b" not in capsys.readouterr().err
