"""The files of a mail that came in, for a mail that goes out: read again from its raw bytes, byte for byte."""

from collections.abc import Callable

from mailgate.mail.message import Attachment, Message
from mailgate.mail.parts import contents
from mailgate.notify.enclosed import NOTHING, Enclosed, File

Raw = Callable[[], bytes]
SMALLEST_PICTURE = 8_192  # octets: an inline image below it is a logo or a tracker, not a screenshot


def no_raw() -> bytes:
    """For a mail that is not there: a timer's, a sample's."""
    return b""


def files_of_answer(message: Message, raw: Raw) -> Enclosed:
    """Everything that an agent attached, and the images that her HTML shows."""
    if not message.attachments:
        return NOTHING
    shown = tuple(each for each in message.attachments if each.inline and each.content_id)
    files = _read((*message.attachments,), raw)
    return Enclosed(
        inline=tuple(file for each in shown if (file := files.get(each.part)) is not None),
        attached=tuple(files[each.part] for each in message.attachments if each not in shown and each.part in files),
    )


def files_of_notification(message: Message, raw: Raw, most: int) -> Enclosed:
    """What the sender attached, up to `most` octets in all; in a notification his pictures are files too."""
    wanted = tuple(each for each in message.attachments if not each.inline or each.size >= SMALLEST_PICTURE)
    if not wanted or sum(each.size for each in wanted) > most:
        return NOTHING
    files = _read(wanted, raw)
    return Enclosed(attached=tuple(files[each.part] for each in wanted if each.part in files))


def _read(wanted: tuple[Attachment, ...], raw: Raw) -> dict[str, File]:
    octets = contents(raw(), {each.part for each in wanted})
    return {
        each.part: File(each.filename, each.content_type, each.content_id, octets[each.part])
        for each in wanted
        if each.part in octets
    }
