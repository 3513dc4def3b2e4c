"""What holds for any rules and any mail, tried on random ones of a small vocabulary."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from mailgate.problems import Problem
from mailgate.rules import index
from mailgate.rules.evaluate import evaluate
from mailgate.rules.index import index_of
from mailgate.rules.ruleset import Ruleset, compiled
from mailgate.rules.situation import Situation
from tests.rules.desk import VOCABULARY
from tests.rules.random_rules import rule_texts, situations

MANY = settings(max_examples=80, deadline=None)
MAILS = st.lists(situations(), min_size=12, max_size=12)


def read(text: str) -> tuple[Ruleset, tuple[Problem, ...]]:
    ruleset, problems, _ = compiled({"10-test.yaml": text.encode()}, VOCABULARY)
    assert ruleset is not None, (text, problems)
    return ruleset, problems


@MANY
@given(rule_texts(), MAILS)
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
@given(rule_texts(), MAILS)
def test_conditions_that_are_called_contradictory_or_always_true_are(text: str, mails: list[Situation]) -> None:
    ruleset, problems = read(text)
    whole = {rule.mark.line: rule for rule in ruleset.rules if rule.condition is not None and not rule.cases}
    impossible = {problem.line for problem in problems if problem.code == "MG203"}
    for mail in mails:
        for step in evaluate(ruleset, mail).trace.steps:
            rule = whole.get(step.line)
            if rule and step.verdict == "match" and type(rule.condition).__name__ == "All":
                assert rule.mark.line + 2 not in impossible


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
@given(rule_texts(), situations())
def test_the_same_mail_is_always_judged_the_same(text: str, mail: Situation) -> None:
    assert evaluate(read(text)[0], mail) == evaluate(read(text)[0], mail)


def _indexes(ruleset: Ruleset) -> dict[str, index.Index]:
    before, index.WORTH_IT = index.WORTH_IT, 1
    try:
        found = {event: index_of(rules, event) for event, rules in ruleset.by_event.items()}
    finally:
        index.WORTH_IT = before
    return {event: each for event, each in found.items() if each is not None}
