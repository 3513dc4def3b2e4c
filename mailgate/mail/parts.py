"""The parts of a mail: one walk over the tree that mail-parser built, contents taken from the raw octets.

A part is named by its path as IMAP counts them ("1", "2.1"; RFC 9051 6.4.5), so that `content` finds it again in the
raw mail. The walk goes into multiparts only: a message/* part is a leaf and its octets are the file (R17).
"""

import email
import re
from collections.abc import Collection, Iterator
from email.message import Message as Fields
from typing import Any
from urllib.parse import unquote

from mailgate.mail import head
from mailgate.mail.enclosed import opened
from mailgate.mail.encoded_words import decode_words
from mailgate.mail.headers import Headers, scrub
from mailgate.mail.parameters import read_parameters
from mailgate.mail.part import LONGEST_FILENAME, Part, safe_filename
from mailgate.mail.structure import DEEPEST, OPAQUE, structure

WHOLE = "0"  # the path of the mail itself; parts are counted from 1

_OPAQUE = OPAQUE.decode("ascii")
_MEANT_AS_TEXT = ("", "text", "html", "plain/text", "html/text")
_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,127}/[a-z0-9!#$&^_.+-]{1,127}")
_TOKEN = re.compile(r"[a-z][a-z0-9.-]{0,60}")
_FILE = re.compile(r"[^/\\]{1,200}\.[A-Za-z0-9]{1,8}")


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
    return opened(raw, tuple(walk(email.message_from_bytes(found.skeleton), found.slices)))


def content(raw: bytes, part: str) -> bytes:
    """The decoded octets of the attachment at path `part` of a raw mail. Raises KeyError where there is none."""
    if part == WHOLE:
        return raw
    octets = head.canonical(raw)
    for leaf in tree(octets):
        if leaf.path == part:
            return leaf.content(octets)[0]
    raise KeyError(part)


def contents(raw: bytes, parts: Collection[str]) -> dict[str, bytes]:
    """The decoded octets of several attachments, by path; what the mail does not have is left out."""
    whole = {WHOLE: raw} if WHOLE in parts else {}
    if len(whole) == len(parts):
        return whole
    octets = head.canonical(raw)
    return whole | {leaf.path: leaf.content(octets)[0] for leaf in tree(octets) if leaf.path in parts}


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
    named = (disposed.get("filename"), disposed.get("name"), parameters.get("name"), parameters.get("filename"))
    filename = safe_filename(next(filter(None, named), ""))
    return Part(
        path=path,
        content_type=_content_type(written, bool(filename)),
        charset=parameters.get("charset", "")[:80].partition("(")[0].strip() or None,
        disposition=_disposition(disposition),
        filename=filename or _described(fields, written),
        content_id=content_id or None,
        encoding=encoding,
        parameters=tuple(parameters.items()),
        start=place[0],
        end=place[1],
        parents=parents,
    )


def _content_type(written: str, named: bool) -> str:
    first, _, rest = written.partition(" ")
    written = first if rest and _TYPE.fullmatch(first) else written.replace(" ", "")
    if written.startswith(_OPAQUE):
        written = f"message/{written[len(_OPAQUE) :]}"
    if written.startswith("multipart/") or written in _MEANT_AS_TEXT:  # a multipart without a part is a text
        return "text/html" if "html" in written else "text/plain"
    if _TYPE.fullmatch(written):
        return written
    return "application/octet-stream" if named else "text/plain"


def _disposition(written: str) -> str:
    """An unknown one means attachment (RFC 2183 2.8); what is no token at all says nothing."""
    return written if written in ("", "inline") else "attachment" if _TOKEN.fullmatch(written) else ""


def _described(fields: Fields, content_type: str) -> str:
    """The name of a part that has none, if its description or location is one; text would become a file by it."""
    if content_type.startswith("text/") or not content_type:
        return ""
    description = safe_filename(decode_words(_text(fields, "content-description")))
    location = safe_filename(unquote(_text(fields, "content-location").partition("?")[0]))
    return next((name for name in (description, location) if _FILE.fullmatch(name)), "")


def _text(fields: Fields, name: str) -> str:
    """The first field of that name in the skeleton (UTF-8), asked for raw: compat32 would wrap 8-bit values."""
    for key, value in fields.raw_items():
        if key.lower() == name:
            return value if value.isascii() else value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return ""
