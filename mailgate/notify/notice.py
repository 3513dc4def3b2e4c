"""A mail to the operator: something happened that he must know. It belongs to no ticket and asks for no answer."""

from datetime import datetime

from mailgate.decision.answering import LOOP_HEADER
from mailgate.decision.policy import Policy
from mailgate.mail.message import Mailbox
from mailgate.notify.compose import Headers, compose
from mailgate.notify.outgoing import OutgoingMail
from mailgate.notify.rendered import Kind, Rendered
from mailgate.notify.templates import Templates
from mailgate.notify.variables import Variables
from mailgate.notify.viewing import notice_variables
from mailgate.tickets.signed import sign_loop_mark


def notice(
    template: str,
    address: str,
    facts: tuple[str, ...],
    policy: Policy,
    templates: Templates,
    nonce: bytes,
    now: datetime,
    language: str = "",
) -> OutgoingMail:
    """Compose a notice to one person, in the site's language where it is not said: that of the admins. `facts` are
    short texts for the template, `nonce` makes its Message-ID."""
    site = policy.site
    queue = policy.queue(site.default_queue)
    variables = notice_variables(facts, queue, site.name, now.astimezone(site.timezone))
    return notice_of(template, address, language or site.language, variables, policy, templates, nonce, now)


def notice_of(
    template: str,
    address: str,
    language: str,
    variables: Variables,
    policy: Policy,
    templates: Templates,
    nonce: bytes,
    now: datetime,
    kind: Kind = "report",
) -> OutgoingMail:
    """A mail of the desk's own that belongs to no ticket."""
    rendered = templates.render(template, language, variables, policy.site.language)
    return letter(template, address, rendered, policy, nonce, now, kind)


def letter(
    template: str, address: str, rendered: Rendered, policy: Policy, nonce: bytes, now: datetime, kind: Kind = "report"
) -> OutgoingMail:
    """The same of what was rendered already."""
    site = policy.site
    queue = policy.queue(site.default_queue)
    message_id = f"<notice.{nonce.hex()}@{site.domain.lower()}>"
    headers = Headers(
        sender=Mailbox(f"mailgate at {site.name}", queue.sender.address),
        to=Mailbox("", address),
        reply_to=None,
        subject=rendered.subject,
        message_id=message_id,
        in_reply_to=None,
        references=(),
        date=now.astimezone(site.timezone),
        automatic="auto-generated",
        suppress_all=True,
        extra=((LOOP_HEADER, sign_loop_mark(policy.keys, site.domain)), ("X-Mailgate-Event", template)),
        language=rendered.language,
    )
    return OutgoingMail(
        kind=kind,
        template=template,
        reverse_path=policy.return_path or queue.address,
        recipient=address,
        subject=rendered.subject,
        text=rendered.text,
        message_id=message_id,
        content=compose(headers, rendered),
        article=None,
    )
