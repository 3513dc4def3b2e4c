"""What is allowed and still surely not meant. Never a false alarm: in doubt nothing is said (spec/rules.md 1.9)."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from mailgate.problems import Problem
from mailgate.rules.actions import Drop, Reject, SetAside, Split
from mailgate.rules.conditions import All, Condition, Question
from mailgate.rules.contradiction import never_holds
from mailgate.rules.findings import Findings
from mailgate.rules.implies import complement, excludes, implies
from mailgate.rules.question_lint import lint_question
from mailgate.rules.rule import Rule
from mailgate.rules.syntax import Mark
from mailgate.rules.task import Stop, Task

MOST_COMPARED = 30


def lint(rule: Rule, findings: Findings) -> None:
    """Adds warnings about one rule."""
    for condition in (rule.condition, *(case.condition for case in rule.cases)):
        if condition is not None:
            lint_condition(condition, findings)
    _cases(rule, findings)
    for tasks in (rule.tasks, *(case.tasks for case in rule.cases)):
        _behind_stop(rule, tasks, findings)
    if rule.cases and rule.cases[-1].condition is not None:
        message = "no case may fit: the table has no else"
        findings.warning(rule.mark, "MG206", message, "end it with - {else: true, do: [...]}")


def without_a_test(rule: Rule, case: int, mark: Mark, directory: Path) -> Problem:
    """What is said of a rule, or of one case of it, that no test made run, where there are tests."""
    what = f'case {case} of the rule "{rule.name}"' if case else f'the rule "{rule.name}"'
    message, mend = f"no test makes {what} run", "add one to tests/, see `mailgate rules test`"
    return Problem(f"{directory}/{rule.file}", mark.line, mark.column, message, "MG402", mend, "info")


def _cases(rule: Rule, findings: Findings) -> None:
    """What holds for the table holds for each case."""
    if rule.condition is not None:
        for case in rule.cases:
            if case.condition is not None:
                _contradictory(All((rule.condition, case.condition)), findings)


def lint_condition(condition: Condition, findings: Findings) -> None:
    """Adds warnings about one condition."""
    if isinstance(condition, Question):
        lint_question(condition, findings)
        if never_holds(condition):
            message = f'"{condition.field.name}": this condition can never hold'
            findings.warning(condition.mark, "MG203", message, "take it out, or ask for more")
        return
    questions = [part for part in condition.parts if isinstance(part, Question)]
    _repeated(questions, findings)
    if not isinstance(condition, All):
        _always(questions, findings)
    before = len(findings.problems)
    for part in condition.parts:
        lint_condition(part, findings)
    if isinstance(condition, All) and not any(each.code == "MG203" for each in findings.problems[before:]):
        _contradictory(condition, findings)


def _all_of(condition: Condition) -> list[Question]:
    """What must hold together."""
    if isinstance(condition, Question):
        return [condition]
    if isinstance(condition, All):
        return [each for part in condition.parts for each in _all_of(part)]
    return []


def _repeated(questions: list[Question], findings: Findings) -> None:
    seen: dict[tuple[str, tuple[object, ...], bool, bool], Question] = {}
    for each in questions:
        key = (each.field.name, each.patterns, each.negated, each.exists)
        if (first := seen.setdefault(key, each)) is not each:
            message = f"this condition stands in line {first.mark.line} already"
            findings.warning(each.mark, "MG202", message, "take one out")


def _contradictory(condition: All, findings: Findings) -> None:
    """One value cannot be two things at once."""
    for one, other in _pairs(_all_of(condition)):
        if excludes(one, other):
            message = f'"{other.field.name}": this condition and the one in line {one.mark.line} cannot both hold'
            _warn(other, message, findings)
            return
    if found := never_holds(condition):
        *others, last = found.questions
        lines = " and ".join(map(str, sorted({each.mark.line for each in others})))
        message = f'"{last.field.name}": this condition and those in line {lines} cannot all hold'
        _warn(last, message if found.ways == 1 else f"{message}, nor can any other part of any:", findings)


def _warn(question: Question, message: str, findings: Findings) -> None:
    mend = f"any of several is a list: {question.field.name}: [a, b], or any:"
    findings.warning(question.mark, "MG203", message, mend)


def _always(questions: list[Question], findings: Findings) -> None:
    """One of two opposites holds whatever comes."""
    for one, other in _pairs(questions):
        if not (one.negated and other.negated) and implies(complement(one), other):
            message = f'"{other.field.name}": this condition or the one in line {one.mark.line} always holds'
            findings.warning(other.mark, "MG204", message, "leave the whole any: out, or ask for less")
            return


def _pairs(questions: list[Question]) -> Iterator[tuple[Question, Question]]:
    """Those about the same field; of very long lists the beginning."""
    by_field: dict[str, list[Question]] = {}
    for each in questions:
        before = by_field.setdefault(each.field.name, [])
        yield from ((one, each) for one in before)
        if len(before) < MOST_COMPARED:
            before.append(each)


def _behind_stop(rule: Rule, tasks: tuple[Task, ...], findings: Findings) -> None:
    for task, following in pairwise(tasks):
        if isinstance(task.what, Stop | Reject | Drop | SetAside | Split):
            verb = task.told.split()[0].rstrip(":")
            message = f"this action is never reached: {verb} stands in line {task.line}"
            findings.warning(following.mark, "MG201", message, f"put {verb} last")
            return
