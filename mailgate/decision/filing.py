"""Filing a mail: a new ticket for it, or the article of the ticket that it belongs to."""

from dataclasses import replace

from mailgate.decision.case import Case, Mail
from mailgate.decision.draughtsman import Draughtsman
from mailgate.decision.effects import AppendArticle, ChangeState, LinkTicket, OpenTicket, Remark
from mailgate.decision.plan import NewArticle
from mailgate.decision.routing import queues_addressed
from mailgate.decision.standing import Writer
from mailgate.mail.message import Mailbox, Message
from mailgate.mail.subject import subject_clean
from mailgate.phrases.phrase import Phrase, in_language
from mailgate.tickets.lifecycle import Event, move
from mailgate.tickets.model import Participant, SenderType, Ticket
from mailgate.tickets.threading import Placement, Thread

NO_SUBJECT = "(no subject)"


def open_ticket(pen: Draughtsman, mail: Mail, placement: Placement) -> tuple[str, ...]:
    """A new ticket with the mail as its first article; gives the other queues that the mail was written to."""
    message, policy = mail.message, pen.policy
    addressed = queues_addressed(mail.envelope, message, policy)
    author = message.author
    pen.open(_new_ticket(pen, message, addressed[0]))
    pen.effect("customer", OpenTicket(addressed[0], author.address))
    names = pen.unknown_to(pen.ticket, mail.lookup.named_ids)
    article = pen.append(_article(pen, mail, "customer", names, verified=True))
    pen.effect("customer", AppendArticle(article.id, author.address, "a new request", True))
    if placement.linked_to is not None:
        pen.effect("mailgate", LinkTicket(placement.linked_to.number, placement.reason))
    for queue in addressed[1:]:
        pen.effect("mailgate", Remark("also.addressed", queue))
    if addressed[1:]:
        said = Phrase("also addressed", queues=", ".join(addressed[1:]))
        pen.note("mailgate", in_language(said, policy.site.language))
    return addressed[1:]


def _new_ticket(pen: Draughtsman, message: Message, queue: str) -> Ticket:
    site, allotment, author = pen.policy.site, pen.allotment, message.author
    people = (Participant(author.address, author.name, 1, "requester"),) if author.address else ()
    day = pen.now.astimezone(site.timezone).date()
    return Ticket(
        id=allotment.ticket,
        number=site.numbers.render(allotment.ticket, day, allotment.nonces[0]),
        nonce=allotment.nonces[0],
        subject=subject_clean(site.tag.remove(message.subject)) or NO_SUBJECT,
        queue=queue,
        state="new",
        priority="normal",
        owner=None,
        created_at=pen.now,
        updated_at=pen.now,
        participants=people,
        language=message.body.language,
    )


def append_article(pen: Draughtsman, mail: Mail, case: Case, placement: Placement) -> None:
    """The mail as an article of a ticket that is there; the state moves by the one table."""
    if placement.ticket is None:
        raise ValueError("a placement without a ticket opens one")
    pen.resume(placement.ticket)
    who, message = case.who, mail.message
    kind: SenderType = "customer" if who.standing == "participant" and not is_third_party(who) else "third-party"
    if who.standing == "agent":
        kind = "agent"
    if case.bounced:
        kind = "system"
    names = pen.unknown_to(placement.ticket, mail.lookup.named_ids)
    article = _article(pen, mail, kind, names, verified=placement.verified and not case.bounced)
    if kind == "agent" and who.agent is not None:  # her program may leave out her name
        article = replace(article, author=Mailbox(who.agent.title, who.agent.address))
    pen.append(article)
    evidence = evidence_of(case.thread) or placement.reason
    pen.effect(actor_of(who), AppendArticle(article.id, message.author.address, evidence, article.verified))
    if who.doubt:
        pen.effect("mailgate", Remark("sender.doubted", who.doubt))
    event = _event(message, placement, case)
    if (state := move(placement.ticket.state, event)) != placement.ticket.state:
        pen.effect(actor_of(who), ChangeState(placement.ticket.state, state))


def is_third_party(who: Writer) -> bool:
    """Whether he takes part only because mail was forwarded to him."""
    return who.person is not None and who.person.role == "third-party"


def evidence_of(thread: Thread) -> str:
    """The evidence that won, in words."""
    return f"{thread.won.kind} {thread.won.value}" if thread.won else ""


def actor_of(who: Writer) -> str:
    """As the history names him."""
    if who.standing == "agent" and who.agent is not None:
        return f"agent:{who.agent.name}"
    if who.standing != "participant":
        return "stranger"
    return "third-party" if is_third_party(who) else "customer"


def _event(message: Message, placement: Placement, case: Case) -> Event:
    # What is left of agents' mail here was written by a machine: it moves nothing.
    if case.bounced or not placement.verified or message.automatic.is_automatic or case.who.standing == "agent":
        return "aside"
    return "follow-up reopens" if placement.reopens else "customer wrote"


def _article(pen: Draughtsman, mail: Mail, kind: SenderType, names: tuple[str, ...], *, verified: bool) -> NewArticle:
    message = mail.message
    return NewArticle(
        *pen.place(),
        at=mail.envelope.received_at,
        sender_type=kind,
        direction="in",
        visibility="internal" if kind in ("agent", "system", "third-party") or not verified else "public",
        verified=verified,
        author=message.author,
        to=message.to,
        cc=message.cc,
        subject=message.subject,
        message_id=message.message_id,
        names=names,
        text=message.body.text,
        new_text=message.body.new_text,
        automatic=message.automatic.kind,
        attachments=message.attachments,
        spool_id=mail.spool_id,
    )
