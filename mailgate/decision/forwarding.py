"""May a rule pass a customer's mail on to somebody outside (spec/rules.md 1.5)?

A rule asks for it by name, so what a machine wrote may go too; but never round in a circle, and not without end.
"""

from dataclasses import replace

from mailgate.decision.answering import LOOP_HEADER
from mailgate.decision.draughtsman import Draughtsman
from mailgate.decision.effects import AddPerson
from mailgate.decision.facts import forward_key
from mailgate.decision.plan import Draft, NewArticle, Passing
from mailgate.decision.standing import is_ours, same_person
from mailgate.decision.watching import next_party
from mailgate.mail.address import normalise
from mailgate.mail.message import Mailbox, Message
from mailgate.rate import Rate
from mailgate.rules.actions import Forward
from mailgate.tickets.model import Participant
from mailgate.tickets.signed import proves_loop_mark

FORWARD = "forward"
FORWARDS_AT_MOST = Rate(60, 3_600)  # to one address


def reason_against(to: str, message: Message, pen: Draughtsman) -> str:
    """Why the mail must not be passed on; empty where it may."""
    policy = pen.policy
    if is_ours(to, policy):
        return "it is one of our own addresses"
    if normalise(to) in policy.agents_at:
        return "it is an agent's address: agents are told with notify"
    if same_person(to, message.author.address, policy):
        return "he wrote the mail himself"
    if is_ours(message.author.address, policy):
        return "the sender is one of our own addresses"
    if any(proves_loop_mark(policy.keys, mark, policy.site.domain) for mark in message.header(LOOP_HEADER)):
        return "it is our own automatic mail"
    if not pen.within(forward_key(to), FORWARDS_AT_MOST):
        return "the limit of forwarded mail to this address is reached"
    return ""


def forwarded(actor: str, action: Forward, pen: Draughtsman) -> Draft:
    """The mail to him, an article that no customer sees; he takes part from now on, so that he can answer."""
    pen.charge(forward_key(action.to))
    person = _party(actor, action.to, pen)
    box = Mailbox(person.name, person.address)
    article = pen.append(_article(box, pen))
    policy = pen.policy
    return Draft(
        "forward",
        FORWARD,
        policy.queue(pen.ticket.queue).language or policy.site.language,
        box,
        article.id,
        article.nonce,
        participant=person,
        passing=Passing(action.whole, action.files),
    )


def _article(box: Mailbox, pen: Draughtsman) -> NewArticle:
    return replace(pen.own_article(template=FORWARD, to=(box,)), visibility="internal")


def _party(actor: str, address: str, pen: Draughtsman) -> Participant:
    known = next((each for each in pen.ticket.people if normalise(each.address) == normalise(address)), None)
    if known is not None:
        return known
    person = Participant(address, "", next_party(pen), "third-party")
    pen.effect(actor, AddPerson(person))
    return person
