"""Tests of a directory: all of them, the shipped ones too, and what refuses a reload."""

from pathlib import Path

import pytest

from mailgate.errors import FilesRejected
from mailgate.service.active import CheckedSet
from mailgate.service.rule_tests import Theatre, read_all, refuse_what_fails
from tests.support.daemon import ROOT
from tests.support.stage import CONFIG, SHIPPED, made

RULE = "rules: [{name: low, when: ticket.created, do: [{priority: low}]}]\n"
TELL = "rules: [{name: tell, when: ticket.created, do: [{notify: {team: queue, template: agent_new}}]}]\n"
PROCESSES = {f"processes/{path.name}": path.read_text() for path in (ROOT / "rules/processes").glob("*.yaml")}
OTHER_DESK = CONFIG.replace("support", "hilfe").replace("example.com", "firma.example").replace("nina", "jo")


@pytest.mark.parametrize("config", [CONFIG, OTHER_DESK], ids=["a desk", "another desk"])
def test_the_shipped_tests_make_every_shipped_rule_run_on_whatever_desk(config: str) -> None:
    of = made({**SHIPPED, **PROCESSES}, config)
    tests = read_all(ROOT / "rules", of)
    assert tests.problems == ()
    with Theatre(of, {}) as theatre:
        results = list(theatre.play(tests.scenarios))
        covered = theatre.coverage(results)
    assert [(each.scenario.name, each.failed) for each in results if each.failed] == []
    assert covered.never == ()


def written(directory: Path, text: str) -> tuple[Path, CheckedSet]:
    (directory / "tests").mkdir()
    (directory / "tests" / "a.test.yaml").write_text(text)
    return directory, made(RULE)


def test_a_reload_is_refused_by_tests_that_fail_each_at_its_line(tmp_path: Path) -> None:
    text = (
        "tests:\n  - {name: fine, mail: {}, expect: {fired: low}}\n  - {name: bad, mail: {}, expect: {fired: none}}\n"
    )
    with pytest.raises(FilesRejected) as caught:
        refuse_what_fails(*written(tmp_path, text), {})
    [problem] = caught.value.problems
    assert (problem.line, problem.severity) == (3, "error")
    assert problem.message.startswith('the test "bad" fails: fired is low, expected not low')


def test_a_reload_is_refused_by_tests_with_mistakes_and_not_by_none(tmp_path: Path) -> None:
    refuse_what_fails(tmp_path, made(RULE), {})
    with pytest.raises(FilesRejected):
        refuse_what_fails(*written(tmp_path, "tests: [{nmae: x}]\n"), {})


def test_what_a_test_asks_of_the_configuration_is_checked_in_the_test(tmp_path: Path) -> None:
    text = "tests:\n  - {name: a, given: {config: {out.delay: soon}}, mail: {}, expect: {sent: none}}\n"
    with pytest.raises(FilesRejected) as caught:
        refuse_what_fails(*written(tmp_path, text), {})
    [problem] = caught.value.problems
    assert (Path(problem.path).name, problem.line, problem.column) == ("a.test.yaml", 2, 32)


def test_a_file_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    tests = read_all(tmp_path, made(RULE), [tmp_path / "x.test.yaml"])
    assert "there is no such file" in tests.problems[0].message


def test_a_test_that_fails_since_commands_were_refused_says_so(tmp_path: Path) -> None:
    text = """
tests:
  - name: one
    steps:
      - mail: {to: support@example.com}
      - agent: {by: nina, body: "Sent.", commands: ["#clsoe"]}
      - wait: 1d
        expect: {ticket: {state: closed}}
  - name: two
    steps:
      - mail: {to: support@example.com}
      - agent: {by: nina, body: "Sent.", commands: ["#clsoe", "#queue nowhere"]}
        expect: {ticket: {state: closed}}
"""
    directory, _ = written(tmp_path, text)
    of = made(TELL)
    with Theatre(of, {}) as theatre:
        one, two = (each.failed for each in theatre.play(read_all(directory, of).scenarios))
    assert one is not None
    assert two is not None
    assert one.why[0] == "the command `#clsoe` of step 2 was refused: unknown command. Did you mean #close?"
    assert two.why[0].startswith("the commands of step 2 were refused: #clsoe: unknown command.")
    assert "#queue nowhere" in two.why[0]
