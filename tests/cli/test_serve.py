"""What `serve` says when it is ready can be typed where the reader stands, and works."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from mailgate.cli.main import main
from mailgate.cli.serve import first_steps
from mailgate.config.read import load

PROGRAM = "/opt/desk/bin/mailgate"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    assert main(["init", "-q", str(tmp_path / "place" / "desk"), "--first-steps"]) == 0
    monkeypatch.setattr(sys, "argv", [PROGRAM])
    return tmp_path / "place" / "desk"


def said(desk: Path) -> str:
    return first_steps(load(desk / "config.toml", {}))


def test_paths_are_meant_from_the_working_directory(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk.parent)
    text = said(desk)
    for command in (f"{PROGRAM} -C desk inject -", "mutt -F desk/mutt/nina", "mutt -F desk/mutt/ana"):
        assert f" {command}\n" in text
    assert "in desk/mail, a Maildir for each recipient" in text


def test_from_far_away_the_absolute_path_is_the_shorter_one(
    desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    far = tmp_path.joinpath(*["down"] * 60)
    far.mkdir(parents=True)
    monkeypatch.chdir(far)
    assert f"-C {desk} explain 1001" in said(desk)


def test_a_configuration_that_is_found_by_itself_is_not_named(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk)
    assert f"  {PROGRAM} explain 1001\n" in said(desk)


def test_what_a_shell_would_take_apart_is_quoted(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    strange = desk.parent / "my desk's; files"
    desk.rename(strange)
    monkeypatch.chdir(desk.parent)
    assert """-C 'my desk'"'"'s; files' explain""" in said(strange)


def test_a_desk_that_sends_into_the_world_says_no_more_than_that_it_is_ready(desk: Path) -> None:
    config = desk / "config.toml"
    config.write_text(config.read_text().replace('maildir = "mail/{recipient}"', 'host = "smtp.example.com"'))
    assert said(desk) == "mailgate is ready"


def test_one_maildir_of_all_is_named_as_such(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk)
    config = desk / "config.toml"
    config.write_text(config.read_text().replace("mail/{recipient}", "outgoing"))
    assert "in outgoing, a Maildir. Ctrl-C" in said(desk)


def test_who_cannot_start_says_why_and_nothing_else(desk: Path) -> None:
    config = desk / "config.toml"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        config.write_text(config.read_text().replace("127.0.0.1:2525", listen))
        command = [sys.executable, "-m", "mailgate", "-C", str(desk), "serve"]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 75
    (line,) = ended.stderr.splitlines()
    assert f"cannot listen on {listen}: another program listens there" in line
