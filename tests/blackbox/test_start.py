"""What `serve` says when it cannot begin: one line with the next step, an exit status, never a traceback (D43)."""

import subprocess
from pathlib import Path

import pytest

from tests.blackbox.conftest import Desk
from tests.support.daemon import Daemon, toml
from tests.support.smtp import send

CONFIGURATION_ERROR = 78
MAIL = b"From: ana@acme.example\r\nSubject: x\r\nMessage-ID: <1@acme.example>\r\n\r\nx\r\n"


def refusal(daemon: Daemon) -> "subprocess.CompletedProcess[str]":
    """`serve`, which must end by itself, soon and without a traceback."""
    done = daemon.run("serve", seconds=30)
    assert done.returncode not in (0, 1), done.stderr
    assert "Traceback" not in done.stderr
    return done


def complaint(daemon: Daemon) -> str:
    """The one line that `serve` says beside its log."""
    lines = [line for line in refusal(daemon).stderr.splitlines() if not line.startswith("{")]
    assert len(lines) == 1, "\n".join(lines)
    return lines[0]


def test_every_mistake_of_a_configuration_is_named_with_file_line_and_column(desk: Desk) -> None:
    daemon = desk(started=False, options={"limits": {"message": "much"}, "site": {"nmae": "x"}})
    text = daemon.config.read_text().splitlines()
    done = refusal(daemon)
    assert done.returncode == CONFIGURATION_ERROR
    for wrong in ('message = "much"', 'nmae = "x"'):
        line = text.index(wrong) + 1
        assert f"config.toml:{line}:" in done.stderr, done.stderr


def test_a_configuration_that_is_no_toml_is_named_with_its_place(desk: Desk) -> None:
    daemon = desk(started=False)
    daemon.config.write_text('[site]\nname = "x\n')
    done = refusal(daemon)
    assert done.returncode == CONFIGURATION_ERROR
    assert "config.toml:2:" in done.stderr


def test_a_missing_configuration_is_a_configuration_error(desk: Desk) -> None:
    daemon = desk(started=False)
    daemon.config.unlink()
    assert daemon.run("serve").returncode == CONFIGURATION_ERROR


def test_a_taken_port_is_named(desk: Desk) -> None:
    first = desk()
    listen = f"127.0.0.1:{first.port}"
    second = desk(started=False)
    second.config.write_text(second.config.read_text().replace(f"127.0.0.1:{second.port}", listen))
    assert listen in complaint(second)


def test_a_second_daemon_on_one_sqlite_file_names_the_first(desk: Desk) -> None:
    first = desk()
    second = desk(
        started=False, database_url=first.database_url, options={"keys": {"file": str(first.directory / "keys")}}
    )
    assert first.process is not None
    assert str(first.process.pid) in complaint(second)
    assert send(first.port, MAIL).code == 250
    first.settle()
    assert len(first.cli("ticket", "list")) == 1


def test_a_database_that_cannot_be_made_is_named(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")  # a mode would not stop root
    daemon = desk(started=False, database_url=f"sqlite:///{tmp_path / 'file' / 'mailgate.db'}")
    assert str(tmp_path / "file") in complaint(daemon)


def test_a_lost_key_stops_the_start_and_is_named(desk: Desk) -> None:
    daemon = desk()
    assert send(daemon.port, MAIL).code == 250
    daemon.settle()
    daemon.terminate()
    keys = daemon.directory / "keys"
    kept = keys.read_bytes()
    keys.unlink()
    assert "key" in complaint(daemon)
    keys.write_bytes(kept)
    keys.chmod(0o600)
    daemon.start()


@pytest.mark.parametrize("mode", [0o644, 0o660])
def test_keys_that_others_can_read_stop_the_start(desk: Desk, mode: int) -> None:
    daemon = desk()
    daemon.terminate()
    (daemon.directory / "keys").chmod(mode)
    assert "keys" in complaint(daemon)


def test_the_door_may_be_a_unix_socket_beside_the_port(desk: Desk, tmp_path: Path) -> None:
    daemon = desk(started=False)
    door = {"name": "local", "type": "smtp", "listen": f"unix:{tmp_path / 'door'}"}
    lines = "\n".join(f"{key} = {toml(value)}" for key, value in door.items())
    daemon.config.write_text(f"{daemon.config.read_text()}\n[[in]]\n{lines}\n")
    daemon.start()
    assert (tmp_path / "door").is_socket()
