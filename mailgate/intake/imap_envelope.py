"""The envelope of a mail in a mailbox: what its delivery wrote on top of the header (RFC 5321 4.4). It never fails.

The reverse-path decides whether a machine may answer, so it is never made up. A Return-Path of `<>` is None, the null
reverse-path. Without any Return-Path it is "", which is unknown: not None, since that would make every mail of such a
server a bounce; and not the From address, since a stranger's forged From would then pass for a reverse-path that
agrees with it, and the neutral answer would go to a victim. With "" a sender of whom nothing is known is not answered
by machine; one whose authenticity passed, or whom `site.trust_unverified` trusts, is.
"""

from collections.abc import Iterator
from datetime import datetime

from mailgate.mail import head
from mailgate.mail.address import read_addresses
from mailgate.mail.envelope import Envelope
from mailgate.mail.headers import Headers, readable, without_comments

_LONGEST_ADDRESS = 320
_MOST_ADDRESSES = 20
_ADDRESSED = frozenset(("delivered-to", "x-original-to", "envelope-to"))
# Where the author's own fields begin, delivery's have ended.
_AUTHORS = frozenset(("from", "sender", "to", "cc", "subject", "date", "message-id", "mime-version", "reply-to"))


def envelope_of(
    raw: bytes, source: str, host: str, peer: str, received_at: datetime, queue_address: str | None
) -> Envelope:
    """`host` and `peer`: the mail server's name and IP address. `queue_address`: of the queue that all mail is for."""
    fields = head.cut(head.canonical(raw[: head.HEADER_LIMIT])).fields
    named = (queue_address,) if queue_address else ()
    return Envelope(
        reverse_path=_reverse_path(Headers(fields)),
        forward_paths=tuple(dict.fromkeys((*named, *_delivered_to(fields)))),
        source=source,
        received_at=received_at,
        peer=peer,
        helo=host,
        protocol="IMAP",
    )


def _reverse_path(headers: Headers) -> str | None:
    if "return-path" not in headers:
        return ""
    value = without_comments(headers.value("return-path")).strip()
    inner = value.partition("<")[2].partition(">")[0] if "<" in value else value
    return "".join(inner.split())[:_LONGEST_ADDRESS] or None


def _delivered_to(fields: tuple[head.RawField, ...]) -> Iterator[str]:
    """For whom it was delivered here, also where the visible header does not say it (a Bcc)."""
    count = 0
    for name, value in fields:
        lower = name.lower()
        if lower in _AUTHORS or count == _MOST_ADDRESSES:
            return
        if lower in _ADDRESSED:
            for box in read_addresses(readable(value)).mailboxes[: _MOST_ADDRESSES - count]:
                if "@" in box.address and len(box.address) <= _LONGEST_ADDRESS:
                    count += 1
                    yield box.address
