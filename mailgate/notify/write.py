"""From a draft to a finished outgoing mail: addresses, threading and headers around a rendered template.

Every mail ends with the last search (spec/agents.md 2): what holds another party's signed address is held.
"""

from dataclasses import replace
from datetime import datetime

from mailgate.decision.answering import LOOP_HEADER
from mailgate.decision.leak import Leak
from mailgate.decision.plan import Draft, Passing, Plan
from mailgate.decision.policy import Policy
from mailgate.decision.telling import Answer
from mailgate.mail.answer_html import answer_html
from mailgate.mail.markers import AGENTS_MARKERS
from mailgate.mail.message import Body, Mailbox, Message
from mailgate.notify.compose import Composed, Headers, compose_parts
from mailgate.notify.enclosed import NOTHING, Enclosed
from mailgate.notify.files import Raw, files_of_answer, files_of_notification, no_raw
from mailgate.notify.leak import foreign_in_files, foreign_tokens
from mailgate.notify.outgoing import OutgoingMail, Tail
from mailgate.notify.particulars import particulars, shown_name
from mailgate.notify.passed_on import files_of, may_go_whole, quoted_mail, whole_mail
from mailgate.notify.rendered import Rendered
from mailgate.notify.signing import links, signed_address
from mailgate.notify.templates import Templates
from mailgate.notify.views import AnswerView
from mailgate.tickets.model import Queue, Ticket
from mailgate.tickets.signed import Purpose, sign_loop_mark, sign_message_id, without_tokens

LEFT_OUT = "[...]"


class Writer:
    """Writes the mails of one plan. Files are read and encoded once for all copies."""

    def __init__(self, plan: Plan, message: Message, policy: Policy, templates: Templates, raw: Raw = no_raw) -> None:
        if plan.ticket is None:
            raise ValueError("a plan with mail has a ticket")
        self._plan, self._ticket, self._message, self._raw = plan, plan.ticket, message, raw
        self._policy, self._templates = policy, templates
        self._enclosed: dict[str, Enclosed] = {}
        self._tails: dict[tuple[str, str, bool], Tail] = {}
        self._answers: dict[Answer, str] = {}

    def write(self, draft: Draft) -> OutgoingMail:
        """Compose one mail. Raises TemplateFailed where the template cannot take the values."""
        if draft.passing is not None and draft.passing.whole and not self._goes_whole(draft):
            draft = replace(draft, passing=replace(draft.passing, whole=False))
        if draft.telling.outsider:
            return self._written(draft, _unseen(self._ticket), self._message)
        mail = self._written(draft, self._ticket, self._message)
        if mail.held and draft.kind == "agent":
            # Whatever a stranger hides in his words, he must not be able to silence the agents' notification.
            ticket = replace(self._ticket, subject=LEFT_OUT)
            mail = self._written(draft, ticket, _without_words(self._message))
        return mail

    def note(self, draft: Draft) -> str:
        """The text of an internal note. Raises TemplateFailed as `write` does."""
        return self._rendered(draft, self._ticket, self._message).text

    def _goes_whole(self, draft: Draft) -> bool:
        queue = self._policy.queue(self._ticket.queue)
        nothing = Rendered("", "", "", "forward", "")
        headers = _headers(draft, self._ticket, queue, self._message, self._policy, nothing, self._plan.at)
        return may_go_whole(self._message, self._raw, headers, _own(headers))

    def _rendered(self, draft: Draft, ticket: Ticket, message: Message) -> Rendered:
        policy, queue = self._policy, self._policy.queue(ticket.queue)
        made = links(draft, ticket, queue, policy)
        variables = particulars(draft, self._plan, ticket, queue, message, policy, made, self._html(draft))
        if draft.passing is not None and not draft.passing.whole:
            words = quoted_mail(message, policy.site.timezone, queue.address)
            variables = replace(variables, answer=AnswerView(words))
        return self._templates.render(
            draft.template, draft.language or policy.site.language, variables, policy.site.language
        )

    def _written(self, draft: Draft, ticket: Ticket, message: Message) -> OutgoingMail:
        policy, queue = self._policy, self._policy.queue(ticket.queue)
        rendered = self._rendered(draft, ticket, message)
        headers = _headers(draft, ticket, queue, message, policy, rendered, self._plan.at)
        enclosed = self._files(draft, message)
        own, to_outside = _own(headers), draft.kind in ("customer", "forward")
        found = foreign_tokens(headers, rendered, own, AGENTS_MARKERS if to_outside else ())
        leaks = (*map(Leak, found), *(foreign_in_files(enclosed, own) if to_outside else ()))
        composed, tail = self._composed(draft, headers, rendered, enclosed)
        what = ", ".join(dict.fromkeys(each.text for each in leaks))
        reason = f"holds what belongs to somebody else: {what}" if leaks else draft.held
        return OutgoingMail(
            kind=draft.kind,
            template=draft.template,
            reverse_path=_reverse_path(draft, ticket, queue, policy),
            recipient=draft.recipient.address,
            subject=headers.subject,
            text=rendered.text,
            message_id=headers.message_id,
            content=composed.content,
            tail=tail,
            article=draft.article,
            held=bool(reason),
            leaks=leaks,
            reason=reason,
            due=draft.due,
        )

    def _html(self, draft: Draft) -> str:
        """The HTML of an agent's answer, made once for all copies."""
        answer = draft.answer
        if answer is None:
            return ""
        if answer not in self._answers:
            cids = frozenset(each.content_id.strip("<>") for each in self._message.attachments if each.content_id)
            html = self._message.body.html or ""
            self._answers[answer] = answer_html(html, answer.text, cids, answer.commands)
        return self._answers[answer]

    def _files(self, draft: Draft, message: Message) -> Enclosed:
        if draft.passing is not None:
            return self._passed_on(draft.passing, message)
        if draft.kind not in ("customer", "agent") or draft.receipt or not message.attachments:
            return NOTHING
        if draft.kind not in self._enclosed:
            answer, most = draft.answer, self._policy.relay.attachments_up_to
            self._enclosed[draft.kind] = (
                files_of_answer(message, self._raw, self._html(draft), answer.text)
                if answer is not None
                else files_of_notification(message, self._raw, most)
            )
        return self._enclosed[draft.kind]

    def _passed_on(self, passing: Passing, message: Message) -> Enclosed:
        if passing.whole:
            return whole_mail(self._raw)
        return files_of(message, self._raw) if passing.files else NOTHING

    def _composed(
        self, draft: Draft, headers: Headers, rendered: Rendered, enclosed: Enclosed
    ) -> tuple[Composed, Tail]:
        key = draft.kind, headers.message_id, rendered.logo is not None
        kept = self._tails.get(key)
        composed = compose_parts(headers, rendered, enclosed, kept.content if kept is not None else None)
        if kept is None:
            kept = self._tails[key] = Tail.of(composed.tail)
        return composed, kept


def write(
    draft: Draft, plan: Plan, message: Message, policy: Policy, templates: Templates, raw: Raw = no_raw
) -> OutgoingMail:
    """Compose one mail of a plan. Raises TemplateFailed where the template cannot take the values."""
    return Writer(plan, message, policy, templates, raw).write(draft)


def _unseen(ticket: Ticket) -> Ticket:
    """The ticket with nothing left but the number that was asked for: its reader has no right to see it."""
    return replace(
        ticket, subject=LEFT_OUT, participants=(), tags=(), fields=(), owner=None, state="open", priority="normal"
    )


def _without_words(message: Message) -> Message:
    """The mail with nothing left that its writer chose but his address."""
    author = Mailbox("", without_tokens(message.author.address))
    body = Body(text=LEFT_OUT, new_text=LEFT_OUT)
    return replace(message, authors=(author,), subject=LEFT_OUT, body=body, attachments=())


def _own(headers: Headers) -> frozenset[str]:
    """The signed address that is the reader's own."""
    return frozenset({headers.reply_to.address} if headers.reply_to else ())


def _headers(
    draft: Draft,
    ticket: Ticket,
    queue: Queue,
    message: Message,
    policy: Policy,
    rendered: Rendered,
    at: datetime,
) -> Headers:
    if draft.answer is not None:
        return _answers_headers(draft, draft.answer, ticket, queue, policy, rendered, at)
    if draft.kind == "forward":
        return _forwards_headers(draft, ticket, queue, policy, rendered, at)
    to_customer = draft.kind == "auto-reply"
    domain = policy.site.domain
    message_id = _message_id(draft, policy)
    root = sign_message_id(policy.keys, ticket.root_article, ticket.root_nonce, domain)
    if to_customer:
        parent, references = draft.parent, draft.references
    else:
        parent, references = (root, (root,)) if root != message_id else (None, ())
    sender = queue.sender
    if not to_customer:
        author = "mailgate" if draft.receipt else draft.actor or without_tokens(shown_name(message.author))
        sender = Mailbox(f"{author} via {queue.title}" if author else queue.title, queue.sender.address)
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


def _answers_headers(
    draft: Draft, answer: Answer, ticket: Ticket, queue: Queue, policy: Policy, rendered: Rendered, at: datetime
) -> Headers:
    """A person's mail: nothing in it says that a machine passed it on (RFC 3834 is not for it)."""
    name = policy.relay.sender_form.format(agent=answer.agent.name, queue=queue.title)
    sender = Mailbox(name, queue.sender.address)
    return Headers(
        sender=sender,
        to=answer.to,
        cc=answer.cc,
        reply_to=_reply_to(draft, ticket, queue, policy, sender),
        subject=answer.subject,
        message_id=_message_id(draft, policy),
        in_reply_to=answer.parent,
        references=answer.references,
        date=at.astimezone(policy.site.timezone),
        automatic=None,
        language=rendered.language,
    )


def _forwards_headers(
    draft: Draft, ticket: Ticket, queue: Queue, policy: Policy, rendered: Rendered, at: datetime
) -> Headers:
    """One thread for all that is passed on of a ticket; the customer's own ids are not for others to know."""
    root = sign_message_id(policy.keys, ticket.root_article, ticket.root_nonce, policy.site.domain)
    return Headers(
        sender=queue.sender,
        to=draft.recipient,
        reply_to=_reply_to(draft, ticket, queue, policy, queue.sender),
        subject=rendered.subject,
        message_id=_message_id(draft, policy),
        in_reply_to=root,
        references=(root,),
        date=at.astimezone(policy.site.timezone),
        automatic="auto-generated",
        suppress_all=True,
        extra=_marks(draft, ticket, policy),
        language=rendered.language,
    )


def _message_id(draft: Draft, policy: Policy) -> str:
    """All copies and notifications of an article share its own; a notice has one for itself."""
    domain = policy.site.domain
    if draft.notice is not None:
        waits = f"s{draft.telling.waits}." if draft.telling.waits else ""
        return f"<notice.{waits}{draft.notice.hex()}@{domain.lower()}>"
    if draft.kind == "report":  # no copy of the article's notification: an admin who is an agent gets both
        return f"<notice.{draft.article_nonce.hex()}@{domain.lower()}>"
    return sign_message_id(policy.keys, draft.article, draft.article_nonce, domain)


def _marks(draft: Draft, ticket: Ticket, policy: Policy) -> tuple[tuple[str, str], ...]:
    """Our own fields: the loop mark always; for agents what their clients can filter by."""
    loop = (LOOP_HEADER, sign_loop_mark(policy.keys, policy.site.domain))
    if draft.kind in ("auto-reply", "forward"):
        return (loop,)
    return (
        loop,
        ("X-Mailgate-Ticket", ticket.number),
        ("X-Mailgate-Event", draft.template),
        ("X-Mailgate-Queue", ticket.queue),
        ("X-Mailgate-State", ticket.state),
        ("X-Mailgate-Priority", ticket.priority),
        ("X-Mailgate-Owner", ticket.owner or "none"),
        ("X-Mailgate-Reason", draft.reason),
        ("Thread-Topic", without_tokens(ticket.subject)),
    )


def _reply_to(draft: Draft, ticket: Ticket, queue: Queue, policy: Policy, sender: Mailbox) -> Mailbox | None:
    """The recipient's own signed address; a neutral answer has none, for it may have reached a stranger.

    What a reply will do is frozen in it: an agent's answers the customer, or is a note.
    """
    if draft.neutral or draft.kind == "report":
        return None
    purpose: Purpose = "r" if draft.participant or draft.answers else "n"
    address = signed_address(draft, ticket, queue, policy, purpose, ticket.last_article, ticket.last_nonce)
    return Mailbox(sender.name, address) if address else None


def _reverse_path(draft: Draft, ticket: Ticket, queue: Queue, policy: Policy) -> str | None:
    """Null for automatic mail to customers (RFC 3834 3.3); else VERP, so that a bounce says whose it is."""
    if draft.kind == "auto-reply" and policy.null_sender:
        return None
    if policy.return_path is not None:
        return policy.return_path
    return signed_address(draft, ticket, queue, policy, "b", draft.article, draft.article_nonce) or queue.address
