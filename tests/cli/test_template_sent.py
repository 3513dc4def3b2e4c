"""`mailgate template preview NAME --to ADDRESS`: the preview goes the way of every mail."""

import json
from email import message_from_bytes, policy
from functools import partial
from pathlib import Path

import pytest

from mailgate.cli.main import main
from mailgate.cli.packaged import packaged_templates
from mailgate.clock import SystemClock
from mailgate.config.read import load
from mailgate.ids import SystemIds
from mailgate.service.opening import open_desk, open_store
from mailgate.store import reports


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    monkeypatch.delenv("MAILGATE_CONFIG", raising=False)
    assert main(["init", str(tmp_path / "desk"), "--first-steps"]) == 0
    capsys.readouterr()
    return tmp_path / "desk"


@pytest.fixture
def started(desk: Path) -> Path:
    config = load(desk / "config.toml", {}, offline=True)
    open_desk(config, SystemClock(), SystemIds(), packaged_templates()).close()
    return desk


def waiting(desk: Path) -> list[bytes]:
    store = open_store(load(desk / "config.toml", {}, offline=True))
    try:
        rows = store.read_now(lambda c: reports.outbox_list(c))
        shown = [store.read_now(partial(reports.outbox_show, outbox_id=row["id"])) for row in rows]
    finally:
        store.close()
    return [each[1] for each in shown if each is not None]


def test_a_preview_waits_in_the_outbox(started: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (started / "templates" / "en" / "received.md").write_text(
        "---\nsubject: Changed\nkind: auto-reply\n---\nAs it stands on the disk.\n", "utf-8"
    )
    assert main(["template", "preview", "received", "--to", "me@example.org", "-C", str(started), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    (content,) = waiting(started)
    mail = message_from_bytes(content, policy=policy.default)
    assert (mail["To"], mail["Subject"], mail["Message-ID"]) == ("me@example.org", "Changed", told["message_id"])
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Mailgate-Loop"]
    assert b"As it stands on the disk." in content


def test_a_dry_run_sends_nothing(started: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["template", "preview", "received", "--to", "me@example.org", "--dry-run", "-C", str(started)]) == 0
    assert "would be in the outbox" in capsys.readouterr().out
    assert waiting(started) == []


@pytest.mark.parametrize(
    "address", ["me", "a@b.example, c@d.example", "a@b.example\r\nBcc: x@y.example", "Me <a@b.example>"]
)
def test_it_goes_to_one_address(address: str, started: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["template", "preview", "received", "--to", address, "-C", str(started)]) == 2
    assert "is no address" in capsys.readouterr().err
    assert waiting(started) == []


def test_a_desk_that_never_started_sends_nothing(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["template", "preview", "received", "--to", "me@example.org", "-C", str(desk)]) == 78
    assert "mailgate serve" in capsys.readouterr().err


def test_without_a_desk_nothing_sends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MAILGATE_CONFIG", raising=False)
    assert main(["template", "preview", "received", "--to", "me@example.org"]) == 78
