"""Which attached files are only the trimmings of a mail: the logos of a signature, icons, counters.

They stay in the raw mail and keep their content ids; they are not listed and not sent on as if somebody had attached
them.
"""

from urllib.parse import quote

from mailgate.mail.message import Attachment, Body, Message

SMALLEST_PICTURE = 8_192  # octets: an inline image below it is a logo or a tracker, not a screenshot


def attached_files(message: Message) -> tuple[Attachment, ...]:
    """What the sender attached or shows: each picture once, without the small ones that only dress his mail."""
    seen: set[str] = set()
    found = []
    for each in message.attachments:
        if is_trimming(each, message.body) or (each.inline and each.sha256 in seen):
            continue
        seen.add(each.sha256)
        found.append(each)
    return tuple(found)


def is_trimming(attachment: Attachment, body: Body) -> bool:
    """An inline image that is small, or that the text shows in a signature or quotation and nowhere else."""
    if not attachment.inline or not attachment.content_type.startswith("image/"):
        return False
    if attachment.size < SMALLEST_PICTURE:
        return True
    marks = _marks(attachment)
    if any(mark in body.new_text for mark in marks):
        return False
    return any(mark in body.signature or mark in body.quoted_text for mark in marks)


def _marks(attachment: Attachment) -> tuple[str, ...]:
    """How mail programs write, in text, that a picture stands here."""
    cid = (attachment.content_id or "").strip("<>")
    marks = (f"[cid:{cid}]", f"[cid:{quote(cid)}]") if cid else ()
    return (*marks, f"[image: {attachment.filename}]") if attachment.filename else marks
