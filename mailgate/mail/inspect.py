"""What was read of a mail, as the stable JSON of `mailgate inspect` (spec/mail.md 6)."""

from typing import Any

from mailgate.mail.authenticity import Authenticity
from mailgate.mail.message import Attachment, Automatic, Body, Bounce, Forward, Mailbox, Message, Notice
from mailgate.mail.subject import subject_clean


def as_json(
    message: Message,
    ticket_tokens: tuple[str, ...] = (),
    authenticity: Authenticity | None = None,
    clean_subject: str | None = None,
) -> dict[str, Any]:
    """The facts as plain lists and dicts.

    `ticket_tokens`, `authenticity` and `clean_subject` (without our ticket tokens) are known above this package.
    """
    subject = subject_clean(message.subject) if clean_subject is None else clean_subject
    return {
        **_of_header(message, subject, ticket_tokens),
        **_of_body(message.body),
        "attachments": [_attachment(each) for each in message.attachments],
        "automatic": _automatic(message.automatic),
        "bounce": _bounce(message.bounce) if message.bounce is not None else _notice(message.notice),
        "forward": _forward(message.forward),
        "authenticity": _authenticity(authenticity or Authenticity()),
        "defects": list(message.defects),
    }


def _of_header(message: Message, subject: str, ticket_tokens: tuple[str, ...]) -> dict[str, Any]:
    return {
        "message_id": message.message_id,
        "in_reply_to": list(message.in_reply_to),
        "references": list(message.references),
        "date": message.date.isoformat() if message.date else None,
        "from": _mailboxes(message.authors),
        "sender": _mailboxes(message.sender),
        "reply_to": _mailboxes(message.reply_to),
        "to": _mailboxes(message.to),
        "cc": _mailboxes(message.cc),
        "subject": message.subject,
        "subject_clean": subject,
        "ticket_tokens": list(ticket_tokens),
    }


def _of_body(body: Body) -> dict[str, Any]:
    return {
        "text": body.text,
        "new_text": body.new_text,
        "quoted_text": body.quoted_text,
        "signature": body.signature,
        "split": body.split,
        "has_html": body.html is not None,
        "charset": body.charset,
        "language": body.language,
    }


def _attachment(attachment: Attachment) -> dict[str, Any]:
    return {
        "filename": attachment.filename,
        "content_type": attachment.content_type,
        "size": attachment.size,
        "sha256": attachment.sha256,
        "inline": attachment.inline,
        "content_id": attachment.content_id,
    }


def _automatic(automatic: Automatic) -> dict[str, Any]:
    return {
        "is_automatic": automatic.is_automatic,
        "kind": automatic.kind,
        "is_list": automatic.is_list,
        "may_answer": automatic.may_answer,
        "reasons": list(automatic.reasons),
    }


def _authenticity(verdict: Authenticity) -> dict[str, Any]:
    return {
        "dmarc": verdict.dmarc,
        "dkim": verdict.dkim,
        "spf": verdict.spf,
        "by": verdict.by,
        "sealer": verdict.sealer,
    }


def _mailboxes(mailboxes: tuple[Mailbox, ...]) -> list[dict[str, str]]:
    return [{"name": each.name, "address": each.address} for each in mailboxes]


def _bounce(bounce: Bounce | None) -> dict[str, Any] | None:
    if bounce is None:
        return None
    return {
        "original_message_id": bounce.original_message_id,
        "recipients": [
            {
                "address": each.address,
                "action": each.action,
                "status": each.status,
                "permanent": each.permanent,
                "diagnostic": each.diagnostic,
            }
            for each in bounce.recipients
        ],
    }


def _notice(notice: Notice | None) -> dict[str, Any] | None:
    """A receipt or complaint in the same form (spec/mail.md 4): whoever speaks of a mail has got it."""
    if notice is None:
        return None
    recipient = {
        "address": notice.recipient,
        "action": "delivered",
        "status": None,
        "permanent": False,
        "diagnostic": notice.detail,
    }
    return {"original_message_id": notice.original_message_id, "recipients": [recipient]}


def _forward(forward: Forward | None) -> dict[str, Any] | None:
    if forward is None:
        return None
    return {
        "from": {"name": forward.author.name, "address": forward.author.address},
        "subject": forward.subject,
        "text": forward.text,
        "attached": forward.attached,
    }
