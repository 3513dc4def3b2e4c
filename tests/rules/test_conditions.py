"""Three values: match, miss, error; and what each kind of group makes of them."""

import itertools
from dataclasses import replace

import pytest

from mailgate.rules.trace import Verdict
from tests.rules.desk import VOCABULARY, condition_problems, field_of, matches, on_condition, problems, run, situation

MATCH, MISS, ERROR = "subject: invoice", "subject: nothing", "field.order: {over: 5}"
UNANSWERABLE = {"fields": (("order", "soon"),)}


def verdict(condition: str) -> Verdict:
    return on_condition(condition, situation(ticket=UNANSWERABLE)).trace.steps[-1].verdict


def kleene(group: str, parts: tuple[str, ...]) -> Verdict:
    wins, neutral = ("miss", "match") if group == "all" else ("match", "miss")
    known = {MATCH: "match", MISS: "miss", ERROR: "error"}
    verdicts = {known[part] for part in parts}
    if wins in verdicts:
        return "miss" if group == "all" else "match"
    return "error" if "error" in verdicts else ("match" if neutral == "match" else "miss")


@pytest.mark.parametrize("group", ["all", "any"])
@pytest.mark.parametrize("parts", list(itertools.product([MATCH, MISS, ERROR], repeat=3)))
def test_a_group_has_the_same_verdict_in_whatever_order(group: str, parts: tuple[str, ...]) -> None:
    said = f"{{{group}: [{', '.join(f'{{{part}}}' for part in parts)}]}}"
    expected = kleene(group, parts)
    assert verdict(said) == expected
    negated = {"match": "miss", "miss": "match", "error": "error"}[expected]
    assert verdict(f"{{not: {said}}}") == negated
    assert verdict(f"{{not: {{not: {said}}}}}") == expected


def test_several_keys_are_all_of_them_and_a_list_under_not_is_none_of_them() -> None:
    assert matches("{subject: invoice, from: acme.example}")
    assert not matches("{subject: invoice, from: x.example}")
    assert matches("{not: {subject: invoice, from: x.example}}")
    assert not matches("{not: [{subject: invoice}, {from: x.example}]}")
    assert matches("{not: [{subject: nothing}, {from: x.example}]}")


def test_a_rule_in_error_does_not_fire_and_says_why() -> None:
    evaluation = on_condition(f"{{{ERROR}}}", situation(ticket=UNANSWERABLE))
    (step,) = evaluation.trace.steps
    assert evaluation.fired == ()
    assert (step.verdict, step.error) == ("error", 'field.order: "soon" is not a number')
    assert on_condition(f"{{not: {{{ERROR}}}}}", situation(ticket=UNANSWERABLE)).fired == ()


def test_the_trace_shows_each_question_with_the_verdict_that_counted() -> None:
    evaluation = on_condition("{from: acme.example, not: {is_list: true}, subject: [refund, '*urgent*']}")
    said = [(step.field, step.match, step.value, step.verdict) for step in evaluation.trace.steps[0].conditions]
    assert said == [
        ("from", "acme.example", "ana@acme.example", "match"),
        ("is_list", "not true", "false", "match"),
        ("subject", "refund or *urgent*", "Invoice #4711 is wrong", "miss"),
    ]


def test_captures_of_an_alternative_that_failed_are_forgotten() -> None:
    evaluation = run(
        r"""
        rules:
          - name: r
            when: ticket.created
            if:
              any:
                - all: [{subject: '/(?P<what>Invoice)/'}, {from: nobody.example}]
                - subject: '/is (?P<what>\w+)/'
            do: [{set: {what: "{{ m.what }}"}}]
        """
    )
    assert field_of(evaluation, "what") == "wrong"


@pytest.mark.parametrize(
    ("condition", "code", "said"),
    [
        ("{subjct: x}", "MG003", 'did you mean "subject"?'),
        ("{header: x}", "MG003", "header.X"),
        ("{from: acme}", "MG004", "neither an address nor a domain"),
        ("{from: 'Ana <ana@acme.example>'}", "MG004", "neither"),
        ("{from: a@b@c.example}", "MG004", "neither"),
        ("{state: opne}", "MG004", 'did you mean "open"?'),
        ("{priority: at least hihg}", "MG004", 'did you mean "high"?'),
        ("{priority: between high and low}", "MG004", "the first is the greater"),
        ("{priority: between low and hihg}", "MG004", 'did you mean "high"?'),
        ("{queue: suport}", "MG101", 'did you mean "support"?'),
        ("{plus: control}", "MG004", "reserved"),
        ("{is_auto: yes}", "MG007", "true or false"),
        ("{is_auto: {re: x}}", "MG121", "is_auto: true"),
        ("{subject: {over: 5}}", "MG121", "does not fit"),
        ("{tag: {over: 5}}", "MG121", "does not fit"),
        ("{field.price: {over: much}}", "MG004", "not a number"),
        ("{from: {starts: a}}", "MG121", "does not fit"),
        ("{subject: {matches: a}}", "MG004", "no operator"),
        ("{subject: {not: a}}", "MG004", "not: {subject: ...}"),
        ("{from: {list: vip}}", "MG105", "make lists/NAME.txt"),
        ("{subject: '/order'}", "MG006", "not closed"),
        ("{subject: '/order/m'}", "MG006", "(?m)"),
        ("{subject: '//'}", "MG006", "empty"),
        ("{subject: '/(?=a)/'}", "MG130", "lookahead"),
        ("{subject: {re: '(a)\\1'}}", "MG130", "backreference"),
        ("{subject: }", "MG007", "no value"),
        ("{subject: ''}", "MG004", "without a word"),
        ("{subject: []}", "MG007", "empty"),
        ("{subject: {}}", "MG007", "empty"),
        ("{subject: {exists: 1}}", "MG007", "true or false"),
        ("{all: {from: a@b}}", "MG007", "takes a list"),
        ("{any: []}", "MG007", "empty"),
        ("{use: is-vip}", "MG106", "macro"),
        ("{owner: ninna}", "MG102", 'did you mean "nina"?'),
        ("{owner: {is: nobody}}", "MG102", "agent"),
        ("{subject: {has: []}}", "MG007", "empty"),
        ("{subject: {has: [{is: x}]}}", "MG007", "a mapping"),
        ("{sla: gold}", "MG012", "not in this version"),
        ("{hours: {office: closed}}", "MG107", "office"),
        ("{}", "MG007", "empty"),
        ("[{from: a@b}]", "MG007", "under all:"),
        ("urgent", "MG007", "mapping"),
    ],
)
def test_a_wrong_condition_is_an_error_with_its_mend(condition: str, code: str, said: str) -> None:
    (problem,) = condition_problems(condition)
    assert problem.code == code
    assert said in f"{problem.message}; {problem.mend}"
    assert problem.line == 1
    assert problem.column > 30


def test_a_border_of_a_word_that_can_never_be_is_a_warning() -> None:
    (problem,) = condition_problems(r"{subject: '/\bÜberweisung/'}")
    assert (problem.code, problem.severity) == ("MG131", "warning")


def test_groups_of_customers_are_checked_where_they_are_known() -> None:
    text = "rules: [{name: r, when: ticket.created, if: {customer.group: vpi}, do: [{tag: x}]}]"
    (problem,) = problems(text, replace(VOCABULARY, groups=frozenset({"vip"})))
    assert (problem.code, problem.mend) == ("MG109", 'did you mean "vip"?')
    assert problems(text.replace("vpi", "[none, vip]"), replace(VOCABULARY, groups=frozenset({"vip"}))) == ()
    assert problems(text) == ()
