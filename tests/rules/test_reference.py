"""The reference page says what the code does: its examples load, its tables are complete."""

import re
from pathlib import Path

import pytest

from mailgate.problems import frame
from mailgate.rules import expectation_reader, match_reader
from mailgate.rules.action_reader import VERBS
from mailgate.rules.events import NAMED
from mailgate.rules.expectation_reader import LISTS_OF_TICKET
from mailgate.rules.expression import FILTER_NAMES
from mailgate.rules.fields import FIELDS
from mailgate.rules.rule_reader import RULE_KEYS
from mailgate.rules.ruleset import compiled
from tests.rules.desk import VOCABULARY, rules

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/reference/rules.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


PROSE = re.sub(r"```.*?```", "", PAGE, flags=re.DOTALL)
CODE = re.findall(r"`([^`]+)`", PROSE)


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_every_example_loads_without_a_warning(number: int) -> None:
    assert rules(EXAMPLES[number]).warnings == ()


def test_there_are_examples() -> None:
    assert len(EXAMPLES) == 12


@pytest.mark.parametrize("word", [*FIELDS, "header.X", "field.X"])
def test_every_condition_is_described(word: str) -> None:
    assert word in CODE


@pytest.mark.parametrize("operator", sorted(frozenset().union(*match_reader.OPERATORS.values())))
def test_every_operator_is_described(operator: str) -> None:
    assert operator in CODE


@pytest.mark.parametrize("word", [*NAMED, *RULE_KEYS, *FILTER_NAMES])
def test_every_event_key_and_filter_is_described(word: str) -> None:
    assert any(word in code.split() for code in CODE)


@pytest.mark.parametrize("word", [*expectation_reader.KEYS, *expectation_reader.TICKET, *LISTS_OF_TICKET])
def test_every_key_of_an_expectation_is_described(word: str) -> None:
    assert any(word in code.replace(":", "").split() for code in CODE)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_described(verb: str) -> None:
    assert re.search(rf"^\| `{verb}\b", PROSE, re.MULTILINE)


def test_the_table_of_codes_has_every_code_and_no_other() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "mailgate/rules").glob("*.py"))
    used = set(re.findall(r'"(MG\d{3})"', sources))
    listed = re.findall(r"^\| (MG\d{3}) \|", PAGE, re.MULTILINE)
    assert used == set(listed)
    assert listed == sorted(set(listed))


def test_the_form_of_an_error_is_the_one_that_is_shown() -> None:
    text = "rules:\n  - name: r\n    when: ticket.created\n    do:\n    # five\n    - priority: hihg\n"
    _, (problem,), sources = compiled({"20-billing.yaml": text.encode()}, VOCABULARY)
    assert f"```text\n{frame(problem, sources)}\n```" in PAGE


def test_the_shipped_rules_load_and_speak_of_nothing_that_a_fresh_desk_lacks() -> None:
    files = {path.name: path.read_bytes() for path in sorted((ROOT / "rules").glob("*.yaml"))}
    ruleset, problems, _ = compiled(files, VOCABULARY)
    assert problems == ()
    assert ruleset is not None
    assert [rule.name for rule in ruleset.rules] == [
        "acknowledge",
        "tell-the-team",
        "tell-the-owner",
        "tell-the-new-owner",
        "tell-who-had-it",
        "tell-of-closing",
        "tell-of-answers",
        "tell-of-notes",
        "tell-when-pending-is-over",
        "tell-of-failed-delivery",
        "tell-the-new-team",
    ]
    assert ruleset.needs == frozenset()
    assert not ruleset.refuses


def test_the_commented_examples_of_the_shipped_rules_load_too() -> None:
    text = (ROOT / "rules/10-routing.yaml").read_text(encoding="utf-8")
    head, examples = text.split("rules:\n")
    uncommented = "\n".join(line.removeprefix("#") for line in examples.splitlines())
    assert [rule.name for rule in rules(f"rules:\n{uncommented}").rules] == ["route", "urgent-customers"]
    assert 'Take the "#" away' in head


def test_the_commented_example_of_a_closing_mail_loads_too() -> None:
    text = (ROOT / "rules/20-replies.yaml").read_text(encoding="utf-8")
    head, example = text.split("#  - name: say-that-it-is-closed")
    uncommented = f"{head}  - name: say-that-it-is-closed{example.replace(chr(10) + '#', chr(10))}"
    assert [rule.name for rule in rules(uncommented).rules] == ["acknowledge", "say-that-it-is-closed"]
