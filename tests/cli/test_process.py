"""`mailgate process`: what there is, what it looks like, and where tickets wait."""

import json
from pathlib import Path

import pytest

from mailgate.cli.main import main


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["init", str(tmp_path / "desk"), "--first-steps"]) == 0
    capsys.readouterr()
    return str(tmp_path / "desk")


def said(capsys: pytest.CaptureFixture[str], desk: str, *words: str, code: int = 0) -> str:
    assert main(["process", *words, "-C", desk]) == code
    return capsys.readouterr().out


def test_processes_are_listed_and_shown_as_text_and_as_pictures(desk: str, capsys: pytest.CaptureFixture[str]) -> None:
    listed = json.loads(said(capsys, desk, "list", "--json"))
    assert [(each["name"], each["version"], each["steps"][0]) for each in listed] == [
        ("approval", 1, "ask"),
        ("onboarding", 1, "before"),
    ]
    assert "approval    1        Approval" in said(capsys, desk, "list")
    shown = said(capsys, desk, "show", "approval")
    assert "approve (approval, ends after 7d)  granted, denied" in shown
    assert "  approve --> granted : granted" in said(capsys, desk, "show", "approval", "--mermaid")
    assert '  "approve" -> "denied" [label="expired"];' in said(capsys, desk, "show", "approval", "--dot")
    assert json.loads(said(capsys, desk, "show", "approval", "--json"))["steps"][1]["approval"] is True


def test_a_name_that_is_none_is_told(desk: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["process", "show", "nothing", "-C", desk]) == 4
    assert "mailgate process list" in capsys.readouterr().err
