"""Receipts (RFC 8098) and complaints about abuse (RFC 5965, and the form that Hotmail sent before it)."""

import re

from mailgate.mail import head
from mailgate.mail.address import read_addresses
from mailgate.mail.headers import Headers, without_comments
from mailgate.mail.message import AutomaticKind, Notice, NoticeKind
from mailgate.mail.message_ids import is_message_id, message_id

_LONGEST = 64 * 1024
_ADDRESS = re.compile(r"[^\s<>()\[\]\",;:]{1,64}@[^\s<>()\[\]\",;:]{1,255}")
_REJECTED = re.compile(r"\b(?:was|were|been|automatically) (?:automatically )?(?:rejected|refused)\b", re.IGNORECASE)
_COMPLAINED_RECIPIENT = (
    "original-rcpt-to",
    "removal-recipient",
    "x-hmxmroriginalrecipient",
    "x-jmr-original-recipient",
)


def is_complaint_by_header(headers: Headers) -> bool:
    """Whether a mail, or the one that it gives back, is one that Microsoft's programme for senders passes on."""
    return "x-hmxmroriginalrecipient" in headers or "x-jmr-original-recipient" in headers


def is_called_complaint(subject: str) -> bool:
    """Whether the subject is that programme's: the mark stands in the mail that is given back."""
    return subject[:100].strip().lower().startswith("complaint about message from")


def read_notice(kind: AutomaticKind, octets: bytes, returned: Headers | None, headers: Headers) -> Notice:
    """What a receipt or complaint says. `octets`: its status part; `returned`: the header of the mail it speaks of."""
    fields = Headers(_fields(octets))
    original = message_id(fields.raw("original-message-id"))
    if original is None and returned is not None:
        original = message_id(returned.raw("message-id"))
    if original is None and kind == "disposition":
        own = headers.raw("in-reply-to").decode("ascii", "replace").strip()
        original = own if is_message_id(own) else None
    if kind == "feedback":
        return Notice(
            "complaint", original, _complained(fields, returned, headers), _word(fields.value("feedback-type"))
        )
    disposition = without_comments(fields.value("disposition"))
    return Notice(_disposed(disposition), original, _typed(fields.value("final-recipient")), disposition[:200])


def is_refusal(notice: Notice, text: str) -> bool:
    """Whether a receipt refuses the mail (RFC 5429 2.1.1): deleted by a program, which says that it rejected it."""
    if notice.kind != "deleted" or not notice.detail.lower().startswith("automatic-action"):
        return False
    return _REJECTED.search(text[:2_000]) is not None


def _fields(octets: bytes) -> tuple[head.RawField, ...]:
    """Those of all groups: a blank line in them parts nothing here."""
    whole = head.canonical(octets[:_LONGEST]).replace(b"\r\n", b"\n").strip(b"\n")
    while b"\n\n" in whole:
        whole = whole.replace(b"\n\n", b"\n")
    return head.cut(whole).fields


def _disposed(disposition: str) -> NoticeKind:
    done = disposition.rpartition(";")[2].partition("/")[0].strip().casefold()
    if done == "displayed":
        return "read"
    return "deleted" if done == "deleted" else "processed"


def _complained(fields: Headers, returned: Headers | None, headers: Headers) -> str:
    for name in _COMPLAINED_RECIPIENT:
        for each in filter(None, (fields, headers, returned)):
            if found := _ADDRESS.search(each.value(name)):
                return found[0]
    to = read_addresses(returned.value("to")).mailboxes if returned is not None else ()
    return to[0].address if len(to) == 1 else ""


def _typed(value: str) -> str:
    found = _ADDRESS.search(value.partition(";")[2] or value)
    return found[0] if found else ""


def _word(value: str) -> str:
    return (value.split() or ["abuse"])[0][:40]
