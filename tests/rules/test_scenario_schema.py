"""The schema of tests is true: what the reader takes it takes, and what is wrong in form it refuses."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from mailgate.rules.scenario_reader import read_scenarios
from mailgate.rules.scenario_schema import schema_of_tests
from tests.rules.desk import VOCABULARY, codes, complete
from tests.rules.test_schema import document

ROOT = Path(__file__).parents[2]
SCHEMA = schema_of_tests()
VALIDATOR = Draft202012Validator(SCHEMA)


def wrong(text: str) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(document(text))]


def read(text: str) -> list[str]:
    files = {"tests/a.test.yaml": text.encode()}
    _, problems, sources = read_scenarios(files, lambda _: lambda _: b"From: a@b.example\n\nx", VOCABULARY, None)
    return codes(complete(problems, sources))


def examples() -> Iterator[Any]:
    """Every file of tests that the documentation and the repository show."""
    for page in sorted((ROOT / "docs").rglob("*.md")):
        for place, block in enumerate(
            re.findall(r"(?s)(?:```yaml|<<'END')\n(.*?)(?:```|\nEND\n)", page.read_text("utf-8"))
        ):
            if re.search(r"^tests:", block, re.MULTILINE):
                yield pytest.param(block, id=f"{page.name}-{place}")
    for path in [*sorted((ROOT / "rules").rglob("*.test.yaml")), *sorted((ROOT / "tests").rglob("*.test.yaml"))]:
        yield pytest.param(path.read_text(encoding="utf-8"), id=f"{path.parent.name}-{path.name}")


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA


@pytest.mark.parametrize("text", list(examples()))
def test_what_is_shown_fits(text: str) -> None:
    assert wrong(text) == []


RIGHT = (
    "given: {now: 2026-03-02T09:30, config: {out.delay: 0s}}, tests: []",
    *(
        f"tests: [{{name: t, {test}}}]"
        for test in (
            "mail: {}, expect: {ticket: {queue: support, tags: [a, b], fields: {order: 4711}, pending_for: over 2d}}",
            "mail: {}, expect: {ticket: {owner: none, state: [new, open], subject: '/x/', watchers: none}}",
            "mail: {attachments: [a.pdf, {name: b, size: 2MB}], auth: {spf: pass}, headers: {X-A: 1}}",
            "eml: a.eml, expect: {sent: [received, {template: closed, to: acme.example}], told: nina, held: none}",
            "eml: {file: a.eml, sender: <>}, expect: {refused: true}",
            "mail: {to: [a@b.example, c@d.example]}, expect: {refused: 5.7.1, exactly: true, outcome: article}",
            "mail: {}, expect: {fired: [a, {b: 2}], not_fired: c, notes: [x, {has: y}], outcome: [article, bounce]}",
            "mail: {}, expect: {called: [erp, {name: lookup-order, body: {has: 4711}}]}",
            "steps: [{mail: {answers: true}}, {agent: nina}, {agent: {by: nina, commands: ['#close']}}, {wait: 3d}]",
            "steps: [{refusing: a@b.example}, {refusing: {a@b.example: 550 5.2.2 full}}, {wait: 5m}]",
            "steps: [{approval: {by: nina, says: 'yes', first: true, from: a@b.example}}]",
        )
    ),
)
WRONG = (
    "test: []",
    "given: {now: x}",
    "tests: {name: t}",
    "given: {config: {delay: 0s}}, tests: []",
    *(
        f"tests: [{{{test}}}]"
        for test in (
            "mail: {}",
            "name: t",
            "name: t, mail: {}, eml: a.eml",
            "name: t, mail: {}, steps: [{wait: 1d}]",
            "name: t, steps: [{wait: 1d}], expect: {sent: none}",
            "name: t, steps: []",
            "name: t, steps: [{}]",
            "name: t, steps: [{wait: 1d, mail: {}}]",
            "name: t, steps: [{wait: soon}]",
            "name: t, steps: [{post: {}}]",
            "name: t, wait: 1d",
            "name: t, mail: {sbject: x}",
            "name: t, mail: {subject: [x]}",
            "name: t, mail: {auth: maybe}",
            "name: t, mail: {auth: {arc: pass}}",
            "name: t, mail: {attachments: [{nmae: a}]}",
            "name: t, eml: {sender: <>}",
            "name: t, steps: [{agent: {by: nina, text: x}}]",
            "name: t, steps: [{approval: {by: nina}}]",
            "name: t, steps: [{approval: {by: nina, says: maybe}}]",
            "name: t, mail: {}, expect: {}",
            "name: t, mail: {}, expect: {tiket: {}}",
            "name: t, mail: {}, expect: {ticket: {queu: support}}",
            "name: t, mail: {}, expect: {ticket: {state: opne}}",
            "name: t, mail: {}, expect: {ticket: {priority: hihg}}",
            "name: t, mail: {}, expect: {ticket: {articles: many}}",
            "name: t, mail: {}, expect: {sent: [{tmplate: received}]}",
            "name: t, mail: {}, expect: {sent: [{agent: nina}]}",
            "name: t, mail: {}, expect: {sent: {subject: {contains: x}}}",
            "name: t, mail: {}, expect: {outcome: lost}",
            "name: t, mail: {}, expect: {exactly: maybe}",
            "name: t, mail: {}, expect: {sent: []}",
        )
    ),
)


@pytest.mark.parametrize("text", RIGHT)
def test_what_the_reader_takes_fits(text: str) -> None:
    assert read(f"{{{text}}}") == []
    assert wrong(f"{{{text}}}") == []


@pytest.mark.parametrize("text", WRONG)
def test_what_the_reader_refuses_for_its_form_the_schema_refuses(text: str) -> None:
    assert read(f"{{{text}}}") != []
    assert wrong(f"{{{text}}}") != []
