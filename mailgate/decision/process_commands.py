"""`#done`, `#undone`, `#approve`, `#deny`, `#start`: what an agent says to a process, and why it may be wrong.

Here only the ticket's state changes; that the process goes on by it is the cascade's to see.
"""

from collections.abc import Iterable
from typing import assert_never

from mailgate.commands import values as say
from mailgate.commands.mistake import Mistake
from mailgate.commands.read import Ordered
from mailgate.decision.approvals import MAX_REASON
from mailgate.decision.approvers import may_decide
from mailgate.decision.draughtsman import Draughtsman
from mailgate.decision.process_effects import CastVote, StartProcess, TickItem
from mailgate.decision.process_told import NO_PROCESS, ProcessTold, process_told
from mailgate.phrases.phrase import Phrase
from mailgate.rules.process import Process
from mailgate.tickets.model import Agent
from mailgate.tickets.running import Vote

OfProcess = say.Done | say.Undone | say.Approve | say.Deny | say.StartProcess
KINDS = (say.Done, say.Undone, say.Approve, say.Deny, say.StartProcess)


def process_mistakes(
    agent: Agent, commands: Iterable[Ordered], pen: Draughtsman, *, automatic: bool, old_link: bool, both: bool
) -> tuple[Mistake, ...]:
    """What cannot be done, before anything is. `old_link`: her mail went to the address of another question; `both`:
    to the one that says yes and the one that says no."""
    found = []
    for each in commands:
        if isinstance(each.command, KINDS):
            said = _wrong(agent, each.command, pen)
            if isinstance(each.command, say.Approve | say.Deny):
                said = _against_mail(automatic=automatic, old_link=old_link, both=both) or said
            if said is not None:
                found.append(Mistake(each.line, each.text, said, None))
    return tuple(found)


def _against_mail(*, automatic: bool, old_link: bool, both: bool) -> Phrase | None:
    if automatic:
        return Phrase("automatic never approves")
    if both:
        return Phrase("yes and no")
    return Phrase("approval over") if old_link else None


def _wrong(agent: Agent, command: OfProcess, pen: Draughtsman) -> Phrase | None:
    running = pen.ticket.running
    if isinstance(command, say.StartProcess):
        if pen.policy.rules.processes.named(command.process) is None:
            return Phrase("no process", name=command.process)
        busy = running is not None and not running.ended
        return Phrase("process runs", name=running.process) if busy and running is not None else None
    process = _process(pen)
    if running is None or running.ended or process is None:
        return Phrase("no process runs")
    step = process.steps[running.step]
    if isinstance(command, say.Done | say.Undone):
        if not step.checklist:
            return Phrase("no checklist", step=step.name)
        if not 1 <= command.number <= len(step.checklist):
            return Phrase("no such item", number=command.number, most=len(step.checklist))
        return None
    approval = running.approval
    if step.question is None or approval is None or approval.verdict or pen.now >= approval.expires_at:
        return Phrase("nothing to approve")
    if not may_decide(agent, approval, step.question, pen.ticket, pen.policy):
        return Phrase("not yours to approve")
    return Phrase("decided already") if approval.has_voted(agent.address) else None


def order(agent: Agent, command: OfProcess, reason: str, pen: Draughtsman) -> str:
    """Do it, and say what was done."""
    actor, running, process = f"agent:{agent.name}", pen.ticket.running, _process(pen)
    if isinstance(command, say.StartProcess):
        begun = pen.policy.rules.processes.named(command.process)
        if begun is None:
            return Phrase("no process", name=command.process)
        pen.effect(actor, StartProcess(begun.name, begun.version, begun.hash, begun.text))
        return Phrase("process started", title=begun.title)
    if running is None or process is None:
        return Phrase("no process runs")
    match command:
        case say.Done(number) | say.Undone(number):
            item, done = process.steps[running.step].checklist[number - 1], isinstance(command, say.Done)
            pen.effect(actor, TickItem(running.step, number, item, done))
            return Phrase("item done" if done else "item undone", number=number, item=item)
        case say.Approve() | say.Deny():
            granted = isinstance(command, say.Approve)
            vote = Vote(agent.address.lower(), granted, reason[:MAX_REASON])
            pen.effect(actor, CastVote(process.name, running.step, vote))
            return Phrase("denied") if not granted else _approved(process, pen)
        case _:
            assert_never(command)


def _approved(process: Process, pen: Draughtsman) -> str:
    """How many have said yes, where it needs more."""
    told = process_told(process, pen.ticket, {})
    if told.counted < told.quorum:
        return Phrase("approved so far", counted=told.counted, quorum=told.quorum)
    return Phrase("approved")


def told_now(pen: Draughtsman) -> ProcessTold:
    """Where the ticket stands, for a page."""
    process = _process(pen)
    return NO_PROCESS if process is None else process_told(process, pen.ticket, {})


def _process(pen: Draughtsman) -> Process | None:
    running = pen.ticket.running
    if running is None or not running.step:
        return None
    book = pen.policy.rules.processes
    process, _ = book.version(running.process, running.definition, pen.facts.process_texts)
    return process if process is not None and running.step in process.steps else None
