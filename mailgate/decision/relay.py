"""An agent's answer on its way to the customer: one separate mail for each who takes part (spec/agents.md 2).

All copies are one article with one Message-ID, and say the same To and Cc, as a person would write it. Each has its
own signed address, return path and envelope.
"""

import re

from mailgate.decision.conversation import Said, newest_of_the_customer, public_ids
from mailgate.decision.deadness import why_dead
from mailgate.decision.draughtsman import Draughtsman
from mailgate.decision.effects import ChangeOwner, ChangeState, SendMail, Withhold
from mailgate.decision.plan import Draft, NewArticle
from mailgate.decision.standing import is_ours, same_person
from mailgate.decision.telling import Answer, Earlier
from mailgate.mail.footer import without_mobile_footer
from mailgate.mail.language import detect
from mailgate.mail.message import Attachment, Mailbox
from mailgate.mail.subject import subject_clean
from mailgate.tickets.lifecycle import move
from mailgate.tickets.model import Agent, Participant, Ticket

REPLY = "reply"
LINES_OF_A_SIGNATURE = 3
WORDS_OF_A_GREETING = 5
_END_OF_SENTENCE = re.compile(r"[.!?]\s")
# What mail programs wrap mail in or add to it: it holds the agent's own address, and proves nothing of our text.
_OF_THE_PROGRAM = frozenset(
    """
    application/pgp-signature application/pgp-keys application/pgp-encrypted application/ms-tnef
    application/pkcs7-signature application/x-pkcs7-signature application/pkcs7-mime application/x-pkcs7-mime
    """.split()
)


def travels(file: Attachment) -> bool:
    """Whether a file of an agent's mail is one that she sends."""
    return file.content_type not in _OF_THE_PROGRAM


def recipients(pen: Draughtsman) -> tuple[Participant, ...]:
    """Who gets an agent's answer: the requester and the accepted others, never an address of ours."""
    people = (each for each in pen.ticket.participants if each.role in ("requester", "cc"))
    return tuple(each for each in people if each.address and not is_ours(each.address, pen.policy))


def dead_requester(pen: Draughtsman) -> str:
    """The address to which the answer goes first, where nothing reaches it, or ""."""
    people = recipients(pen)
    first = next((each for each in people if each.role == "requester"), people[0] if people else None)
    return first.address if first is not None and pen.facts.dead(first.address) is not None else ""


def without_the_dead(people: tuple[Participant, ...], agent: Agent, pen: Draughtsman) -> tuple[Participant, ...]:
    """Those who get a copy; of the others the history says why not. Whom it goes to first is the agent's to decide."""
    first = dead_requester(pen)
    kept = []
    for each in people:
        dead = pen.facts.dead(each.address) if each.address != first else None
        if dead is None:
            kept.append(each)
        else:
            pen.effect(f"agent:{agent.name}", Withhold(REPLY, each.address, why_dead(each.address, dead)))
    return tuple(kept)


def relay(
    agent: Agent,
    article: NewArticle,
    text: str,
    commands: tuple[str, ...],
    people: tuple[Participant, ...],
    pen: Draughtsman,
    held: str,
) -> None:
    """Draw up the copies, one for each of `people`. `held`: why they must not go out yet; without it they can be
    recalled for a while."""
    people = without_the_dead(people, agent, pen)
    answer = _answer(agent, text, commands, people, pen)
    language = _language(pen.ticket, detect(text), pen)
    delay = pen.policy.relay.delay
    for person in people:
        pen.drafts.append(
            Draft(
                "customer",
                REPLY,
                language,
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


def answered(agent: Agent, pen: Draughtsman, *, takes: bool = True) -> None:
    """What an answer moves: the state by the one table; and `takes`: a ticket that nobody owns becomes hers."""
    actor, ticket = f"agent:{agent.name}", pen.ticket
    if (state := move(ticket.state, "agent answered")) != ticket.state:
        pen.effect(actor, ChangeState(ticket.state, state))
    if takes and ticket.owner is None:
        pen.effect(actor, ChangeOwner(None, agent.name, "her answer"))


def _answer(
    agent: Agent, text: str, commands: tuple[str, ...], people: tuple[Participant, ...], pen: Draughtsman
) -> Answer:
    said = pen.facts.said.get(pen.ticket.id, ())
    newest = _newest_of_the_requester(said, pen) or newest_of_the_customer(said)
    return Answer(
        agent=Mailbox(agent.title, agent.address),
        text=text,
        commands=commands,
        to=_boxes(people, "requester") or _boxes(people, "cc"),
        cc=_boxes(people, "cc") if _boxes(people, "requester") else (),
        subject=_subject(newest, pen),
        parent=newest.message_id if newest else None,
        references=public_ids(said, newest),
        quoted=None if _quotes(text) else _quoted(newest, pen),
        signature=_signature(agent, text, pen),
    )


def _boxes(people: tuple[Participant, ...], role: str) -> tuple[Mailbox, ...]:
    is_role = ("cc", "awaited") if role == "cc" else (role,)
    return tuple(Mailbox(each.name, each.address) for each in people if each.role in is_role)


def _subject(newest: Said | None, pen: Draughtsman) -> str:
    """The subject that the customer knows, answered, with the ticket's token once (R43)."""
    tag = pen.policy.site.tag
    known = subject_clean(tag.remove(newest.subject if newest else "")) or pen.ticket.subject
    return f"Re: {tag.render(pen.ticket.number)} {known}"


def _newest_of_the_requester(said: tuple[Said, ...], pen: Draughtsman) -> Said | None:
    """What others who take part wrote is theirs to pass on: an answer follows and quotes the requester's words."""
    requester = pen.ticket.requester
    if requester is None:
        return None
    his = (each for each in said if same_person(each.author.address, requester.address, pen.policy))
    return newest_of_the_customer(tuple(his))


def _quotes(text: str) -> bool:
    """Whether she answered between his lines: then his words stand there already."""
    return any(line.startswith(">") for line in text.split("\n"))


def _signature(agent: Agent, text: str, pen: Draughtsman) -> str:
    """Her own; without one her name and the queue's, unless her text ends in her name already."""
    if agent.signature:
        return agent.signature
    queue = pen.policy.queue(pen.ticket.queue).title
    return queue if _ends_in_her_name(text, agent) else f"{agent.title}\n{queue}"


def _ends_in_her_name(text: str, agent: Agent) -> bool:
    """Whether one of the last lines is her name, or a greeting with it: "Best regards, Nina"."""
    names = [name.split() for name in (agent.title.casefold(), agent.title.partition(" ")[0].casefold()) if name]
    for line in text.rstrip().split("\n")[-LINES_OF_A_SIGNATURE:]:
        words = _END_OF_SENTENCE.split(line.casefold().strip(" ,.!-–—*_"))[-1].split()
        if len(words) <= WORDS_OF_A_GREETING and any(words[-len(name) :] == name for name in names):
            return True
    return False


def _quoted(newest: Said | None, pen: Draughtsman) -> Earlier | None:
    if newest is None or not pen.policy.queue(pen.ticket.queue).quote_last:
        return None
    who = newest.author.name or newest.author.address
    return Earlier(newest.at, who, without_mobile_footer(newest.text))


def _language(ticket: Ticket, written: str, pen: Draughtsman) -> str:
    """The customer's; if unknown, the one that she writes him in; else the desk's, in which he was answered first."""
    known = next((each for each in (ticket.language, written) if each != "und"), "")
    return known or pen.policy.queue(ticket.queue).language or pen.policy.site.language
