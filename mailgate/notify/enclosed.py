"""The files of an outgoing mail as MIME parts: what an agent attached travels byte for byte.

base64 for everything (RFC 2045 6.8) but a mail that is attached: a message/rfc822 part may not be encoded (RFC 2046
5.2.1), so it goes as it is where it can pass any server untouched, else as a file of octets named `.eml`. A content
type that is not of the strict form is application/octet-stream. Total for any values.
"""

import re
from binascii import b2a_base64
from collections.abc import Iterator
from dataclasses import dataclass

from mailgate.notify.filenames import NAMELESS, disposition

OCTETS = "application/octet-stream"
_TYPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,63}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,63}")
_COMPOSITE = ("multipart/", "message/")  # they would be read as more structure
_CONTENT_ID = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.@-]{1,200}")
_CHARACTERS = 76  # of a base64 line
_AT_ONCE = 57 * 16_384  # octets, a multiple of those of a line
_LONGEST_LINE = 998


@dataclass(frozen=True, slots=True)
class File:
    """A file: its name and type as others gave them, `content_id` without brackets, and its content."""

    filename: str
    content_type: str
    content_id: str | None
    octets: bytes


@dataclass(frozen=True, slots=True)
class Enclosed:
    """`inline`: images that the HTML part shows by their content_id; `attached`: the files."""

    inline: tuple[File, ...] = ()
    attached: tuple[File, ...] = ()


NOTHING = Enclosed()


def part(file: File, inline: bool, key: bytes) -> Iterator[bytes]:
    """The octets of a part, its fields first, without the line end that belongs to the delimiter after it.

    `key` stands in all boundaries of the mail.
    """
    kind = file.content_type.lower() if _TYPE.fullmatch(file.content_type) else OCTETS
    name = file.filename
    as_it_is = kind == "message/rfc822" and _passes(file.octets, key)
    if kind == "message/rfc822" and not name.lower().endswith(".eml"):
        name = f"{name or NAMELESS}.eml"
    if kind.startswith(_COMPOSITE) and not as_it_is:
        kind = OCTETS
    content_id = (file.content_id or "").strip("<> ")
    yield "".join(
        (
            f"Content-Type: {kind}{_charset(kind, file.octets)}\r\n",
            f"Content-Transfer-Encoding: {'7bit' if as_it_is else 'base64'}\r\n",
            disposition("inline" if inline else "attachment", name),
            f"Content-ID: <{content_id}>\r\n" if inline and _CONTENT_ID.fullmatch(content_id) else "",
            "\r\n",
        )
    ).encode("ascii")
    if as_it_is:
        yield file.octets
    else:
        yield from _base64(file.octets)


def _passes(octets: bytes, key: bytes) -> bool:
    """Whether a mail goes through SMTP and mbox untouched without encoding (RFC 5321 4.5.2, RFC 2045 2.7)."""
    if not octets.isascii() or b"\0" in octets or key in octets:
        return False
    lines = octets.split(b"\r\n")
    return not any(
        len(line) > _LONGEST_LINE or line == b"." or line.startswith(b"From ") or b"\r" in line or b"\n" in line
        for line in lines
    )


def _charset(kind: str, octets: bytes) -> str:
    """What a text that says nothing of its characters is written in, where that is beyond doubt."""
    if not kind.startswith("text/") or octets.isascii():
        return ""
    try:
        octets.decode("utf-8")
    except UnicodeDecodeError:
        return ""
    return "; charset=utf-8"


def _base64(octets: bytes) -> Iterator[bytes]:
    for start in range(0, len(octets), _AT_ONCE):
        coded = b2a_base64(octets[start : start + _AT_ONCE], newline=False)
        lines = [coded[at : at + _CHARACTERS] for at in range(0, len(coded), _CHARACTERS)]
        yield (b"\r\n" if start else b"") + b"\r\n".join(lines)
