"""A mail that the writer passed on as an attachment: who wrote it, its subject and text.

Only the one message that is attached to a mail whose subject says that it forwards; what a delivery report returns is
no forward. Total; one level deep.
"""

import re

from mailgate.mail import head
from mailgate.mail.address import read_addresses
from mailgate.mail.body import read_body
from mailgate.mail.charset import eight_bit
from mailgate.mail.headers import Headers
from mailgate.mail.message import AutomaticKind, Forward, Mailbox
from mailgate.mail.part import Part
from mailgate.mail.parts import tree

LARGEST = 4 * 1024 * 1024  # octets of the attached message; a larger one stays an attachment only
_SUBJECT = re.compile(r"(?:fwd?|wg|tr|rv|enc|i|vs|vb|pd|wtr|转发|轉寄|転送|пересл) ?[:：]", re.IGNORECASE)


def attached_forward(
    raw: bytes, attached: tuple[Part, ...], subject: str, report: AutomaticKind | None
) -> Forward | None:
    """The one message that is attached to a forwarding mail, or None."""
    messages = [part for part in attached if part.content_type == "message/rfc822"]
    if report is not None or len(messages) != 1 or not _SUBJECT.match(subject[:100].strip()):
        return None
    octets = head.canonical(messages[0].content(raw)[0])
    if len(octets) > LARGEST:
        return None
    headers = Headers(head.cut(octets).fields)
    authors = read_addresses(eight_bit(headers.raw("from"))).mailboxes
    text = read_body(octets, tree(octets)).body.text
    return Forward(authors[0] if authors else Mailbox("", ""), headers.value("subject"), text, attached=True)
