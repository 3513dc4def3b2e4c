"""What holds for any rules and any mail, tried on random ones of a small vocabulary."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from mailgate.problems import Problem
from mailgate.rules import index
from mailgate.rules.conditions import Trail
from mailgate.rules.evaluate import evaluate
from mailgate.rules.implies import excludes, implies
from mailgate.rules.index import index_of
from mailgate.rules.passed_over import passed_over
from mailgate.rules.ruleset import Ruleset, compiled
from mailgate.rules.situation import Situation
from mailgate.rules.view import View
from tests.rules.desk import VOCABULARY
from tests.rules.random_rules import CONDITIONS, random_mails, rule_texts

MANY = settings(max_examples=60, deadline=None)
MAILS = st.integers(0, 1_000_000).map(lambda seed: random_mails(seed, 30))


def read(text: str) -> tuple[Ruleset, tuple[Problem, ...]]:
    ruleset, problems, _ = compiled({"10-test.yaml": text.encode()}, VOCABULARY)
    assert ruleset is not None, (text, problems)
    return ruleset, problems


@settings(max_examples=120, deadline=None)  # with 90 mails each: over 10,000
@given(rule_texts(), st.integers(0, 1_000_000).map(lambda seed: random_mails(seed, 90)))
def test_what_is_called_unreachable_never_runs(text: str, mails: list[Situation]) -> None:
    ruleset, problems = read(text)
    dead = {problem.line for problem in problems if problem.code == "MG201"}
    lines = {rule.name: rule.mark.line for rule in ruleset.rules}
    cases = {(rule.name, n): case.mark.line for rule in ruleset.rules for n, case in enumerate(rule.cases, 1)}
    for mail in mails:
        for step in evaluate(ruleset, mail).trace.steps:
            if step.verdict == "match":
                assert lines[step.rule] not in dead
                assert cases.get((step.rule, step.case)) not in dead


@MANY
@given(CONDITIONS, CONDITIONS, MAILS)
def test_what_is_proved_of_conditions_holds(one: str, other: str, mails: list[Situation]) -> None:
    rule = "{{name: {}, when: ticket.created, if: {}, do: [{{tag: t}}]}}"
    ruleset, _ = read(f"rules: [{rule.format('a', one)}, {rule.format('b', other)}]")
    first, second = (rule.condition for rule in ruleset.rules)
    assert first is not None
    assert second is not None
    implied, apart = implies(first, second), excludes(first, second)
    for mail in mails:
        verdicts = [each.judge(View(mail), Trail()) for each in (first, second)]
        assert not (implied and verdicts[0] == "match") or verdicts[1] == "match"
        assert not (apart and verdicts == ["match", "match"])


@MANY
@given(rule_texts(), MAILS)
def test_the_index_changes_nothing_that_is_done(text: str, mails: list[Situation]) -> None:
    ruleset, _ = read(text)
    indexed = replace(ruleset, indexes=_indexes(ruleset))
    for mail in mails:
        plain, quick = evaluate(ruleset, mail), evaluate(indexed, mail)
        assert quick.fired == plain.fired
        assert quick.ticket == plain.ticket
        seen = [step for step in plain.trace.steps if step.verdict != "miss"]
        assert [step for step in quick.trace.steps if step.verdict != "miss"] == seen


@MANY
@given(rule_texts(), MAILS)
def test_what_the_index_passed_over_is_found_again_by_the_trace(text: str, mails: list[Situation]) -> None:
    ruleset, _ = read(text)
    indexed = replace(ruleset, indexes=_indexes(ruleset))
    for mail in mails:
        whole, trace = evaluate(ruleset, mail).trace, evaluate(indexed, mail).trace
        rows = passed_over(indexed, trace, frozenset())
        assert [len(rules) for rules in rows] == [row.rules for row in trace.unmet]
        looked_at = {step.rule for step in trace.steps}
        missing = dict.fromkeys(step.rule for step in whole.steps if step.rule not in looked_at)
        assert [rule.name for rules in rows for rule in rules] == list(missing)


@MANY
@given(rule_texts(), MAILS)
def test_the_same_mail_is_always_judged_the_same(text: str, mails: list[Situation]) -> None:
    first, second = read(text)[0], read(text)[0]
    assert [evaluate(first, mail) for mail in mails[:5]] == [evaluate(second, mail) for mail in mails[:5]]


def _indexes(ruleset: Ruleset) -> dict[str, index.Index]:
    before, index.WORTH_IT = index.WORTH_IT, 1
    try:
        found = {event: index_of(rules, event) for event, rules in ruleset.by_event.items()}
    finally:
        index.WORTH_IT = before
    return {event: each for event, each in found.items() if each is not None}
