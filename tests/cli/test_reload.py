"""`reload` without a daemon: the files become THE set, or nothing changes and the admins hear of it once."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from mailgate.cli.main import main
from mailgate.cli.packaged import packaged_templates
from mailgate.clock import SystemClock
from mailgate.config.read import load
from mailgate.ids import SystemIds
from mailgate.service.opening import Desk, open_desk
from mailgate.store import sets
from mailgate.store.tables import outbox
from tests.support.desk import Pipeline, make_raw

NEW_RULE = "\n  - name: fresh\n    when: ticket.created\n    do: [{priority: high}]\n"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    directory = tmp_path / "desk"
    assert main(["init", "-q", str(directory), "--first-steps"]) == 0
    config = directory / "config.toml"
    config.write_text(config.read_text().replace("[site]\n", '[site]\nadmins = ["ops@staff.example"]\n', 1))
    return directory


@pytest.fixture
def opened(files: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Desk]:
    """Its store is open; nothing listens on a control socket."""
    config = load(files / "config.toml", {}, offline=True)
    desk = open_desk(config, SystemClock(), SystemIds(), packaged_templates())
    capsys.readouterr()
    try:
        yield desk
    finally:
        desk.close()


def active(desk: Desk) -> str | None:
    return desk.store.read_now(sets.active)


def told(desk: Desk) -> list[Any]:
    """The mails about it: recipient and content."""
    wanted = sa.select(outbox.c.recipient, outbox.c.content).where(outbox.c.template == "reload_failed")
    return list(desk.store.read_now(lambda c: c.execute(wanted).all()))


def append(path: Path, text: str) -> None:
    path.write_text(path.read_text() + text)


def test_what_is_on_disk_at_the_start_is_the_set(opened: Desk) -> None:
    assert active(opened) == opened.active.hash


def test_a_mended_set_becomes_the_one_and_is_told_rule_by_rule(
    opened: Desk, files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = active(opened)
    append(files / "rules" / "20-replies.yaml", NEW_RULE)
    (files / "rules" / "90-more.yaml").write_text("rules: []\n")
    assert main(["reload", "-C", str(files), "--diff"]) == 0
    shown = capsys.readouterr().out
    assert active(opened) == before
    for line in ("~ rules/20-replies.yaml", "+ rules/90-more.yaml", "rule added: fresh", f"would replace {before}"):
        assert line in shown
    assert main(["reload", "-C", str(files)]) == 0
    shown = capsys.readouterr().out
    assert active(opened) != before
    assert f"rules {active(opened)}" in shown
    for line in ("~ rules/20-replies.yaml", "+ rules/90-more.yaml", "rule added: fresh", "no daemon is running"):
        assert line in shown
    assert "rule changed" not in shown


def test_the_json_says_the_same(opened: Desk, files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = active(opened)
    (files / "rules" / "10-routing.yaml").unlink()
    assert main(["reload", "-C", str(files), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["ok"], found["before"], found["ruleset"], found["running"]) == (True, before, active(opened), False)
    assert found["files"] == {"added": [], "changed": [], "removed": ["rules/10-routing.yaml"]}


def test_the_desk_goes_back_to_a_set_that_ran_before_by_its_hash(
    opened: Desk, files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = active(opened)
    assert before is not None
    append(files / "rules" / "20-replies.yaml", NEW_RULE)
    assert main(["reload", "-q", "-C", str(files)]) == 0
    new = active(opened)
    append(files / "config.toml", "[lgo]\n")  # the files on disk do not matter
    assert main(["reload", "-C", str(files), "--list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [(each["ruleset"], each["active"]) for each in listed] == [(new, True), (before, False)]
    assert main(["reload", "-C", str(files), "--to", before[:6], "--diff"]) == 0
    assert "rule removed: fresh" in capsys.readouterr().out
    assert active(opened) == new
    assert main(["reload", "-C", str(files), "--to", before[:6]]) == 0
    shown = capsys.readouterr().out
    assert "the files on disk are as they were" in shown
    assert active(opened) == before
    assert main(["reload", "-C", str(files), "--to", "ffff"]) == 4
    assert "reload --list" in capsys.readouterr().err


def test_a_second_reload_changes_nothing(opened: Desk, files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = active(opened)
    assert main(["reload", "-C", str(files)]) == 0
    assert "nothing changed" in capsys.readouterr().out
    assert active(opened) == before


@pytest.mark.parametrize(
    ("file", "text", "place"),
    [
        ("rules/20-replies.yaml", "  - nonsense\n", "20-replies.yaml:"),
        ("templates/en/received.md", "{{ tikcet.number }}\n", "received.md:"),
        ("config.toml", "[lgo]\n", "config.toml:"),
        ("config.toml", "this is no toml\n", "config.toml:"),
    ],
)
def test_a_mistake_changes_nothing_and_the_admins_are_told_once(
    opened: Desk, files: Path, capsys: pytest.CaptureFixture[str], file: str, text: str, place: str
) -> None:
    before = active(opened)
    append(files / file, text)
    assert main(["reload", "-C", str(files)]) == 1
    shown = capsys.readouterr().err
    assert place in shown
    assert f"the running rules ({before}) were not changed" in shown
    assert active(opened) == before
    [(recipient, content)] = told(opened)
    assert recipient == "ops@staff.example"
    assert place.encode() in content
    assert main(["reload", "-C", str(files)]) == 1
    assert len(told(opened)) == 1


def test_another_mistake_is_told_and_the_same_one_again_after_a_success(opened: Desk, files: Path) -> None:
    rules = files / "rules" / "20-replies.yaml"
    good = rules.read_text()
    rules.write_text(good + "  - nonsense\n")
    main(["reload", "-C", str(files)])
    rules.write_text(good + "  - other\n")
    main(["reload", "-C", str(files)])
    assert len(told(opened)) == 2
    rules.write_text(good)
    assert main(["reload", "-C", str(files)]) == 0
    rules.write_text(good + "  - nonsense\n")
    main(["reload", "-C", str(files)])
    assert len(told(opened)) == 3


def test_the_json_of_a_failure_names_the_places(opened: Desk, files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    append(files / "rules" / "20-replies.yaml", "  - nonsense\n")
    assert main(["reload", "-C", str(files), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["ok"], found["ruleset"]) == (False, active(opened))
    assert found["problems"][0]["path"].endswith("20-replies.yaml")


def test_without_a_database_the_next_step_is_named(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reload", "-C", str(files)]) == 78
    assert "mailgate serve" in capsys.readouterr().err
    append(files / "rules" / "20-replies.yaml", "  - nonsense\n")
    assert main(["reload", "-C", str(files)]) == 1


def test_tests_that_fail_refuse_a_reload_where_they_are_required(
    opened: Desk, files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = active(opened)
    replies = files / "rules" / "20-replies.yaml"
    replies.write_text(replies.read_text().replace("- reply: received", "- tag: seen"))
    assert main(["reload", "-C", str(files)]) == 1
    shown = capsys.readouterr().err
    assert 'the test "a new request gets its number" fails: sent is nothing' in shown
    assert "replies.test.yaml:9:5" in shown
    assert f"the running rules ({before}) were not changed" in shown
    assert active(opened) == before
    config = files / "config.toml"
    config.write_text(config.read_text().replace("require_tests = true", "require_tests = false"))
    assert main(["reload", "-C", str(files)]) == 0
    assert active(opened) != before


def test_diff_says_what_of_the_newest_mails_would_go_elsewhere(
    opened: Desk, files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Pipeline(opened.store, opened.active.policy).run([(make_raw(), None)])
    append(files / "rules" / "20-replies.yaml", NEW_RULE)
    assert main(["reload", "-C", str(files), "--diff"]) == 0
    shown = capsys.readouterr().out
    assert "1 mail replayed: 0 as now, 1 otherwise:" in shown
    assert "priority normal → high  1   rule fresh (20-replies.yaml:" in shown
    assert main(["reload", "-C", str(files), "--diff", "--json"]) == 0
    whole = json.loads(capsys.readouterr().out)
    found = whole["elsewhere"]
    assert (found["mails"], found["elsewhere"]) == (1, 1)
    assert found["rules"] == {"old": whole["active"], "new": whole["ruleset"]}
    [change] = found["changes"]
    assert (change["what"], change["old"], change["new"], change["count"]) == ("priority", "normal", "high", 1)
    assert change["cause"].startswith("rule fresh (20-replies.yaml:")


def test_where_nothing_would_change_no_mail_goes_elsewhere(
    opened: Desk, files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["reload", "-C", str(files), "--diff", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["elsewhere"] is None
