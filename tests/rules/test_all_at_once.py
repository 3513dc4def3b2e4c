"""Every mistake is told at once, and each once: what follows from another one is not told beside it."""

import pytest

from mailgate.rules.ruleset import compiled
from tests.rules.desk import VOCABULARY, codes, problems

TWICE = "rules:\n  - {name: r, when: ticket.created, do: [{tag: a}]}\n"


def test_a_name_that_stands_twice_is_told_beside_another_mistake_in_either() -> None:
    wrong = "  - {name: r, when: ticket.created, do: [{priority: hihg}]}\n"
    right = "  - {name: r, when: ticket.created, do: [{tag: b}]}\n"
    assert codes(problems(f"{TWICE}{wrong}")) == ["MG002", "MG004"]
    assert codes(problems(f"rules:\n{wrong}{right}")) == ["MG004", "MG002"]


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ("if: {subject: '/(?P<order>[0-9]+/'}, do: [{set: {order: '{{ m.order }}'}}]", ["MG130"]),
        ("if: {sbject: '/(?P<order>[0-9]+)/'}, do: [{note: '{{ m.order }}'}]", ["MG003"]),
        ("first: [{if: {subject: '/(?P<a>x/'}, do: [{note: '{{ m.a }}'}]}, {else: true, do: [stop]}]", ["MG130"]),
        (
            "first: [{if: {subject: '/(?P<a>x/'}, do: [stop]}, {else: true, do: [{note: '{{ m.a }}'}]}]",
            ["MG130", "MG122"],
        ),
        ("do: [{note: '{{ msg.sbject | uper }}'}]", ["MG122", "MG009"]),
        ("do: [{note: '{{ msg.subject | uper | lowr }}'}]", ["MG009", "MG009"]),
    ],
)
def test_what_follows_from_a_mistake_is_silent_and_what_does_not_is_told(rule: str, found: list[str]) -> None:
    assert codes(problems(f"rules: [{{name: r, when: ticket.created, {rule}}}]")) == found


def test_a_macro_that_a_wrong_rule_may_use_is_not_told_to_be_unused() -> None:
    macros = "macros: {is-vip: {from: acme.example}}"
    wrong = "rules: [{name: r, when: ticket.created, if: [{use: is-vip}], do: [stop]}]"
    assert codes(problems(f"{macros}\n{wrong}")) == ["MG007"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ("{isbn: txet, manager: addres}", "MG004"),
        ("[isbn, manager]", "MG007"),
        ("{Isbn: text, isbn: text, manager: address}", "MG004"),
    ],
)
def test_a_field_of_a_process_with_a_mistake_is_there_for_its_steps(fields: str, code: str) -> None:
    process = (
        f"process: order\nversion: 1\nstart: ask\nfields: {fields}\nsteps:\n  ask: {{need: [isbn], next: ok}}\n"
        "  ok:\n    approval: {by: '{{ field.manager }}', expires: 5d}\n    granted: done\n    denied: done\n"
        "    expired: done\n  done: {end: true}\n"
    )
    files = {"10.yaml": b"rules: []", "processes/order.yaml": process.encode()}
    assert set(codes(compiled(files, VOCABULARY)[1])) == {code}


@pytest.mark.parametrize(
    ("action", "marked"),
    [
        ('note: "{{ msg.subject }}: {{ msg.sbject }}"', "msg.sbject"),
        ("note: '{{ m.oder }}'", "m.oder"),
        ("note: '{{ msg.subject | uper }}'", "uper"),
        ("note: it''s {{ m.oder }}", "m.oder"),
        ('note: "\\u00e4 {{ m.oder }}"', '"\\u00e4 {{ m.oder }}"'),  # an escape: the whole text is meant
    ],
)
def test_the_caret_stands_below_the_word_that_is_wrong(action: str, marked: str) -> None:
    text = f"rules:\n  - name: r\n    when: ticket.created\n    do:\n      - {action}\n"
    (problem,) = problems(text)
    line = text.splitlines()[problem.line - 1]
    assert line[problem.column - 1 : problem.column - 1 + problem.width] == marked


def test_what_yaml_would_share_hides_no_mistake_elsewhere() -> None:
    wrong = "if: {from: [*ana, *ben], priority: hihg}, do: [{tag: &x a}, {priority: !urgent }, {asign: nina}]"
    found = codes(problems(f"rules:\n  - {{name: r, when: ticket.created, {wrong}}}\n"))
    assert sorted(found) == ["MG001"] * 4 + ["MG004", "MG005"]
