"""mailgate.cli.standpoint"""

import sys
from pathlib import Path

import pytest

from mailgate.cli.standpoint import program, typed


def test_the_shorter_of_relative_and_absolute_is_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert typed(tmp_path / "var" / "mail") == "var/mail"
    assert typed(Path("/")) == "/"
    assert typed(tmp_path) == "."


def test_a_program_that_the_shell_finds_is_named_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for place in ("bin", "other"):
        (tmp_path / place).mkdir()
        (tmp_path / place / "mailgate").touch(0o755)
    monkeypatch.setattr(sys, "argv", [str(tmp_path / "bin" / "mailgate")])
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert program() == "mailgate"
    monkeypatch.setenv("PATH", str(tmp_path / "other"))
    assert program() == "bin/mailgate", "another one of that name is not this one"
    monkeypatch.setenv("PATH", "")
    assert program() == "bin/mailgate"


def test_a_module_is_named_with_its_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["/x/mailgate/__main__.py"])
    monkeypatch.setattr(sys, "executable", str(tmp_path / "venv" / "python"))
    assert program() == "venv/python -m mailgate"


def test_a_working_directory_that_is_gone_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert typed(Path("/etc/mailgate")) == "/etc/mailgate"
