"""What a process does without a mail: an approval is reminded of, or its time is over."""

from datetime import datetime

from mailgate.decision.approvals import REMINDER, remind, write_to
from mailgate.decision.cascade import Cascade
from mailgate.decision.draughtsman import Draughtsman
from mailgate.decision.due import begin
from mailgate.decision.effects import Remark
from mailgate.decision.facts import Facts
from mailgate.decision.letters import Letters
from mailgate.decision.plan import Allotment, Outcome, Plan
from mailgate.decision.policy import Policy
from mailgate.decision.process_effects import RemindApproval, SettleApproval
from mailgate.rules.process import Process
from mailgate.rules.processes import fingerprint
from mailgate.tickets.model import Ticket
from mailgate.tickets.running import Approval, Running


def process_is_due(ticket: Ticket, facts: Facts, policy: Policy, allotment: Allotment, now: datetime) -> Plan | None:
    """The plan; None where the ticket has moved on since it was found to be due."""
    running = ticket.running
    if running is None or running.approval is None or ticket.process_due is None or ticket.process_due > now:
        return None
    pen, letters, cascade = begin(ticket, facts, policy, allotment, now)
    process, why = policy.rules.processes.version(running.process, running.definition, facts.process_texts)
    if process is None or running.step not in process.steps:
        _stuck(running, running.approval, why, pen)
    elif running.approval.expires_at <= now:
        _expire(process, running, pen, cascade)
    else:
        _remind(process, running, running.approval, pen, letters, cascade)
    return pen.plan(0, Outcome("article", ticket.id))


def _expire(process: Process, running: Running, pen: Draughtsman, cascade: Cascade) -> None:
    fields = fingerprint(process, pen.ticket)
    pen.effect(f"process:{process.name}", SettleApproval(process.name, running.step, "expired", fields))
    cascade.steps.tell_result()
    cascade.follow()


def _remind(
    process: Process, running: Running, approval: Approval, pen: Draughtsman, letters: Letters, cascade: Cascade
) -> None:
    step, actor = process.steps[running.step], f"process:{process.name}"
    if step.question is None:
        return
    remind(process, step, step.question, approval, actor, pen)
    cascade.steps.show()
    after = pen.ticket.running
    if after is not None and after.approval is not None:
        late = tuple(each for each in after.approval.asked if not after.approval.has_voted(each.address))
        write_to(REMINDER, late, after.approval, letters.process, actor, pen)


def _stuck(running: Running, approval: Approval, why: str, pen: Draughtsman) -> None:
    """Its definition cannot be read: it is over without a verdict that leads on, and is told once."""
    text = f"{running.process}, version {running.version}: {why or 'no such step'}"
    pen.effect("mailgate", Remark("process.stuck", text))
    if approval.expires_at <= pen.now:
        pen.effect("mailgate", SettleApproval(running.process, running.step, "expired", ""))
    else:
        pen.effect("mailgate", RemindApproval(running.step, (), None))
