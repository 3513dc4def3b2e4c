"""`mailgate demo` plays its scenes on a real daemon, tells what really came of them, and keeps to its directory."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path

import pytest

from mailgate.cli import demo
from mailgate.cli.demo_desk import HOST, MARK, PORT
from mailgate.cli.demo_script import NINA, NUMBER, OMAR, SCENES
from mailgate.cli.demo_stage import Stage, text_of
from mailgate.cli.main import main
from mailgate.config.read import load
from mailgate.service.control import ask
from mailgate.service.opening import open_store
from tests.support.smtp import send

COMMAND = [sys.executable, "-m", "mailgate", "demo"]


def played(directory: Path, *options: str, environ: dict[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*COMMAND, str(directory), *options],
        capture_output=True,
        text=True,
        cwd=directory.parent,
        env=os.environ | (environ or {}),
        timeout=100,
        check=False,
    )


@pytest.fixture(scope="module")
def first() -> Iterator[tuple[Path, "subprocess.CompletedProcess[str]"]]:
    """A demo that was played once, on a machine where the usual port is taken and another desk is configured."""
    with tempfile.TemporaryDirectory() as parent, closing(socket.socket()) as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(OSError):  # somebody else has it: as good
            taken.bind((HOST, PORT))
            taken.listen()
        strange = {"MAILGATE_DATABASE__URL": f"sqlite:///{parent}/production.db", "RUNTIME_DIRECTORY": parent}
        yield Path(parent) / "demo", played(Path(parent) / "demo", "--once", environ=strange)


def mailbox(directory: Path, person: str) -> list[EmailMessage]:
    config = load(directory / "config.toml", {})
    store = open_store(config)
    try:
        return Stage(config, store).mailbox(person)
    finally:
        store.close()


Played = tuple[Path, "subprocess.CompletedProcess[str]"]


def test_every_scene_comes_out_as_the_script_says(first: Played) -> None:
    _, done = first
    assert done.returncode == 0, done.stdout + done.stderr
    told = [line.partition("→ ")[2] for line in done.stdout.splitlines() if "→" in line]
    assert len(told) == len(SCENES)
    assert all(fact in line for line, scene in zip(told, SCENES, strict=True) for fact in scene.expected)
    assert "Did you mean #close?" in done.stdout
    assert "\033" not in done.stdout, "colours are for a terminal"


def test_it_writes_into_its_directory_only_and_leaves_nothing_running(first: Played) -> None:
    directory, _ = first
    assert [path.name for path in directory.parent.iterdir()] == [directory.name]
    assert (directory / "mailgate.db").is_file()
    assert ask(directory, "status") is None
    assert "Traceback" not in (directory / "log").read_text()


def test_a_port_that_is_taken_is_no_obstacle(first: Played) -> None:
    directory, done = first
    door = load(directory / "config.toml", {}).doors[0].listen
    assert door.port != PORT
    assert f"SMTP {door}" in done.stdout
    assert f'set smtp_url = "smtp://{door}/"' in (directory / "mutt" / "nina").read_text()


@pytest.mark.parametrize("person", [NINA, OMAR])
def test_an_agents_mailbox_shows_one_thread_for_the_ticket(first: Played, person: str) -> None:
    mails = [mail for mail in mailbox(first[0], person) if mail["X-Mailgate-Ticket"] == NUMBER]
    root = str(mails[0]["Message-ID"])
    assert len(mails) > 2
    assert all(root in str(mail["References"]) for mail in mails[1:])


def test_the_customer_sees_neither_a_command_nor_a_note_nor_the_forgery(first: Played) -> None:
    texts = [text_of(mail) for mail in mailbox(first[0], "ana@acme.example")]
    assert len(texts) == 4
    for hidden in ("#pending", "#close", "#reply", "at noon", "bank account"):
        assert not any(hidden in text for text in texts), hidden


def test_what_was_played_is_not_played_over_unless_asked(first: Played) -> None:
    directory, _ = first
    before = (directory / "config.toml").stat().st_mtime_ns
    done = played(directory, "--once")
    assert done.returncode == 1
    assert "--fresh" in done.stderr
    assert (directory / "config.toml").stat().st_mtime_ns == before


def test_it_goes_on_with_what_was_played_until_it_is_stopped(first: Played) -> None:
    directory, _ = first
    with subprocess.Popen([*COMMAND, str(directory)], stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        lines = iter(running.stdout.readline, "")
        said = [next(line for line in lines if word in line) for word in ("SMTP", "explain", "Ctrl-C")]
        assert f"explain {NUMBER}" in said[1]
        try:
            sent = send(
                load(directory / "config.toml", {}).doors[0].listen.port,
                b"From: you@home.example\r\nTo: support@example.com\r\nSubject: x\r\n\r\nx\r\n",
                to=("support@example.com",),
            )
            assert sent.code == 250
            again = played(directory, "--fresh", "--once")
            assert (again.returncode, "pid" in again.stderr) == (1, True), "a desk that runs is not emptied"
        finally:
            running.send_signal(signal.SIGINT)
            running.wait(60)
    assert running.returncode == 0
    assert ask(directory, "status") is None


@pytest.mark.parametrize("options", [[], ["--fresh"]])
def test_a_directory_of_somebody_else_is_not_touched(
    tmp_path: Path, options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "thesis.tex").write_text("mine")
    assert main(["demo", str(tmp_path), "--once", *options]) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]
    assert "choose another directory" in capsys.readouterr().err


def test_fresh_empties_what_the_demo_made_and_follows_no_link(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "kept").write_text("mine")
    directory = tmp_path / "demo"
    directory.mkdir()
    (directory / MARK).touch()
    (directory / "link").symlink_to(tmp_path / "other")
    monkeypatch.setattr(demo, "SCENES", SCENES[:1])
    assert main(["demo", str(directory), "--once", "--fresh"]) == 0
    assert not (directory / "link").is_symlink()
    assert (tmp_path / "other" / "kept").read_text() == "mine"


def test_a_scene_that_comes_out_otherwise_is_told_and_is_a_finding(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "SCENES", (replace(SCENES[0], expected=("answer sent to ana",)), SCENES[1]))
    assert main(["demo", str(tmp_path / "demo"), "--once"]) == 1
    out = capsys.readouterr().out
    assert "expected: answer sent to ana" in out
    assert parseaddr(SCENES[1].who)[1] not in out, "the play ends there"
    assert ask(tmp_path / "demo", "status") is None
    monkeypatch.setattr(demo, "SCENES", SCENES[:1])
    assert main(["demo", str(tmp_path / "demo"), "--once"]) == 0, "what was not played to the end is begun anew"


def test_a_daemon_that_cannot_start_is_told_in_its_own_words(first: Played, capsys: pytest.CaptureFixture[str]) -> None:
    directory, _ = first
    door = load(directory / "config.toml", {}).doors[0].listen
    with closing(socket.socket()) as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((door.host, door.port))
        taken.listen()
        assert main(["demo", str(directory)]) == 75
    assert str(door) in capsys.readouterr().err
    assert ask(directory, "status") is None
