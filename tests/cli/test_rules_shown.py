"""`rules fields|actions|why|schema|stats` show what the language has, and what ran."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from mailgate.cli.main import main
from mailgate.clock import SystemClock
from mailgate.rules.action_reader import VERBS
from mailgate.rules.fields import FIELDS, PREFIXES
from mailgate.rules.scenario_schema import TESTS_FILE, TESTS_MODELINE, schema_of_tests
from mailgate.rules.schema import FILE, MODELINE, rules_schema
from mailgate.store import sets
from mailgate.store.engine import Store
from mailgate.store.migrations import migrate
from mailgate.store.tables import traces

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def desk(tmp_path: Path, capsys: Capture) -> Path:
    assert main(["init", str(tmp_path / "desk"), "--first-steps"]) == 0
    capsys.readouterr()
    return tmp_path / "desk"


def test_every_field_is_shown_with_its_operators(capsys: Capture) -> None:
    assert main(["rules", "fields", "--json"]) == 0
    shown = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert list(shown) == [*FIELDS, *PREFIXES]
    assert shown["priority"]["values"] == ["low", "normal", "high", "urgent"]
    assert "message.received" not in shown["queue"]["events"]
    assert main(["rules", "fields"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split()[:3] == ["recipient", "address", "is,"]
    assert all(len(line) < 200 for line in lines)


def test_every_action_is_shown_with_an_example(capsys: Capture) -> None:
    assert main(["rules", "actions", "--json"]) == 0
    shown = {row["verb"]: row for row in json.loads(capsys.readouterr().out)}
    assert sorted(shown) == sorted(VERBS)
    assert shown["reject"]["events"] == ["message.received"]
    assert shown["reject"]["class"] == "gate"
    assert main(["rules", "actions"]) == 0
    assert "- notify: {team: queue, template: agent_new}" in capsys.readouterr().out


def test_why_prints_the_page_of_a_code(capsys: Capture) -> None:
    assert main(["rules", "why", "mg201"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("MG201: what can never run\n")
    assert out.index("**What it does.**") < out.index("**Why is this bad?**") < out.index("**Use instead**")
    assert main(["rules", "why", "MG201", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["code"] == "MG201"
    assert main(["rules", "why"]) == 0
    assert "MG403" in capsys.readouterr().out


def test_why_of_a_code_that_is_none_matches_nothing(capsys: Capture) -> None:
    assert main(["rules", "why", "MG2001"]) == 4
    assert "codes that begin so: MG201, MG202" in capsys.readouterr().err
    assert main(["rules", "why", "MG999"]) == 4
    assert "`mailgate rules why` lists them all" in capsys.readouterr().err
    assert main(["rules", "why", "4"]) == 0
    assert capsys.readouterr().out.startswith("MG004: ")


def test_the_schema_is_printed_and_written_where_the_modeline_looks(desk: Path, capsys: Capture) -> None:
    assert main(["rules", "schema"]) == 0
    assert json.loads(capsys.readouterr().out) == rules_schema()
    file = desk / "rules" / FILE
    assert json.loads(file.read_text()) == rules_schema()
    tests = desk / "rules" / TESTS_FILE
    assert json.loads(tests.read_text()) == schema_of_tests()
    for each in (file, tests):
        each.write_text("old")
    assert main(["rules", "schema", "--write", "-C", str(desk)]) == 0
    assert json.loads(file.read_text()) == rules_schema()
    assert MODELINE in (out := capsys.readouterr().out)
    assert TESTS_MODELINE in out
    assert main(["rules", "schema", "--tests"]) == 0
    assert tests.read_text() == capsys.readouterr().out
    shipped = sorted((desk / "rules").glob("*.yaml"))
    assert shipped
    assert all(path.read_text().startswith(f"{MODELINE}\n") for path in shipped)
    assert main(["rules", "check", "-C", str(desk)]) == 0


def test_findings_for_editors_say_from_where_to_where(desk: Path, capsys: Capture) -> None:
    text = "rules:\n  - name: r\n    when: ticket.created\n    do: [{priority: hihg}]\n"
    (desk / "rules" / "90-new.yaml").write_text(text)
    assert main(["rules", "check", "-C", str(desk), "--json"]) == 1
    [found] = json.loads(capsys.readouterr().out)["problems"]
    assert (found["code"], found["severity"], found["line"]) == ("MG004", "error", 4)
    assert text.splitlines()[3][found["column"] - 1 : found["end"] - 1] == "hihg"
    assert found["mend"] == 'did you mean "high"?'


def test_stats_count_what_ran_and_name_what_did_not(desk: Path, capsys: Capture) -> None:
    rule = "  - {{name: {}, when: ticket.created, do: [{{tag: x}}]}}\n"
    (desk / "rules" / "90-new.yaml").write_text(f"rules:\n{rule.format('busy')}{rule.format('idle')}")
    now = SystemClock().now()
    store = Store(f"sqlite:///{desk / 'mailgate.db'}")
    try:
        store.write_now(lambda c: migrate(c, now))
        store.write_now(lambda c: fill(c, (desk / "rules" / "90-new.yaml").read_text(), now))
    finally:
        store.close()
    assert main(["rules", "stats", "-C", str(desk), "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    counted = {row["name"]: row["matched"] for row in shown["rules"]}
    assert (counted["busy"], counted["idle"]) == (1, 0)
    assert [(each["code"], each["severity"], each["line"]) for each in shown["problems"]] == [("MG401", "info", 3)]
    assert main(["rules", "stats", "-C", str(desk)]) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[0].split() == ["rule", "matched", "errors", "last", "place"]
    assert "info[MG401]" in out


def fill(c: sa.Connection, rules: str, now: datetime) -> None:
    """A desk that has these rules for long; one of them ran just now."""
    sets.activate(c, {"config.toml": "", "rules/90-new.yaml": rules}, now - timedelta(days=100))
    step = {"rule": "busy", "file": "90-new.yaml", "line": 2, "verdict": "match"}
    body = {"evidence": [], "events": [{"event": "ticket.created", "steps": [step]}]}
    c.execute(sa.insert(traces).values(at=now, ruleset="x", body=json.dumps(body)))
