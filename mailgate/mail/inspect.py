"""What was read of a mail: the stable JSON of `mailgate inspect` (spec/mail.md 6), and a page for people."""

from typing import Any

from mailgate.mail.authenticity import Authenticity
from mailgate.mail.message import Bounce, Forward, Mailbox, Message
from mailgate.mail.subject import subject_clean

_SHOWN_LINES = 40


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
        "authenticity": {"dmarc": verdict.dmarc, "dkim": verdict.dkim, "spf": verdict.spf, "by": verdict.by},
        "defects": list(message.defects),
    }


def page(message: Message) -> str:
    """A plain-text page: the head, what we think of it, and the text with quotation and signature set apart."""
    rows = [
        ("From", ", ".join(map(str, message.authors)) or "nobody"),
        ("", "the author is ambiguous: never trusted" if message.ambiguous_author else ""),
        ("Reply-To", ", ".join(map(str, message.reply_to))),
        ("To", ", ".join(map(str, message.to))),
        ("Cc", ", ".join(map(str, message.cc))),
        ("Date", message.date.isoformat(sep=" ") if message.date else "none"),
        ("Subject", message.subject or "none"),
        ("Message-ID", message.message_id or "none"),
        ("Answers", ", ".join(message.in_reply_to)),
        ("Automatic", _verdict_in_words(message)),
        *(("Bounce", _recipient_in_words(each)) for each in (message.bounce.recipients if message.bounce else ())),
        *(("Attached", f"{a.filename} ({a.content_type}, {a.size:,} octets)") for a in message.attachments),
        *(("Defect", each) for each in message.defects),
    ]
    lines = [f"{label:>10}  {value}" for label, value in rows if value]
    body = message.body
    for title, text in (("Text", body.new_text), ("Quoted", body.quoted_text), ("Signature", body.signature)):
        if text:
            lines += ["", f"--- {title} {'(split unsure) ' if body.split == 'unsure' else ''}{'-' * (60 - len(title))}"]
            lines += _beginning(text)
    return "\n".join(lines) + "\n"


def _beginning(text: str) -> list[str]:
    lines = text.split("\n")
    more = len(lines) - _SHOWN_LINES
    return [*lines[:_SHOWN_LINES], f"... {more} more lines"] if more > 0 else lines


def _verdict_in_words(message: Message) -> str:
    verdict = message.automatic
    what = verdict.kind or ("a list's mail" if verdict.is_list else "no")
    answer = "may be answered automatically" if verdict.may_answer else "no automatic answer"
    return f"{what}; {answer}" + (f" ({'; '.join(verdict.reasons)})" if verdict.reasons else "")


def _recipient_in_words(recipient: Any) -> str:
    how = "for good" if recipient.permanent else "for now"
    return f"{recipient.address or 'unknown'} {recipient.action} {recipient.status or ''} {how}: {recipient.diagnostic}"


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
