"""The program finds its command wherever the options stand, imports that one only, and never shows a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mailgate import __version__
from mailgate.cli.main import COMMANDS, command_of, main
from mailgate.cli.reference import parsers


def test_the_words_of_help_are_those_of_the_commands() -> None:
    said = {name: summary for name, summary, _ in parsers() if " " not in name}
    assert said == COMMANDS


@pytest.mark.parametrize(
    ("words", "command"),
    [
        (["version"], "version"),
        (["-C", "init", "version", "check"], "version"),
        (["--config", "check", "-v", "status"], "status"),
        (["--config=check", "serve"], "serve"),
        (["--json"], None),
        ([], None),
    ],
)
def test_the_command_is_found_among_options(words: list[str], command: str | None) -> None:
    assert command_of(words) == command


@pytest.mark.parametrize(
    "words", [["--json", "version"], ["version", "--json"], ["-q", "-C", "x", "version", "--json"]]
)
def test_common_options_stand_before_and_after_the_command(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 0
    assert f'"version": "{__version__}"' in capsys.readouterr().out


@pytest.mark.parametrize(
    "words", [[], ["vresion"], ["version", "--bogus"], ["ticket"], ["--conf", "x", "version"], ["rules", "bogus"]]
)
def test_wrong_arguments_are_usage_and_exit_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(words)
    assert caught.value.code == 2
    assert "usage: mailgate" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["--help"], *([name, "--help"] for name in COMMANDS)])
def test_help_is_there_for_everything(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(words)
    assert caught.value.code == 0
    assert "usage: mailgate" in capsys.readouterr().out


def test_version_imports_nothing_of_the_daemon() -> None:
    code = "import sys; from mailgate.cli.main import main; main(['version']); print(*sorted(sys.modules), sep='\\n')"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    heavy = {"sqlalchemy", "asyncio", "structlog", "aiosmtpd", "jinja2", "yaml", "mailgate.config", "mailgate.service"}
    assert not heavy & set(loaded)


def test_the_module_is_the_program() -> None:
    done = subprocess.run([sys.executable, "-m", "mailgate", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"mailgate {__version__}\n"


def test_a_reader_who_leaves_is_no_error(tmp_path: Path) -> None:
    for number in range(300):
        (tmp_path / f"{number}.eml").write_bytes(b"From: a@b.example\r\nSubject: x\r\n\r\n" + b"words " * 2000)
    program = subprocess.Popen(
        [sys.executable, "-m", "mailgate", "inspect", str(tmp_path), "--jsonl"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with program:
        assert program.stdout is not None
        assert program.stderr is not None
        program.stdout.read(10)
        program.stdout.close()
        assert program.stderr.read() == b""
    assert program.returncode == 141


def test_letters_that_a_terminal_does_not_know_are_no_error(tmp_path: Path) -> None:
    mail = tmp_path / "x.eml"
    mail.write_bytes("From: Zoë <z@b.example>\r\nSubject: 发票\r\n\r\nText\r\n".encode())
    done = subprocess.run(
        [sys.executable, "-m", "mailgate", "inspect", str(mail)],
        capture_output=True,
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
    )
    assert done.returncode == 0
    assert b"Zo\\xeb" in done.stdout
