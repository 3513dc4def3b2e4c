"""`mailgate deliver`: a mail is ours when it ends with 0, and stays with the MTA when it does not."""

import io
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from mailgate.cli.main import main
from mailgate.clock import SystemClock
from mailgate.config.read import load
from mailgate.mail.envelope import Envelope
from mailgate.service.control import ask
from mailgate.store import spool
from mailgate.store.engine import Store
from mailgate.store.migrations import migrate
from tests.support.daemon import Daemon

MAIL = b"From ana@acme.example Mon Nov 23 2026\nFrom: ana@acme.example\nTo: support@example.com\nSubject: x\n\nhi\n"
TO_US = ("-f", "ana@acme.example", "support@example.com")


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """A desk whose daemon never ran."""
    assert main(["-q", "init", str(tmp_path / "desk"), "--first-steps"]) == 0
    return tmp_path / "desk"


@pytest.fixture
def desk(empty: Path) -> Path:
    store = Store(load(empty / "config.toml", {}).database_url)
    store.write_now(lambda c: migrate(c, SystemClock().now()))
    store.close()
    return empty


class Delivery:
    """A call of the command in this process."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch, self._capsys = monkeypatch, capsys

    def __call__(self, desk: Path, *arguments: str, raw: bytes = MAIL) -> tuple[int, str]:
        """The exit code, and what was said on stderr; nothing is ever said on stdout."""
        self._capsys.readouterr()
        self._monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
        try:
            code = main(["-C", str(desk), "deliver", *arguments])
        except SystemExit as left:
            code = int(left.code or 0)
        said = self._capsys.readouterr()
        assert said.out == ""
        return code, said.err


@pytest.fixture
def deliver(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Delivery:
    return Delivery(monkeypatch, capsys)


def spooled(desk: Path) -> list[tuple[Envelope | None, bytes | None]]:
    store = Store(load(desk / "config.toml", {}).database_url)
    try:
        count: int = store.read_now(lambda c: c.exec_driver_sql("select count(*) from spool").scalar_one())
        return [
            (store.read_now(partial(spool.envelope, spool_id=n)), store.read_now(partial(spool.raw, spool_id=n)))
            for n in range(1, count + 1)
        ]
    finally:
        store.close()


def test_a_mail_is_in_the_spool_and_nothing_is_said(desk: Path, deliver: Delivery) -> None:
    assert deliver(desk, *TO_US) == (0, "")
    ((envelope, raw),) = spooled(desk)
    assert envelope is not None
    assert (envelope.reverse_path, envelope.forward_paths) == ("ana@acme.example", ("support@example.com",))
    assert envelope.source == "pipe"
    assert raw == MAIL.partition(b"\n")[2]


def test_a_mail_that_is_in_the_spool_is_never_refused_because_nobody_listens(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(MAIL)))
    with monkeypatch.context() as closed:
        for name in ("stdout", "stderr"):
            closed.setattr(sys, name, None)  # what Python makes of a stream that is closed when it starts
        code = main(["-C", str(desk), "deliver", *TO_US])
        for stream in (sys.stdout, sys.stderr):
            stream.close()
    assert code == 0
    assert len(spooled(desk)) == 1


@pytest.mark.parametrize("null", ["", "<>"])
def test_options_end_at_two_dashes_and_an_empty_sender_is_the_null_reverse_path(
    desk: Path, deliver: Delivery, null: str
) -> None:
    assert deliver(desk, "-f", null, "--", "support@example.com") == (0, "")
    assert spooled(desk)[0][0].reverse_path is None  # type: ignore[union-attr]  # there is one


def test_without_arguments_the_mail_says_who_it_is_for(desk: Path, deliver: Delivery) -> None:
    assert deliver(desk) == (0, "")
    envelope = spooled(desk)[0][0]
    assert envelope is not None
    assert (envelope.reverse_path, envelope.forward_paths) == ("ana@acme.example", ("support@example.com",))


@pytest.mark.parametrize(
    ("arguments", "raw", "code", "said"),
    [
        (("nobody@example.com",), MAIL, 67, "5.1.1 No such address here: nobody@example.com\n"),
        (("x@other.example",), MAIL, 67, "5.7.1 Relaying denied: x@other.example\n"),
        (("support+1.rb.1.aaaaaaaaaaaaaaaaa@example.com",), MAIL, 67, "5.1.1 No such address here: support+1"),
        ((), b"To: x@other.example\n\nhi\n", 67, "5.1.1 No address here is named"),
        (TO_US, b"", 65, "5.6.0 There is no mail"),
        (TO_US, b"Received: x\n" * 51 + MAIL, 65, "5.4.6 Too many hops\n"),
        (("--bogus",), MAIL, 64, "4.3.5 mailgate deliver: unknown arguments: --bogus\n"),
        (("-f",), MAIL, 64, "4.3.5 mailgate deliver: "),
    ],
)
def test_what_cannot_be_taken_is_refused_in_one_line(
    desk: Path, deliver: Delivery, arguments: tuple[str, ...], raw: bytes, code: int, said: str
) -> None:
    got, line = deliver(desk, *arguments, raw=raw)
    assert (got, line.startswith(said), line.count("\n")) == (code, True, 1)
    assert spooled(desk) == []


def test_a_mail_over_the_limit_is_refused(desk: Path, deliver: Delivery, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILGATE_LIMITS__MESSAGE", "66KB")
    assert deliver(desk, *TO_US, raw=MAIL + b"x" * 300_000) == (65, "5.3.4 Message too big\n")


def test_no_space_is_for_now(desk: Path, deliver: Delivery, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILGATE_LIMITS__FREE_SPACE", "900000GB")
    assert deliver(desk, *TO_US) == (75, "4.3.1 Insufficient system storage, try again later\n")


def test_without_a_database_it_is_tried_again_and_none_is_made(empty: Path, deliver: Delivery) -> None:
    assert deliver(empty, *TO_US) == (75, "4.3.0 Temporary failure, try again later\n")
    assert not (empty / "mailgate.db").exists()


def test_a_locked_database_is_tried_again(desk: Path, deliver: Delivery) -> None:
    with closing(sqlite3.connect(desk / "mailgate.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert deliver(desk, *TO_US) == (75, "4.3.0 Temporary failure, try again later\n")
    assert spooled(desk) == []
    assert deliver(desk, *TO_US)[0] == 0


@pytest.mark.parametrize("text", ["[site", "[site]\nbogus = 1\n", None])
def test_a_wrong_configuration_is_named_as_such_and_not_shown(desk: Path, deliver: Delivery, text: str | None) -> None:
    (desk / "config.toml").unlink() if text is None else (desk / "config.toml").write_text(text)
    assert deliver(desk, *TO_US) == (78, "4.3.5 The configuration cannot be used; `mailgate check` says why\n")


def test_secrets_that_the_user_of_the_mta_cannot_read_are_not_needed(desk: Path, deliver: Delivery) -> None:
    config = (desk / "config.toml").read_text()
    out = '[out]\nhost = "smtp.example.com"\nuser = "x"\npassword = { credential = "smtp-out" }\n'
    head, _, tail = config.partition("[out]")
    rest = tail[tail.index("\n[") :]
    (desk / "config.toml").write_text(f"{head}{out}{rest}")
    assert deliver(desk, *TO_US) == (0, "")


@pytest.mark.parametrize("error", [RuntimeError("/secret/path"), MemoryError(), KeyboardInterrupt(), SystemExit(0)])
def test_whatever_happens_before_the_commit_is_tried_again(
    desk: Path, deliver: Delivery, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def fail(*_: object) -> int:
        raise error

    monkeypatch.setattr(spool, "accept", fail)
    assert deliver(desk, *TO_US) == (75, "4.3.0 Temporary failure, try again later\n")
    assert spooled(desk) == []
    code, said = deliver(desk, "-v", *TO_US)
    assert code == 75
    assert type(error).__name__ in said


def test_no_stdin_at_all_is_tried_again(desk: Path) -> None:
    command = [sys.executable, "-m", "mailgate", "-C", str(desk), "deliver", *TO_US]
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" <&-', "sh", *command], capture_output=True, text=True, check=False, env={**os.environ}
    )
    assert (done.returncode, done.stdout) == (75, "")
    assert done.stderr == "4.3.0 Temporary failure, try again later\n"


def test_a_running_daemon_is_told(tmp_path: Path) -> None:
    daemon = Daemon(tmp_path / "desk")
    daemon.start()
    try:
        done = daemon.run("deliver", "-f", "", "support@example.test", stdin=MAIL)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        assert [row["id"] for row in daemon.cli("spool", "list")] == ["S1"]
        assert ask(daemon.directory, "wake") == {}
    finally:
        daemon.tracebacks_expected = True  # what becomes of the mail is not our affair here
        daemon.close()
