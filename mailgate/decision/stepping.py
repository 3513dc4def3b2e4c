"""Carries a process on inside one plan: step after step, until it waits for somebody (spec/rules.md 1.10).

What comes next says `rules.processes.transition`; here it is done. No step is entered twice for one cause, so that it
ends; what is cut off is told.
"""

from collections.abc import Callable
from dataclasses import replace

from mailgate.decision.approvals import RESULT, open_approval, write_to
from mailgate.decision.approvers import REQUEST
from mailgate.decision.cause import Cause
from mailgate.decision.draughtsman import Draughtsman
from mailgate.decision.effects import MoveToQueue, Remark, SetFields
from mailgate.decision.letters import Letters
from mailgate.decision.process_effects import AskFields, EndProcess, EnterStep, SettleApproval, StartProcess
from mailgate.decision.process_told import process_told
from mailgate.rules.actions import Reply
from mailgate.rules.process import Goto, Process, Step
from mailgate.rules.process_values import answered, typed
from mailgate.rules.processes import Decided, Go, Judge, Stay, Visited, fingerprint, transition, wanting
from mailgate.rules.task import Task
from mailgate.tickets.running import Running, Verdict, Vote

ASK = "process_ask"
MOST_QUESTIONS = 3  # of one step; then it is for agents
AT_REST = ("closed", "merged", "spam")
CarryOut = Callable[[str, str, int, tuple[Task, ...]], None]  # whose tasks, in which file, at which line


class Stepping:
    """The process of one ticket, for one cause. `carry_out` does what a step asks for, as if a rule did."""

    def __init__(self, pen: Draughtsman, letters: Letters, cause: Cause, judge: Judge, carry_out: CarryOut) -> None:
        self._pen, self._letters, self._cause = pen, letters, cause
        self._judge, self._carry_out = judge, carry_out
        self._visited = Visited()
        self._asked: set[str] = set()  # steps whose question went out, or was held back, for this cause
        self._told: set[str] = set()
        self._heard: set[str] = set()  # steps for which the customer's mail was read
        self._wrong: dict[str, str] = {}

    def start(self, actor: str, name: str) -> str:
        """Begin a process; why not, where that cannot be."""
        pen, process = self._pen, self._pen.policy.rules.processes.named(name)
        if process is None:
            return f"there is no process {name}"
        running = pen.ticket.running
        if running is not None and not running.ended:
            return f"the ticket runs {running.process} already"
        pen.effect(actor, StartProcess(process.name, process.version, process.hash, process.text))
        return ""

    def show(self) -> None:
        """From now on the letters of this cause can tell where the ticket stands."""
        running = self._pen.ticket.running
        if running is not None and (process := self._process(running)) is not None:
            self._letters.process = process_told(process, self._pen.ticket, self._wrong)

    def advance(self) -> bool:
        """One step further; False where it waits."""
        ticket = self._pen.ticket
        running = ticket.running
        if running is None or running.ended or ticket.state in AT_REST:
            return False
        process = self._process(running)
        if process is None:
            return False
        if (step := process.steps.get(running.step)) is not None:
            self._listen(process, step)
        match transition(process, running, self._pen.ticket, self._judge):
            case Go(way, because):
                return self._enter(process, running, way, because)
            case Decided(verdict):
                self._settle(process, running, verdict)
                return True
            case Stay(stuck):
                self._wait(process, step, stuck)
                return False

    def _process(self, running: Running) -> Process | None:
        book, texts = self._pen.policy.rules.processes, self._pen.facts.process_texts
        process, why = book.version(running.process, running.definition, texts)
        if process is not None and (not running.step or running.step in process.steps):
            return process
        if self._pen.policy.rules.enabled:  # else the mail is decided without rules, and waits for nothing
            self._remark("process.stuck", f"{running.process}, version {running.version}: {why or 'no such step'}")
        return None

    def _enter(self, process: Process, running: Running, way: Goto, because: str) -> bool:
        pen, step = self._pen, process.steps[way.step]
        actor = f"process:{process.name}"
        if self._visited.has(process.name, step.name):
            self._remark("process.cut", f"{step.name} was entered for this cause already; it goes on with the next one")
            return False
        if pen.room < 1 + len(way.tasks) + len(step.tasks):
            self._remark("process.stuck", f"{step.name} writes more than this cause has room for")
            return False
        self._visited = self._visited.with_(process.name, step.name)
        self.show()
        if way.tasks:
            left = running.step
            self._carry_out(f"{process.name}:{left}", process.file, process.steps[left].line, way.tasks)
        pen.effect(actor, EnterStep(process.name, step.name, because))
        if step.queue and step.queue != pen.ticket.queue:
            pen.effect(actor, MoveToQueue(pen.ticket.queue, step.queue))
        if step.question is not None:
            open_approval(process, step, step.question, actor, pen)
        self.show()
        self._ask_approvers(step, actor)
        if step.tasks:
            self._carry_out(f"{process.name}:{step.name}", process.file, step.line, step.tasks)
        if step.end:
            pen.effect(actor, EndProcess(process.name, step.name))
        return True

    def _ask_approvers(self, step: Step, actor: str) -> None:
        running = self._pen.ticket.running
        approval = running.approval if running is not None else None
        if step.question is None or approval is None:
            return
        if not approval.asked:
            self._remark("approval.nobody", f"{step.name}: nobody could be asked")
        write_to(REQUEST, approval.asked, approval, self._letters.process, actor, self._pen)

    def _settle(self, process: Process, running: Running, verdict: Verdict) -> None:
        pen, actor = self._pen, f"process:{process.name}"
        effect = SettleApproval(process.name, running.step, verdict, fingerprint(process, pen.ticket))
        pen.effect(actor, effect)
        self.tell_result()

    def tell_result(self) -> None:
        """Everybody who was asked hears what came of it."""
        running = self._pen.ticket.running
        self.show()
        if running is not None and (approval := running.approval) is not None:
            actor = f"process:{running.process}"
            write_to(RESULT, approval.asked, approval, self._letters.process, actor, self._pen)

    def acknowledge(self, vote: Vote) -> None:
        """Who decided by mail hears that it counts, as long as it needs more; of the others' words he hears at the
        end."""
        self.show()
        running, told = self._pen.ticket.running, self._letters.process
        approval = running.approval if running is not None else None
        if running is None or approval is None or approval.verdict or vote not in approval.votes:
            return
        voter = tuple(each for each in approval.asked if each.address.lower() == vote.who)
        own = replace(told, votes=tuple(each for each in told.votes if each.who == vote.who))
        write_to(RESULT, voter, approval, own, f"process:{running.process}", self._pen)

    def _listen(self, process: Process, step: Step) -> None:
        """What the customer's mail answers, once a step and cause."""
        if not step.asks_the_customer or step.name in self._heard or not self._a_person_wrote():
            return
        self._heard.add(step.name)
        wanted = wanting(process, step, self._pen.ticket)
        taken: list[tuple[str, str]] = []
        for name, text in answered(self._cause.message.body.new_text, wanted).items():
            value = typed(text, process.fields[name])
            if value is None:
                self._wrong[name] = text
            else:
                taken.append((name, value))
        if taken:
            self._pen.effect("customer", SetFields(tuple(taken)))

    def _wait(self, process: Process, step: Step | None, stuck: str) -> None:
        if stuck:
            self._remark("process.stuck", stuck)
        self.show()
        if step is None or not step.asks_the_customer or step.name in self._asked:
            return
        entered_now = self._visited.has(process.name, step.name)
        if wanting(process, step, self._pen.ticket) and (entered_now or self._a_person_wrote()):
            self._asked.add(step.name)
            self._ask(process, step)

    def _ask(self, process: Process, step: Step) -> None:
        """A question that is never answered rightly may have a machine as its reader: it goes out a few times only."""
        running, actor = self._pen.ticket.running, f"process:{process.name}"
        if running is None or not self._pen.room:
            return
        if running.questions >= MOST_QUESTIONS:
            self._remark("process.stuck", f"{step.name}: the customer was asked {MOST_QUESTIONS} times")
            return
        self._pen.effect(actor, AskFields(step.name, wanting(process, step, self._pen.ticket)))
        self._letters.in_process(True)
        self._letters.reply(actor, Reply(ASK))
        self._letters.in_process(False)

    def _a_person_wrote(self) -> bool:
        """Whether it is a customer's own mail: he takes part, no machine of his wrote it, and it is proven to be his,
        for what it says may make us write to others."""
        cause, articles = self._cause, self._pen.articles
        if cause.authenticity != "passed" and not self._pen.policy.site.trust_unverified:
            return False
        if not cause.from_customer or cause.agent is not None or cause.lookup is None or not articles:
            return False
        first = articles[0]
        return first.sender_type == "customer" and first.verified and not cause.message.automatic.is_automatic

    def _remark(self, event: str, text: str) -> None:
        if text not in self._told:
            self._told.add(text)
            self._pen.effect("mailgate", Remark(event, text))
