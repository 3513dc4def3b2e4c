"""The lines under a test that failed: which rules have to do with what differs, and what each of them saw."""

import re
from collections.abc import Iterator, Sequence

from mailgate.decision.cases import Difference, Happened
from mailgate.decision.touches import touched
from mailgate.rules.rule import Rule
from mailgate.rules.ruleset import Ruleset
from mailgate.rules.task import Task
from mailgate.rules.trace import ConditionStep, Step

_MOST_RULES, _MOST_LINES = 6, 30
_MARKS = {"match": "✓", "miss": "✗", "error": "!"}
_WORD = re.compile(r"[\w@.+-]+")


def why(differences: Sequence[Difference], happened: Happened, rules: Ruleset) -> list[str]:
    """The block, a line each; empty where no rule has to do with it.

    A rule has to do with it where it did something of the kind, or could have made it as it was expected. Of those that
    were not asked the block tells only where none that was could.
    """
    about = dict.fromkeys(word for each in differences for word in each.about)
    lines = [line for word in about for line in _withheld(word, happened)]
    asked = {rule.name: block for rule in rules.rules if (block := _asked(rule, differences, happened))}
    blocks = [*asked.values()]
    could = [rule for rule in rules.rules if any(_could(task, differences) for task in rule.all_tasks)]
    if asked.keys().isdisjoint(rule.name for rule in could):
        blocks += [[said] for rule in could if (said := _unasked(rule, happened))]
    for block in blocks[:_MOST_RULES]:
        lines += block
    if len(blocks) > _MOST_RULES:
        lines.append(f"and {len(blocks) - _MOST_RULES} more rules that could")
    return lines[:_MOST_LINES]


def refused_in(step: int, said: str) -> str:
    """Why nothing came of an agent's mail in a step: the commands in it, with what was said against them."""
    command, colon, wrong = said.partition(": ")
    if colon and command[:1] in ("#", "/") and "; #" not in wrong:
        return f"the command `{command}` of step {step} was refused: {wrong}"
    return f"the commands of step {step} were refused: {said}"


def _withheld(word: str, happened: Happened) -> Iterator[str]:
    kind, _, template = word.partition(" ")
    if kind == "mail":
        for each in happened.withheld:
            if template in ("", each.template):
                yield f"{each.template} to {each.recipient} was withheld: {each.reason}"


# --- which rules ------------------------------------------------------------------------------------------------------


def _did(task: Task, differences: Sequence[Difference]) -> bool:
    """Whether it changes something of the kind that differs."""
    changes = touched(task.what)
    for kind, _, name in (word.partition(" ") for each in differences for word in each.about):
        if kind in changes and (not name or (values := changes[kind]) is None or name in values):
            return True
    return False


def _could(task: Task, differences: Sequence[Difference]) -> bool:
    """Whether it makes, or may make, of something what was expected."""
    changes = touched(task.what)
    for each in differences:
        words = each.expected.split(" or ")
        is_plain = all(map(_WORD.fullmatch, words))
        for kind, _, name in (word.partition(" ") for word in each.about):
            values = changes.get(kind, frozenset())
            if values is None or (
                values and (name in values if name else not is_plain or not values.isdisjoint(words))
            ):
                return True
    return False


def _is_named(rule: Rule, differences: Sequence[Difference]) -> bool:
    return any(word == f"rule {rule.name}" for each in differences for word in each.about)


# --- what is told of one ----------------------------------------------------------------------------------------------


def _asked(rule: Rule, differences: Sequence[Difference], happened: Happened) -> list[str]:
    """What became of a rule in all the events of a step; nothing where it has nothing to do with it."""
    steps = [step for trace in happened.traces for step in trace.steps if step.rule == rule.name]
    is_named = _is_named(rule, differences)
    telling = [step for step in steps if is_named or _tells(step, rule, differences)]
    if not telling:
        return [_unasked(rule, happened) or f"{_place(rule)} was not asked"] if is_named else []
    took = next((step for step in steps if step.verdict == "match"), None)
    head = f"{_place(rule)} {_came_to(rule, took, steps)}"
    return [head, *(line for step in telling for line in _step(step))]


def _tells(step: Step, rule: Rule, differences: Sequence[Difference]) -> bool:
    tasks = rule.cases[step.case - 1].tasks if 0 < step.case <= len(rule.cases) else rule.all_tasks
    of_kind = any(_did(task, differences) for task in tasks)
    return any(_could(task, differences) for task in tasks) if step.verdict == "miss" else of_kind


def _place(rule: Rule) -> str:
    return f"{rule.name} ({rule.file}:{rule.mark.line})"


def _unasked(rule: Rule, happened: Happened) -> str:
    """Why it was not asked; empty where that explains nothing: no event came to pass, or a mail and no time."""
    events = dict.fromkeys(trace.event for trace in happened.traces)
    if not rule.enabled:
        reason = "is not enabled"
    elif not events.keys().isdisjoint(rule.events):
        where = f"it is for tickets in {rule.queue}" if rule.queue else "one before it stopped, or it ran already"
        reason = f"was not asked: {where}"
    elif rule.timer is not None and not happened.outcome:
        reason = "was not asked: its time has not come, or the ticket is not one that it waits for"
    elif events and rule.timer is None:
        reason = f"is for {', '.join(rule.events)}; here was {', '.join(sorted(events))}"
    else:
        return ""
    return f"{_place(rule)} {reason}"


def _came_to(rule: Rule, took: Step | None, steps: Sequence[Step]) -> str:
    if took is None:
        return "was in error" if any(step.verdict == "error" for step in steps) else "did not match"
    if not took.case:
        return "matched"
    is_else = rule.cases[took.case - 1].condition is None if took.case <= len(rule.cases) else False
    return f"took case {took.case}" + (", else" if is_else else "")


def _step(step: Step) -> Iterator[str]:
    head = f"case {step.case}" if step.case else ""
    for condition in step.conditions:
        yield f"     {head:<7} {_asked_of(condition)}".rstrip()
        head = ""
    if step.error:
        yield f"     {head:<7} ! {step.error}"
    if step.verdict == "match" and step.actions:
        yield f"     {head:<7} → {'; '.join(step.actions)}"


def _asked_of(condition: ConditionStep) -> str:
    seen = f'was "{condition.value}"' if condition.value else "was not there"
    return f"{condition.field}: {condition.match}  {_MARKS[condition.verdict]}  {seen}"
