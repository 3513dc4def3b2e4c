"""The parts of a mail: one walk over the tree that mail-parser built, contents taken from the raw octets.

A part is named by its path as IMAP counts them ("1", "2.1"; RFC 9051 6.4.5), so that `content` finds it again in the
raw mail. The walk goes into multiparts only: a message/* part is a leaf and its octets are the file (R17). Names of
files are the sender's claim, made harmless and for display only (spec/safety.md T14).
"""

import email
import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from email.message import Message as Fields
from typing import Any

from mailgate.mail import head, transfer
from mailgate.mail.encoded_words import decode_words
from mailgate.mail.headers import Headers, scrub
from mailgate.mail.parameters import read_parameters
from mailgate.mail.structure import DEEPEST, OPAQUE, structure

LONGEST_FILENAME = 150

_OPAQUE = OPAQUE.decode("ascii")
_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,127}/[a-z0-9!#$&^_.+-]{1,127}")
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2060-\u206f\ufeff\ufff9-\ufffb]+"
)
_NOT_IN_NAMES = re.compile(r'[<>:"|?*]+')
_EXTENSIONS = {
    "text/plain": "txt", "text/html": "html", "text/calendar": "ics", "text/rfc822-headers": "txt",
    "message/delivery-status": "txt", "message/disposition-notification": "txt", "message/feedback-report": "txt",
    "application/pdf": "pdf", "application/pgp-signature": "asc", "application/pkcs7-signature": "p7s",
    "application/pkcs7-mime": "p7m", "application/ms-tnef": "dat",
    "image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/svg+xml": "svg",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """A leaf: what it says it is, and where its content lies in the raw mail (still in its transfer encoding)."""

    path: str
    content_type: str  # lower case, "text/plain" where it is missing or broken
    charset: str | None
    disposition: str  # "attachment", "inline" or ""
    filename: str  # safe for display, "" where the sender gave none
    content_id: str | None
    encoding: str
    parameters: tuple[tuple[str, str], ...]
    start: int
    end: int
    parents: tuple[tuple[str, str], ...] = ()  # (path, subtype) of the multiparts around it, outermost first

    @property
    def maintype(self) -> str:
        return self.content_type.partition("/")[0]

    def parameter(self, name: str) -> str:
        return dict(self.parameters).get(name, "")

    def content(self, raw: bytes) -> tuple[bytes, str]:
        """The decoded octets and a defect or ""."""
        return transfer.undone(raw[self.start : self.end], self.encoding)


def walk(tree: Fields, slices: tuple[tuple[int, int], ...]) -> Iterator[Part]:
    """The leaves of mail-parser's tree, in order, without recursion."""
    waiting: list[tuple[Fields, str, tuple[tuple[str, str], ...]]] = [(tree, "", ())]
    while waiting:
        fields, path, parents = waiting.pop()
        payload: Any = fields.get_payload()
        if isinstance(payload, list) and len(parents) <= DEEPEST:
            inside = (*parents, (path, fields.get_content_subtype()))
            numbered = [(each, f"{path}.{n}" if path else str(n), inside) for n, each in enumerate(payload, 1)]
            waiting.extend(reversed(numbered))
        else:
            number = _number(payload)
            if 0 <= number < len(slices):
                yield _part(fields, path or "1", parents, slices[number])


def tree(raw: bytes) -> tuple[Part, ...]:
    """The leaves of a mail in canonical line ends, without mail-parser's reading of its header."""
    found = structure(raw, head.cut(raw))
    return tuple(walk(email.message_from_bytes(found.skeleton), found.slices))


def content(raw: bytes, part: str) -> bytes:
    """The decoded octets of the attachment at path `part` of a raw mail. Raises KeyError where there is none."""
    octets = head.canonical(raw)
    for leaf in tree(octets):
        if leaf.path == part:
            return leaf.content(octets)[0]
    raise KeyError(part)


def contents(raw: bytes, parts: Collection[str]) -> dict[str, bytes]:
    """The decoded octets of several attachments, by path; what the mail does not have is left out."""
    octets = head.canonical(raw)
    return {leaf.path: leaf.content(octets)[0] for leaf in tree(octets) if leaf.path in parts}


def safe_filename(name: str) -> str:
    """A sender's file name as it may be shown and offered; "" where nothing is left of it.

    One path component in NFC, without controls, bidi and invisible characters, leading or trailing dots and blanks, of
    at most 150 characters, its extension kept.
    """
    name = unicodedata.normalize("NFC", scrub(name[:20_000]).replace("\\", "/"))
    name = _INVISIBLE.sub("", name).rstrip("/ .").rpartition("/")[2]  # last: what it removes may have hidden a dot
    name = " ".join(_NOT_IN_NAMES.sub("_", name).split()).strip(". ")
    if len(name) <= LONGEST_FILENAME:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > 16:
        return name[:LONGEST_FILENAME]
    return f"{stem[: LONGEST_FILENAME - len(extension) - 1]}.{extension}"


def made_up_name(part: Part) -> str:
    """A name for an attachment that came without one."""
    extension = _EXTENSIONS.get(part.content_type, "bin")
    return f"{'image' if part.maintype == 'image' else 'part'}-{part.path}.{extension}"


def message_name(octets: bytes) -> str:
    """The file name of an attached message: its subject."""
    subject = (
        Headers(head.cut(head.canonical(octets[: head.HEADER_LIMIT])).fields)
        .value("subject")
        .replace("/", "-")
        .replace("\\", "-")
    )
    return f"{safe_filename(subject)[: LONGEST_FILENAME - 4].strip('. ') or 'message'}.eml"


def _number(payload: Any) -> int:
    """The slice that stands for a leaf's content; mail-parser's tree holds nothing else."""
    try:
        return int(payload[:12]) if isinstance(payload, str) else -1
    except ValueError:
        return -1


def _part(fields: Fields, path: str, parents: tuple[tuple[str, str], ...], place: tuple[int, int]) -> Part:
    written, parameters = read_parameters(_text(fields, "content-type"))
    disposition, disposed = read_parameters(_text(fields, "content-disposition"))
    encoding = read_parameters(_text(fields, "content-transfer-encoding"))[0]
    content_id = scrub(decode_words(_text(fields, "content-id"))).strip("<> ")[:255]
    return Part(
        path=path,
        content_type=_content_type(written),
        charset=parameters.get("charset", "")[:80] or None,
        disposition=disposition if disposition in ("", "inline") else "attachment",
        filename=safe_filename(disposed.get("filename") or parameters.get("name", "")),
        content_id=content_id or None,
        encoding=encoding,
        parameters=tuple(parameters.items()),
        start=place[0],
        end=place[1],
        parents=parents,
    )


def _content_type(written: str) -> str:
    written = written.replace(" ", "")
    if written.startswith(_OPAQUE):
        written = f"message/{written[len(_OPAQUE) :]}"
    if written in ("html", "text"):
        return "text/html" if written == "html" else "text/plain"
    return written if _TYPE.fullmatch(written) else "text/plain"


def _text(fields: Fields, name: str) -> str:
    """The first field of that name in the skeleton (UTF-8), asked for raw: compat32 would wrap 8-bit values."""
    for key, value in fields.raw_items():
        if key.lower() == name:
            return value if value.isascii() else value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return ""
