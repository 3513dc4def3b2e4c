"""Which rules an index passed over at an event of the past: a trace has only how many they were, and where (index.py).

Pure; of a trace that was cut nothing can be said, for it does not tell what was looked at.
"""

from collections import defaultdict
from collections.abc import Iterator, Set

from mailgate.rules.rule import Rule
from mailgate.rules.ruleset import Ruleset
from mailgate.rules.task import Stop
from mailgate.rules.trace import Step, Trace


def passed_over(ruleset: Ruleset, trace: Trace, ran: Set[str]) -> tuple[tuple[Rule, ...], ...]:
    """The rules of each row of `trace.unmet`, in their order; fewer than the row says where this program's index would
    have looked at some. `ran`: those that matched at an earlier event of the same cause."""
    steps: dict[str, list[Step]] = defaultdict(list)
    for step in trace.steps:
        steps[step.rule].append(step)
    between: list[tuple[int, Rule]] = []  # with the number of steps before it
    seen, stopped_file = 0, ""
    for number, rule in enumerate(ruleset.by_event.get(trace.event, ())):
        if mine := steps.get(rule.name):
            seen += len(mine)
            stopped_file = rule.file if _stops(rule, mine[-1]) else stopped_file
        elif rule.name not in ran and rule.file != stopped_file and _is_kept(ruleset, trace.event, number):
            between.append((seen, rule))
    ends = [row.place for row in trace.unmet[1:]] + [len(trace.steps) + 1]  # the last row may be several in one
    return tuple(
        tuple(rule for place, rule in between if row.place <= place < end)[: row.rules]
        for row, end in zip(trace.unmet, ends, strict=False)
    )


def not_in_trace(ruleset: Ruleset, trace: Trace, ran: Set[str]) -> Iterator[Rule]:
    """Of a trace that was cut: the rules that its index may have passed over."""
    there = {step.rule for step in trace.steps} | ran
    for number, rule in enumerate(ruleset.by_event.get(trace.event, ())):
        if rule.name not in there and _is_kept(ruleset, trace.event, number):
            yield rule


def _is_kept(ruleset: Ruleset, event: str, place: int) -> bool:
    """Whether an index can pass over it."""
    index = ruleset.indexes.get(event)
    return index is not None and place not in index.always


def _stops(rule: Rule, step: Step) -> bool:
    if step.verdict != "match":
        return False
    tasks = rule.cases[step.case - 1].tasks if step.case else rule.tasks
    return any(isinstance(task.what, Stop) for task in tasks)
