"""An event's rules, then the rules of what they changed, and so on (spec/rules.md 1.6).

Per cause a rule runs at most once and no chain is longer than eight: there are no loops by construction. What is cut
off is told.
"""

from collections import deque
from collections.abc import Set
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from mailgate.decision.cause import Cause
from mailgate.decision.draughtsman import Draughtsman, Happening
from mailgate.decision.effects import (
    AddTags,
    ChangeOwner,
    ChangePriority,
    ChangeState,
    ChangeType,
    MoveToQueue,
    PendUntil,
    PlanClose,
    Remark,
    RemoveTags,
    Rotate,
    SetFields,
    UnsetFields,
)
from mailgate.decision.facts import reply_key
from mailgate.decision.letters import Letters
from mailgate.decision.merging import merge
from mailgate.decision.outside import call_outside
from mailgate.decision.past import OPEN_STATES, previous_owner
from mailgate.decision.routing import customer_group
from mailgate.decision.stepping import Stepping
from mailgate.decision.turns import had_their_turn
from mailgate.decision.watching import unwatch, watch
from mailgate.decision.without_effect import why_nothing
from mailgate.errors import MailgateError
from mailgate.mail.message import Message
from mailgate.rules import actions
from mailgate.rules.conditions import Condition, Trail
from mailgate.rules.evaluate import Evaluation, evaluate
from mailgate.rules.events import AWAY, TRIPPED
from mailgate.rules.filling import Filling
from mailgate.rules.outside import CallWebhook, RunProgram, told_outside
from mailgate.rules.patterns import NO_CAPTURES
from mailgate.rules.situation import AuthFacts, Situation, Undelivered
from mailgate.rules.task import Task
from mailgate.rules.timed import turn_of
from mailgate.rules.trace import Step, Trace, Verdict
from mailgate.rules.view import View
from mailgate.tickets.lifecycle import move
from mailgate.tickets.model import State

DEEPEST = 8
NO_PART = "the writer has no part in the ticket"
Attribute = (
    actions.SetQueue
    | actions.SetPriority
    | actions.AddTags
    | actions.RemoveTags
    | actions.SetFields
    | actions.UnsetFields
    | actions.SetType
)


class Cascade:
    """All rules of one cause."""

    def __init__(self, pen: Draughtsman, letters: Letters, cause: Cause, authenticity: AuthFacts) -> None:
        self._pen, self._letters, self._cause = pen, letters, cause
        self._policy = pen.policy
        self._message = without_control_fields(cause.message)
        self._authenticity = authenticity
        self._ran: frozenset[str] = frozenset()
        self._rotation = pen.facts.circumstances.rotation
        self._tripped = False
        self._happening = Happening("", "")  # whose rules are running
        self.steps = Stepping(pen, letters, cause, self._judge, self._tasks)
        self.steps.show()
        self.split_by = ""  # the rule that wants the mail to be a ticket of its own: nothing else counts then

    def ring(self, event: str, rule: str) -> None:
        """The timer of one rule: the event is for that rule alone."""
        self._all(deque((Happening(event, "mailgate", rule=rule),)), False)

    def run(self, event: str, actor: str, *, only_tell: bool = False) -> None:
        """The rules of `event`, then of everything that happened on the way. `only_tell`: a stranger's mail moves
        nothing, calls nothing and is answered by nobody; agents are told (R34)."""
        self._all(deque((Happening(event, actor), *self._pen.take_happenings())), only_tell)

    def absent(self, agent: str, until: datetime) -> None:
        """The rules for an agent who has gone away."""
        self._all(deque((Happening(AWAY, f"agent:{agent}", field=agent, until=until),)), False)

    def not_delivered(self, event: str, undelivered: tuple[Undelivered, ...]) -> None:
        """The rules for a mail of ours that did not arrive, or not yet."""
        self._all(deque((Happening(event, "mailgate", undelivered=undelivered), *self._pen.take_happenings())), False)

    def follow(self) -> None:
        """The rules of what happened so far."""
        self._all(deque(self._pen.take_happenings()), False)

    def _all(self, waiting: deque[Happening], only_tell: bool) -> None:
        self._drain(waiting, only_tell)
        while not (only_tell or self.split_by) and self.steps.advance():
            self._drain(deque(self._pen.take_happenings()), only_tell)

    def _drain(self, waiting: deque[Happening], only_tell: bool) -> None:
        rules = self._policy.rules
        while waiting and not self.split_by:
            happening = waiting.popleft()
            if not rules.by_event.get(happening.event) and not rules.by_queue:
                continue
            if happening.depth > DEEPEST:
                waiting.extend(self._trip(happening))
                continue
            self._pen.depth, self._letters.event = happening.depth, happening.event
            self._letters.old_owner = happening.old if happening.event == "owner.changed" else ""
            self._happening = happening
            self._one(happening, only_tell)
            waiting.extend(self._pen.take_happenings())
        self._pen.depth = 0

    def _trip(self, happening: Happening) -> tuple[Happening, ...]:
        """What is cut off is told where a rule would have run, and is an event, once. What the rules of that event
        change sets off nothing more."""
        if self._tripped:
            return ()
        cut = evaluate(self._policy.rules, self._situation(happening), self._ran).ran
        if not cut:
            return ()
        text = f"{happening.event} is {happening.depth} rules away from its cause: no more rules run for it"
        text += f" ({', '.join(sorted(cut))})"
        self._pen.effect("mailgate", Remark(TRIPPED, text))
        self._tripped = True
        return (Happening(TRIPPED, "mailgate", reason=text, depth=DEEPEST),)

    def _one(self, happening: Happening, only_tell: bool) -> None:
        rules = self._policy.rules
        turns = had_their_turn(rules.once, self._pen, self._customer()) if rules.once else frozenset[str]()
        evaluation = evaluate(rules, self._situation(happening), self._ran | self._others(happening), turns)
        self._ran |= evaluation.ran
        trace = limited(evaluation) if only_tell else evaluation.trace
        if happening.about or happening.rule:  # of a timer: that it is not theirs is no news of other rules
            trace = replace(trace, about=happening.about, again=0 if happening.rule else trace.again)
        self._pen.traces.append(trace)
        if not only_tell:
            self._count(evaluation.ran)
        for fired in sorted(evaluation.fired, key=lambda each: isinstance(each.action, actions.CloseLater)):
            if only_tell:
                self._only_tell(fired)
            else:
                self._carry_out(fired)

    def _others(self, happening: Happening) -> Set[str]:
        """The rules whose timer it was not."""
        timed = self._policy.rules.timed if happening.rule else ()
        return {rule.name for rule in timed if rule.name != happening.rule}

    def _count(self, ran: Set[str]) -> None:
        for rule in ran & self._policy.rules.once.keys():
            if self._policy.rules.once[rule].of == "customer":
                self._pen.charge(reply_key(turn_of(rule), self._customer()))
            else:
                self._pen.turns.append(rule)

    def _situation(self, happening: Happening) -> Situation:
        circumstances, policy = self._pen.facts.circumstances, self._policy
        address = self._customer()
        past = self._pen.facts.pasts.get(address.lower(), ())
        name, group = customer_group(self._pen.ticket, address, policy)
        return Situation(
            event=happening.event,
            ticket=self._pen.ticket,
            message=self._message,
            envelope=self._cause.envelope,
            ours=policy.ours,
            now=self._pen.now,
            zone=policy.site.timezone,
            old=happening.old,
            new=happening.new,
            field=happening.field,
            until=happening.until,
            undelivered=happening.undelivered,
            reason=happening.reason,
            actor=happening.actor,
            authenticity=self._authenticity,
            known_customer=bool(past),
            group=name,
            org=group.org,
            customer_fields=tuple(group.fields.items()),
            loads=circumstances.loads,
            queue_sizes=circumstances.queue_sizes,
            previous_owner=previous_owner(past),
            rotation=self._rotation,
            away=frozenset(self._pen.facts.away),
            teams=policy.teams,
            agents=policy.agents.keys(),
        )

    def _judge(self, condition: Condition) -> Verdict:
        """What the ticket, as it is now, says to a condition of a process."""
        return condition.judge(View(self._situation(self._in_step())), Trail())

    def _tasks(self, name: str, file: str, line: int, tasks: tuple[Task, ...]) -> None:
        """What a step asks for, as a rule of that name would; one that cannot be done is told, and stops nothing."""
        self._happening = self._in_step()
        try:
            finished = Filling(View(self._situation(self._happening))).finished(name, tasks, NO_CAPTURES)
        except MailgateError as error:
            step = Step(name, file, line, "error", error=str(error))
            self._pen.traces.append(Trace("step.entered", self._policy.rules.hash, (step,)))
            self._pen.effect(f"rule:{name}", Remark("process.failed", str(error)[:500]))
            return
        step = Step(name, file, line, "match", actions=finished.told)
        self._pen.traces.append(Trace("step.entered", self._policy.rules.hash, (step,)))
        self._letters.event = "step.entered"
        self._letters.in_process(True)
        for task, action, place in finished.actions:
            self._carry_out(actions.Fired(action, name, file, task.line, task.index, place))
        self._letters.in_process(False)

    def _in_step(self) -> Happening:
        running = self._pen.ticket.running
        process, step = (running.process, running.step) if running is not None else ("", "")
        return Happening("step.entered", f"process:{process}", new=step, field=process)

    def _customer(self) -> str:
        """The address of the customer whom it is about."""
        requester = self._pen.ticket.requester
        if self._cause.from_customer or requester is None:
            return self._cause.message.author.address
        return requester.address

    def _only_tell(self, fired: actions.Fired) -> None:
        actor = f"rule:{fired.rule}"
        if isinstance(fired.action, actions.Notify):
            self._came(fired, self._letters.notify(actor, fired.action))
        elif isinstance(fired.action, actions.Reply):
            self._letters.withhold(actor, fired.action.template, NO_PART)
        elif isinstance(fired.action, actions.Forward):
            self._letters.keep_back(actor, fired.action.to, NO_PART)
        elif isinstance(fired.action, CallWebhook | RunProgram):
            self._pen.effect(actor, Remark("call.withheld", f"{told_outside(fired.action)}: {NO_PART}"))

    def _carry_out(self, fired: actions.Fired) -> None:
        """One action of a rule, as effects; what changes nothing is told in the trace only."""
        ticket, done = self._pen.ticket, self._pen.done
        self._do(fired)
        if self._pen.done == done and (why := why_nothing(fired.action, ticket)):
            self._came(fired, f"nothing: {why}")

    def _came(self, fired: actions.Fired, came: str) -> None:
        if came:
            self._pen.amend(fired.rule, fired.place, came)

    def _do(self, fired: actions.Fired) -> None:
        actor, action, pen = f"rule:{fired.rule}", fired.action, self._pen
        match action:
            case actions.SetState(state):
                self._state(actor, state)
            case actions.Pend(until):
                self._state(actor, "pending")
                if pen.ticket.state == "pending":
                    pen.effect(actor, PendUntil(until))
            case actions.Close(template):
                self._state(actor, "closed")
                if template is not None:
                    self._letters.reply(actor, actions.Reply(template))  # "told already" its filling says
            case actions.CloseLater(after, template):
                if pen.ticket.state in OPEN_STATES:
                    pen.effect(actor, PlanClose(pen.now + after, template, fired.rule))
            case actions.Reopen():
                self._state(actor, move(pen.ticket.state, "follow-up reopens"))
            case actions.AssignOwner():
                self._assign(actor, action)
            case actions.AddNote(text):
                pen.note(actor, text)
            case actions.Watch(who):
                watch(actor, who, pen)
            case actions.Unwatch(who):
                unwatch(actor, who, pen)
            case actions.Merge():
                self._merge(fired, action)
            case actions.Split():
                self.split_by = fired.rule
            case actions.Start():
                self._start(fired, action)
            case actions.Reply() | actions.Notify() | actions.AddNoteFrom() | actions.Forward():
                self._write(fired, actor, action)
            case CallWebhook() | RunProgram():
                call_outside(pen, fired, action, self._happening)
            case actions.Reject() | actions.Drop() | actions.SetAside() | actions.Join():
                pass  # the gate's, and a rule set with them elsewhere does not load
            case _:
                self._attribute(actor, action)

    def _write(
        self,
        fired: actions.Fired,
        actor: str,
        action: actions.Reply | actions.Notify | actions.AddNoteFrom | actions.Forward,
    ) -> None:
        match action:
            case actions.Reply():
                if why := self._letters.reply(actor, action):
                    self._came(fired, f"nothing: {why}")
            case actions.Notify():
                self._came(fired, self._letters.notify(actor, action))
            case actions.AddNoteFrom(template):
                self._letters.note(actor, template)
            case actions.Forward():
                self._letters.forward(actor, action)
            case _:
                assert_never(action)

    def _merge(self, fired: actions.Fired, action: actions.Merge) -> None:
        actor = f"rule:{fired.rule}"
        if reason := merge(actor, action.into, self._pen):
            self._came(fired, f"nothing: {reason}")
            self._pen.effect(actor, Remark("merge.refused", f"not into {action.into}: {reason}"))

    def _start(self, fired: actions.Fired, action: actions.Start) -> None:
        actor = f"rule:{fired.rule}"
        if reason := self.steps.start(actor, action.process):
            self._came(fired, f"nothing: {reason}")
            self._pen.effect(actor, Remark("process.refused", f"{action.process}: {reason}"))

    def _attribute(self, actor: str, action: Attribute) -> None:
        ticket, pen = self._pen.ticket, self._pen
        match action:
            case actions.SetQueue(queue):
                if queue != ticket.queue:
                    pen.effect(actor, MoveToQueue(ticket.queue, queue))
            case actions.SetPriority(priority):
                if priority != ticket.priority:
                    pen.effect(actor, ChangePriority(ticket.priority, priority))
            case actions.AddTags(tags):
                if fresh := tuple(tag for tag in tags if tag not in ticket.tags):
                    pen.effect(actor, AddTags(fresh))
            case actions.RemoveTags(tags):
                if gone := tuple(tag for tag in tags if tag in ticket.tags):
                    pen.effect(actor, RemoveTags(gone))
            case actions.SetFields(fields):
                if changed := tuple(each for each in fields if ticket.field(each[0]) != each[1]):
                    pen.effect(actor, SetFields(changed))
            case actions.UnsetFields(names):
                if unset := tuple(name for name in names if ticket.field(name) is not None):
                    pen.effect(actor, UnsetFields(unset))
            case actions.SetType(kind):
                if (wanted := kind or None) != ticket.type:
                    pen.effect(actor, ChangeType(ticket.type, wanted))
            case _:
                assert_never(action)

    def _state(self, actor: str, state: State) -> None:
        if self._pen.ticket.state not in (state, "merged"):  # what is merged has no state of its own any more
            self._pen.effect(actor, ChangeState(self._pen.ticket.state, state))

    def _assign(self, actor: str, action: actions.AssignOwner) -> None:
        if action.rotates is not None:
            self._pen.effect(actor, Rotate(action.rotates))
            self._rotation = {**self._rotation, action.rotates: self._rotation.get(action.rotates, 0) + 1}
        if action.agent != self._pen.ticket.owner:
            self._pen.effect(actor, ChangeOwner(self._pen.ticket.owner, action.agent, action.how))


def limited(evaluation: Evaluation) -> Trace:
    """The record of a stranger's mail: which rules would have done more than tell somebody."""
    doing = {each.rule for each in evaluation.fired if not isinstance(each.action, actions.Notify)}
    steps = (
        replace(step, limited=NO_PART) if step.verdict == "match" and step.rule in doing else step
        for step in evaluation.trace.steps
    )
    return replace(evaluation.trace, steps=tuple(steps))


def without_control_fields(message: Message) -> Message:
    """The mail without `X-Mailgate-*`: from outside they are nobody's orders (R40)."""
    kept = tuple(each for each in message.headers if not each[0].lower().startswith("x-mailgate-"))
    return message if len(kept) == len(message.headers) else replace(message, headers=kept)
