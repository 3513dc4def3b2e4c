"""The decision: what will happen to one mail. `decide(...)` is pure and says everything; `store.apply` does it.

Production, dry run, explain and rule tests all call this one function (DESIGN.md 1).
"""

from dataclasses import dataclass, replace
from datetime import datetime

from mailgate.decision.draughtsman import Draughtsman, by_a_machine
from mailgate.decision.effects import AppendArticle, ChangeState, LinkTicket, OpenTicket, Remark
from mailgate.decision.evidence import find_thread, proven_address
from mailgate.decision.facts import Facts, Lookup
from mailgate.decision.plan import Allotment, NewArticle, Outcome, Plan
from mailgate.decision.policy import Policy
from mailgate.decision.routing import forwarded_elsewhere, queues_addressed
from mailgate.decision.standing import Writer, agent_of, writer
from mailgate.mail.authenticity import authenticity
from mailgate.mail.envelope import Envelope
from mailgate.mail.message import Message
from mailgate.mail.subject import subject_clean
from mailgate.rules.evaluate import evaluate
from mailgate.rules.situation import Situation
from mailgate.tickets.lifecycle import Event, move
from mailgate.tickets.model import Participant, SenderType, Ticket
from mailgate.tickets.signed import SignedAddress
from mailgate.tickets.thanks import is_only_thanks
from mailgate.tickets.threading import Placement, Thread, place

NO_SUBJECT = "(no subject)"
_OUR_MAIL = ("signed address", "our message-id")  # what a bounce must name: a number in its text is nothing (R47)


@dataclass(frozen=True, slots=True)
class Mail:
    """One accepted mail on its way through the decision."""

    spool_id: int
    message: Message
    envelope: Envelope
    lookup: Lookup


def decide(mail: Mail, facts: Facts, policy: Policy, allotment: Allotment, now: datetime) -> Plan:
    """Everything that will happen because of `mail`. Raises only what the rules or the mail's own content raise."""
    if duplicate := facts.seen.get(mail.lookup.identity.digest):
        article, ticket = duplicate
        return Plan(mail.spool_id, now, Outcome("duplicate", ticket, article, "the same mail again"))
    thread = find_thread(mail.lookup, facts, policy.keys)
    signed = proven_address(mail.lookup, facts, policy.keys)
    verdict = _authenticity(mail, policy)
    who = writer(mail.message, thread.ticket, signed, verdict, policy, now)
    bounced = mail.message.automatic.kind == "bounce" and thread.won is not None and thread.won.kind in _OUR_MAIL
    placement = Placement(thread.ticket, reason="a bounce") if bounced else _place(mail, thread, who, policy, now)
    echo = who.standing == "stranger" and signed is not None and signed.is_an_agents
    pen = Draughtsman(mail.message, mail.envelope, mail.lookup, facts, policy, allotment, verdict, now)
    pen.beware(echo, None if who.standing == "agent" else agent_of(mail.message, policy))
    if placement.ticket is None:
        _open(pen, mail, placement, policy, allotment, now)
    else:
        _append(pen, mail, placement, thread, who, bounced)
    if placement.ticket is None or not (
        bounced or who.standing == "agent" or (echo and by_a_machine(mail.message, mail.envelope))
    ):
        _run_rules(pen, mail, placement, policy, now)  # else nobody replied: a note, or what our own mail came back as
    return pen.plan(mail.spool_id, _outcome(pen, bounced), thread, _linked(placement, pen))


def _authenticity(mail: Mail, policy: Policy) -> str:
    door = policy.doors.get(mail.envelope.source)
    if door is None or not door.trusted_authserv:
        return "unknown"
    message = mail.message  # of an ambiguous From nothing can pass (R39)
    domain = "" if message.ambiguous_author else message.author.address.rpartition("@")[2]
    return authenticity(message.headers, domain, door.trusted_authserv, door.border).verdict


def _place(mail: Mail, thread: Thread, who: Writer, policy: Policy, now: datetime) -> Placement:
    if thread.ticket is None:
        return Placement(None, reason="no evidence")
    queue = policy.queue(thread.ticket.queue)
    return place(
        thread,
        who.standing,
        queue,
        now,
        automatic=mail.message.automatic.is_automatic,
        thanks_only=not queue.thank_you_reopens and _only_thanks(mail.message),
        forwarded_elsewhere=forwarded_elsewhere(mail.message, mail.envelope, thread, policy),
    )


def _only_thanks(message: Message) -> bool:
    return is_only_thanks(message.body.new_text) and all(each.inline for each in message.attachments)


def _open(
    pen: Draughtsman, mail: Mail, placement: Placement, policy: Policy, allotment: Allotment, now: datetime
) -> None:
    message, addressed = mail.message, queues_addressed(mail.envelope, mail.message, policy)
    author = message.author
    people = (Participant(author.address, author.name, 1, "requester"),) if author.address else ()
    day = now.astimezone(policy.site.timezone).date()
    ticket = Ticket(
        id=allotment.ticket,
        number=policy.site.numbers.render(allotment.ticket, day, allotment.nonces[0]),
        nonce=allotment.nonces[0],
        subject=subject_clean(policy.site.tag.remove(message.subject)) or NO_SUBJECT,
        queue=addressed[0],
        state="new",
        priority="normal",
        owner=None,
        created_at=now,
        updated_at=now,
        participants=people,
        language=message.body.language,
    )
    pen.open(ticket)
    pen.effect("customer", OpenTicket(ticket.queue, author.address))
    names = pen.unknown_to(ticket, mail.lookup.named_ids)
    article = pen.append(_article(mail, "customer", names, verified=True))
    pen.effect("customer", AppendArticle(article.id, author.address, "a new request", True))
    if placement.linked_to is not None:
        pen.effect("mailgate", LinkTicket(placement.linked_to.number, placement.reason))
    pen.also_for(addressed[1:])


def _append(pen: Draughtsman, mail: Mail, placement: Placement, thread: Thread, who: Writer, bounced: bool) -> None:
    ticket = placement.ticket
    if ticket is None:
        raise ValueError("a placement without a ticket opens one")
    pen.resume(ticket)
    kind: SenderType = "customer" if who.standing == "participant" else "third-party"
    if who.standing == "agent":
        kind = "agent"
    if bounced:
        kind = "system"
    names = pen.unknown_to(ticket, mail.lookup.named_ids)
    article = pen.append(_article(mail, kind, names, verified=placement.verified and not bounced))
    evidence = f"{thread.won.kind} {thread.won.value}" if thread.won else placement.reason
    author = mail.message.author.address
    pen.effect(_actor(who), AppendArticle(article.id, author, evidence, article.verified))
    if who.doubt:
        pen.effect("mailgate", Remark("sender.doubted", who.doubt))
    if (state := move(ticket.state, _event(mail, placement, who, bounced))) != ticket.state:
        pen.effect(_actor(who), ChangeState(ticket.state, state))


def _event(mail: Mail, placement: Placement, who: Writer, bounced: bool) -> Event:
    # An agent's answer is a note until it can be relayed: it moves nothing.
    aside = bounced or not placement.verified or mail.message.automatic.is_automatic or who.standing == "agent"
    if aside:
        return "aside"
    return "follow-up reopens" if placement.reopens else "customer wrote"


def _actor(who: Writer) -> str:
    if who.standing == "agent" and who.agent is not None:
        return f"agent:{who.agent.name}"
    return "customer" if who.standing == "participant" else "stranger"


def _article(mail: Mail, kind: SenderType, names: tuple[str, ...], *, verified: bool) -> NewArticle:
    message = mail.message
    return NewArticle(
        id=0,
        ticket_id=0,
        nonce=b"",
        at=mail.envelope.received_at,
        sender_type=kind,
        direction="in",
        visibility="internal" if kind in ("agent", "system") or not verified else "public",
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


def _run_rules(pen: Draughtsman, mail: Mail, placement: Placement, policy: Policy, now: datetime) -> None:
    event = "ticket.created" if placement.ticket is None else "customer.replied"
    situation = Situation(event, pen.ticket, without_control_fields(mail.message), mail.envelope, policy.ours, now)
    evaluation = evaluate(policy.rules, situation)
    pen.traced(evaluation.trace)
    if placement.refused:
        pen.refuse_follow_up()
    carry_out = pen.carry_out if pen.articles[0].verified else pen.only_tell
    for fired in evaluation.fired:
        carry_out(fired)


def without_control_fields(message: Message) -> Message:
    """The mail without `X-Mailgate-*`: from outside they are nobody's orders (R40)."""
    kept = tuple(each for each in message.headers if not each[0].lower().startswith("x-mailgate-"))
    return message if len(kept) == len(message.headers) else replace(message, headers=kept)


def _outcome(pen: Draughtsman, bounced: bool) -> Outcome:
    return Outcome("bounce" if bounced else "article", pen.ticket.id, pen.articles[0].id)


def _linked(placement: Placement, pen: Draughtsman) -> int | None:
    other = placement.linked_to
    return None if other is None or other.id == pen.ticket.id else other.id


def without_rules(policy: Policy) -> Policy:
    """The empty policy for a mail that the rules or templates cannot take: a bare article, no reply, nobody told."""
    return replace(policy, rules=policy.rules.empty())


__all__ = ["Mail", "SignedAddress", "decide", "without_rules"]
