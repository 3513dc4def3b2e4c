"""`mailgate password` prints a hash that matches the password, and nothing that does not."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from mailgate.config.password_hash import parse_password_hash

COMMAND = [sys.executable, "-m", "mailgate", "password"]


def piped(stdin: bytes) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(COMMAND, input=stdin, capture_output=True, check=False)


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_a_password_from_stdin_becomes_its_hash(end: bytes) -> None:
    done = piped("geheim ü 1".encode() + end)
    assert (done.returncode, done.stderr) == (0, b"")
    assert parse_password_hash(done.stdout.decode().removesuffix("\n")).matches("geheim ü 1")


def test_two_hashes_of_a_password_differ() -> None:
    assert piped(b"geheim123").stdout != piped(b"geheim123").stdout


@pytest.mark.parametrize(
    ("stdin", "said"),
    [
        (b"", "at least 8"),
        (b"kurz\n", "at least 8"),
        (b"two\nlines here\n", "one line"),
        (b"bell\x07 rings", "one line"),
        (b"\xff" * 9, "not UTF-8"),
    ],
)
def test_what_cannot_be_a_password_is_refused_and_not_shown(stdin: bytes, said: str) -> None:
    done = piped(stdin)
    assert (done.returncode, done.stdout) == (1, b"")
    assert said in done.stderr.decode()


@pytest.mark.parametrize(("again", "code"), [(b"geheim123", 0), (b"geheim124", 1)])
def test_at_a_terminal_it_is_asked_for_twice_and_not_echoed(again: bytes, code: int, tmp_path: Path) -> None:
    """The terminal is its controlling one, as a person's is: setsid makes it so."""
    child, terminal = pty.fork()
    if child == 0:
        out = os.open(tmp_path / "out", os.O_WRONLY | os.O_CREAT)
        os.dup2(out, 1)
        os.execv(COMMAND[0], COMMAND)
    seen = b""
    try:
        for answer, prompt in ((b"geheim123", b"Password: "), (again, b"Again:    ")):
            while prompt not in seen:
                seen += os.read(terminal, 1024)
            os.write(terminal, answer + b"\n")
        status = os.waitpid(child, 0)[1]
    finally:
        os.close(terminal)
    assert os.waitstatus_to_exitcode(status) == code
    assert b"geheim" not in seen
    if code == 0:
        assert parse_password_hash((tmp_path / "out").read_text().strip()).matches("geheim123")
