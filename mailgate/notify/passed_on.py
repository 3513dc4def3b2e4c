"""A customer's mail on its way to somebody outside: whole, as an attached mail, or its words quoted under a few fields.

Byte for byte it goes only where nothing in it is another's: an answer to us holds its writer's own signed address. Then
its words are quoted, which hold none. The last search looks at what goes out in either case.
"""

from datetime import tzinfo

from mailgate.mail.markers import AGENTS_MARKERS
from mailgate.mail.message import Message
from mailgate.notify.compose import Headers
from mailgate.notify.enclosed import NOTHING, Enclosed, File
from mailgate.notify.files import Raw, all_files
from mailgate.notify.leak import foreign_in_files, foreign_tokens
from mailgate.notify.rendered import Rendered
from mailgate.notify.scrub import scrub_line, scrub_text
from mailgate.tickets.signed import without_tokens

NAME = "message.eml"


def whole_mail(raw: Raw) -> Enclosed:
    """The mail as it came (RFC 2046 5.2.1)."""
    return Enclosed(attached=(File(NAME, "message/rfc822", None, raw()),))


def files_of(message: Message, raw: Raw) -> Enclosed:
    """Everything that is attached to it, pictures inside the text too."""
    return Enclosed(attached=all_files(message, raw)) if message.attachments else NOTHING


def may_go_whole(message: Message, raw: Raw, headers: Headers, own: frozenset[str]) -> bool:
    """Whether nothing in the mail, however encoded, belongs to another than `own`."""
    if not raw():
        return False
    body = message.body
    fields = "\n".join(value for _, value in message.headers)
    said = Rendered(message.subject, f"{fields}\n{body.text}", body.html or "", "forward", "")
    if foreign_tokens(headers, said, own, AGENTS_MARKERS):
        return False
    return not foreign_in_files(whole_mail(raw), own) and not foreign_in_files(files_of(message, raw), own)


def quoted_mail(message: Message, zone: tzinfo, queue_address: str) -> str:
    """Its words, below the fields that say whose they are. What he himself quoted is left out."""
    fields = {
        "From": str(message.author),
        "To": queue_address,
        "Date": f"{message.date.astimezone(zone):%a, %d %b %Y %H:%M %z}" if message.date else "",
        "Subject": message.subject,
    }
    head = [f"{name}: {scrub_line(value)}" for name, value in fields.items() if value]
    words = scrub_text(message.body.new_text or message.body.text).strip("\n")
    quoted = [f"> {line}".rstrip() for line in words.split("\n")]
    return without_tokens("\n".join([*head, "", *quoted]))
