"""One finished mail: headers and a rendered template become RFC 5322 bytes, the same bytes for the same values.

Built by hand, not through email.message: that costs a millisecond a mail, encodes long Message-IDs (T10) and can be
made to write a header by a hostile subject (T5). On the wire: CRLF only, no line over 998 octets (RFC 5322 2.1.1), no
line that a mbox or an SMTP dialogue could take for its own. multipart/alternative (RFC 2046 5.1.4), quoted-printable
(RFC 2045 6.7); with files multipart/mixed(multipart/related(multipart/alternative, inline...), attached...), only the
levels that are needed.
"""

import re
from binascii import b2a_qp
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Literal

from mailgate.mail.message import Mailbox
from mailgate.notify import fields
from mailgate.notify.enclosed import NOTHING, Enclosed, File, part
from mailgate.notify.logo import Logo
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
    to: Mailbox | tuple[Mailbox, ...]
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
    cc: tuple[Mailbox, ...] = ()

    @property
    def recipients(self) -> tuple[Mailbox, ...]:
        """To, always as several."""
        return self.to if isinstance(self.to, tuple) else (self.to,)

    @property
    def mailboxes(self) -> tuple[Mailbox, ...]:
        """Everybody who stands in an address field."""
        return (self.sender, *self.recipients, *self.cc, *((self.reply_to,) if self.reply_to else ()))


@dataclass(frozen=True, slots=True)
class Composed:
    """A mail is `content + tail`. The tail holds the files and is the same for all copies of one article."""

    content: bytes
    tail: bytes


def compose(headers: Headers, rendered: Rendered, enclosed: Enclosed = NOTHING) -> bytes:
    """The mail. Raises ValueError on our own mistakes alone: a date without zone, a bad Message-ID or field name."""
    composed = compose_parts(headers, rendered, enclosed)
    return composed.content + composed.tail if composed.tail else composed.content


def compose_parts(headers: Headers, rendered: Rendered, enclosed: Enclosed, tail: bytes | None = None) -> Composed:
    """The mail in two pieces; raises as `compose`. The tail depends on the files and the Message-ID alone.

    `tail`: that of another copy of the same article; it is not made again.
    """
    inline, attached = enclosed.inline, enclosed.attached
    if not rendered.html:
        inline, attached = (), (*inline, *attached)  # without HTML nothing shows them
    elif rendered.logo is not None:
        inline = (*inline, _file(rendered.logo))
    key = blake2b(headers.message_id.encode(), digest_size=15).hexdigest().encode()
    content = [_head(headers).encode()]
    pieces: list[bytes] = []
    if attached:
        boundary = b"=_m" + key
        content.append(b'Content-Type: multipart/mixed; boundary="%b"\r\n\r\n--%b\r\n' % (boundary, boundary))
        pieces = _files(attached, False, boundary, key) if tail is None else []
    if inline:
        boundary = b"=_r" + key if rendered.logo is None else b"=_l" + rendered.logo.cid[5:29].encode()
        content.append(_RELATED % (boundary, boundary))
        pieces = _files(inline, True, boundary, key) + pieces if tail is None else []
    content += _text_parts(rendered, b"=_a" + key)
    return Composed(b"".join(content), b"".join(pieces) if tail is None else tail)


_RELATED = (  # RFC 2387 3.1: it says what its first part is
    b'Content-Type: multipart/related; boundary="%b"; type="multipart/alternative"\r\n\r\n--%b\r\n'
)
_NEXT = b"\r\n--%b\r\n"  # the line end before a delimiter is not the part's (RFC 2046 5.1.1)
_CLOSE = b"\r\n--%b--\r\n"


def _file(logo: Logo) -> File:
    return File(f"logo.{logo.content_type.rpartition('/')[2]}", logo.content_type, logo.cid, logo.octets)


def _files(files: tuple[File, ...], inline: bool, boundary: bytes, key: bytes) -> list[bytes]:
    return [*(piece for each in files for piece in (_NEXT % boundary, *part(each, inline, key))), _CLOSE % boundary]


def _text_parts(rendered: Rendered, boundary: bytes) -> list[bytes]:
    text_part = _part("plain", rendered.text)
    if not rendered.html:
        return [text_part]
    opening = b'Content-Type: multipart/alternative; boundary="%b"\r\n\r\n--%b\r\n' % (boundary, boundary)
    return [opening, text_part, _NEXT % boundary, _part("html", rendered.html), _CLOSE % boundary]


def _head(headers: Headers) -> str:
    """All fields but Content-Type, in the order in which people read them."""
    if not fields.is_message_id(headers.message_id):
        raise ValueError(f"not a Message-ID: {headers.message_id!r}")
    language = headers.language
    return "".join(
        (
            fields.address_field("From", headers.sender),
            fields.address_field("To", *headers.recipients) if headers.recipients else "",
            fields.address_field("Cc", *headers.cc) if headers.cc else "",
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
    """Whether a line could be taken for the end of the mail, the beginning of another one or a delimiter of ours.

    Quoted-printable has no "=_" (RFC 2045 6.7), so no part can hold one of our boundaries.
    """
    return text.startswith(("From ", ".\n")) or "\nFrom " in text or "\n.\n" in text or "--=_" in text


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
