"""How a process goes on: a pure function from where a ticket stands to its next step. The decision carries it out
(decision.stepping), again and again until nothing moves, each step once for a cause."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from mailgate.rules.conditions import Condition
from mailgate.rules.process import Goto, Process, Step
from mailgate.rules.process_values import missing
from mailgate.rules.trace import Verdict as Judgement
from mailgate.tickets.model import Ticket
from mailgate.tickets.running import Approval, Running, Verdict

Judge = Callable[[Condition], Judgement]


@dataclass(frozen=True, slots=True)
class Decided:
    """An approval is decided."""

    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Go:
    """To the next step, because of what."""

    way: Goto
    because: str


@dataclass(frozen=True, slots=True)
class Stay:
    """Nothing to be done: it waits. `stuck`: for no person, which is a mistake of the definition."""

    stuck: str = ""


Transition = Decided | Go | Stay


def transition(process: Process, running: Running, ticket: Ticket, judge: Judge) -> Transition:
    """What comes next. `judge` answers the conditions of `next` about the ticket as it is now."""
    if not running.step:
        return Go(Goto(process.start), "the process begins")
    step = process.steps[running.step]
    if step.end:
        return Stay()
    if step.question is not None:
        return _approved(step, running)
    if wanting(process, step, ticket) or open_items(step, running):
        return Stay()
    return _following(process, step, running, ticket, judge)


def _approved(step: Step, running: Running) -> Transition:
    question, approval = step.question, running.approval
    if question is None or approval is None:
        return Stay()
    if not approval.verdict:
        verdict = verdict_of(approval, question.quorum)
        return Decided(verdict) if verdict else Stay()
    ways = {"granted": question.granted, "denied": question.denied, "expired": question.expired}
    return Go(ways[approval.verdict], f"approval {approval.verdict}")


def verdict_of(approval: Approval, quorum: int) -> Verdict:
    """What the votes come to: one no is a no."""
    if any(not each.granted for each in approval.votes):
        return "denied"
    return "granted" if len(approval.votes) >= quorum else ""


def _following(process: Process, step: Step, running: Running, ticket: Ticket, judge: Judge) -> Transition:
    """The first case that holds. What was approved as it is now is not asked again."""
    for way in step.next:
        if way.condition is not None:
            target = process.steps[way.step]
            if target.question is not None and (way.step, fingerprint(process, ticket)) in running.grants:
                continue
            verdict = judge(way.condition)
            if verdict == "error":
                return Stay(f"{step.name}: a condition of next cannot be answered")
            if verdict == "miss":
                continue
        return Go(way, "the step is done")
    return Stay(f"{step.name}: no case of next holds")


def wanting(process: Process, step: Step, ticket: Ticket) -> tuple[str, ...]:
    """The fields that the step needs and that have no value yet."""
    return missing(step.need, dict(ticket.fields), process.fields)


def open_items(step: Step, running: Running) -> tuple[int, ...]:
    """What is left of its checklist, counted from 1."""
    ticked = running.ticked(step.name)
    return tuple(number for number in range(1, len(step.checklist) + 1) if number not in ticked)


def fingerprint(process: Process, ticket: Ticket) -> str:
    """The fields of the process as they are."""
    values = dict(ticket.fields)
    said = "\0".join(f"{name}={values.get(name, '')}" for name in sorted(process.fields))
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Visited:
    """The steps that were entered for one cause: none twice, so that it ends."""

    steps: frozenset[tuple[str, str]] = field(default=frozenset())

    def has(self, process: str, step: str) -> bool:
        return (process, step) in self.steps

    def with_(self, process: str, step: str) -> "Visited":
        return Visited(self.steps | {(process, step)})
