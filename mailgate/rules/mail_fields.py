"""The facts of a mail and its envelope (spec/rules.md 1.4)."""

import re
from collections.abc import Mapping

from mailgate.mail.message import Attachment, Mailbox
from mailgate.rules.value import MAX_BODY, MAX_HEADER, Quantity, Value, address_form
from mailgate.rules.view import Field, Values, View, count, each, flag, one
from mailgate.size import size_text
from mailgate.tickets.signed import read_address

MAX_ADDRESSES = 200
MAX_ATTACHMENTS = 200
_HEADER = re.compile(r"header\.([!-9;-~]{1,80})")
# SpamAssassin's score=5.1, rspamd's [5.10 / 15.00], or the bare number of X-Spam-Score
_SCORES: Mapping[str, re.Pattern[str]] = {
    "X-Spamd-Result": re.compile(r"\[\s{0,5}(-?\d{1,5}(?:\.\d{1,5})?)\s{0,5}/"),
    "X-Spam-Status": re.compile(r"\bscore=(-?\d{1,5}(?:\.\d{1,5})?)", re.IGNORECASE),
    "X-Spam-Score": re.compile(r"^\s{0,5}\+?(-?\d{1,5}(?:\.\d{1,5})?)\b"),
}


def header_field(name: str) -> Field | None:
    """`header.X` for any X that can be a field's name (RFC 5322 3.6.8)."""
    said = _HEADER.fullmatch(name)
    if said is None:
        return None
    header = said[1]

    def read(view: View) -> Values:
        return tuple(Value(text, MAX_HEADER) for text in view.message.header(header)[:MAX_ADDRESSES])

    return Field(name, "text", read)


def _addresses(boxes: tuple[Mailbox, ...]) -> Values:
    return each(dict.fromkeys([address_form(box.address) for box in boxes[:MAX_ADDRESSES] if box.address]))


def _recipients(view: View) -> dict[str, None]:
    return dict.fromkeys([address_form(path) for path in view.situation.envelope.forward_paths[:MAX_ADDRESSES]])


def _plus(view: View) -> Values:
    """The details of the addresses of ours that the mail came to; a signed address is no such detail."""
    visible = (*view.message.to, *view.message.cc)[:MAX_ADDRESSES]
    addressed = [address_form(box.address) for box in visible if "+" in box.address]
    ours = view.situation.ours.domains
    details: dict[str, None] = {}
    for address in (*_recipients(view), *(address for address in addressed if address.rpartition("@")[2] in ours)):
        detail = address.rpartition("@")[0].partition("+")[2]
        if detail and read_address(address) is None:
            details[detail] = None
    return each(details)


def _size(octets: int) -> Values:
    return (Quantity(size_text(octets), octets),) if octets else ()


def _attachments(view: View) -> tuple[Attachment, ...]:
    return view.message.attachments[:MAX_ATTACHMENTS]


def _spam_score(view: View) -> Values:
    """What the filter in front of us reckoned: the topmost field that has a number."""
    for name, number in _SCORES.items():
        for value in view.message.header(name)[:3]:
            if found := number.search(value[:MAX_HEADER]):
                return count(float(found[1]))
    return ()


def _text(view: View) -> Values:
    body = view.message.body.new_text[:MAX_BODY]
    return (Value(f"{view.message.subject[:998]}\n{body}", MAX_BODY + 1_000),)


ENVELOPE_FIELDS = (
    Field("recipient", "address", lambda view: each(_recipients(view)), "envelope"),
    Field(
        "smtp.sender",
        "address",
        lambda view: one(address_form(view.situation.envelope.reverse_path or "")),
        "envelope",
        nullable=True,
    ),
    Field("smtp.peer", "network", lambda view: one(view.situation.envelope.peer), "envelope"),
    Field(
        "smtp.auth",
        "word",
        lambda view: one(view.situation.envelope.authenticated_as),
        "envelope",
        choice="agent",
        nullable=True,
    ),
    Field("smtp.size", "size", lambda view: _size(view.message.size), "envelope"),
)
MAIL_FIELDS = (
    Field("from", "address", lambda view: _addresses(view.message.authors)),
    Field("to", "address", lambda view: _addresses(view.message.to)),
    Field("cc", "address", lambda view: _addresses(view.message.cc)),
    Field("reply_to", "address", lambda view: _addresses(view.message.reply_to)),
    Field("plus", "word", _plus, choice="plus"),
    Field("subject", "text", lambda view: (Value(view.message.subject),)),
    Field("body", "text", lambda view: (Value(view.message.body.text, MAX_BODY),)),
    Field("body.new", "text", lambda view: (Value(view.message.body.new_text, MAX_BODY),)),
    Field("text", "text", _text),
    Field("lang", "word", lambda view: (Value(view.message.body.language),), choice="language"),
    Field("attachment.count", "number", lambda view: count(sum(not part.inline for part in view.message.attachments))),
    Field("attachment.size", "size", lambda view: tuple(v for part in _attachments(view) for v in _size(part.size))),
    Field("attachment.type", "word", lambda view: each(part.content_type for part in _attachments(view))),
    Field("attachment.name", "word", lambda view: each(part.filename for part in _attachments(view) if part.filename)),
    Field("size", "size", lambda view: _size(view.message.size)),
    Field("auth.spf", "word", lambda view: (Value(view.situation.authenticity.spf),), choice="result"),
    Field("auth.dkim", "word", lambda view: (Value(view.situation.authenticity.dkim),), choice="result"),
    Field("auth.dmarc", "word", lambda view: (Value(view.situation.authenticity.dmarc),), choice="result"),
    Field("spam.score", "number", _spam_score),
    Field("is_auto", "flag", lambda view: flag(view.message.automatic.is_automatic)),
    Field("is_list", "flag", lambda view: flag(view.message.automatic.is_list)),
    Field("is_bounce", "flag", lambda view: flag(view.message.bounce is not None)),
    Field("is_reply", "flag", lambda view: flag(bool(view.message.in_reply_to or view.message.references))),
)
