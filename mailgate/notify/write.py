"""From a draft to a finished outgoing mail: addresses, threading and headers around a rendered template.

Every mail ends with the last search (spec/agents.md 2): what holds another party's signed address is held.
"""

from dataclasses import replace
from datetime import datetime

from mailgate.decision.answering import LOOP_HEADER
from mailgate.decision.plan import Draft, Plan
from mailgate.decision.policy import Policy
from mailgate.decision.standing import party_of_agent, party_of_participant
from mailgate.mail.message import Body, Mailbox, Message
from mailgate.notify.compose import Headers, compose
from mailgate.notify.leak import foreign_tokens
from mailgate.notify.outgoing import OutgoingMail
from mailgate.notify.rendered import Rendered
from mailgate.notify.templates import Templates
from mailgate.notify.variables import (
    AgentView,
    Variables,
    view_agent,
    view_customer,
    view_message,
    view_queue,
    view_ticket,
)
from mailgate.tickets.model import Queue, Ticket
from mailgate.tickets.signed import Purpose, sign_loop_mark, sign_message_id, sign_token, without_tokens

LEFT_OUT = "[...]"


def write(draft: Draft, plan: Plan, message: Message, policy: Policy, templates: Templates) -> OutgoingMail:
    """Compose one mail of a plan. Raises TemplateFailed where the template cannot take the values."""
    if plan.ticket is None:
        raise ValueError("a plan with mail has a ticket")
    mail = _written(draft, plan, plan.ticket, message, policy, templates)
    if mail.held and draft.kind == "agent":
        # Whatever a stranger hides in his words, he must not be able to silence the agents' notification.
        ticket = replace(plan.ticket, subject=LEFT_OUT)
        mail = _written(draft, plan, ticket, _without_words(message), policy, templates)
    return mail


def _written(
    draft: Draft, plan: Plan, ticket: Ticket, message: Message, policy: Policy, templates: Templates
) -> OutgoingMail:
    queue = policy.queue(ticket.queue)
    variables = _variables(draft, plan, ticket, queue, message, policy)
    rendered = templates.render(draft.template, draft.language or policy.site.language, variables)
    headers = _headers(draft, ticket, queue, message, policy, rendered, plan.at)
    own = frozenset((headers.reply_to.address,)) if headers.reply_to else frozenset()
    foreign = foreign_tokens(headers, rendered, own)
    return OutgoingMail(
        kind=draft.kind,
        template=draft.template,
        reverse_path=_reverse_path(draft, ticket, queue, policy),
        recipient=draft.recipient.address,
        subject=rendered.subject,
        text=rendered.text,
        message_id=headers.message_id,
        content=compose(headers, rendered),
        article=draft.article,
        held=bool(foreign),
        reason=f"holds what belongs to somebody else: {', '.join(foreign)}" if foreign else "",
    )


def _without_words(message: Message) -> Message:
    """The mail with nothing left that its writer chose but his address."""
    author = Mailbox("", without_tokens(message.author.address))
    body = Body(text=LEFT_OUT, new_text=LEFT_OUT)
    return replace(message, authors=(author,), subject=LEFT_OUT, body=body, attachments=())


def _variables(draft: Draft, plan: Plan, ticket: Ticket, queue: Queue, message: Message, policy: Policy) -> Variables:
    domain = message.author.address.rpartition("@")[2]
    tag = policy.site.tag.render(ticket.number)
    return Variables(
        ticket=view_ticket(ticket, tag, policy.site.timezone).without(without_tokens),
        customer=view_customer(message.author).without(without_tokens),
        message=view_message(message).without(without_tokens),
        queue=view_queue(queue),
        site=policy.site.name,
        now=plan.at.astimezone(policy.site.timezone),
        verified=domain if plan.authenticity == "passed" else "",
        agent=view_agent(draft.agent) if draft.agent else AgentView(),
    )


def _headers(
    draft: Draft,
    ticket: Ticket,
    queue: Queue,
    message: Message,
    policy: Policy,
    rendered: Rendered,
    at: datetime,
) -> Headers:
    to_customer = draft.kind == "auto-reply"
    domain = policy.site.domain
    message_id = sign_message_id(policy.keys, draft.article, draft.article_nonce, domain)
    if draft.kind == "report":  # no copy of the article's notification: an admin who is an agent gets both
        message_id = f"<notice.{draft.article_nonce.hex()}@{domain.lower()}>"
    root = sign_message_id(policy.keys, ticket.root_article, ticket.root_nonce, domain)
    if to_customer:
        earlier = () if draft.neutral else message.references  # ids of any words; a stranger's are not passed on (R32)
        parent, references = message.message_id, (*earlier, *filter(None, (message.message_id,)))
    else:
        parent, references = (root, (root,)) if root != message_id else (None, ())
    sender = queue.sender
    if not to_customer:
        author = without_tokens(message.author.name or message.author.address)
        sender = Mailbox(f"{author} via {queue.title}", queue.sender.address)
    return Headers(
        sender=sender,
        to=Mailbox("", draft.recipient.address) if draft.neutral else draft.recipient,  # R32: nor his name
        reply_to=_reply_to(draft, ticket, queue, policy, sender),
        subject=rendered.subject,
        message_id=message_id,
        in_reply_to=parent,
        references=references,
        date=at.astimezone(policy.site.timezone),
        automatic="auto-replied" if to_customer else "auto-generated",
        suppress_all=True,
        list_id=None if to_customer else f"{queue.title} tickets <{queue.name}.{domain}>",
        extra=_marks(draft, ticket, policy),
        language=rendered.language,
    )


def _marks(draft: Draft, ticket: Ticket, policy: Policy) -> tuple[tuple[str, str], ...]:
    """Our own fields: the loop mark always; for agents what their clients can filter by."""
    loop = (LOOP_HEADER, sign_loop_mark(policy.keys, policy.site.domain))
    if draft.kind == "auto-reply":
        return (loop,)
    return (
        loop,
        ("X-Mailgate-Ticket", ticket.number),
        ("X-Mailgate-Event", draft.template),
        ("X-Mailgate-Queue", ticket.queue),
        ("X-Mailgate-State", ticket.state),
        ("X-Mailgate-Priority", ticket.priority),
        ("X-Mailgate-Owner", ticket.owner or "none"),
        ("Thread-Topic", without_tokens(ticket.subject)),
    )


def _reply_to(draft: Draft, ticket: Ticket, queue: Queue, policy: Policy, sender: Mailbox) -> Mailbox | None:
    """The recipient's own signed address; a neutral answer has none, for it may have reached a stranger."""
    if draft.neutral or draft.kind == "report":
        return None
    # An agent's answer is filed as a note: what a reply will do is frozen in the address.
    purpose: Purpose = "r" if draft.participant else "n"
    address = _signed(draft, ticket, queue, policy, purpose, ticket.last_article, ticket.last_nonce)
    return Mailbox(sender.name, address) if address else None


def _reverse_path(draft: Draft, ticket: Ticket, queue: Queue, policy: Policy) -> str | None:
    """Null for automatic mail to customers (RFC 3834 3.3); else VERP, so that a bounce says whose it is."""
    if draft.kind == "auto-reply" and policy.null_sender:
        return None
    if policy.return_path is not None:
        return policy.return_path
    return _signed(draft, ticket, queue, policy, "b", draft.article, draft.article_nonce) or queue.address


def _signed(
    draft: Draft, ticket: Ticket, queue: Queue, policy: Policy, purpose: Purpose, revision: int, nonce: bytes
) -> str | None:
    party = 0
    if draft.agent is not None:
        party = party_of_agent(draft.agent)
    elif draft.participant is not None:
        party = party_of_participant(draft.participant)
    token = sign_token(policy.keys, ticket.number, purpose, party, revision, ticket.nonce, nonce)
    return policy.site.reply_address.render(queue.address, token)
