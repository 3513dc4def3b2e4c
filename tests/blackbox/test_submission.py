"""An agent hands in her mail with her password: `mailgate password`, STARTTLS, AUTH, and what the spool says of it."""

import subprocess
from pathlib import Path

import pytest

from tests.blackbox.conftest import Desk, need
from tests.support.daemon import Daemon
from tests.support.tls import authority

NINA = {"name": "Nina Costa", "email": "nina@staff.example", "password_hash": {"file": "nina.scrypt"}}


@pytest.fixture
def daemon(desk: Desk) -> Daemon:
    """A desk whose door has a certificate, and whose agent a password."""
    made = desk(started=False, options={"agents": {"nina": NINA}})
    authority(made.directory)
    hashed = made.run("password", stdin=b"geheim-123\n")
    assert hashed.returncode == 0, hashed.stderr
    hash_file = made.directory / "nina.scrypt"
    hash_file.write_text(hashed.stdout)
    hash_file.chmod(0o600)
    door = 'type = "smtp"\n'
    tls = 'tls_cert = "server.pem"\ntls_key = "server.key"\n'
    made.config.write_text(made.config.read_text().replace(door, f"{door}{tls}"))
    return made


def swaks(daemon: Daemon, user: str, password: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [need("swaks"), "--server", "127.0.0.1", "--port", str(daemon.port), "--tls", "--auth", "PLAIN"]
    command += ["--auth-user", user, "--auth-password", password, "--from", "nina@staff.example"]
    return subprocess.run([*command, *arguments], capture_output=True, text=True, check=False, timeout=60)


def test_an_agent_logs_in_by_name_or_address_and_is_no_relay(daemon: Daemon) -> None:
    daemon.start()
    for user in ("nina", "Nina@Staff.example"):
        sent = swaks(daemon, user, "geheim-123", "--to", "support@example.test")
        assert sent.returncode == 0, sent.stdout
    assert swaks(daemon, "nina", "geheim-124", "--to", "support@example.test").returncode == 28  # swaks: AUTH failed
    relayed = swaks(daemon, "nina", "geheim-123", "--to", "friend@other.example")
    assert "550 5.7.1" in relayed.stdout
    assert [row["id"] for row in daemon.cli("spool", "list")] == ["S1", "S2"]
    raw = daemon.run("spool", "show", "S1", "--raw").stdout
    assert "with ESMTPSA id S1" in raw
    assert "geheim" not in daemon.log()


def test_a_door_that_cannot_read_its_key_does_not_open_and_check_says_so(daemon: Daemon) -> None:
    key = daemon.directory / "server.key"
    key.unlink()
    checked = daemon.run("check")
    assert f"cannot read {key}: No such file or directory; the door will not open" in checked.stdout + checked.stderr
    ended = daemon.run("serve")
    assert ended.returncode == 78
    assert "door door cannot offer STARTTLS" in ended.stderr


def test_a_renewed_certificate_is_used_without_a_restart(daemon: Daemon, tmp_path: Path) -> None:
    daemon.start()

    def shown() -> str:
        command = [need("openssl"), "s_client", "-starttls", "smtp", "-connect", f"127.0.0.1:{daemon.port}"]
        done = subprocess.run(command, input="", capture_output=True, text=True, check=False, timeout=60)
        return done.stdout[done.stdout.index("-----BEGIN") : done.stdout.index("-----END")]

    before = shown()
    renewed = tmp_path / "renewed"
    renewed.mkdir()
    authority(renewed)
    for name in ("server.pem", "server.key"):
        (renewed / name).replace(daemon.directory / name)
    assert shown() != before
    assert shown() == (daemon.directory / "server.pem").read_text().partition("\n-----END")[0] + "\n"
