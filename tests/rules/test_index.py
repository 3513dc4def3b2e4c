"""Of many rules most are passed over without a look; what is done stays the same (test_random_rules.py)."""

from dataclasses import replace

import pytest

from mailgate.rules.evaluate import evaluate
from mailgate.rules.index import WORTH_IT, index_of
from mailgate.rules.ruleset import compiled
from mailgate.rules.situation import Situation
from mailgate.rules.trace import Unmet
from mailgate.rules.view import View
from tests.rules.desk import VOCABULARY, rules, situation

OTHERS = "".join(
    f"  - {{name: o{n}, when: ticket.created, if: {{from: nobody{n}.example}}, do: [{{tag: o}}]}}\n"
    for n in range(WORTH_IT)
)


def looked_at(condition: str, of: Situation) -> bool:
    """Whether a rule with that condition is looked at, among many others."""
    rule = f"  - {{name: r, when: ticket.created, if: {condition}, do: [{{tag: hit}}]}}\n"
    ruleset = rules(f"rules:\n{OTHERS}{rule}")
    index = index_of(ruleset.by_event["ticket.created"], "ticket.created")
    assert index is not None
    return WORTH_IT in index.wanted(View(of))


@pytest.mark.parametrize(
    ("condition", "seen"),
    [
        ("{from: ana@acme.example}", True),
        ("{from: acme.example}", True),
        ("{from: .example}", True),
        ("{from: .acme.example}", True),
        ("{from: other.example}", False),
        ("{to: support@}", True),
        ("{to: billing@}", False),
        ("{subject: invoice}", True),
        ("{subject: invoic}", False),
        ("{subject: '#4711'}", True),
        ("{subject: '4712 is'}", False),
        ("{subject: ['4712', wrong]}", True),
        ("{subject: '/nothing/'}", True),  # may stand within a word
        ("{subject: '/\\[nothing-[0-9]/'}", False),
        ("{subject: '/#(?P<n>4711) is/'}", True),
        ("{from: '/-nothing-/'}", True),  # an address has no words
        ("{cc: {exists: true}}", False),
        ("{header.X-Spam-Flag: 'NO'}", True),
        ("{header.X-Other: '/x/'}", False),
        ("{not: {from: other.example}}", True),
        ("{queue: billing}", True),  # a rule before it may move the ticket
        ("{queue: billing, from: other.example}", False),
        ("{any: [{from: other.example}, {subject: wrong}]}", True),
        ("{any: [{from: other.example}, {subject: right}]}", False),
        ("{any: [{from: other.example}, {queue: billing}]}", True),
        ("{is_auto: true}", True),
    ],
)
def test_a_rule_is_looked_at_where_what_it_needs_is_there(condition: str, seen: bool) -> None:
    assert looked_at(condition, situation()) is seen


def test_words_in_scripts_without_blanks_are_found_within() -> None:
    assert looked_at("{subject: 請求}", situation(subject="お請求書"))
    assert looked_at("{subject: mail}", situation(subject="お客様のe-mailです"))
    assert not looked_at("{subject: mail}", situation(subject="emails"))


def test_what_was_passed_over_is_one_row_of_the_trace() -> None:
    rule = "  - {name: %s, when: ticket.created, if: {from: acme.example}, do: [{tag: hit}]}\n"
    cases = "[{if: {plus: a}, do: [stop]}, {if: {cc: a@b.example}, do: [stop]}]"
    table = f"  - {{name: t, when: ticket.created, first: {cases}}}\n"
    trace = evaluate(rules(f"rules:\n{rule % 'a'}{OTHERS}{rule % 'b'}{table}"), situation()).trace
    assert [step.rule for step in trace.steps] == ["a", "b"]
    assert trace.unmet == (Unmet(1, WORTH_IT, ("from",)), Unmet(2, 1, ("plus or cc",)))


def test_rules_that_have_run_and_a_file_that_was_left_are_not_counted_among_them() -> None:
    left = "  - {name: left, when: ticket.created, if: {from: acme.example}, do: [{stop: file}]}\n"
    twice = f"rules:\n{left}{OTHERS}{left.replace('left', 'again')}"
    later = OTHERS.replace("name: o", "name: p")
    ruleset = compiled({"10-a.yaml": twice.encode(), "20-b.yaml": f"rules:\n{later}".encode()}, VOCABULARY)[0]
    assert ruleset is not None
    found = evaluate(ruleset, situation(), ran={"p0", "p1"}).trace
    assert [step.rule for step in found.steps] == ["left"]
    assert found.unmet == (Unmet(1, WORTH_IT - 2, ("from",)),)
    assert evaluate(ruleset, situation(), ran={"left"}).trace.unmet[0] == Unmet(0, WORTH_IT, ("from",))


def test_few_rules_are_looked_at_one_by_one() -> None:
    ruleset = rules("rules:\n" + "".join(OTHERS.splitlines(keepends=True)[1:]))
    assert ruleset.indexes == {}
    assert len(evaluate(ruleset, situation()).trace.steps) == WORTH_IT - 1


def test_a_rule_in_error_says_so_with_the_index_too() -> None:
    condition = "{field.price: over 5, any: [{from: a@b.example}, {queue: support}]}"
    rule = f"  - {{name: r, when: ticket.created, if: {condition}, do: [stop]}}\n"
    of = situation(ticket={"fields": (("price", "soon"),)})
    found = evaluate(rules(f"rules:\n{OTHERS}{rule}"), of).trace.steps
    assert [(step.rule, step.verdict) for step in found] == [("r", "error")]
    assert replace(found[0], error="").conditions[0].field == "field.price"
