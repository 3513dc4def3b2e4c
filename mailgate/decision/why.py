"""The lines under a test that failed: which rules could have made it so, and what each of them saw."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from mailgate.decision.cases import Difference, Happened
from mailgate.rules.actions import (
    AddTags,
    AssignOwner,
    Close,
    Drop,
    Join,
    Notify,
    Pend,
    Reject,
    RemoveTags,
    Reopen,
    Reply,
    SetAside,
    SetFields,
    SetPriority,
    SetQueue,
    SetState,
    UnsetFields,
)
from mailgate.rules.assignment import LeastBusy, RoundRobin, ToPrevious
from mailgate.rules.rule import Rule
from mailgate.rules.ruleset import Ruleset
from mailgate.rules.task import FieldsTemplate, JoinTemplate, PendFor, PendUntil
from mailgate.rules.trace import ConditionStep, Step, Trace

_MOST_RULES, _MOST_LINES = 6, 30
_COULD: Mapping[str, tuple[type, ...]] = {  # what differs -> the actions that could have made it so
    "queue": (SetQueue,),
    "state": (SetState, Pend, PendFor, PendUntil, Close, Reopen),
    "pending_for": (Pend, PendFor, PendUntil),
    "priority": (SetPriority,),
    "owner": (AssignOwner, RoundRobin, LeastBusy, ToPrevious),
    "tags": (AddTags, RemoveTags),
    "fields": (SetFields, UnsetFields, FieldsTemplate),
    "mail": (Reply, Notify, Close),
    "gate": (Reject, Drop, SetAside, Join, JoinTemplate),
    "ticket": (Drop, SetAside, Join, JoinTemplate),
}
_MARKS = {"match": "✓", "miss": "✗", "error": "!"}


def why(differences: Sequence[Difference], happened: Happened, rules: Ruleset) -> list[str]:
    """The block, a line each; empty where no rule has to do with it."""
    about = dict.fromkeys(word for each in differences for word in each.about)
    lines = [line for word in about for line in _withheld(word, happened)]
    concerned = [rule for rule in rules.rules if any(_concerns(rule, word) for word in about)]
    for rule in concerned[:_MOST_RULES]:
        lines += _rule(rule, happened.traces)
    if len(concerned) > _MOST_RULES:
        lines.append(f"and {len(concerned) - _MOST_RULES} more rules that could")
    return lines[:_MOST_LINES]


def _withheld(word: str, happened: Happened) -> Iterator[str]:
    kind, _, template = word.partition(" ")
    if kind == "mail":
        for each in happened.withheld:
            if template in ("", each.template):
                yield f"{each.template} to {each.recipient} was withheld: {each.reason}"


def _concerns(rule: Rule, word: str) -> bool:
    kind, _, name = word.partition(" ")
    if kind == "rule":
        return rule.name == name
    could = [task.what for task in rule.all_tasks if isinstance(task.what, _COULD.get(kind, ()))]
    return any(not name or getattr(what, "template", name) == name for what in could)


def _rule(rule: Rule, traces: Iterable[Trace]) -> Iterator[str]:
    """What became of one rule in all the events of a step."""
    events = tuple(traces)
    steps = [step for trace in events for step in trace.steps if step.rule == rule.name]
    place = f"{rule.name} ({rule.file}:{rule.mark.line})"
    if not steps:
        yield f"{place} {_not_asked(rule, events)}"
        return
    took = next((step for step in steps if step.verdict == "match"), None)
    yield f"{place} {_came_to(rule, took, steps)}"
    for step in steps:
        yield from _step(step)


def _not_asked(rule: Rule, traces: Sequence[Trace]) -> str:
    if not rule.enabled:
        return "is not enabled"
    happened = {trace.event for trace in traces}
    if not happened.isdisjoint(rule.events):
        where = f": it is for tickets in {rule.queue}" if rule.queue else ": one before it stopped, or it ran already"
        return f"was not asked{where}"
    return f"is for {', '.join(rule.events)}; here was {', '.join(sorted(happened)) or 'nothing'}"


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
        yield f"     {head:<7} {_asked(condition)}".rstrip()
        head = ""
    if step.error:
        yield f"     {head:<7} ! {step.error}"
    if step.verdict == "match" and step.actions:
        yield f"     {head:<7} → {'; '.join(step.actions)}"


def _asked(step: ConditionStep) -> str:
    seen = f'was "{step.value}"' if step.value else "was not there"
    return f"{step.field}: {step.match}  {_MARKS[step.verdict]}  {seen}"
