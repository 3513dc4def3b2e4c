"""Lists beside the rules: one value a line, comments, look-ups."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.rules.evaluate import evaluate
from mailgate.rules.lists import WordList, read_list
from mailgate.rules.situation import Situation
from tests.rules.desk import codes, rule_set, set_problems, situation

RULE = "rules: [{{name: r, when: ticket.created, if: {0}, do: [{{tag: hit}}]}}]"
VIP = """
    # who pays for it
    acme.example            # since 2019
    .partner.example
    ben@other.example
    billing@
    BÜCHER.example
"""


def hits(condition: str, of: Situation, **files: str) -> bool:
    evaluation = evaluate(rule_set(a=RULE.format(condition), **files), of)
    assert evaluation.trace.steps[0].verdict != "error"
    return bool(evaluation.fired)


@pytest.mark.parametrize(
    ("author", "hit"),
    [
        ("ana@acme.example", True),
        ("ana@sub.acme.example", False),
        ("ana@sub.partner.example", True),
        ("ana@partner.example", True),
        ("ana@notpartner.example", False),
        ("ben@other.example", True),
        ("ana@other.example", False),
        ("billing@example.org", True),
        ("billing+x@example.com", True),
        ("billing@elsewhere.example", False),
        ("x@xn--bcher-kva.example", True),
    ],
)
def test_an_address_stands_in_a_list_in_any_form(author: str, hit: bool) -> None:
    assert hits("{from: {list: vip}}", situation(authors=author), lists__vip=VIP) is hit
    assert hits("{not: {from: {list: vip}}}", situation(authors=author), lists__vip=VIP) is not hit


def test_words_phrases_and_networks_have_lists_too() -> None:
    assert hits("{tag: {list: tags}}", situation(), lists__tags="x\nFrom-Mail\n")
    assert not hits("{tag: {list: tags}}", situation(), lists__tags="from\n")
    assert hits("{subject: {list: words}}", situation(), lists__words="refund\nis wrong\n")
    assert not hits("{subject: {list: words}}", situation(), lists__words="wro\n")
    peer = situation(envelope={"peer": "192.0.2.9"})
    assert hits("{smtp.peer: {list: nets}}", peer, lists__nets="198.51.100.0/24\n192.0.2.0/28\n2001:db8::/32\n")
    assert not hits("{smtp.peer: {list: nets}}", peer, lists__nets="192.0.2.0/29\n")


def test_lists_stand_among_other_values() -> None:
    files = {"lists__vip": "acme.example", "lists__eu": "b.example"}
    assert hits("{from: [x.example, {list: vip}]}", situation(), **files)
    assert hits("{from: {list: [eu, vip]}}", situation(), **files)
    assert not hits("{from: {list: eu}}", situation(), **files)
    assert not hits("{from: {list: eu}}", situation(), lists__eu="# nobody yet\n")


def test_the_trace_says_which_list() -> None:
    (step,) = evaluate(rule_set(a=RULE.format("{from: {list: vip}}"), lists__vip=VIP), situation()).trace.steps
    (condition,) = step.conditions
    assert (condition.match, condition.value) == ("in list vip (5 entries)", "ana@acme.example")


def test_a_list_is_part_of_the_set() -> None:
    one = rule_set(a=RULE.format("{from: {list: vip}}"), lists__vip="a.example")
    other = rule_set(a=RULE.format("{from: {list: vip}}"), lists__vip="b.example")
    assert one.hash != other.hash
    assert one.files["lists/vip.txt"] == "a.example"


@pytest.mark.parametrize(
    ("condition", "code", "said"),
    [
        ("{from: {list: vipp}}", "MG105", 'did you mean "vip"?'),
        ("{priority: {list: vip}}", "MG121", "does not fit"),
        ("{size: {list: vip}}", "MG121", "does not fit"),
        ("{from: {list: []}}", "MG007", "no list is named"),
        ("{from: {list: {a: b}}}", "MG007", "a mapping"),
    ],
)
def test_a_wrong_use_of_a_list_is_told(condition: str, code: str, said: str) -> None:
    (problem,) = set_problems(a=RULE.format(condition), lists__vip="a.example")
    assert problem.code == code
    assert said in f"{problem.message}; {problem.mend}"


def test_a_wrong_line_is_shown_in_the_list() -> None:
    found = set_problems(a=RULE.format("{from: {list: vip}}"), lists__vip="a.example\n  not one  # x\nacme")
    assert [(problem.path, problem.line, problem.column, problem.width) for problem in found] == [
        ("rules/lists/vip.txt", 2, 3, 7),
        ("rules/lists/vip.txt", 3, 1, 4),
    ]
    assert codes(found) == ["MG004", "MG004"]
    assert codes(set_problems(a=RULE.format("{smtp.peer: {list: n}}"), lists__n="1.2.3.4/99")) == ["MG004"]
    (pattern,) = set_problems(a=RULE.format("{from: {list: vip}}"), lists__vip="a.example\n*@acme.example")
    assert "write b.example for all of a domain" in pattern.mend


def test_a_text_is_not_searched_for_endless_phrases() -> None:
    long = "\n".join(f"phrase {number}" for number in range(1_001))
    assert codes(set_problems(a=RULE.format("{body: {list: long}}"), lists__long=long)) == ["MG008"]
    assert set_problems(a=RULE.format("{tag: {list: long}}"), lists__long=long) == ()


def test_an_endless_list_is_refused() -> None:
    assert codes(set_problems(a="rules: []", lists__x="x\n" * 100_002)) == ["MG008"]


@given(st.text(max_size=200))
def test_any_text_is_a_list_with_its_places(text: str) -> None:
    found = read_list("x", "lists/x.txt", text)
    assert isinstance(found, WordList)
    lines = text.splitlines()
    for value, mark in found.lines:
        assert value.strip() == value != ""
        assert lines[mark.line - 1].replace("\t", " ")[mark.column - 1 :].startswith(value)
