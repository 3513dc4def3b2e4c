"""A mail as it was read: the frozen value that everything after the parser works on.

`mailgate.mail.parse` makes it from any bytes. It is total: what could not be read is a defect, never an exception.
No header value and no file name in here holds a control character, a bidi override or a lone surrogate. Without slots:
each mail comes out of the reading process pickled, and slots would make that a third dearer.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

AutomaticKind = Literal["auto-reply", "auto-generated", "bounce", "disposition", "feedback"]
Split = Literal["sure", "unsure", "none"]


@dataclass(frozen=True)
class Mailbox:
    """One mailbox of an address field (RFC 5322 3.4); `address` is empty where none could be read."""

    name: str
    address: str

    def __str__(self) -> str:
        return f"{self.name} <{self.address}>" if self.name else self.address


@dataclass(frozen=True)
class Attachment:
    """What is known of one attached part; its content is read again from the raw mail by `part`."""

    filename: str
    content_type: str
    size: int  # octets, decoded
    sha256: str  # hex, of the decoded content
    inline: bool
    content_id: str | None
    part: str  # the path in the MIME tree, "2.1"; see mail.parts


@dataclass(frozen=True)
class Automatic:
    """Who wrote: a person or a machine, and the reasons. Two questions (spec/safety.md R19 to R29):

    `is_automatic`: a machine sent it. `may_answer`: nothing in the mail forbids an automatic answer; the caller adds
    what only he knows (null reverse-path, our own addresses, limits).
    """

    is_automatic: bool = False
    kind: AutomaticKind | None = None
    is_list: bool = False
    may_answer: bool = True
    reasons: tuple[str, ...] = ()
    by_words: bool = False  # nothing but the text says that a machine wrote


@dataclass(frozen=True)
class BouncedRecipient:
    """One recipient of a delivery status notification (RFC 3464 2.3)."""

    address: str
    action: str  # failed, delayed, delivered, relayed, expanded
    status: str | None  # RFC 3463, "5.1.1"
    permanent: bool
    diagnostic: str
    original: str = ""  # the address that the mail was sent to, where it was passed on to another


@dataclass(frozen=True)
class Bounce:
    """A delivery report: which mail of ours, which recipients, what became of it."""

    original_message_id: str | None
    recipients: tuple[BouncedRecipient, ...] = ()


NoticeKind = Literal["read", "deleted", "processed", "complaint"]


@dataclass(frozen=True)
class Notice:
    """A receipt (RFC 8098) or a complaint (RFC 5965): what a recipient, or his provider, says of a mail."""

    kind: NoticeKind
    original_message_id: str | None
    recipient: str  # "" where it is not told
    detail: str  # the disposition, or the type of the complaint, as it was written


@dataclass(frozen=True)
class Forward:
    """A mail that the writer passed on."""

    author: Mailbox
    subject: str
    text: str
    attached: bool


@dataclass(frozen=True)
class Body:
    """The text of a mail and its split into what was written now and what was quoted (spec/mail.md 2)."""

    text: str = ""
    new_text: str = ""
    quoted_text: str = ""
    signature: str = ""
    split: Split = "none"
    html: str | None = None  # as it came, not sanitised: never show it as it is
    charset: str | None = None
    language: str = "und"  # BCP 47 primary tag, "und" when unsure


@dataclass(frozen=True)
class Identity:
    """What makes two deliveries one mail (spec/mail.md 5): SHA-256, and whether it binds for ever or for five days."""

    digest: bytes
    forever: bool


@dataclass(frozen=True)
class Message:
    """A parsed mail."""

    identity: Identity
    message_id: str | None  # with angle brackets, only if it is a strict msg-id
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]  # oldest first
    date: datetime | None  # aware; the sender's claim
    authors: tuple[Mailbox, ...]  # From
    sender: tuple[Mailbox, ...]
    reply_to: tuple[Mailbox, ...]
    to: tuple[Mailbox, ...]
    cc: tuple[Mailbox, ...]
    subject: str
    body: Body
    attachments: tuple[Attachment, ...]
    automatic: Automatic
    bounce: Bounce | None
    forward: Forward | None
    headers: tuple[tuple[str, str], ...]  # (name as written, decoded and scrubbed value), in order of appearance
    ambiguous_author: bool = False  # R15: none, several, a group, or an address in a display name
    size: int = 0  # octets of the raw mail
    hops: int = 0  # Received fields
    defects: tuple[str, ...] = field(default=())
    notice: Notice | None = None

    @property
    def author(self) -> Mailbox:
        """The first author, or an empty mailbox."""
        return self.authors[0] if self.authors else Mailbox("", "")

    def header(self, name: str) -> tuple[str, ...]:
        """All values of a field, in order, by its name in any case."""
        wanted = name.casefold()
        return tuple(value for key, value in self.headers if key.casefold() == wanted)


NO_MESSAGE = Message(  # where there is no mail, or nothing of it could be read
    identity=Identity(b"", forever=False),
    message_id=None,
    in_reply_to=(),
    references=(),
    date=None,
    authors=(),
    sender=(),
    reply_to=(),
    to=(),
    cc=(),
    subject="",
    body=Body(),
    attachments=(),
    automatic=Automatic(),
    bounce=None,
    forward=None,
    headers=(),
)
