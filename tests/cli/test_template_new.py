"""`mailgate template new`: a file to begin with, which is a template at once."""

import json
from pathlib import Path

import pytest

from mailgate.cli.main import main

SHIPPED = Path(__file__).resolve().parents[2] / "templates"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    monkeypatch.delenv("MAILGATE_CONFIG", raising=False)
    assert main(["init", str(tmp_path / "desk"), "--first-steps"]) == 0
    capsys.readouterr()
    return tmp_path / "desk"


def test_a_new_template_is_one_that_loads(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["template", "new", "late_reply", "-C", str(desk)]) == 0
    said = capsys.readouterr().out
    assert "`reply: late_reply`" in said
    assert main(["template", "check", "-C", str(desk)]) == 0
    assert main(["template", "preview", "late_reply", "-C", str(desk)]) == 0
    assert "Hello Ana," in capsys.readouterr().out


def test_a_known_name_is_copied_in_the_nearest_language(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["template", "new", "received", "--lang", "fr", "-C", str(desk), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    made = desk / "templates" / "fr" / "received.md"
    assert told == {"file": str(made), "copy_of": str(desk / "templates" / "en" / "received.md")}
    assert made.read_text("utf-8") == (SHIPPED / "en" / "received.md").read_text("utf-8")
    (desk / "templates" / "de" / "received.md").unlink()
    assert main(["template", "new", "received", "--lang", "de", "-C", str(desk)]) == 0
    assert "danke" in (desk / "templates" / "de" / "received.md").read_text("utf-8")


def test_what_is_there_stays(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = desk / "templates" / "en" / "received.md"
    path.write_text("mine", "utf-8")
    assert main(["template", "new", "received", "-C", str(desk)]) == 1
    assert "is there already" in capsys.readouterr().err
    assert path.read_text("utf-8") == "mine"


def test_a_dry_run_writes_nothing(desk: Path) -> None:
    assert main(["template", "new", "late", "--dry-run", "-C", str(desk)]) == 0
    assert not (desk / "templates" / "en" / "late.md").exists()


@pytest.mark.parametrize("words", [["../x"], ["Late Reply"], ["late", "--lang", "../.."]])
def test_a_name_is_no_path(words: list[str], desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["template", "new", *words, "-C", str(desk)]) == 2
    assert "is no name of a template" in capsys.readouterr().err


def test_without_a_desk_there_is_no_place_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MAILGATE_CONFIG", raising=False)
    assert main(["template", "new", "late"]) == 78
