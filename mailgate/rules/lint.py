"""What is allowed and still surely not meant. Never a false alarm: in doubt nothing is said (spec/rules.md 1.9)."""

from itertools import pairwise
from pathlib import Path

from mailgate.problems import Problem
from mailgate.rules.actions import Drop, Reject, SetAside, Split
from mailgate.rules.conditions import All, Condition, Question
from mailgate.rules.findings import Findings
from mailgate.rules.patterns import Exact
from mailgate.rules.rule import Rule
from mailgate.rules.syntax import Mark
from mailgate.rules.task import Stop, Task

_ONE_VALUE = frozenset(
    """queue state priority type owner lang weekday customer.group customer.org auth.spf auth.dkim auth.dmarc is_auto
    is_list is_bounce is_reply is_agent is_known_customer is_first_contact""".split()
)


def lint(rule: Rule, findings: Findings) -> None:
    """Adds warnings about one rule."""
    for condition in (rule.condition, *(case.condition for case in rule.cases)):
        if condition is not None:
            _condition(condition, findings)
    for tasks in (rule.tasks, *(case.tasks for case in rule.cases)):
        _behind_stop(rule, tasks, findings)
    if rule.cases and rule.cases[-1].condition is not None:
        message = "no case may fit: the table has no else"
        findings.warning(rule.mark, "MG206", message, "end it with - {else: true, do: [...]}")


def without_a_test(rule: Rule, directory: Path) -> Problem:
    """What is said of a rule that no test made run, where there are tests."""
    message, mend = f'no test makes the rule "{rule.name}" run', "add one to tests/, see `mailgate rules test`"
    return Problem(f"{directory}/{rule.file}", rule.mark.line, rule.mark.column, message, "MG402", mend, "info")


def _condition(condition: Condition, findings: Findings) -> None:
    if isinstance(condition, Question):
        return
    questions = [part for part in condition.parts if isinstance(part, Question)]
    _repeated(questions, findings)
    if isinstance(condition, All):
        _contradictory(questions, findings)
    for part in condition.parts:
        _condition(part, findings)


def _repeated(questions: list[Question], findings: Findings) -> None:
    seen: dict[tuple[str, tuple[object, ...], bool, bool], Question] = {}
    for each in questions:
        key = (each.field.name, each.patterns, each.negated, each.exists)
        if (first := seen.setdefault(key, each)) is not each:
            message = f"this condition stands in line {first.mark.line} already"
            findings.warning(each.mark, "MG202", message, "take one out")


def _contradictory(questions: list[Question], findings: Findings) -> None:
    """One value cannot be two things at once."""
    allowed: dict[str, frozenset[str]] = {}
    for each in questions:
        words = [pattern.folded for pattern in each.patterns if isinstance(pattern, Exact)]
        if each.field.name not in _ONE_VALUE or each.negated or not words or len(words) < len(each.patterns):
            continue
        before = allowed.setdefault(each.field.name, frozenset(words))
        allowed[each.field.name] = before & frozenset(words)
        if not allowed[each.field.name]:
            message = f'"{each.field.name}" is one thing only: this condition and one before it cannot both hold'
            findings.warning(each.mark, "MG203", message, f"any of several is a list: {each.field.name}: [a, b]")


def _behind_stop(rule: Rule, tasks: tuple[Task, ...], findings: Findings) -> None:
    for task, following in pairwise(tasks):
        if isinstance(task.what, Stop | Reject | Drop | SetAside | Split):
            verb = task.told.split()[0].rstrip(":")
            message = f"this action is never reached: {verb} stands in line {task.line}"
            findings.warning(Mark(following.line, 0), "MG201", message, f"put {verb} last")
            return
