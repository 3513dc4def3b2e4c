"""What was read of a mail, as the stable JSON of `mailgate inspect` (spec/mail.md 6)."""

from typing import Any

from mailgate.mail.authenticity import Authenticity
from mailgate.mail.message import Bounce, Forward, Mailbox, Message
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
    body, verdict = message.body, authenticity or Authenticity()
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
        "subject_clean": subject_clean(message.subject) if clean_subject is None else clean_subject,
        "ticket_tokens": list(ticket_tokens),
        "text": body.text,
        "new_text": body.new_text,
        "quoted_text": body.quoted_text,
        "signature": body.signature,
        "split": body.split,
        "has_html": body.html is not None,
        "charset": body.charset,
        "language": body.language,
        "attachments": [
            {
                "filename": each.filename,
                "content_type": each.content_type,
                "size": each.size,
                "sha256": each.sha256,
                "inline": each.inline,
                "content_id": each.content_id,
            }
            for each in message.attachments
        ],
        "automatic": {
            "is_automatic": message.automatic.is_automatic,
            "kind": message.automatic.kind,
            "is_list": message.automatic.is_list,
            "may_answer": message.automatic.may_answer,
            "reasons": list(message.automatic.reasons),
        },
        "bounce": _bounce(message.bounce),
        "forward": _forward(message.forward),
        "authenticity": {
            "dmarc": verdict.dmarc,
            "dkim": verdict.dkim,
            "spf": verdict.spf,
            "by": verdict.by,
            "sealer": verdict.sealer,
        },
        "defects": list(message.defects),
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


def _forward(forward: Forward | None) -> dict[str, Any] | None:
    if forward is None:
        return None
    return {
        "from": {"name": forward.author.name, "address": forward.author.address},
        "subject": forward.subject,
        "text": forward.text,
        "attached": forward.attached,
    }
