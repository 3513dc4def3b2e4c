"""What happens when the timer of a rule rings on a ticket, and when a ticket is closed for silence."""

from datetime import datetime

from mailgate.decision.due import begin
from mailgate.decision.effects import ChangeState
from mailgate.decision.facts import Facts
from mailgate.decision.past import OPEN_STATES
from mailgate.decision.plan import Allotment, Outcome, Plan
from mailgate.decision.policy import Policy
from mailgate.rules.actions import Reply
from mailgate.rules.events import IDLE, SCHEDULE
from mailgate.rules.timed import Idle, Timer
from mailgate.tickets.model import Ticket


def rang(
    rule: str, timer: Timer, ticket: Ticket, facts: Facts, policy: Policy, allotment: Allotment, now: datetime
) -> Plan | None:
    """The plan of that one rule and of all that follows from it; None where its conditions do not hold."""
    pen, _, cascade = begin(ticket, facts, policy, allotment, now)
    cascade.ring(IDLE if isinstance(timer, Idle) else SCHEDULE, rule)
    if all(step.verdict == "miss" for trace in pen.traces for step in trace.steps):
        return None
    return pen.plan(0, Outcome("article", ticket.id))


def is_to_close(ticket: Ticket, now: datetime) -> bool:
    """Whether it is to be closed for silence now: that may have changed since it was found to be due."""
    return ticket.close_at is not None and ticket.close_at <= now and ticket.state in OPEN_STATES


def closed_for_silence(ticket: Ticket, facts: Facts, policy: Policy, allotment: Allotment, now: datetime) -> Plan:
    """The ticket is closed in the name of the rule that wanted it, and the customer told as it said."""
    pen, letters, cascade = begin(ticket, facts, policy, allotment, now)
    actor = f"rule:{ticket.close_rule}"
    pen.effect(actor, ChangeState(ticket.state, "closed"))
    if ticket.close_template is not None:
        letters.reply(actor, Reply(ticket.close_template))
    cascade.follow()
    return pen.plan(0, Outcome("article", ticket.id))
