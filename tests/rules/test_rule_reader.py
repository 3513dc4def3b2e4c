"""Files and rules: their keys, their events, their cases."""

import pytest

from tests.rules.desk import problems, rules

RULE = "name: r, when: ticket.created, do: [{tag: a}]"


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("ruls: []", "MG003", 'did you mean "rules"?'),
        (f"- {{{RULE}}}", "MG007", "begin it with a line rules:"),
        ("just text", "MG007", "begin it with a line rules:"),
        (f"rules: {{{RULE}}}", "MG007", "- name:"),
        ("rules: [r]", "MG007", "a rule is a mapping"),
        ("rules: [{when: ticket.created, do: [{tag: a}]}]", "MG007", "no name"),
        ("rules: [{name: two words, when: ticket.created, do: [{tag: a}]}]", "MG004", "name of a rule"),
        ("rules: [{name: r, do: [{tag: a}]}]", "MG007", 'no "when"'),
        ("rules: [{name: r, when: ticket.created}]", "MG007", "does nothing"),
        ("rules: [{name: r, when: ticket.created, do: []}]", "MG007", "empty"),
        ("rules: [{name: r, when: ticket.created, do: {tag: a}}]", "MG007", 'begin each action with "- "'),
        ("rules: [{name: r, when: ticket.created, first: {}}]", "MG007", "list of cases"),
        ("rules: [{name: r, when: ticket.created, first: []}]", "MG007", "list of cases"),
        (f"rules: [{{{RULE}, first: [{{else: true, do: [{{tag: a}}]}}]}}]", "MG007", "not both"),
        ("rules: [{name: r, when: [], do: [{tag: a}]}]", "MG007", "empty"),
        ("rules: [{name: r, when: ticket.craeted, do: [{tag: a}]}]", "MG004", 'did you mean "ticket.created"?'),
        ("rules: [{name: r, when: sla.breached, do: [{tag: a}]}]", "MG012", "not in this version"),
        ("rules: [{name: r, when: {idle: never}, do: [{tag: a}]}]", "MG004", "not a duration"),
        ("rules: [{name: r, on: ticket.created, do: [{tag: a}]}]", "MG003", 'did you mean "when"?'),
        ("rules: [{name: r, when: ticket.created, then: [{tag: a}]}]", "MG003", 'did you mean "do"?'),
        (f"rules: [{{{RULE}, once: tickt}}]", "MG004", "once"),
        (f"rules: [{{{RULE}, enabled: no}}]", "MG007", "true or false"),
        (f"rules: [{{{RULE}, note: [x]}}]", "MG007", "one text"),
        (f"rules: [{{{RULE}}}, {{{RULE}}}]", "MG002", 'a second rule "r"'),
        (f"rules: [{{{RULE}, name: s}}]", "MG002", "stands here twice"),
    ],
)
def test_a_wrong_rule_is_one_error_with_its_mend(text: str, code: str, said: str) -> None:
    (problem,) = problems(text)
    assert (problem.code, problem.severity) == (code, "error")
    assert said in f"{problem.message}; {problem.mend}"


@pytest.mark.parametrize(
    ("case", "code", "said"),
    [
        ("x", "MG007", "a case is a mapping"),
        ("{do: [{tag: a}]}", "MG007", "either if: or else: true"),
        ("{if: {subject: x}, else: true, do: [{tag: a}]}", "MG007", "either if: or else: true"),
        ("{if: {subject: x}}", "MG007", "either if: or else: true"),
        ("{else: false, do: [{tag: a}]}", "MG004", "never taken"),
        ("{else: true, do: [{tag: a}]}", "MG007", "put else last"),
        ("{if: {subject: x}, do: [{tag: a}], when: y}", "MG003", "a case has no key"),
    ],
)
def test_a_wrong_case_is_one_error_with_its_mend(case: str, code: str, said: str) -> None:
    text = (
        f"rules:\n - name: r\n   when: ticket.created\n   first:\n    - {case}\n    - {{else: true, do: [{{tag: b}}]}}"
    )
    (problem,) = problems(text)
    assert (problem.code, problem.line) == (code, 5)
    assert said in f"{problem.message}; {problem.mend}"


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "rules:\n", "rules: []\n", "rules:\n#  - name: later\n"])
def test_a_file_without_rules_is_a_file_of_rules(text: str) -> None:
    assert rules(text).rules == ()


def test_every_mistake_is_told_at_once() -> None:
    found = problems(
        """
        rules:
          - {name: a, when: nonsense, if: {subjct: x}, do: [{tag: a}, {qeue: b}]}
          - {name: b, when: ticket.created, if: {state: opne}, do: [{priority: hihg}]}
        """
    )
    assert [(problem.line, problem.code) for problem in found] == [
        (3, "MG004"),
        (3, "MG003"),
        (3, "MG005"),
        (4, "MG004"),
        (4, "MG004"),
    ]


def test_a_rule_may_have_several_events_and_be_switched_off() -> None:
    ruleset = rules(
        """
        rules:
          - {name: a, when: [ticket.created, customer.replied, ticket.created], do: [{tag: a}]}
          - {name: b, when: ticket.created, enabled: false, do: [{tag: b}]}
        """
    )
    assert [rule.name for rule in ruleset.rules] == ["a", "b"]
    assert [rule.name for rule in ruleset.by_event["ticket.created"]] == ["a"]
    assert [rule.name for rule in ruleset.by_event["customer.replied"]] == ["a"]
