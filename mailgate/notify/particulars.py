"""What a template sees of one mail: the ticket, the message, and the particulars that the decision gave it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import tzinfo

from mailgate.decision.copied import gets_answers, third_persons
from mailgate.decision.effects import ChangeOwner, LinkTicket
from mailgate.decision.plan import Draft, Plan
from mailgate.decision.policy import Policy
from mailgate.decision.routing import customer_group
from mailgate.decision.telling import NOTHING_MORE, Earlier, Result, Telling
from mailgate.mail.address import normalise
from mailgate.mail.message import NO_MESSAGE, Mailbox, Message
from mailgate.notify.delivery_words import delivery_words
from mailgate.notify.hours import view_hours
from mailgate.notify.process_views import with_process
from mailgate.notify.variables import Variables
from mailgate.notify.viewing import (
    view_agent,
    view_customer,
    view_earlier,
    view_message,
    view_queue,
    view_record,
    view_result,
    view_ticket,
)
from mailgate.notify.views import (
    AgentView,
    AnswerView,
    CustomerView,
    DeliveryView,
    DoubtView,
    EarlierView,
    HeldView,
    ResultLine,
    TicketView,
)
from mailgate.phrases.phrase import in_language
from mailgate.tickets.model import Queue, Ticket
from mailgate.tickets.signed import without_tokens

_WHY_LINKED = {  # placement's reason -> notify's
    "a stranger's mail": "subject",
    "the ticket is closed": "closed",
    "the ticket was closed too long ago": "closed",
}


def particulars(
    draft: Draft,
    plan: Plan,
    ticket: Ticket,
    queue: Queue,
    message: Message,
    policy: Policy,
    links: Mapping[str, str],
    answer_html: str,
) -> Variables:
    """All variables of one mail, without signed addresses in anybody's words."""
    zone, telling = policy.site.timezone, draft.telling
    hers = draft.kind != "agent" or draft.words is not None or draft.receipt
    copied = () if hers else third_persons(message, ticket, policy)
    variables = Variables(
        ticket=_ticket(plan, ticket, policy),
        customer=_view_of_customer(draft, plan, ticket, message, policy),
        message=view_message(_as_said(draft, message)),
        queue=view_queue(queue),
        site=policy.site.name,
        now=plan.at.astimezone(zone),
        hours=view_hours(policy.calendars, plan.at.astimezone(zone)),
        verified=_verified(draft, plan, message),
        agent=view_agent(draft.agent) if draft.agent else AgentView(),
        author="" if draft.kind == "auto-reply" and draft.words is not None else _writer(draft, plan, message, policy),
        signature=draft.answer.signature if draft.answer else "",
        quoted=_earlier(draft.answer.quoted, zone) if draft.answer else None,
        links=links,
        reply_does="answer" if draft.answers else "note",
        answers_to=_answers_to(ticket),
        actor=draft.actor,
        copied=tuple(map(str, copied)),
        left_out=tuple(each.address for each in copied if not gets_answers(each.address, ticket, policy)),
        reopened=_is_reopened(plan, ticket),
        apart=_is_apart(draft, plan),
        joined_by=_joined_by(draft, plan),
        stands_in=draft.stands_in,
        new_owner=_is_new_owner(draft, plan, ticket),
        answer=AnswerView(draft.answer.text, answer_html) if draft.answer else AnswerView(),
    )
    told = (
        variables
        if telling == NOTHING_MORE
        else _told(variables, telling, zone, draft.language or policy.site.language)
    )
    return with_process(told, draft.process, zone).without(without_tokens)


def _ticket(plan: Plan, ticket: Ticket, policy: Policy) -> TicketView:
    owner = policy.agents.get(ticket.owner or "")
    link = next((done.effect for done in plan.effects if isinstance(done.effect, LinkTicket)), None)
    tag, zone = policy.site.tag.render(ticket.number), policy.site.timezone
    return view_ticket(
        ticket,
        tag,
        zone,
        owner_title=owner.title if owner else "",
        linked=link.other if link else "",
        linked_why=_WHY_LINKED.get(link.reason, link.reason) if link else "",
    )


def _answers_to(ticket: Ticket) -> str:
    """Who gets what an agent answers: those who take part, whoever wrote the mail at hand."""
    people = (each for each in ticket.people if each.role in ("requester", "cc"))
    return ", ".join(shown_name(Mailbox(each.name, each.address)) for each in people)


def _is_apart(draft: Draft, plan: Plan) -> bool:
    """Whether a mail that nobody vouches for was put on a ticket: it is told as that, whoever it says it is of."""
    newest = plan.articles[0] if plan.articles else None
    theirs = newest is not None and newest.sender_type != "system" and not newest.verified
    return theirs and plan.before is not None and draft.kind == "agent" and draft.words is None


def _joined_by(draft: Draft, plan: Plan) -> str:
    """The rule that put the customer's mail on a ticket that was there."""
    by_rule = plan.won is not None and plan.won.kind == "rule" and plan.before is not None
    return plan.won.value if by_rule and plan.won and draft.kind == "agent" and draft.words is None else ""


def _is_reopened(plan: Plan, ticket: Ticket) -> bool:
    """Whether the ticket is open again by what is told of."""
    return plan.before is not None and plan.before.state in ("closed", "pending") and ticket.state == "open"


def _is_new_owner(draft: Draft, plan: Plan, ticket: Ticket) -> bool:
    """Whether the ticket became the reader's by what she is told of."""
    hers = draft.agent is not None and ticket.owner == draft.agent.name
    return hers and any(isinstance(done.effect, ChangeOwner) for done in plan.effects)


def _view_of_customer(draft: Draft, plan: Plan, ticket: Ticket, message: Message, policy: Policy) -> CustomerView:
    """Agents see every address of an ambiguous From (R15), and what is known of the customer."""
    person = _customer(draft, plan, ticket, message)
    ambiguous = draft.kind == "agent" and person == message.author and message.ambiguous_author
    view = view_customer(person, ambiguous=ambiguous, others=message.authors[1:] if ambiguous else ())
    if draft.kind != "agent":
        return view
    record = view_record(draft.telling.record, policy.site.timezone)
    return replace(view, group=customer_group(ticket, person.address, policy)[0], record=record)


def _customer(draft: Draft, plan: Plan, ticket: Ticket, message: Message) -> Mailbox:
    """Whom it is about: he who wrote; where an agent or a timer did something, the requester."""
    author, requester = message.author, ticket.requester
    if draft.kind == "auto-reply":
        person = draft.participant
        return author if draft.words is None else Mailbox(person.name, person.address) if person else draft.recipient
    if (
        draft.kind in ("agent", "forward")
        and not draft.telling.sender  # a mail that may be an agent's: its sender is in doubt, and no customer
        and plan.articles
        and plan.articles[0].sender_type in ("customer", "third-party")
    ):
        return author
    return Mailbox(requester.name, requester.address) if requester else Mailbox("", "")


def _as_said(draft: Draft, message: Message) -> Message:
    """The mail as this reader may see it: an agent's without her commands, and nothing of it for a customer."""
    if draft.words is None:
        return message
    if draft.kind == "auto-reply":
        return NO_MESSAGE
    return replace(message, body=replace(message.body, text=draft.words, new_text=draft.words))


def _verified(draft: Draft, plan: Plan, message: Message) -> str:
    """The domain that vouched for the customer; of an agent's mail nothing is said."""
    if plan.authenticity != "passed" or draft.words is not None:
        return ""
    return message.author.address.rpartition("@")[2]


def _writer(draft: Draft, plan: Plan, message: Message, policy: Policy) -> str:
    """Who wrote what a mail is about, as a name: of an agent the one that we know her by, whatever her From says."""
    if draft.actor:
        return draft.actor
    newest = plan.articles[0] if plan.articles else None
    author = newest.author if newest is not None and newest.sender_type == "agent" else message.author
    proven = policy.agents_at.get(normalise(author.address)) if newest is not None and newest.verified else None
    return proven.title if proven is not None else shown_name(author)


def shown_name(person: Mailbox) -> str:
    """His name, unless it is missing or passes for an address: then the real one."""
    return person.address if not person.name or "@" in person.name else person.name


def _told(variables: Variables, telling: Telling, zone: tzinfo, language: str) -> Variables:
    return replace(
        variables,
        earlier=tuple(view for each in telling.earlier if (view := _earlier(each, zone)) is not None),
        wrote_since=_earlier(telling.wrote_since, zone),
        results=tuple(_result(each, language) for each in telling.results),
        kept_text=telling.kept_text,
        page=telling.page,
        held=HeldView(
            telling.reason,
            _earlier(telling.other, zone),
            tuple(in_language(each, language) for each in telling.found),
        ),
        doubt=DoubtView(telling.reason, in_language(telling.mend, language), telling.sender, telling.verdict),
        delivery=DeliveryView(telling.recipient, telling.reply, _why_not(telling, language)),
    )


def _result(result: Result, language: str) -> ResultLine:
    return view_result(result.line, result.text, in_language(result.said, language), result.ok)


def _why_not(telling: Telling, language: str) -> str:
    return delivery_words(telling.reply, language, telling.size) if telling.recipient else ""


def _earlier(earlier: Earlier | None, zone: tzinfo) -> EarlierView | None:
    if earlier is None:
        return None
    return view_earlier(
        earlier.at, earlier.who, earlier.text, zone, earlier.internal, waits=earlier.waits, unsent=earlier.unsent
    )
