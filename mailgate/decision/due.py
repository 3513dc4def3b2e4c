"""What happens without a mail: a pending ticket's time has come, or an agent's answer has failed for good.

The same plan, rules and letters as for a mail; only nobody wrote.
"""

from dataclasses import dataclass
from datetime import datetime

from mailgate.decision.cascade import Cascade
from mailgate.decision.cause import Cause
from mailgate.decision.draughtsman import Draughtsman
from mailgate.decision.effects import ChangeState, Remark
from mailgate.decision.facts import Facts
from mailgate.decision.letters import Letters
from mailgate.decision.plan import Allotment, Outcome, Plan
from mailgate.decision.policy import Policy
from mailgate.decision.telling import Telling
from mailgate.mail.message import NO_MESSAGE
from mailgate.mail.reply_meaning import inferred_status, quoted_status
from mailgate.rules.actions import Notify
from mailgate.rules.situation import NO_ENVELOPE, NOTHING_SAID, Undelivered
from mailgate.tickets.lifecycle import Event, move
from mailgate.tickets.model import Agent, Ticket

FAILED = "delivery_failed"
NOBODY = Cause(NO_MESSAGE, NO_ENVELOPE, None, from_customer=False)


@dataclass(frozen=True, slots=True)
class FailedAnswer:
    """A copy of an agent's answer that could not be delivered; `reply` is the server's last word."""

    recipient: str
    reply: str
    author: str  # the address of the agent who wrote it
    text: str
    size: int = 0  # octets of the mail


def is_over(ticket: Ticket, now: datetime) -> bool:
    """Whether a ticket's pending time has come: it may have moved since it was found to be due."""
    return ticket.state == "pending" and ticket.pending_until is not None and ticket.pending_until <= now


def pending_is_over(ticket: Ticket, facts: Facts, policy: Policy, allotment: Allotment, now: datetime) -> Plan:
    """The ticket is open again, and its owner hears of it as the rules say."""
    pen, _, cascade = begin(ticket, facts, policy, allotment, now)
    _move(pen, "pending is over")
    cascade.run("pending.due", "mailgate")
    return pen.plan(0, Outcome("article", ticket.id))


def answer_failed(
    ticket: Ticket, failed: FailedAnswer, facts: Facts, policy: Policy, allotment: Allotment, now: datetime
) -> Plan:
    """The ticket reopens, and she who wrote the answer is told in words; the rest is for the rules."""
    pen, letters, cascade = begin(ticket, facts, policy, allotment, now)
    pen.effect("mailgate", Remark("answer.failed", f"{failed.recipient}: {failed.reply}"[:500]))
    _move(pen, "answer bounced")
    letters.about = Telling(recipient=failed.recipient, reply=failed.reply, kept_text=failed.text, size=failed.size)
    author = _agent(failed.author, policy)
    if author is not None:
        letters.answer_agent(author, FAILED, letters.about, answers=True)
    else:
        letters.notify("mailgate", Notify(FAILED, owner=True))
    status = quoted_status(failed.reply) or inferred_status(failed.reply) or ""
    cascade.not_delivered("delivery.failed", (Undelivered(failed.recipient, status),))
    return pen.plan(0, Outcome("article", ticket.id))


def begin(
    ticket: Ticket, facts: Facts, policy: Policy, allotment: Allotment, now: datetime
) -> tuple[Draughtsman, Letters, Cascade]:
    """What every plan without a mail begins with."""
    pen = Draughtsman(facts, policy, allotment, now)
    pen.resume(ticket)
    letters = Letters(pen, NOBODY)
    return pen, letters, Cascade(pen, letters, NOBODY, NOTHING_SAID)


def _move(pen: Draughtsman, event: Event) -> None:
    before = pen.ticket.state
    if (state := move(before, event)) != before:
        pen.effect("mailgate", ChangeState(before, state))


def _agent(address: str, policy: Policy) -> Agent | None:
    return next((each for each in policy.agents.values() if each.address == address), None)
