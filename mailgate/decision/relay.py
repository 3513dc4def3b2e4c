"""An agent's answer on its way to the customer: one separate mail for each who takes part (spec/agents.md 2).

All copies are one article with one Message-ID, and say the same To and Cc, as a person would write it. Each has its
own signed address, return path and envelope.
"""

from mailgate.decision.conversation import Said
from mailgate.decision.draughtsman import Draughtsman
from mailgate.decision.effects import SendMail
from mailgate.decision.plan import Draft, NewArticle
from mailgate.decision.standing import is_ours
from mailgate.decision.telling import Answer, Earlier
from mailgate.mail.message import Mailbox
from mailgate.tickets.model import Agent, Participant, Ticket

REPLY = "reply"


def recipients(pen: Draughtsman) -> tuple[Participant, ...]:
    """Who gets an agent's answer: the requester and the accepted others, never an address of ours."""
    people = (each for each in pen.ticket.participants if each.role in ("requester", "cc"))
    return tuple(each for each in people if each.address and not is_ours(each.address, pen.policy))


def relay(agent: Agent, article: NewArticle, text: str, commands: tuple[str, ...], pen: Draughtsman, held: str) -> None:
    """Draw up the copies. `held`: why they must not go out yet; without it they can be recalled for a while."""
    people = recipients(pen)
    said = pen.facts.said.get(pen.ticket.id, ())
    newest = next((each for each in reversed(said) if each.is_a_customers), None)
    answer = Answer(
        agent=Mailbox(agent.title, agent.address),
        text=text,
        commands=commands,
        to=_boxes(people, "requester") or _boxes(people, "cc"),
        cc=_boxes(people, "cc") if _boxes(people, "requester") else (),
        subject=_subject(newest, pen),
        parent=newest.message_id if newest else None,
        references=_references(said, newest),
        quoted=_quoted(newest, pen),
        signature=agent.signature or f"{agent.title}\n{pen.policy.queue(pen.ticket.queue).title}",
    )
    delay = pen.policy.relay.delay
    for person in people:
        pen.drafts.append(
            Draft(
                "customer",
                REPLY,
                _language(pen.ticket, pen),
                Mailbox(person.name, person.address),
                article.id,
                article.nonce,
                participant=person,
                answer=answer,
                due=pen.now + delay if delay else None,
                held=held,
            )
        )
        pen.effect(f"agent:{agent.name}", SendMail("customer", REPLY, person.address))


def _boxes(people: tuple[Participant, ...], role: str) -> tuple[Mailbox, ...]:
    return tuple(Mailbox(each.name, each.address) for each in people if each.role == role)


def _subject(newest: Said | None, pen: Draughtsman) -> str:
    """The subject that the customer knows, answered, with the ticket's token once (R43)."""
    tag = pen.policy.site.tag
    known = tag.remove(newest.subject if newest else pen.ticket.subject).strip() or pen.ticket.subject
    while known[:3].lower() == "re:":
        known = known[3:].lstrip()
    return f"Re: {tag.render(pen.ticket.number)} {known}"


def _references(said: tuple[Said, ...], newest: Said | None) -> tuple[str, ...]:
    """What the customer's newest mail followed, oldest first, and that mail (RFC 5322 3.6.4)."""
    shown = (each for each in said if each.visibility == "public" and (newest is None or each.id <= newest.id))
    return tuple(each.message_id for each in shown if each.message_id)


def _quoted(newest: Said | None, pen: Draughtsman) -> Earlier | None:
    if newest is None or not pen.policy.queue(pen.ticket.queue).quote_last:
        return None
    return Earlier(newest.at, newest.author.name or newest.author.address, newest.text)


def _language(ticket: Ticket, pen: Draughtsman) -> str:
    if ticket.language != "und":
        return ticket.language
    return pen.policy.queue(ticket.queue).language or pen.policy.site.language
