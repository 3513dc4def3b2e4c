"""`rules test`: what failed is told with its reason, in text, JSON and JUnit XML; the exit code says it too."""

import json
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from mailgate.cli.main import main

RULE = """rules:
  - name: route
    when: ticket.created
    first:
      - {if: {subject: invoice}, do: [{tag: billing}]}
      - {else: true, do: [{priority: low}]}
  - {name: night, when: ticket.created, if: {now: between 22:00 and 06:00}, do: [{tag: night}]}
"""
TESTS = """tests:
  - {name: an invoice, mail: {subject: "An invoice"}, expect: {ticket: {tags: billing}, fired: {route: 1}}}
  - name: a bill
    mail: {subject: "A bill"}
    expect: {ticket: {tags: billing}}
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("tested") / "desk"
    assert main(["init", "-q", str(directory), "--first-steps"]) == 0
    (directory / "rules" / "10-routing.yaml").write_text(RULE)
    (directory / "rules" / "tests" / "routing.test.yaml").write_text(TESTS)
    return directory


@pytest.fixture
def desk(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "desk")


def said(capsys: pytest.CaptureFixture[str], desk: Path, *arguments: str, code: int = 0) -> str:
    capsys.readouterr()
    assert main(["rules", "test", "-C", str(desk), *arguments]) == code
    return capsys.readouterr().out


def test_a_failed_test_shows_the_difference_and_why(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = said(capsys, desk, str(desk / "rules" / "tests" / "routing.test.yaml"), "--coverage", code=1)
    assert "routing.test.yaml   ✓ 1  ✗ 1" in shown
    assert "✗ a bill" in shown
    assert "routing.test.yaml:3" in shown
    assert "    ticket.tags   expected billing   got none" in shown
    assert "  why: route (10-routing.yaml:2) took case 2, else" in shown
    assert 'subject: invoice  ✗  was "A bill"' in shown
    assert "never run: night " in shown
    assert "10-routing.yaml:7" in shown
    assert "2 of 2 cases; never run: night" in shown
    assert shown.endswith("1 failed, 1 passed.\n")


def test_a_word_chooses_tests_and_none_is_an_exit_code(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "1 passed." in said(capsys, desk, "-k", "INVOICE")
    assert said(capsys, desk, "-k", "nothing of that name", code=4) == ""
    shutil.rmtree(desk / "rules" / "tests")
    assert said(capsys, desk, code=4) == ""


def test_the_stable_json_has_its_keys(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found: dict[str, Any] = json.loads(said(capsys, desk, "-k", "bil", "--json", code=1))
    assert (found["ok"], found["passed"], found["failed"]) == (False, 0, 1)
    [test] = found["tests"]
    assert test["name"] == "a bill"
    assert test["differences"] == [{"what": "ticket.tags", "expected": "billing", "got": "none"}]
    assert test["why"][0].startswith("route (10-routing.yaml:2)")
    assert found["coverage"]["never_run"][0] == "route case 1"


def test_junit_is_xml_with_every_test_and_the_reason(
    desk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = desk / "rules" / "tests" / "routing.test.yaml"
    file.write_text(TESTS.replace("A bill", 'A <bill> & \\"more\\"'))
    said(capsys, desk, str(file), "--junit", str(tmp_path / "out.xml"), "-q", code=1)
    top = ET.parse(tmp_path / "out.xml").getroot()
    assert (top.tag, top.get("tests"), top.get("failures")) == ("testsuites", "2", "1")
    [suite] = top
    assert [case.get("name") for case in suite] == ["an invoice", "a bill"]
    failure = suite[1][0]
    assert "got none" in str(failure.get("message"))
    assert 'was "A <bill> & "more""' in str(failure.text)


def test_a_mistake_in_a_test_is_told_as_one_in_a_rule(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = desk / "rules" / "tests" / "routing.test.yaml"
    file.write_text("tests: [{name: a, mial: {}}]\n")
    shown = said(capsys, desk, code=1)
    assert 'error[MG003]: a test has no key "mial"' in shown
    assert "routing.test.yaml:1:19" in shown
    file.write_text("given: {config: {out.dealy: 0s}}\ntests: [{name: a, mail: {}, expect: {sent: none}}]\n")
    shown = said(capsys, desk, code=1)
    assert "routing.test.yaml:1:18" in shown
    assert 'did you mean "delay"?' in shown


def test_check_names_rules_that_no_test_makes_run(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "check", "-C", str(desk)]) == 0
    shown = capsys.readouterr().out
    assert 'info[MG402]: no test makes the rule "night" run' in shown
    assert shown.count("MG402") == 1
    row = "      - {if: {subject: zebra}, do: [{tag: zoo}]}\n"
    (desk / "rules" / "10-routing.yaml").write_text(RULE.replace("      - {else", f"{row}      - {{else"))
    assert main(["rules", "check", "-C", str(desk)]) == 0
    shown = capsys.readouterr().out
    assert 'info[MG402]: no test makes case 2 of the rule "route" run' in shown
    assert "10-routing.yaml:6:" in shown
    shutil.rmtree(desk / "rules" / "tests")
    assert main(["rules", "check", "-C", str(desk)]) == 0
    assert "MG402" not in capsys.readouterr().out
