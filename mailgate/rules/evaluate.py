"""Runs a rule set on a situation: rules in order, each on the ticket as those before it left it (spec/rules.md 1.6).

First the rules for every ticket, then those of queues/NAME.yaml for the queue in which it then lies. Pure and total: a
rule that cannot be judged or filled in is in error; it does nothing, says so in the trace, and stops no other.
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass

from mailgate.rules.actions import Drop, Fired, Reject, SetAside, Split
from mailgate.rules.conditions import Condition, Trail
from mailgate.rules.filling import Filling
from mailgate.rules.index import Index
from mailgate.rules.rule import Rule
from mailgate.rules.ruleset import Ruleset
from mailgate.rules.situation import Situation
from mailgate.rules.task import Stop, Task
from mailgate.rules.trace import ConditionStep, Step, Trace, Unmet, Verdict
from mailgate.rules.view import View
from mailgate.tickets.model import Ticket

MAX_FIRED = 500  # actions for one event (spec/safety.md R53)
_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The ticket as the rules leave it (None at message.received), what they asked for in order, and the record of it.

    `ran`: the rules that matched; handed to the next evaluation of the same root cause, they do not run again.
    """

    ticket: Ticket | None
    fired: tuple[Fired, ...]
    trace: Trace
    ran: frozenset[str] = _NONE


def evaluate(ruleset: Ruleset, situation: Situation, ran: Set[str] = _NONE, had_turn: Set[str] = _NONE) -> Evaluation:
    """What the rules say about an event. Rules in `ran` are passed over; those of `had_turn` may not run again by their
    `once`, and the trace says so."""
    run = _Run(situation, ran, had_turn)
    run.all(ruleset.by_event.get(situation.event, ()), ruleset.indexes.get(situation.event))
    standing = run.view.standing
    if standing is not None and ruleset.by_queue:
        run.all(ruleset.by_queue.get((standing.queue, situation.event), ()))
    trace = Trace(
        situation.event,
        ruleset.hash,
        tuple(run.steps),
        ruleset.enabled - run.meant,
        tuple(run.unmet),
        stopped=run.stopped,
        again=run.again,
    )
    return Evaluation(standing.ticket() if standing else None, tuple(run.fired), trace, frozenset(run.matched))


class _Failed(Exception):
    """This rule is in error."""


class _Run:
    """One event's way through the rules; lives for one call of `evaluate`."""

    def __init__(self, situation: Situation, ran: Set[str], had_turn: Set[str]) -> None:
        self.view = View(situation)
        self.steps: list[Step] = []
        self.fired: list[Fired] = []
        self.matched: set[str] = set()
        self.meant = self.again = self.stopped = 0  # rules that are for this event; see Trace
        self._event, self._ran, self._had_turn = situation.event, ran, had_turn
        self._filling = Filling(self.view)
        self.unmet: list[Unmet] = []
        self._stopped_file = ""
        self._stopped = False

    def all(self, rules: Sequence[Rule], index: Index | None = None) -> None:
        again = sum(rule.name in self._ran for rule in rules) if self._ran else 0
        considered = after = 0
        for place in range(len(rules)) if index is None else sorted(index.wanted(self.view)):
            rule = rules[place]
            if not self._is_due(rule):
                continue
            considered += 1 + self._pass_over(rules, range(after, place), index)
            after = place + 1
            self._one(rule)
        considered += self._pass_over(rules, range(after, len(rules)), index)
        self.meant += len(rules)
        self.again += again
        self.stopped += len(rules) - again - considered

    def _is_due(self, rule: Rule) -> bool:
        return not self._stopped and rule.file != self._stopped_file and rule.name not in self._ran

    def _pass_over(self, rules: Sequence[Rule], places: range, index: Index | None) -> int:
        """Rules in a row that cannot match; how many there are."""
        if index is None or self._stopped or not places:
            return 0
        told: Sequence[int] = places
        if self._ran or self._stopped_file:
            told = [place for place in places if self._is_due(rules[place])]
        asked = index.asked[places.start : places.stop] if told is places else [index.asked[place] for place in told]
        if told:
            self.unmet.append(Unmet(len(self.steps), len(told), tuple(dict.fromkeys(asked))))
        return len(told)

    def _one(self, rule: Rule) -> None:
        trail = Trail()
        try:
            self._judge(rule, trail)
        except Exception as error:  # whatever it is, it stops this rule only (DESIGN.md 7, promise 7)
            said = " ".join(str(error).split())[:200] or type(error).__name__
            self._step(rule, "error", trail, error=said)

    def _judge(self, rule: Rule, trail: Trail) -> None:
        if rule.once is not None and rule.name in self._had_turn:
            trail.steps.append(ConditionStep("once", rule.once.told, "it had its turn", "miss"))
            self._step(rule, "miss", trail)
            return
        verdict = self._verdict(rule.guards.get(self._event), trail) if rule.guards else "match"
        if verdict == "match" and rule.condition is not None:
            verdict = rule.condition.judge(self.view, trail)
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
        finished = self._filling.finished(rule.name, tasks, trail.captures)
        if len(self.fired) + len(finished.actions) > MAX_FIRED:
            raise _Failed(f"the rules ask for more than {MAX_FIRED} actions for one event")
        self._filling.take(finished)
        for task, action, place in finished.actions:
            self.fired.append(Fired(action, rule.name, rule.file, task.line, task.index, place))
            if isinstance(action, Reject | Drop | SetAside | Split):
                self._stopped = True  # the mail has its fate
        self._stop(rule, finished.stop)
        self.matched.add(rule.name)
        self._step(rule, "match", trail, finished.told)

    def _stop(self, rule: Rule, stop: Stop | None) -> None:
        if stop is not None:
            self._stopped = self._stopped or stop.scope == "event"
            self._stopped_file = rule.file

    def _step(self, rule: Rule, verdict: Verdict, trail: Trail, actions: tuple[str, ...] = (), error: str = "") -> None:
        said = error if verdict == "error" else ""
        conditions = tuple(trail.steps)
        self.steps.append(Step(rule.name, rule.file, rule.mark.line, verdict, trail.case, conditions, actions, said))
