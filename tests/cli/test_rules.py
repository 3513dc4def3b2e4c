"""`rules list` prints the order in which rules run."""

import json
from pathlib import Path

import pytest

from mailgate.cli.main import main

FIRST = """rules:
  - {name: z, when: ticket.created, do: [{tag: x}]}
  - {name: a, enabled: false, when: [tag.added], do: [{untag: x}]}
"""
QUEUE = "rules:\n  - {name: q, when: ticket.created, do: [{tag: y}]}\n"


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    assert main(["init", str(tmp_path / "desk"), "--first-steps"]) == 0
    capsys.readouterr()
    rules = tmp_path / "desk" / "rules"
    for each in rules.glob("*.yaml"):
        each.unlink()
    (rules / "20-b.yaml").write_text(FIRST.replace("name: z", "name: y").replace("name: a", "name: b"))
    (rules / "10-a.yaml").write_text(FIRST)
    (rules / "queues").mkdir()
    (rules / "queues" / "support.yaml").write_text(QUEUE)
    return tmp_path / "desk"


def test_rules_are_listed_in_the_order_in_which_they_run(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "list", "-C", str(desk), "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [(each["place"], each["name"], each["enabled"], each["queue"]) for each in listed] == [
        (1, "z", True, None),
        (2, "a", False, None),
        (3, "y", True, None),
        (4, "b", False, None),
        (5, "q", True, "support"),
    ]
    assert listed[1] | {"name": "a"} == {
        "place": 2,
        "name": "a",
        "when": ["tag.added"],
        "queue": None,
        "file": "10-a.yaml",
        "line": 3,
        "enabled": False,
    }


def test_the_table_shows_place_and_what_is_off(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "list", "-C", str(desk)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split() == ["1", "z", "ticket.created", "every", "10-a.yaml:2"]
    assert lines[2].split() == ["2", "a", "tag.added", "every", "10-a.yaml:3", "off"]
    assert lines[5].split() == ["5", "q", "ticket.created", "support", "queues/support.yaml:2"]


def test_rules_with_mistakes_are_not_listed_but_told(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (desk / "rules" / "10-a.yaml").write_text("rules: 7\n")
    assert main(["rules", "list", "-C", str(desk)]) == 1
    assert "10-a.yaml:1:" in capsys.readouterr().out


def test_other_rules_are_checked_with_the_configuration_beside_them(
    desk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    new = desk / "rules.new"
    new.mkdir()
    (new / "10-a.yaml").write_text(FIRST.replace("tag: x", "queue: suport", 1))
    assert main(["rules", "check", str(new)]) == 1
    out = capsys.readouterr().out
    assert f"--> {new}/10-a.yaml:2:" in out
    assert 'did you mean "support"?' in out
    (new / "10-a.yaml").write_text(FIRST)
    assert main(["rules", "check", str(new)]) == 0
    assert f"{new}: 2 rules; no mistakes" in capsys.readouterr().out


def test_rules_without_a_configuration_are_not_guessed_at(
    desk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    alone = tmp_path / "alone" / "rules"
    alone.mkdir(parents=True)
    (alone / "10-a.yaml").write_text(FIRST)
    assert main(["rules", "check", str(alone)]) == 78
    assert "-C" in capsys.readouterr().err
    assert main(["rules", "check", str(tmp_path / "nowhere")]) == 78
    assert "is no directory of rules" in capsys.readouterr().err
    assert main(["rules", "check", str(alone), "-C", str(desk)]) == 0
