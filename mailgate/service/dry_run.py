"""What would happen to a mail: the way of every mail (preparation.prepare), with ids that nobody else gets to see.

Nothing is written: the database is read as the daemon would read it.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import sqlalchemy as sa

from mailgate.decision.decide import Mail
from mailgate.decision.explained import StoredEffect, StoredMail, StoredTrace
from mailgate.decision.facts import Facts, Lookup, TicketWanted, lookup
from mailgate.decision.plan import Plan
from mailgate.decision.policy import Policy
from mailgate.decision.standing import is_ours
from mailgate.decision.told import told
from mailgate.ids import Ids
from mailgate.mail.envelope import Envelope
from mailgate.mail.message import Message
from mailgate.mail.parse import parse
from mailgate.notify.outgoing import OutgoingMail
from mailgate.rules.actions import Reject
from mailgate.rules.gate import refusal
from mailgate.service.active import ActiveSet
from mailgate.service.preparation import Failed, Job, prepare
from mailgate.store.apply import Prepared
from mailgate.store.engine import Store
from mailgate.store.explained import with_numbers
from mailgate.store.known import gather
from mailgate.store.tables import counters, spool
from mailgate.store.trace_text import trace_text


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What would happen."""

    plan: Plan
    trace: StoredTrace
    effects: tuple[StoredEffect, ...]
    mails: tuple[OutgoingMail, ...]


def foresee(raw: bytes, envelope: Envelope, active: ActiveSet, store: Store, ids: Ids) -> Foreseen | Failed:
    """Decide about a mail that came at `envelope.received_at`; Failed where it would defeat us."""
    message = parse(raw, envelope.reverse_path or "")
    asked = lookup(message, envelope, active.policy)
    named = frozenset[str]()
    while True:
        ask = partial(_job, raw=raw, message=message, envelope=envelope, asked=asked, active=active, ids=ids)
        job, tickets, facts = store.read_now(partial(ask, named=named))
        try:
            [prepared] = prepare([job], tickets, facts, active, envelope.received_at)
            break
        except TicketWanted as wanted:
            named |= {wanted.number}
    return _told(prepared, facts, active, envelope.received_at) if isinstance(prepared, Prepared) else prepared


def refused_at_rcpt(envelope: Envelope, octets: int, policy: Policy) -> dict[str, str]:
    """The recipients whom an SMTP door would refuse, and why; the mail would not come for them."""
    refused = {}
    for path in envelope.forward_paths:
        rule = refusal_of(path, envelope, octets, policy)
        if rule is not None:
            refused[path] = f"rule {rule.by}: {rule.code} {rule.enhanced} {rule.text}"
        elif not is_ours(path, policy) and path.partition("@")[0].lower() != "postmaster":
            refused[path] = "not an address of this desk"
    return refused


def refused_by_rules(envelope: Envelope, octets: int, policy: Policy) -> str:
    """The rule that refuses the mail; empty where it would come for some recipient."""
    if not policy.rules.refuses:
        return ""
    found = [refusal_of(path, envelope, octets, policy) for path in envelope.forward_paths]
    first = found[0] if found else None
    return f"rule {first.by}" if first is not None and None not in found else ""


def refusal_of(path: str, envelope: Envelope, octets: int, policy: Policy) -> Reject | None:
    """How a recipient is refused at RCPT; None where no rule refuses him."""
    return refusal(
        policy.rules,
        path,
        envelope.reverse_path,
        envelope.peer,
        envelope.authenticated_as,
        octets,
        envelope.received_at,
        policy.ours,
        policy.site.timezone,
    )


def _job(
    connection: sa.Connection,
    raw: bytes,
    message: Message,
    envelope: Envelope,
    asked: Lookup,
    active: ActiveSet,
    ids: Ids,
    named: frozenset[str],
) -> tuple[Job, tuple[int, ...], Facts]:
    rules = active.policy.rules
    facts = gather(connection, [asked], envelope.received_at, rules.needs, named)
    following = {row[0]: row[1] for row in connection.execute(sa.select(counters.c.name, counters.c.next))}
    ticket = max(following.get("ticket", 0), active.config.number_start)
    article = following.get("article", 1)
    mail = (connection.execute(sa.select(sa.func.max(spool.c.id))).scalar() or 0) + 1
    articles = tuple(range(article, article + rules.articles_each))
    nonces = tuple(ids.nonce() for _ in range(len(articles) + 1))
    return Job(Mail(mail, message, envelope, asked), articles, nonces, raw=lambda: raw), (ticket,), facts


def _told(prepared: Prepared, facts: Facts, active: ActiveSet, now: datetime) -> Foreseen:
    plan = prepared.plan
    numbers = {number: ticket.number for number, ticket in facts.tickets.items()}
    body = with_numbers(json.loads(trace_text(plan)), numbers)
    waiting = list(prepared.mails)
    effects = tuple(_effect(done.actor, *told(done.effect), waiting) for done in plan.effects)
    return Foreseen(plan, StoredTrace(now, plan.spool_id, active.hash, body), effects, prepared.mails)


def _effect(actor: str, event: str, detail: dict[str, object], waiting: list[OutgoingMail]) -> StoredEffect:
    """As the history would have it, a composed mail with what would become of it."""
    mail = None
    if event == "mail.composed":
        wanted = (detail["template"], detail["to"])
        mail = next((each for each in waiting if (each.template, each.recipient) == wanted), None)
    if mail is None:
        return StoredEffect(actor, event, detail)
    waiting.remove(mail)
    state = "would be held" if mail.held else "would wait" if mail.due else "would be sent"
    stored = StoredMail(None, mail.kind, mail.template, mail.recipient, mail.subject, state)
    return StoredEffect(actor, event, detail, stored)
