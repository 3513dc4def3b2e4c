"""Any bytes to a Message: total, bounded in time and memory, and pure.

mail-parser reads a skeleton of the mail (`mail.structure`): the tree of parts, its defects, and where From is not plain
beyond doubt a strict second opinion on it. Everything else is read from the raw octets, nothing twice. What could not
be read is a defect; a mail that defeats the reader altogether still gives what its header says (`fallback`).
"""

import email
import logging
from dataclasses import dataclass, replace
from datetime import datetime
from email.message import Message as Fields
from functools import lru_cache
from hashlib import sha256
from typing import Any

import mailparser

from mailgate.mail import automated, head
from mailgate.mail.address import AddressList, is_beyond_doubt, normalise, read_fields
from mailgate.mail.body import read_body
from mailgate.mail.charset import eight_bit, hint_of
from mailgate.mail.dates import sender_date
from mailgate.mail.enclosed import opened
from mailgate.mail.forward import attached_forward, inline_forward
from mailgate.mail.headers import Headers
from mailgate.mail.identity import identity
from mailgate.mail.message import NO_MESSAGE, Attachment, Identity, Mailbox, Message
from mailgate.mail.message_ids import in_reply_to, message_id, references
from mailgate.mail.occasion import occasion
from mailgate.mail.outside import words_outside
from mailgate.mail.part import Part, made_up_name
from mailgate.mail.parts import WHOLE, message_name, walk
from mailgate.mail.report import read_report
from mailgate.mail.structure import structure

# Its warnings quote what a sender wrote (spec/safety.md A20) and tell nothing that the defects do not.
logging.getLogger("mailparser").setLevel(logging.CRITICAL)

_NORMAL = frozenset(  # of its defects: what we read ourselves, and say in our own words
    ("StartBoundaryNotFoundDefect", "CloseBoundaryNotFoundDefect", "AddressHeaderDefect", "CharsetDecodeDefect")
)
_IN_WORDS = {
    "MultipartInvariantViolationDefect": "multipart without parts",
    "NoBoundaryInMultipartDefect": "multipart without a usable boundary",
    "InvalidMultipartContentTransferEncodingDefect": "multipart with a content-transfer-encoding",
    "MimeHeaderDefect": "a Content field is broken",
}
_ADDRESS_FIELDS = ("from", "sender", "reply-to", "to", "cc")
_MOST_DEFECTS = 50
_SMALL = 2_048  # octets of a skeleton


def parse(raw: bytes, reverse_path: str = "") -> Message:
    """The mail in `raw`. Raises nothing but MemoryError, and that only where the memory is limited.

    `reverse_path` enters the identity of a mail without a Message-ID (spec/mail.md 5) and nothing else.
    """
    try:
        return _read(raw, reverse_path)
    except MemoryError:
        raise  # the caller knows how much a mail may use, and has the room to say so
    except Exception as error:  # total by promise: what is wrong with a mail is the mail's defect
        return fallback(raw, reverse_path, f"could not be read whole ({type(error).__name__})")


def fallback(raw: bytes, reverse_path: str = "", why: str = "not read: it took too much time or memory") -> Message:
    """What a bounded look at the header says, for a mail that was too much for the reader: no body, the mail attached.

    The verdict on automatic mail is given, and answering is forbidden: nobody knows what the mail is. Never raises.
    """
    try:
        octets = head.canonical(raw)
        reading = _Reading.of(octets, head.cut(octets), reverse_path)
        return _forbidden(_of_header(reading), reading.headers, raw, why)
    except Exception as error:  # the last resort must hold
        empty = replace(_EMPTY, identity=Identity(sha256(raw).digest(), forever=False))
        return _forbidden(empty, Headers(()), raw, f"{why}; not even its header ({type(error).__name__})")


@dataclass(frozen=True, slots=True)
class _Reading:
    """What is known of a mail before its parts are looked at."""

    raw: bytes
    cut: head.Head
    headers: Headers
    identity: Identity
    addresses: dict[str, AddressList]

    @classmethod
    def of(cls, raw: bytes, cut: head.Head, reverse_path: str) -> "_Reading":
        headers = Headers(cut.fields, hint_of(raw, cut.body))
        addresses = {name: read_fields(headers.texts(name)) for name in _ADDRESS_FIELDS}
        return cls(raw, cut, headers, identity(raw, cut, headers, reverse_path), addresses)

    def mailboxes(self, name: str) -> tuple[Mailbox, ...]:
        return self.addresses[name].mailboxes


def _read(raw: bytes, reverse_path: str) -> Message:
    octets = head.canonical(raw)
    reading = _Reading.of(octets, head.cut(octets), reverse_path)
    authors = reading.headers.texts("from")
    doubtful = not (len(authors) == 1 and is_beyond_doubt(authors[0]))
    found = structure(octets, reading.cut, with_author=doubtful)
    parsed, tree, broken = _mail_parser(found.skeleton)
    parts = opened(octets, tuple(walk(tree, found.slices)))
    outside = words_outside(octets, found.outside) if found.outside else ""
    message = _of_header(reading)
    written = occasion(message.authors, message.subject, named=bool(message.in_reply_to or message.references))
    read = read_body(octets, parts, reading.headers.value("content-language"), outside, written)
    report = read_report(octets, reading.headers, parts, message.authors, message.subject, read.body.text)
    method = next((part.parameter("method") for part in parts if part.content_type == "text/calendar"), "")
    attachments, defects = _attachments(octets, read.attached)
    if reading.cut.over_cap or found.over_cap or any(each.cut for each in reading.addresses.values()):
        attachments = (*attachments, _whole(raw))
    return replace(
        message,
        body=read.body,
        attachments=attachments,
        automatic=automated.verdict(
            reading.headers, message.authors, message.sender, message.subject, report.kind, read.body.new_text, method
        ),
        bounce=report.bounce,
        notice=report.notice,
        forward=attached_forward(octets, read.attached, message.subject, report.kind)
        or inline_forward(read.body.text, message.subject, report.kind),
        ambiguous_author=message.ambiguous_author
        or parsed is None
        or (doubtful and _disagrees(message.author, parsed)),
        size=len(raw),
        defects=_few((*message.defects, *found.defects, *broken, *_library_defects(parsed), *read.defects, *defects)),
    )


def _of_header(reading: _Reading) -> Message:
    """The message as far as its header goes."""
    headers = reading.headers
    authors = reading.addresses["from"]
    several = len(authors.mailboxes) != 1 or headers.count("from") != 1
    own_id = message_id(headers.raw("message-id"))
    date = sender_date(eight_bit(headers.raw("date"))) if "date" in headers else None
    return replace(
        _EMPTY,
        identity=reading.identity,
        message_id=own_id,
        in_reply_to=in_reply_to(b" ".join(headers.raws("in-reply-to"))),
        references=references(b" ".join(headers.raws("references"))),
        date=date,
        authors=authors.mailboxes,
        sender=reading.mailboxes("sender"),
        reply_to=reading.mailboxes("reply-to"),
        to=reading.mailboxes("to"),
        cc=reading.mailboxes("cc"),
        subject=headers.value("subject"),
        headers=headers.decoded(),
        ambiguous_author=several or authors.odd or not authors.mailboxes[0].address,
        hops=headers.count("received"),
        defects=(*reading.cut.defects, *_header_defects(reading, own_id, date)),
    )


def _header_defects(reading: _Reading, own_id: str | None, date: datetime | None) -> list[str]:
    headers = reading.headers
    defects = [f"too many addresses in {name.title()}: cut" for name in _ADDRESS_FIELDS if reading.addresses[name].cut]
    defects += [
        f"several {name.title()} fields"
        for name in ("from", "subject", "message-id", "date", "sender", "content-type")
        if headers.count(name) > 1
    ]
    if own_id is None and "message-id" in headers:
        defects.append("Message-ID is no msg-id")
    if date is None and "date" in headers:
        defects.append("Date cannot be read")
    if not reading.mailboxes("from"):
        defects.append("no From")
    return defects + headers.guesses()


@lru_cache(maxsize=512)
def _read_once(skeleton: bytes) -> Any:
    """A small skeleton has no words of its own: mails of one program share it. Nobody changes what was read."""
    return mailparser.parse_from_bytes(skeleton)


def _mail_parser(skeleton: bytes) -> tuple[Any, Fields, tuple[str, ...]]:
    """mail-parser's reading and its tree; where it fails on a hostile field, the standard library's bare tree."""
    read = _read_once if len(skeleton) < _SMALL else mailparser.parse_from_bytes
    try:
        parsed = read(skeleton)
    except MemoryError:
        raise
    except Exception as error:  # it raises its own kinds and whatever lies beneath it
        return None, email.message_from_bytes(skeleton), (f"mail-parser failed ({type(error).__name__})",)
    return parsed, parsed.message, ()


def _library_defects(parsed: Any) -> list[str]:
    """What it found beyond us, in words: the names of its defects are those of Python classes."""
    found = set() if parsed is None else set(parsed.defects_categories) - _NORMAL
    return sorted({_IN_WORDS.get(each, "its structure is broken") for each in found})


def _disagrees(author: Mailbox, parsed: Any) -> bool:
    """Whether mail-parser's strict reading of From is another than ours: then nobody is trusted to be the sender."""
    if parsed is None:
        return True
    strict = {normalise(address) for _, address in parsed.from_}
    if not strict and _has_stray_dots(author.address):
        return False  # it reads none of those that Japanese operators gave out; what else is odd, ours has seen
    return strict != {normalise(author.address)}


def _has_stray_dots(address: str) -> bool:
    """Whether dots stand in the local part where RFC 5322 3.2.3 has none: first, last, or side by side."""
    local = address.rpartition("@")[0]
    return not local.startswith('"') and "" in local.split(".")


def _attachments(raw: bytes, parts: tuple[Part, ...]) -> tuple[tuple[Attachment, ...], list[str]]:
    found, defects = [], []
    for part in parts:
        octets, defect = part.content(raw)
        if defect:
            defects.append(f"part {part.path}: {defect}")
        found.append(
            Attachment(
                filename=_filename(part, octets),
                content_type=part.content_type,
                size=len(octets),
                sha256=sha256(octets).hexdigest(),
                inline=part.disposition == "inline" or (part.content_id is not None and part.disposition == ""),
                content_id=part.content_id,
                part=part.path,
            )
        )
    return tuple(found), defects


def _whole(raw: bytes) -> Attachment:
    """The mail itself as a file: where a cap or a fault kept something of it from being read.

    No message/rfc822: the mail programs of the agents would go into what was too much for us.
    """
    return Attachment(
        filename="message.eml",
        content_type="application/octet-stream",
        size=len(raw),
        sha256=sha256(raw).hexdigest(),
        inline=False,
        content_id=None,
        part=WHOLE,
    )


def _filename(part: Part, octets: bytes) -> str:
    if part.filename:
        return part.filename
    return message_name(octets) if part.content_type == "message/rfc822" else made_up_name(part)


def _few(defects: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(defects))[:_MOST_DEFECTS]


def _forbidden(message: Message, headers: Headers, raw: bytes, why: str) -> Message:
    verdict = automated.verdict(headers, message.authors, message.sender, message.subject, None)
    return replace(
        message,
        automatic=replace(verdict, may_answer=False, reasons=(*verdict.reasons, "the mail could not be read")),
        attachments=(_whole(raw),) if raw else (),
        size=len(raw),
        defects=(why, *message.defects),
    )


_EMPTY = replace(NO_MESSAGE, ambiguous_author=True)
