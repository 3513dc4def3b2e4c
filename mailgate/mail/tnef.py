"""winmail.dat: the files and the text that Outlook packs into application/ms-tnef ([MS-OXTNEF], [MS-OXCMAIL]).

Total and linear: what is broken ends the reading, and what was read until then counts. Nothing is executed, followed or
unpacked but the compressed text ([MS-OXRTFCP]), which is capped.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from mailgate.mail import charset

SIGNATURE = b"\x78\x9f\x3e\x22"
MOST_FILES = 500
MOST_PROPERTIES = 5_000

_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+-]{1,127}/[A-Za-z0-9!#$&^_.+-]{1,127}")
_ATTACHMENT_LEVEL = 2
_BODY, _CODEPAGE, _PROPERTIES = 0x800C, 0x9007, 0x9003
_FILE_STARTS, _FILE_TITLE, _FILE_CONTENT, _FILE_PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005
_FIXED = {0x0002: 2, 0x0003: 4, 0x0004: 4, 0x0005: 8, 0x0006: 8, 0x0007: 8, 0x000A: 4, 0x000B: 2, 0x0014: 8, 0x0040: 8,
          0x0048: 16}  # fmt: skip
_STRING, _UNICODE, _OBJECT, _BINARY = 0x001E, 0x001F, 0x000D, 0x0102
_PLAIN_TEXT, _COMPRESSED_RTF, _HTML = 0x1000, 0x1009, 0x1013
_CONTENT, _SHORT_NAME, _LONG_NAME, _MIME_TYPE, _CONTENT_ID, _SHOWN_NAME = 0x3701, 0x3704, 0x3707, 0x370E, 0x3712, 0x3001


@dataclass(slots=True)
class File:
    """An attached file: the name that the sender gave, "" where there is none, and what he says it is."""

    name: str = ""
    content: bytes = b""
    content_type: str = ""
    content_id: str = ""

    @property
    def is_typed(self) -> bool:
        return _TYPE.fullmatch(self.content_type) is not None


@dataclass(slots=True)
class Contents:
    """What was in it: HTML as octets with a label for their charset, rich text still compressed (`mail.rtf`)."""

    files: list[File] = field(default_factory=list)
    plain: str = ""
    html: bytes = b""
    rtf: bytes = b""
    codepage: str = "windows-1252"
    whole: bool = True  # False where it broke off


def read(octets: bytes) -> Contents | None:
    """The contents of a winmail.dat; None where it is none."""
    if not octets.startswith(SIGNATURE):
        return None
    found = Contents()
    at = 6
    while at + 9 <= len(octets):
        level, name, _, length = struct.unpack_from("<BHHI", octets, at)
        start = at + 9
        if level not in (1, _ATTACHMENT_LEVEL) or start + length > len(octets):
            found.whole = False
            break
        _take(found, level, name, octets[start : start + length])
        at = start + length + 2
    return found


def _take(found: Contents, level: int, name: int, value: bytes) -> None:
    if level == _ATTACHMENT_LEVEL:
        _take_of_file(found, name, value)
    elif name == _CODEPAGE and len(value) >= 4:
        found.codepage = f"windows-{struct.unpack_from('<I', value)[0]}"
    elif name == _BODY:
        found.plain = _text(value, found.codepage)
    elif name == _PROPERTIES:
        for key, kind, content in _properties(value):
            if key == _PLAIN_TEXT:
                found.plain = _string(kind, content, found.codepage)
            elif key == _HTML:
                found.html = content
            elif key == _COMPRESSED_RTF:
                found.rtf = content


def _take_of_file(found: Contents, name: int, value: bytes) -> None:
    if name == _FILE_STARTS:
        if len(found.files) == MOST_FILES:
            found.whole = False
        else:
            found.files.append(File())
    if not found.files:
        return
    file = found.files[-1]
    if name == _FILE_TITLE:
        file.name = file.name or _text(value, found.codepage)
    elif name == _FILE_CONTENT:
        file.content = value
    elif name == _FILE_PROPERTIES:
        for key, kind, content in _properties(value):
            _take_property(file, key, kind, content, found.codepage)


def _take_property(file: File, key: int, kind: int, content: bytes, codepage: str) -> None:
    if key == _CONTENT and not file.content:
        file.content = content[16:] if kind == _OBJECT else content  # an object begins with the id of its interface
    elif key == _LONG_NAME:
        file.name = _string(kind, content, codepage) or file.name
    elif key in (_SHORT_NAME, _SHOWN_NAME):
        file.name = file.name or _string(kind, content, codepage)
    elif key == _MIME_TYPE:
        file.content_type = _string(kind, content, codepage)
    elif key == _CONTENT_ID:
        file.content_id = _string(kind, content, codepage)


def _properties(octets: bytes) -> Iterator[tuple[int, int, bytes]]:
    """The MAPI properties of an attribute: key, type, value; of one with several values the first."""
    if len(octets) < 4:
        return
    count = min(struct.unpack_from("<I", octets)[0], MOST_PROPERTIES)
    at = 4
    try:
        for _ in range(count):
            kind, key = struct.unpack_from("<HH", octets, at)
            at += 4
            if key >= 0x8000:
                at = _past_name(octets, at)
            values, at = _values(octets, at, kind)
            if values:
                yield key, kind & 0x0FFF, values[0]
    except (struct.error, ValueError):
        return


def _past_name(octets: bytes, at: int) -> int:
    """Behind the name that a property has which is not of the common list: an id or a string."""
    kind = struct.unpack_from("<I", octets, at + 16)[0]
    if kind == 0:
        return at + 24
    length: int = struct.unpack_from("<I", octets, at + 20)[0]
    return at + 24 + length + -length % 4


def _values(octets: bytes, at: int, kind: int) -> tuple[list[bytes], int]:
    several, plain = bool(kind & 0x1000), kind & 0x0FFF
    fixed = _FIXED.get(plain)
    if fixed is None and plain not in (_STRING, _UNICODE, _OBJECT, _BINARY):
        raise ValueError(kind)
    count = 1
    if several or fixed is None:
        count = struct.unpack_from("<I", octets, at)[0]
        at += 4
    values: list[bytes] = []
    for _ in range(count):
        length = fixed
        if length is None:
            length = struct.unpack_from("<I", octets, at)[0]
            at += 4
        if at + length > len(octets):
            raise ValueError(length)
        if not values:
            values.append(octets[at : at + length])
        at += length + (-length % 4)
        if at > len(octets) + 3:
            raise ValueError(at)
    return values, at


def _string(kind: int, content: bytes, codepage: str) -> str:
    if kind == _UNICODE:
        return content.decode("utf-16-le", "replace").rstrip("\0")
    return _text(content, codepage)


def _text(octets: bytes, codepage: str) -> str:
    return charset.decode(octets.rstrip(b"\0"), codepage).text
