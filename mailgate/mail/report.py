"""Reports: of delivery (RFC 3464, or the prose of a mail system), receipts (RFC 8098) and complaints (RFC 5965).

Says what a report claims, never whether it may be believed: forged ones are common, and the caller matches them with
what we sent (R47). Bounded and total; a broken report is still a report, with what could be read of it.
"""

import re
from dataclasses import dataclass, replace

from mailgate.mail import head
from mailgate.mail.address import read_addresses
from mailgate.mail.bounce_author import is_free_text_bounce, is_passed_on, may_be_free_text_bounce
from mailgate.mail.charset import eight_bit
from mailgate.mail.dsn import LONGEST_DIAGNOSTIC, LONGEST_REPORT, looks_like_status, read_recipients
from mailgate.mail.free_text_bounce import is_delay, named_recipients, with_reason
from mailgate.mail.headers import Headers
from mailgate.mail.message import AutomaticKind, Bounce, BouncedRecipient, Mailbox, Notice
from mailgate.mail.message_ids import in_reply_to, is_message_id, message_id, references
from mailgate.mail.notice_text import NoticeText
from mailgate.mail.parameters import read_parameters
from mailgate.mail.part import Part
from mailgate.mail.receipt import is_called_complaint, is_complaint_by_header, is_refusal, read_notice
from mailgate.mail.reply_meaning import inferred_status, quoted_failure

_KINDS: dict[str, AutomaticKind] = {
    "message/delivery-status": "bounce",
    "message/global-delivery-status": "bounce",
    "message/disposition-notification": "disposition",
    "message/global-disposition-notification": "disposition",
    "message/feedback-report": "feedback",
}
_REPORT_TYPES: dict[str, AutomaticKind] = {
    "delivery-status": "bounce",
    "global-delivery-status": "bounce",
    "disposition-notification": "disposition",
    "global-disposition-notification": "disposition",
    "feedback-report": "feedback",
}
_RETURNED = (
    "message/rfc822",
    "message/global",
    "text/rfc822-headers",
    "text/rfc822-header",
    "message/rfc822-headers",
    "message/global-headers",
)
_ORIGINAL_ID = re.compile(
    rb"^[ \t]*(?:x-)?original-message-id[ \t]*:[ \t]*(<[^\s<>]{3,900}>)", re.IGNORECASE | re.MULTILINE
)
_MESSAGE_ID = re.compile(rb"^message-id:[ \t]*(<[^\s<>]{3,900}>)", re.IGNORECASE | re.MULTILINE)
_LARGEST_TEXT_PART = 256 * 1024


@dataclass(frozen=True, slots=True)
class Report:
    """What kind of report a mail is, if any, and what it says."""

    kind: AutomaticKind | None = None
    bounce: Bounce | None = None
    notice: Notice | None = None


def read_report(
    raw: bytes, headers: Headers, parts: tuple[Part, ...], authors: tuple[Mailbox, ...], subject: str, text: str
) -> Report:
    """The report in a mail whose leaves are `parts` and whose body text is `text`."""
    reading = _Reading(raw, headers, parts, authors, subject, text)
    kinds = [_KINDS[part.content_type] for part in parts if part.content_type in _KINDS]
    kind = "bounce" if "bounce" in kinds else kinds[0] if kinds else _REPORT_TYPES.get(_report_type(headers))
    if kind is None and (is_complaint_by_header(headers) or reading.complains()):
        kind = "feedback"
    if kind is None or (not _report_type(headers) and is_passed_on(subject) and authors):
        return reading.prose()
    if kind == "bounce":
        return Report("bounce", reading.bounce())
    fields = next((part.content(raw)[0] for part in parts if _KINDS.get(part.content_type) == kind), b"")
    notice = read_notice(kind, fields, reading.returned(), headers)
    if kind == "disposition" and is_refusal(notice, text):
        return Report("bounce", reading.refusal(notice))
    return Report(kind, notice=notice)


def _report_type(headers: Headers) -> str:
    value, parameters = read_parameters(headers.value("content-type"))
    return parameters.get("report-type", "").casefold() if value == "multipart/report" else ""


@dataclass(frozen=True, slots=True)
class _Reading:
    """A mail that may be a report."""

    raw: bytes
    headers: Headers
    parts: tuple[Part, ...]
    authors: tuple[Mailbox, ...]
    subject: str
    text: str

    def status_parts(self) -> list[bytes]:
        """What stands in the parts that say that they are delivery reports."""
        return [part.content(self.raw)[0] for part in self.parts if _KINDS.get(part.content_type) == "bounce"]

    def bounce(self) -> Bounce:
        """What a report with a status part says; its prose where the fields say nothing."""
        contents = self.status_parts() or self._status_in_text()
        delayed = is_delay(self.subject, "")
        recipients = tuple(each for octets in contents for each in read_recipients(octets, delayed))
        prose = NoticeText.of(self.text)
        returned = self.returned()
        if not recipients:
            recipients = self._named(prose, returned)
        elif not all(each.address for each in recipients):
            recipients = _completed(recipients, self._named(prose, returned))
        recipients = tuple(with_reason(each, prose) for each in recipients)
        original = next(
            (found[1].decode("ascii", "replace") for octets in contents if (found := _ORIGINAL_ID.search(octets))), ""
        )
        return Bounce(self._original(returned, prose, original), recipients)

    def complains(self) -> bool:
        """Whether it is a complaint by the mail that it gives back."""
        returned = self.returned() if is_called_complaint(self.subject) else None
        return returned is not None and is_complaint_by_header(returned)

    def refusal(self, notice: Notice) -> Bounce:
        """What a receipt says that refuses a mail: a filter of the recipient's deleted it unread."""
        said = " ".join(" ".join(NoticeText.of(self.text).lines).split())
        status = quoted_failure(said) or inferred_status(said, "5") or "5.7.1"
        recipient = BouncedRecipient(notice.recipient, "failed", status, status[0] == "5", said[:LONGEST_DIAGNOSTIC])
        return Bounce(notice.original_message_id, (recipient,))

    def prose(self) -> Report:
        """What the free text of a mail system says, if it is one's."""
        if not may_be_free_text_bounce(self.headers, self.authors, self.subject):
            return Report()
        prose, returned = NoticeText.of(self.text), self.returned()
        if not is_free_text_bounce(self.headers, self.authors, self.subject, prose, returned is not None):
            return Report()
        contents = self.status_parts() or self._status_in_text()
        recipients = tuple(each for octets in contents for each in read_recipients(octets, is_delay(self.subject, "")))
        recipients = recipients if any(each.address for each in recipients) else self._named(prose, returned)
        return Report("bounce", Bounce(self._original(returned, prose, ""), recipients))

    def returned(self) -> Headers | None:
        """The header of the mail that the report gives back, whole or in part."""
        for part in self.parts:
            if part.content_type in _RETURNED:
                octets = head.canonical(part.content(self.raw)[0][:LONGEST_REPORT]).lstrip(b"\r\n")
                fields = Headers(head.cut(octets).fields)
                if fields.fields:
                    return fields
        return None

    def _status_in_text(self) -> list[bytes]:
        """Status fields in parts that are no status parts: some systems name them text/plain."""
        texts = [part for part in self.parts if part.maintype == "text" and part.end - part.start < _LARGEST_TEXT_PART]
        texts = [part for part in texts if part.content_type not in _RETURNED]
        contents = [part.content(self.raw)[0] for part in texts[:10]]
        return [octets for octets in (*contents, self._wrapped()) if looks_like_status(octets)]

    def _wrapped(self) -> bytes:
        """The report that a gateway passes on as an attached mail, below a text that names nobody."""
        if "@" in self.text:
            return b""
        for part in self.parts:
            if part.content_type == "message/rfc822":
                octets = head.canonical(part.content(self.raw)[0][:LONGEST_REPORT]).lstrip(b"\r\n")
                return octets if _report_type(Headers(head.cut(octets).fields)) else b""
        return b""

    def _named(self, prose: NoticeText, returned: Headers | None) -> tuple[BouncedRecipient, ...]:
        original = returned or prose.returned
        to = read_addresses(eight_bit(original.raw("to"))).mailboxes if original is not None else ()
        ours = read_addresses(eight_bit(self.headers.raw("to"))).mailboxes
        return named_recipients(
            self.headers,
            self.subject,
            prose,
            written_to=tuple(each.address for each in to if "@" in each.address),
            not_these=tuple(each.address.lower() for each in (*self.authors, *ours) if each.address),
        )

    def _original(self, returned: Headers | None, prose: NoticeText, said: str) -> str | None:
        """The Message-ID of the mail of which the report speaks: given back, in its text, or in its own header."""
        if ids := _MESSAGE_ID.findall(self._wrapped()):
            return str(ids[-1], "ascii", "replace")
        for fields in (returned, prose.returned):
            if fields is not None and (found := message_id(fields.raw("message-id"))):
                return found
        for candidate in (said, self.headers.value("x-original-message-id"), prose.message_id):
            if is_message_id(candidate):
                return candidate
        named = (*in_reply_to(self.headers.raw("in-reply-to")), *reversed(references(self.headers.raw("references"))))
        return named[0] if named else None


def _completed(
    recipients: tuple[BouncedRecipient, ...], named: tuple[BouncedRecipient, ...]
) -> tuple[BouncedRecipient, ...]:
    """Recipients without an address get the one that the prose names, where there is no doubt which."""
    empty = [each for each in recipients if not each.address]
    known = {each.address.lower() for each in recipients}
    left = [each for each in named if each.address.lower() not in known]
    if len(empty) != 1 or len(left) != 1:
        return recipients
    return tuple(each if each.address else replace(each, address=left[0].address) for each in recipients)
