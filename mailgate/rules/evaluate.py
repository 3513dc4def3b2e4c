"""Runs a rule set on a situation: rules in order, each on the ticket as those before it left it (spec/rules.md 1.6).

Pure and total: a rule that cannot be judged or filled in is in error; it does nothing, says so in the trace, and stops
no other.
"""

from dataclasses import dataclass

from mailgate.rules.actions import Fired, Reply
from mailgate.rules.conditions import Condition, Trail
from mailgate.rules.fields import View
from mailgate.rules.patterns import Captures
from mailgate.rules.rule import Rule
from mailgate.rules.ruleset import Ruleset
from mailgate.rules.situation import Situation
from mailgate.rules.task import FieldsTemplate, NoteTemplate, Stop, Task, told
from mailgate.rules.trace import Step, Trace, Verdict
from mailgate.rules.variables import variables
from mailgate.tickets.model import Ticket

MAX_FIRED = 500  # actions for one event (spec/safety.md R53)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The ticket as the rules leave it, what they asked for in order, and the record of it."""

    ticket: Ticket
    fired: tuple[Fired, ...]
    trace: Trace


def evaluate(ruleset: Ruleset, situation: Situation) -> Evaluation:
    """What the rules say about an event."""
    rules = ruleset.by_event.get(situation.event, ())
    run = _Run(situation)
    run.all(rules)
    trace = Trace(situation.event, ruleset.hash, tuple(run.steps), ruleset.enabled - len(rules))
    return Evaluation(run.view.now.ticket(), tuple(run.fired), trace)


class _Failed(Exception):
    """This rule is in error."""


class _Run:
    """One event's way through the rules; lives for one call of `evaluate`."""

    def __init__(self, situation: Situation) -> None:
        self.view = View(situation)
        self.steps: list[Step] = []
        self.fired: list[Fired] = []
        self._replied: set[str] = set()
        self._stopped_file = ""
        self._stopped = False

    def all(self, rules: tuple[Rule, ...]) -> None:
        for rule in rules:
            if self._stopped:
                return
            if rule.file != self._stopped_file:
                self._one(rule)

    def _one(self, rule: Rule) -> None:
        trail = Trail()
        try:
            self._judge(rule, trail)
        except Exception as error:  # whatever it is, it stops this rule only (DESIGN.md 7, promise 7)
            said = " ".join(str(error).split())[:200] or type(error).__name__
            self._step(rule, "error", trail, error=said)

    def _judge(self, rule: Rule, trail: Trail) -> None:
        verdict = self._verdict(rule.condition, trail)
        if verdict != "match":
            self._step(rule, verdict, trail, error=trail.error)
        elif not rule.cases:
            self._carry_out(rule, rule.tasks, trail)
        else:
            self._first(rule, trail)

    def _first(self, rule: Rule, trail: Trail) -> None:
        """One case wins. A case in error might have been the one, so it ends the table."""
        captures = trail.captures
        for trail.case, case in enumerate(rule.cases, 1):
            trail.captures = captures
            verdict = self._verdict(case.condition, trail)
            if verdict == "match":
                self._carry_out(rule, case.tasks, trail)
                return
            self._step(rule, verdict, trail, error=trail.error)
            if verdict == "error":
                return
            trail.steps, trail.error = [], ""

    def _verdict(self, condition: Condition | None, trail: Trail) -> Verdict:
        return "match" if condition is None else condition.judge(self.view, trail)

    def _carry_out(self, rule: Rule, tasks: tuple[Task, ...], trail: Trail) -> None:
        """All of a rule's actions, or none: they are finished before the first counts."""
        done, said, stop = self._finished(rule, tasks, trail.captures)
        for fired in done:
            self.view.now.take(fired.action)
            if isinstance(fired.action, Reply):
                self._replied.add(fired.action.template)
        self.fired += done
        if stop is not None:
            self._stopped = stop.scope == "event"
            self._stopped_file = rule.file
        self._step(rule, "match", trail, tuple(said))

    def _finished(
        self, rule: Rule, tasks: tuple[Task, ...], captures: Captures
    ) -> tuple[list[Fired], list[str], Stop | None]:
        done: list[Fired] = []
        said: list[str] = []
        values = None
        for task in tasks:
            what = task.what
            if isinstance(what, Stop):
                return done, [*said, task.told], what
            if isinstance(what, FieldsTemplate | NoteTemplate):
                values = values or variables(self.view, captures, rule.name)
                what = what.filled(values)
            if isinstance(what, Reply) and self._already_replied(what.template, done):
                said.append(f"{task.told} (asked for already)")
                continue
            if len(self.fired) + len(done) >= MAX_FIRED:
                raise _Failed(f"the rules ask for more than {MAX_FIRED} actions for one event")
            done.append(Fired(what, rule.name, rule.file, task.line, task.index))
            said.append(task.told or told(what))
        return done, said, None

    def _already_replied(self, template: str, done: list[Fired]) -> bool:
        """RFC 5230 4.7: one answer of a kind in one event."""
        if template in self._replied:
            return True
        return any(isinstance(each.action, Reply) and each.action.template == template for each in done)

    def _step(self, rule: Rule, verdict: Verdict, trail: Trail, actions: tuple[str, ...] = (), error: str = "") -> None:
        said = error if verdict == "error" else ""
        conditions = tuple(trail.steps)
        self.steps.append(Step(rule.name, rule.file, rule.mark.line, verdict, trail.case, conditions, actions, said))
