"""One finished mail: headers and a rendered template become RFC 5322 bytes, the same bytes for the same values.

Built by hand, not through email.message: that costs a millisecond a mail, encodes long Message-IDs (T10) and can be
made to write a header by a hostile subject (T5). On the wire: CRLF only, no line over 998 octets (RFC 5322 2.1.1), no
line that a mbox or an SMTP dialogue could take for its own. multipart/alternative (RFC 2046 5.1.4), quoted-printable
(RFC 2045 6.7).
"""

import re
from binascii import b2a_qp
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Literal

from mailgate.mail.message import Mailbox
from mailgate.notify import fields
from mailgate.notify.rendered import Rendered
from mailgate.notify.scrub import scrub_text

MAX_LINE = 998
KEPT_REFERENCES = 10  # besides the first (R42)
_BLANK_TOO_FAR = re.compile(rb"^([^\n]{74,75})(=20|=09)$", re.MULTILINE)
_FROM = re.compile(rb"^From ", re.MULTILINE)
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
_FIELD_NAME = re.compile(r"[A-Za-z0-9-]{1,64}")
_OURS_ALONE = frozenset(
    "from to cc bcc sender reply-to subject date message-id in-reply-to references return-path received auto-submitted "
    "x-auto-response-suppress list-id mime-version content-type content-transfer-encoding content-language".split()
)


@dataclass(frozen=True, slots=True)
class Headers:
    """What stands above the text, decoded; `message_id`, `in_reply_to` and `references` have their brackets."""

    sender: Mailbox  # From
    to: Mailbox
    reply_to: Mailbox | None
    subject: str
    message_id: str
    in_reply_to: str | None
    references: tuple[str, ...]  # oldest first
    date: datetime  # aware
    automatic: Literal["auto-replied", "auto-generated"] | None  # RFC 3834 5; None for what a person wrote
    suppress_all: bool = False  # X-Auto-Response-Suppress: All
    list_id: str | None = None  # "billing tickets <billing.support.example.com>"
    extra: tuple[tuple[str, str], ...] = ()  # X-Mailgate-..., Thread-Topic
    language: str | None = None  # Content-Language


def compose(headers: Headers, rendered: Rendered) -> bytes:
    """The mail. Raises ValueError on our own mistakes alone: a date without zone, a bad Message-ID or field name."""
    text_part = _part("plain", rendered.text)
    if not rendered.html:
        return _head(headers).encode() + text_part
    html_part = _part("html", rendered.html)
    boundary = _boundary(headers.message_id, text_part, html_part)
    head = f'{_head(headers)}Content-Type: multipart/alternative; boundary="{boundary}"\r\n\r\n'
    delimiter = f"\r\n--{boundary}".encode()  # the line end before it is not the part's (RFC 2046 5.1.1)
    return b"".join(
        (head.encode(), delimiter[2:], b"\r\n", text_part, delimiter, b"\r\n", html_part, delimiter, b"--\r\n")
    )


def _head(headers: Headers) -> str:
    """All fields but Content-Type, in the order in which people read them."""
    if not fields.is_message_id(headers.message_id):
        raise ValueError(f"not a Message-ID: {headers.message_id!r}")
    language = headers.language
    return "".join(
        (
            fields.address_field("From", headers.sender),
            fields.address_field("To", headers.to),
            fields.address_field("Reply-To", headers.reply_to) if headers.reply_to else "",
            fields.unstructured("Subject", headers.subject) or "Subject: \r\n",
            fields.date_field(headers.date),
            f"Message-ID: {headers.message_id}\r\n",
            fields.message_id_field("In-Reply-To", (headers.in_reply_to,)) if headers.in_reply_to else "",
            fields.message_id_field("References", _references(headers)),
            f"Auto-Submitted: {headers.automatic}\r\n" if headers.automatic else "",
            "X-Auto-Response-Suppress: All\r\n" if headers.suppress_all else "",
            fields.list_id(headers.list_id) if headers.list_id else "",
            *(_extra(name, value) for name, value in headers.extra),
            f"Content-Language: {language}\r\n" if language and _LANGUAGE.fullmatch(language) else "",
            "MIME-Version: 1.0\r\n",
        )
    )


def _references(headers: Headers) -> list[str]:
    """Each once, the parent last, trimmed in the middle (RFC 5322 3.6.4, R42)."""
    parent = (headers.in_reply_to,) if headers.in_reply_to else ()
    ids = [text for text in dict.fromkeys((*headers.references, *parent)) if fields.is_message_id(text)]
    return ids if len(ids) <= KEPT_REFERENCES + 1 else [ids[0], *ids[-KEPT_REFERENCES:]]


def _extra(name: str, value: str) -> str:
    if not _FIELD_NAME.fullmatch(name) or name.lower() in _OURS_ALONE:
        raise ValueError(f"{name!r} cannot be an extra field")
    return fields.unstructured(name, value)


def _part(subtype: str, text: str) -> bytes:
    """A body part, its headers first: 7bit where the text allows it, else quoted-printable."""
    text = scrub_text(text)
    if not text.endswith("\n"):
        text += "\n"
    plain = text.isascii() and not _mistakable(text) and max(map(len, text.split("\n"))) <= MAX_LINE
    encoding = b"7bit" if plain else b"quoted-printable"
    return b"Content-Type: text/%b; charset=utf-8\r\nContent-Transfer-Encoding: %b\r\n\r\n%b" % (
        subtype.encode(),
        encoding,
        text.replace("\n", "\r\n").encode() if plain else _quoted_printable(text.encode()),
    )


def _mistakable(text: str) -> bool:
    """Whether a line could be taken for the end of the mail or the beginning of another one."""
    return text.startswith(("From ", ".\n")) or "\nFrom " in text or "\n.\n" in text


def _quoted_printable(octets: bytes) -> bytes:
    """b2a_qp hides lone dots and keeps lines within 76 octets, but one with an encoded blank at its end.

    It gets LF: with CRLF it can leave a dot alone on a line. The "From " of an mbox is left to us.
    """
    coded = b2a_qp(octets)
    if b"=20\n" in coded or b"=09\n" in coded:
        coded = _BLANK_TOO_FAR.sub(rb"\1=\n\2", coded)
    if b"From " in coded:
        coded = _FROM.sub(b"=46=\nrom ", coded)
    return coded.replace(b"\n", b"\r\n")


def _boundary(message_id: str, *parts: bytes) -> str:
    """The same for the same mail (a retry sends the same bytes), and in none of the parts."""
    boundary = "=_" + blake2b(message_id.encode(), digest_size=15).hexdigest()
    while any(boundary.encode() in part for part in parts):
        boundary = "=_" + blake2b(boundary.encode(), digest_size=15).hexdigest()
    return boundary
