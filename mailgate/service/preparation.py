"""From read mails to finished plans: decide and compose, one after the other, as pure CPU work on one thread.

What a mail's own content makes fail is told apart from everything else: only it counts against the mail.
"""

import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mailgate.decision.alarm import TEMPLATE, Alarm
from mailgate.decision.decide import Mail, decide, without_rules
from mailgate.decision.facts import Facts, TicketWanted
from mailgate.decision.leak import Leak
from mailgate.decision.plan import Allotment, NewArticle, Plan
from mailgate.decision.policy import Policy
from mailgate.errors import Conflict
from mailgate.mail.message import Message
from mailgate.notify.files import Raw, no_raw
from mailgate.notify.notice import notice
from mailgate.notify.outgoing import OutgoingMail
from mailgate.notify.templates import Templates
from mailgate.notify.write import Writer
from mailgate.service.active import ActiveSet
from mailgate.store.apply import Prepared


@dataclass(frozen=True, slots=True)
class Job:
    """A mail to be decided, with what was set aside for it. `bare`: rules and templates failed on it before."""

    mail: Mail
    articles: tuple[int, ...]
    nonces: tuple[bytes, ...]
    bare: bool = False
    raw: Raw = no_raw


@dataclass(frozen=True, slots=True)
class Failed:
    """A mail that defeated us, and how."""

    spool_id: int
    error: str
    details: str


def prepare(
    jobs: Sequence[Job], tickets: Sequence[int], facts: Facts, active: ActiveSet, now: datetime
) -> Iterator[Prepared | Failed]:
    """Decide about each mail in order; each sees what the ones before it will have done.

    `tickets` are the ids set aside for new tickets, at least one for each job; they are used up in order. Raises
    TicketWanted.
    """
    bare_policy = without_rules(active.policy)
    used, agents_on = 0, set[int]()
    for job in jobs:
        allotment = Allotment(tickets[used], job.articles, job.nonces)
        try:
            prepared = _one(job, allotment, facts, bare_policy if job.bare else active.policy, active, now)
        except TicketWanted:
            raise  # the facts are asked again
        except Exception as error:
            yield Failed(job.mail.spool_id, f"{type(error).__name__}: {error}"[:500], traceback.format_exc())
            continue
        if prepared.plan.ticket is not None and prepared.plan.before is None:
            used += 1
        ticket = prepared.plan.ticket
        if job.mail.lookup.agents and ticket is not None:
            if ticket.id in agents_on:  # what the first one sends or holds is in the outbox only afterwards
                raise Conflict("two mails of agents on one ticket: one after the other")
            agents_on.add(ticket.id)
        facts = facts.after(prepared.plan)
        yield prepared


def _one(job: Job, allotment: Allotment, facts: Facts, policy: Policy, active: ActiveSet, now: datetime) -> Prepared:
    def decided(leaks: tuple[Leak, ...] = ()) -> Prepared:
        plan = decide(job.mail, facts, policy, allotment, now, leaks)
        return composed(plan, job.mail.message, policy, active.templates, job.raw)

    prepared = decided()
    leaks = dict.fromkeys(leak for mail in prepared.mails if mail.kind == "customer" for leak in mail.leaks)
    return decided(tuple(leaks)) if leaks else prepared  # then its author is asked


def composed(plan: Plan, message: Message, policy: Policy, templates: Templates, raw: Raw = no_raw) -> Prepared:
    """The plan with its mails written. Its answers then hold what really went out: the ticket's history is complete.

    Raises TemplateFailed where a template cannot take the values.
    """
    if plan.alarm is not None and plan.alarm.due is None:
        return Prepared(plan, _alarms(plan, plan.alarm, policy, templates))
    if plan.notices:
        return Prepared(plan, _notices(plan, policy, templates))
    if not plan.drafts and not plan.notes:
        return Prepared(plan)
    writer = Writer(plan, message, policy, templates, raw)
    mails = tuple(writer.write(draft) for draft in plan.drafts)
    sent = {mail.article: mail for mail in mails if mail.kind in ("auto-reply", "customer", "forward")}
    articles = tuple(_as_sent(each, mail) if (mail := sent.get(each.id)) else each for each in plan.articles)
    notes = {note.article: writer.note(note) for note in plan.notes}
    articles = tuple(
        replace(each, text=text, new_text=text) if (text := notes.get(each.id)) else each for each in articles
    )
    return Prepared(replace(plan, articles=articles), mails)


def _alarms(plan: Plan, alarm: Alarm, policy: Policy, templates: Templates) -> tuple[OutgoingMail, ...]:
    """A mail to each admin; the number in the spool makes its Message-ID."""
    nonce = b"aside" + plan.spool_id.to_bytes(8, "big") + int(plan.at.timestamp()).to_bytes(8, "big")
    return tuple(
        notice(TEMPLATE, admin, alarm.facts, policy, templates, nonce + bytes((place,)), plan.at)
        for place, admin in enumerate(alarm.admins)
    )


def _notices(plan: Plan, policy: Policy, templates: Templates) -> tuple[OutgoingMail, ...]:
    return tuple(
        notice(each.template, each.address, each.facts, policy, templates, each.nonce, plan.at, each.language)
        for each in plan.notices
    )


def _as_sent(article: NewArticle, mail: OutgoingMail) -> NewArticle:
    """An agent's article keeps her words as the new text: signature and quotation are ours."""
    new_text = article.new_text if mail.kind == "customer" else mail.text
    return replace(article, message_id=mail.message_id, subject=mail.subject, text=mail.text, new_text=new_text)
