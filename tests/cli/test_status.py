"""The page of `mailgate status`."""

import json
from pathlib import Path
from typing import Any

import pytest

from mailgate.cli.main import main
from mailgate.cli.status import page


def test_a_desk_that_was_never_started_says_so_and_ends_as_not_running(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", "-q", str(tmp_path), "--first-steps"]) == 0
    capsys.readouterr()
    assert main(["status", "-C", str(tmp_path)]) == 3
    assert "was never started here; start it with `mailgate serve`" in capsys.readouterr().out
    assert main(["status", "-C", str(tmp_path), "--json"]) == 3
    assert json.loads(capsys.readouterr().out)["started"] is False


STATUS: dict[str, Any] = {
    "version": "0.1.0",
    "pid": 7,
    "uptime": 61.0,
    "ready": True,
    "ruleset": "332ff988914d",
    "ruleset_in_step": True,
    "spool": {"new": 0, "quarantined": 0, "oldest_age": None},
    "outbox": {"waiting": 0, "failed": 0, "oldest_age": None},
    "tickets": {"open": 0, "by_queue": {}},
}


def door(name: str, state: str, error: str | None = None) -> dict[str, Any]:
    return {"name": name, "type": "imap", "state": state, "last_mail": None, "error": error}


def test_a_door_that_has_trouble_says_which() -> None:
    doors = [door("support", "idle"), door("sales", "down", "login refused: wrong\x1b[2Jpassword")]
    lines = page(STATUS | {"sources": doors}).splitlines()
    assert lines[1].startswith("in    support idle · sales down")
    assert lines[2] == "      sales: login refused: wrong\ufffd[2Jpassword"
    assert len(lines) == 5


WAITING = STATUS | {"sources": [], "ruleset_in_step": False, "ruleset_differs": ["rules/10-routing.yaml"]}


def test_files_that_wait_for_a_reload_are_named_with_the_next_step() -> None:
    assert page(WAITING).splitlines()[1] == (
        "rules on disk differ from the running set: 1 file (rules/10-routing.yaml); `mailgate reload` takes them"
    )


def test_after_a_refused_reload_it_says_what_runs_what_lies_on_disk_why_and_what_to_do() -> None:
    causes = [f"rules/10-routing.yaml:{line}:3: a mistake" for line in range(1, 6)]
    refused = {"at": "2026-03-02T09:30:00+00:00", "causes": causes}
    assert page(WAITING | {"reload_refused": refused}).splitlines()[1:8] == [
        "rules on disk differ from the running set: 1 file (rules/10-routing.yaml)",
        "a reload was refused at 2026-03-02 09:30; 332ff988914d runs on:",
        *(f"      {each}" for each in causes[:3]),
        "      and 2 more",
        "      mend them (`mailgate check` shows each with its line), then `mailgate reload`",
    ]


def test_a_refusal_is_over_when_the_files_are_as_they_run() -> None:
    refused = {"at": "2026-03-02T09:30:00+00:00", "causes": ["a mistake"]}
    assert "refused" not in page(STATUS | {"sources": [], "reload_refused": refused})


def test_without_trouble_there_are_four_lines() -> None:
    assert len(page(STATUS | {"sources": [door("support", "idle")]}).splitlines()) == 4


def test_mail_that_cannot_be_taken_in_is_said_before_all_else() -> None:
    why = "database: database or disk is full: mail is refused for now (451)"
    lines = page(STATUS | {"ready": False, "refusing": why, "sources": [door("smtp", "refusing")]}).splitlines()
    assert "not ready" in lines[0]
    assert lines[1] == f"no mail is taken in: {why}"
