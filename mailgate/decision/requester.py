"""May the requester be told of what was done on his ticket, when no mail of his asks for it."""

from mailgate.decision.answering import Answer, limits_reached, neutral_limits
from mailgate.decision.cause import Cause, by_a_machine
from mailgate.decision.draughtsman import Draughtsman
from mailgate.decision.standing import is_ours
from mailgate.mail.automated import system_address
from mailgate.mail.message import Mailbox


def requester_verdict(cause: Cause, pen: Draughtsman, *, in_process: bool) -> Answer:
    """Only one to whom somebody or something of ours wrote before: an acknowledgement went out under all the guards
    (R19 to R31), or an agent decided to answer him. Who got neutral words alone gets no others (R32)."""
    ticket, policy, requester = pen.ticket, pen.policy, pen.ticket.requester
    if requester is None:
        return Answer(None, reason="the ticket has no requester")
    if cause.lookup is not None and by_a_machine(cause.message, cause.envelope):
        return Answer(None, reason="a machine wrote the mail")
    if is_ours(requester.address, policy):
        return Answer(None, reason="the requester is one of our own addresses")
    if reason := system_address(requester.address):
        return Answer(None, reason=f"the requester is a system: {reason}")
    forms = _forms_sent(pen)
    if not forms:
        return Answer(None, reason="nobody of ours has written to the requester yet")
    neutral = forms <= set(policy.neutral_forms.values())
    keys, reason = neutral_limits(requester.address, pen.facts, pen.now) if neutral else ((), "")
    counted, limit, tripped = limits_reached(
        requester.address, ticket.id, pen.facts, policy, pen.now, in_process=in_process
    )
    if reason or limit:
        return Answer(None, reason=reason or limit, tripped=tripped and not reason)
    return Answer(Mailbox(requester.name, requester.address), neutral, charges=(*keys, *counted))


def _forms_sent(pen: Draughtsman) -> set[str]:
    """What the customer has had from us: the templates of automatic answers, "" for an agent's own."""
    said = pen.facts.said.get(pen.ticket.id, ())
    ours = {each.template or "" for each in said if each.visibility == "public" and each.is_ours}
    answers = any(each.sender_type == "agent" and each.visibility == "public" for each in pen.articles)
    return ours | ({""} if answers else set())
