"""Reports: delivery status (RFC 3464) and the free text of a MAILER-DAEMON, receipts (RFC 8098), complaints (RFC 5965).

Says what a report claims, never whether it may be believed: forged ones are common, and the caller matches them with
what we sent (R47). Bounded and total; a broken report is still a report, with what could be read of it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from mailgate.mail import head
from mailgate.mail.address import read_addresses
from mailgate.mail.headers import Headers, scrub, without_comments
from mailgate.mail.message import AutomaticKind, Bounce, BouncedRecipient, Mailbox
from mailgate.mail.message_ids import is_message_id, message_id
from mailgate.mail.parameters import read_parameters
from mailgate.mail.part import Part

MOST_RECIPIENTS = 100
_LONGEST_REPORT = 256 * 1024
_LONGEST_TEXT = 64 * 1024
_LONGEST_DIAGNOSTIC = 1_000

_KINDS: dict[str, AutomaticKind] = {
    "message/delivery-status": "bounce",
    "message/global-delivery-status": "bounce",
    "message/disposition-notification": "disposition",
    "message/global-disposition-notification": "disposition",
    "message/feedback-report": "feedback",
}
_REPORT_TYPES: dict[str, AutomaticKind] = {
    "delivery-status": "bounce",
    "disposition-notification": "disposition",
    "feedback-report": "feedback",
}
_RETURNED = (
    "message/rfc822",
    "message/global",
    "text/rfc822-headers",
    "message/rfc822-headers",
    "message/global-headers",
)
_ACTIONS = ("failed", "delayed", "delivered", "relayed", "expanded")
_DAEMONS = frozenset(("mailer-daemon", "mailerdaemon", "postmaster", "mail-daemon"))
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_REPLY_CODE = re.compile(r"(?<![\d.])([45])\d\d[ -]")
_BOUNCE_SUBJECT = re.compile(
    r"undeliver|delivery (?:status|failure|has failed|report|problem)|returned mail|failure notice|mail delivery|"
    r"mail system error|returning message|could not be delivered|warning: .{0,40}(?:not|delay)|delayed|nondeliver|"
    r"non-?remis|unzustellbar|nicht zugestellt|zustellung|no entregado|mancato recapito|niet (?:te )?bezorg|"
    r"не доставлен",
    re.IGNORECASE,
)
_DELAYED = re.compile(
    r"delay|not yet been delivered|will (?:be retried|continue|keep trying)|verz(?:ö|oe)ger", re.IGNORECASE
)
_ADDRESS = re.compile(r"<?([^\s<>()\[\]\",;:]{1,64}@[^\s<>()\[\]\",;:]{1,255}[A-Za-z0-9])>?:?")
_MESSAGE_ID_LINE = re.compile(r"^[> ]{0,4}message-id:\s{0,3}(<[^\s<>]{3,900}>)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Report:
    """What kind of report a mail is, if any, and the bounce in it."""

    kind: AutomaticKind | None = None
    bounce: Bounce | None = None


def read_report(
    raw: bytes, headers: Headers, parts: tuple[Part, ...], authors: tuple[Mailbox, ...], subject: str, text: str
) -> Report:
    """The report in a mail whose leaves are `parts` and whose body text is `text`."""
    status = next((part for part in parts if part.content_type in _KINDS), None)
    kind = _KINDS[status.content_type] if status else _REPORT_TYPES.get(_report_type(headers))
    returned = _returned_id(raw, parts)
    if kind == "bounce":
        recipients = _recipients(status.content(raw)[0]) if status else ()
        return Report("bounce", Bounce(returned, recipients or _named_in(headers, text)))
    if kind is None and _is_free_text_bounce(authors, subject, returned, headers):
        found = _MESSAGE_ID_LINE.search(text[-_LONGEST_TEXT:])
        if returned is None and found and is_message_id(found[1]):
            returned = found[1]
        return Report("bounce", Bounce(returned, _named_in(headers, text)))
    return Report(kind)


def _report_type(headers: Headers) -> str:
    value, parameters = read_parameters(headers.value("content-type"))
    return parameters.get("report-type", "").casefold() if value == "multipart/report" else ""


def _returned_id(raw: bytes, parts: tuple[Part, ...]) -> str | None:
    """The Message-ID of the mail that the report gives back, whole or its header only."""
    for part in parts:
        if part.content_type in _RETURNED:
            octets = head.canonical(part.content(raw)[0][:_LONGEST_REPORT])
            if found := message_id(Headers(head.cut(octets).fields).raw("message-id")):
                return found
    return None


def _recipients(octets: bytes) -> tuple[BouncedRecipient, ...]:
    """The groups of fields below the first, one a recipient (RFC 3464 2.1); some systems forget the blank line."""
    groups = _groups(head.canonical(octets[:_LONGEST_REPORT]))
    return tuple(_recipient(fields) for fields in islice(groups, MOST_RECIPIENTS))


def _groups(octets: bytes) -> Iterator[Headers]:
    for group in octets.replace(b"\r\n", b"\n").split(b"\n\n", 10 * MOST_RECIPIENTS)[: 10 * MOST_RECIPIENTS]:
        group = group.strip(b"\n")
        fields = Headers(head.cut_part(group, 0, len(group), _LONGEST_REPORT).fields)
        if "final-recipient" in fields or "original-recipient" in fields:
            yield fields


def _recipient(fields: Headers) -> BouncedRecipient:
    action = (without_comments(fields.value("action")).split() or ["failed"])[0].casefold()
    action = action if action in _ACTIONS else "failed"
    diagnostic = fields.value("diagnostic-code")
    status = _status(without_comments(fields.value("status")), diagnostic)
    address = _typed_address(fields.value("final-recipient")) or _typed_address(fields.value("original-recipient"))
    return BouncedRecipient(
        address=address,
        action=action,
        status=status,
        permanent=action == "failed" and not (status or "5").startswith("4"),
        diagnostic=diagnostic.partition(";")[2].strip()[:_LONGEST_DIAGNOSTIC] or diagnostic[:_LONGEST_DIAGNOSTIC],
    )


def _typed_address(value: str) -> str:
    """`rfc822; <bob@gone.example>` and its relatives."""
    typed = value.partition(";")[2] or value
    mailboxes = read_addresses(typed.strip()).mailboxes
    return mailboxes[0].address if mailboxes else ""


def _status(value: str, diagnostic: str) -> str | None:
    """The Status field; where it is missing or says nothing ("5.0.0"), the code in the reply that is quoted."""
    own = _STATUS.search(value)
    quoted = _STATUS.search(diagnostic)
    if own and not (own[1].endswith(".0.0") and quoted and quoted[1][0] == own[1][0]):
        return own[1]
    return quoted[1] if quoted else own[1] if own else None


def _is_free_text_bounce(authors: tuple[Mailbox, ...], subject: str, returned: str | None, headers: Headers) -> bool:
    if "x-failed-recipients" in headers:  # Exim and Gmail
        return True
    name = authors[0].address or authors[0].name if authors else ""
    local = name.partition("@")[0].casefold()
    null_path = headers.value("return-path").replace(" ", "") == "<>"
    says_so = _BOUNCE_SUBJECT.search(subject[:300]) is not None
    if local in _DAEMONS:
        return says_so or (returned is not None and local != "postmaster")
    return null_path and says_so and returned is not None


def _named_in(headers: Headers, text: str) -> tuple[BouncedRecipient, ...]:
    """The recipients that free text names above the returned mail, with the status that stands near them."""
    text = scrub_lines(text[:_LONGEST_TEXT])
    listed = read_addresses(headers.value("x-failed-recipients")).mailboxes[:MOST_RECIPIENTS]
    lines = text.split("\n")
    lower = text.lower()
    places = {box.address.lower(): _place(lower, box.address.lower()) for box in listed if box.address}
    places = places or _addressed_lines(lines)
    delayed = _DELAYED.search(headers.value("subject")) is not None
    return tuple(
        _from_text(address, lines, place, delayed) for address, place in list(places.items())[:MOST_RECIPIENTS]
    )


def _addressed_lines(lines: list[str]) -> dict[str, int]:
    """Lines that are an address alone, as qmail, Exim and Postfix write them, above the returned mail."""
    found: dict[str, int] = {}
    for number, line in enumerate(lines):
        if line.startswith("---") and found:
            break
        words = line.strip().split()
        match = _ADDRESS.fullmatch(words[0]) if words and len(words[0]) < 330 else None
        if match and (len(words) == 1 or words[0].endswith(":") or words[0].startswith("<")):
            found.setdefault(match[1].lower(), number)
    return found


def _place(text: str, address: str) -> int:
    """The number of the line that names the address first."""
    return text.count("\n", 0, max(0, text.find(address)))


def _from_text(address: str, lines: list[str], place: int, delayed: bool) -> BouncedRecipient:
    near = " ".join(" ".join(lines[place : place + 8]).split())[:_LONGEST_DIAGNOSTIC]
    status = _STATUS.search(near)
    code = status or _REPLY_CODE.search(near)
    permanent = not delayed and (code is None or code[1].startswith("5"))
    return BouncedRecipient(address, "delayed" if delayed else "failed", status[1] if status else None, permanent, near)


def scrub_lines(text: str) -> str:
    """Text whose every line is scrubbed: what is told of a bounce stands in logs and on tickets."""
    return "\n".join(scrub(line) for line in text.split("\n"))
