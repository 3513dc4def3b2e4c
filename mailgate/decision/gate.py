"""The gate: the rules of message.received, before there is a ticket (spec/rules.md 1.3). They can discard a mail, set
it aside, or say which ticket it belongs to. What they refuse at RCPT never comes here (`rules.gate`)."""

from dataclasses import dataclass

from mailgate.decision.plan import Outcome
from mailgate.decision.policy import Policy
from mailgate.decision.routing import customer_group
from mailgate.decision.sender import authenticity_of
from mailgate.mail.envelope import Envelope
from mailgate.mail.message import Message
from mailgate.rules.actions import Drop, Fired, Join, SetAside
from mailgate.rules.evaluate import evaluate
from mailgate.rules.situation import AuthFacts, Situation
from mailgate.rules.trace import Trace


@dataclass(frozen=True, slots=True)
class Gate:
    """What the gate's rules said. `outcome`: the mail goes no further."""

    outcome: Outcome | None = None
    joined_by: Fired | None = None  # the rule's action that said it
    traces: tuple[Trace, ...] = ()
    by: Fired | None = None  # the rule's action that set the mail aside

    @property
    def join(self) -> Join | None:
        """Which ticket it belongs to, where a rule says so."""
        action = self.joined_by.action if self.joined_by is not None else None
        return action if isinstance(action, Join) else None


OPEN = Gate()


def gate(message: Message, envelope: Envelope, policy: Policy) -> Gate:
    """Let a mail pass the gate. Its moment is that of its arrival."""
    if envelope.resumes is not None or envelope.released or not policy.rules.by_event.get("message.received"):
        return OPEN
    checked = authenticity_of(message, envelope, policy)
    name, group = customer_group(None, message.author.address, policy)
    situation = Situation(
        event="message.received",
        ticket=None,
        message=message,
        envelope=envelope,
        ours=policy.ours,
        now=envelope.received_at,
        zone=policy.site.timezone,
        authenticity=AuthFacts(checked.spf, checked.dkim, checked.dmarc),
        group=name,
        org=group.org,
        customer_fields=tuple(group.fields.items()),
    )
    evaluation = evaluate(policy.rules, situation)
    joined, trace = None, evaluation.trace
    for fired in evaluation.fired:
        match fired.action:
            case Drop(reason):
                return Gate(Outcome("discarded", detail=_by(fired.rule, reason)), traces=(trace,))
            case SetAside(reason):
                return Gate(Outcome("quarantined", detail=_by(fired.rule, reason)), traces=(trace,), by=fired)
            case Join():
                if joined is not None:
                    trace = trace.amended(joined.rule, joined.place, f"nothing: rule {fired.rule} says otherwise")
                joined = fired
            case _:
                pass  # `reject` was asked at RCPT; here it is too late for it
    return Gate(joined_by=joined, traces=(trace,))


def _by(rule: str, reason: str) -> str:
    return f"rule {rule}: {reason}" if reason else f"rule {rule}"
