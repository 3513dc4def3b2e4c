"""The files of a mail that came in, for a mail that goes out: read again from its raw bytes, byte for byte."""

import re
from collections.abc import Callable
from html import unescape
from urllib.parse import unquote

from mailgate.decision.relay import travels
from mailgate.mail.message import Attachment, Message
from mailgate.mail.parts import contents
from mailgate.mail.pictures import SMALLEST_PICTURE, attached_files
from mailgate.mail.text_html import html_of_text
from mailgate.notify.enclosed import NOTHING, Enclosed, File

Raw = Callable[[], bytes]
_SHOWN = re.compile(r'<img\b[^>]*\bsrc="cid:([^"]{1,300})"', re.IGNORECASE)


def no_raw() -> bytes:
    """For a mail that is not there: a timer's, a sample's."""
    return b""


def files_of_answer(message: Message, raw: Raw, html: str, text: str) -> Enclosed:
    """Everything that an agent attached, and the images that her answer shows, `html` being its finished form.

    Images that it does not show belong to the quotation or to a signature. Only where the form was made anew from the
    `text` nobody knows: then they go as files, but for small ones.
    """
    sent = tuple(each for each in message.attachments if travels(each))
    pictures = {each.part: each.content_id.strip("<>") for each in sent if each.inline and each.content_id}
    shown = {unquote(unescape(each)) for each in _SHOWN.findall(html)}
    made_anew = bool(pictures) and not shown and html == html_of_text(text)
    inline = [each for each in sent if pictures.get(each.part) in shown]
    attached = [each for each in sent if each.part not in pictures or (made_anew and each.size >= SMALLEST_PICTURE)]
    if not inline and not attached:
        return NOTHING
    files = _read((*inline, *attached), raw)
    return Enclosed(
        inline=tuple(files[each.part] for each in inline if each.part in files),
        attached=tuple(files[each.part] for each in attached if each.part in files),
    )


def files_of_notification(message: Message, raw: Raw, most: int) -> Enclosed:
    """What the sender attached, up to `most` octets in all; in a notification his pictures are files too."""
    wanted = attached_files(message)
    if not wanted or sum(each.size for each in wanted) > most:
        return NOTHING
    files = _read(wanted, raw)
    return Enclosed(attached=tuple(files[each.part] for each in wanted if each.part in files))


def all_files(message: Message, raw: Raw) -> tuple[File, ...]:
    """Every file of the mail, pictures inside its text too."""
    files = _read(message.attachments, raw)
    return tuple(files[each.part] for each in message.attachments if each.part in files)


def _read(wanted: tuple[Attachment, ...], raw: Raw) -> dict[str, File]:
    octets = contents(raw(), {each.part for each in wanted})
    return {
        each.part: File(each.filename, each.content_type, each.content_id, octets[each.part])
        for each in wanted
        if each.part in octets
    }
