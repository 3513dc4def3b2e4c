"""The schema for editors is true: what the loader takes it takes, and what is wrong in form it refuses."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator

from mailgate.rules.action_reader import VERBS
from mailgate.rules.action_schema import VERB_FORMS
from mailgate.rules.schema import rules_schema
from mailgate.rules.syntax import Mapping, Node, Scalar, parse
from tests.rules.desk import codes, problems
from tests.rules.random_rules import rule_texts

ROOT = Path(__file__).parents[2]
SCHEMA = rules_schema()
VALIDATOR = Draft202012Validator(SCHEMA)
_NUMBER = re.compile(r"[-+]?(?:[0-9]+|[0-9]*\.[0-9]+|[0-9]+\.)")


def document(text: str) -> Any:
    """The file as an editor sees it: YAML 1.2, core schema."""
    root = parse("x.yaml", text).root
    return None if root is None else _value(root)


def _value(node: Node) -> Any:
    if isinstance(node, Scalar):
        if node.flag is not None:
            return node.flag
        if node.is_null:
            return None
        if node.plain and _NUMBER.fullmatch(node.text):
            return float(node.text) if "." in node.text else int(node.text)
        return node.text
    if isinstance(node, Mapping):
        return {key.text: _value(value) for key, value in node.entries}
    return [_value(item) for item in node.items]


def wrong(text: str) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(document(text))]


def examples() -> Iterator[Any]:
    """Every file of rules that the documentation and the repository show, and that is meant to load."""
    for page in sorted((ROOT / "docs").rglob("*.md")):
        blocks = re.findall(r"```yaml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
        if page.name == "rule-findings.md":
            blocks = [
                re.sub(r"(?s)^# file: (?:lists.*?(?=# file)|processes.*)", "", block, flags=re.M)
                for block in blocks[1::2]
            ]
        for place, block in enumerate(blocks):
            if re.search(r"^rules:", block, re.MULTILINE):
                yield pytest.param(block, id=f"{page.name}-{place}")
    for path in [*sorted((ROOT / "rules").glob("*.yaml")), *sorted((ROOT / "tests").rglob("rules/*.yaml"))]:
        yield pytest.param(path.read_text(encoding="utf-8"), id=f"{path.parent.parent.name}-{path.name}")


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA


@pytest.mark.parametrize("text", list(examples()))
def test_what_is_shown_fits(text: str) -> None:
    assert wrong(text) == []


@settings(max_examples=150, deadline=None)
@given(rule_texts())
def test_random_rules_that_load_fit(text: str) -> None:
    assert wrong(text) == []


def test_every_verb_has_a_form_and_its_example_fits_and_loads() -> None:
    assert tuple(sorted(VERB_FORMS)) == tuple(sorted(VERBS))
    for name, verb in VERB_FORMS.items():
        when, condition = "customer.replied", "{subject: '/#(?P<order>\\d+) (?P<number>\\d+)/'}"
        if verb.cls == "gate":
            when, condition = "message.received", "{recipient: a@}"
        text = f"rules:\n  - name: r\n    when: {when}\n    if: {condition}\n    do:\n      - {verb.example}\n"
        assert wrong(text) == [], name
        found = [code for code in codes(problems(text)) if code < "MG2"]
        assert found == (["MG115"] if name == "start" else []), name  # there is no such process here


MISTAKES = (
    "rule: []",
    "{}",
    "rules: {name: r}",
    "macros: {m: text}",
    *(
        f"rules: [{{{rule}}}]"
        for rule in (
            "name: r, when: ticket.created",
            "when: ticket.created, do: [stop]",
            "name: 'a b', when: ticket.created, do: [stop]",
            "name: r, on: ticket.created, do: [stop]",
            "name: r, when: ticket.opened, do: [stop]",
            "name: r, when: [], do: [stop]",
            "name: r, when: {ticket.created: {to: x}}, do: [stop]",
            "name: r, when: {state.changed: {into: closed}}, do: [stop]",
            "name: r, when: {state.changed: {to: shut}}, do: [stop]",
            "name: r, when: ticket.created, enabled: maybe, do: [stop]",
            "name: r, when: ticket.created, do: stop",
            "name: r, when: ticket.created, do: []",
            "name: r, when: ticket.created, do: [stop], first: [{else: true, do: [stop]}]",
            "name: r, when: ticket.created, first: []",
            "name: r, when: ticket.created, first: [{do: [stop]}]",
            "name: r, when: ticket.created, first: [{if: {subject: a}, else: true, do: [stop]}]",
            "name: r, when: ticket.created, first: [{else: false, do: [stop]}]",
        )
    ),
    *(
        f"rules: [{{name: r, when: ticket.created, if: {condition}, do: [stop]}}]"
        for condition in (
            "{}",
            "[{subject: a}]",
            "text",
            "{form: a@b.example}",
            "{all: {subject: a}}",
            "{any: []}",
            "{subject: []}",
            "{subject: {}}",
            "{subject: {contains: a}}",
            "{subject: {over: 5}}",
            "{subject: {exists: 1}}",
            "{is_auto: 'yes'}",
            "{is_auto: {is: true}}",
            "{priority: hihg}",
            "{priority: {starts: h}}",
            "{state: opne}",
            "{weekday: monday}",
            "{size: 10MB}",
            "{size: big}",
            "{age: {is: 2d}}",
            "{messages: many}",
            "{now: '18:00'}",
            "{header.: x}",
        )
    ),
    *(
        f"rules: [{{name: r, when: ticket.created, do: [{action}]}}]"
        for action in (
            "move",
            "{que: billing}",
            "{tag: a, queue: billing}",
            "{priority: hihg}",
            "{state: merged}",
            "{tag: []}",
            "{set: order}",
            "{set: {}}",
            "{assign: {random: {team: billing}}}",
            "{assign: {round_robin: {}}}",
            "{pending: 3d}",
            "{pending: {for: 3d, until: '2026-12-24'}}",
            "{pending: {then: open}}",
            "{pending: {for: 3d, then: closed}}",
            "{close: {}}",
            "{close: {text: x}}",
            "{reopen: true}",
            "{reply: {every: 24h}}",
            "{reply: {template: received, to: everybody}}",
            "{notify: {template: agent_new}}",
            "{notify: {team: queue, owner: true, template: agent_new}}",
            "{notify: {owner: false, template: agent_new}}",
            "{notify: {team: queue}}",
            "{forward: a@b.example}",
            "{forward: {as: inline}}",
            "{forward: {to: a@b.example, as: text}}",
            "{merge: {}}",
            "{merge: 1042}",
            "{webhook: {method: POST}}",
            "{webhook: {url: erp, method: STEAL}}",
            "{run: {timeout: 5s}}",
            "{stop: all}",
            "queue",
        )
    ),
    *(
        f"rules: [{{name: r, when: message.received, do: [{action}]}}]"
        for action in ("{reject: {code: 250}}", "{drop: {}}", "{quarantine: {why: x}}", "{join: always}")
    ),
)


@pytest.mark.parametrize("text", MISTAKES)
def test_what_the_loader_refuses_for_its_form_the_schema_refuses(text: str) -> None:
    assert any(problem.severity == "error" for problem in problems(text))
    assert wrong(text) != []
