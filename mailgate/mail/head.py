"""Cuts raw octets into header fields and body (RFC 5322 2.2), bounded in size and number.

It never fails: an mbox "From " line, leading blank lines, bare LF, CR only, CR CR LF, junk between fields and a missing
blank line are all lived with, and a defect says so. Values are unfolded, not decoded: `mail.headers` does that.
"""

import re
from dataclasses import dataclass
from itertools import islice

HEADER_LIMIT = 256 * 1024  # octets of one header
FIELD_LIMIT = 2_000

_MOST_JUNK = 200

RawField = tuple[str, bytes]  # name as written, value unfolded

_NAME = re.compile(rb"[!-9;-~]+")
_INDENTED = re.compile(rb"[ \t]{1,40}([A-Za-z-]{2,40})[ \t]?:")
_LONGEST_NAME = 998
_PARAMETER = re.compile(
    rb"(?:boundary|charset|name|filename|type|format|delsp|method)(?:\*\d*\*?)?[ \t]?=", re.IGNORECASE
)
_KNOWN = frozenset(
    b"from to cc bcc subject date sender reply-to message-id in-reply-to references received return-path "
    b"delivered-to mime-version content-type content-transfer-encoding dkim-signature "
    b"content-disposition content-id content-description".split()
)


@dataclass(frozen=True, slots=True)
class Head:
    """The fields of a header in order, where its body starts, and what was odd."""

    fields: tuple[RawField, ...]
    body: int
    defects: tuple[str, ...] = ()
    over_cap: bool = False  # some of it was not read


def canonical(raw: bytes) -> bytes:
    """The same mail with line ends that have an LF; nearly always the very object that was given.

    CR alone (old Macintosh) and CR CR LF (broken gateways) become LF and CR LF; a file in UTF-16 becomes UTF-8.
    """
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raw = raw.decode("utf-16", "replace").encode("utf-8", "replace")
    if b"\r\r\n" in raw:
        raw = raw.replace(b"\r\r\n", b"\r\n")
    if b"\n" not in raw and b"\r" in raw:
        raw = raw.replace(b"\r", b"\n")
    return raw


def cut(raw: bytes) -> Head:
    """The header of a whole mail in canonical line ends."""
    start = _start(raw)
    head = cut_part(raw, start, len(raw), HEADER_LIMIT, tolerant=True)
    return head if head.fields or not raw else Head((), start, ("no header",))


def cut_part(raw: bytes, start: int, end: int, limit: int, tolerant: bool = False) -> Head:
    """The header that begins at `start`, of at most `limit` octets, in a part that ends at `end`.

    `tolerant`: a line that is no field, but stands above a well-known one, is passed over instead of ending the header.
    """
    window = min(end, start + limit + 4)  # a part's search must not run through the whole mail a thousand times
    blank, body = _blank_line(raw, start, window)
    if tolerant and blank == window < end:
        blank, body = _blank_line(raw, start, end)
    if tolerant:
        blank, body = _bare_blank_line(raw, start, min(blank, start + limit)) or (blank, body)
    defects = []
    if over_cap := blank - start > limit:
        defects.append(f"header over {limit // 1024} KB: cut")
    fields: list[tuple[str, list[bytes]]] = []
    lines = raw[start : min(blank, start + limit)].split(b"\n")
    offset, junk = start, 0
    for number, line in enumerate(lines):
        if line[:1] in (b" ", b"\t") and fields:
            fields[-1][1].append(line.strip())
        elif fields and b"=" in line and fields[-1][0][:8].lower() == "content-" and _PARAMETER.match(line):
            fields[-1][1].append(line.strip())  # a parameter on a line of its own that lost its blank
        elif line[:2] == b"--" and (_names_boundary(fields, line) if tolerant else (fields or b":" in line)):
            return Head(_unfolded(fields), offset, (*defects, "no blank line after the header"))
        elif (colon := line.find(b":")) > 0 and _NAME.fullmatch(name_octets := line[:colon].rstrip(b" \t")):
            if len(fields) == FIELD_LIMIT:
                defects.append(f"more than {FIELD_LIMIT:,} header fields: cut")
                over_cap = True
                break
            fields.append((name_octets[:_LONGEST_NAME].decode("ascii"), [line[colon + 1 :].strip()]))
        elif line.strip():
            following = lines[number + 1 :] if tolerant else _content_fields(lines[number + 1 : number + 4])
            if junk == _MOST_JUNK or not _known_fields_follow(following, bool(fields)):
                return Head(_unfolded(fields), offset, (*defects, "no blank line after the header"))
            defects.append("junk between header fields")
            junk += 1
        offset += len(line) + 1
    return Head(_unfolded(fields), body, tuple(dict.fromkeys(defects)), over_cap)


def _names_boundary(fields: list[tuple[str, list[bytes]]], line: bytes) -> bool:
    """Whether a line is the first delimiter of the multipart that a field above announces."""
    name = line[2:].strip()
    return bool(name) and any(
        name in value for field, values in fields if field.lower() == "content-type" for value in values
    )


def _start(raw: bytes) -> int:
    """Past a byte order mark, blank lines and mbox "From " lines."""
    start = 3 if raw.startswith(b"\xef\xbb\xbf") else 0
    while True:
        while raw[start : start + 1] in (b"\r", b"\n"):
            start += 1
        if not raw.startswith((b"From ", b">From "), start):
            indented = _INDENTED.match(raw, start)  # a first field is nothing's continuation
            return indented.start(1) if indented and indented[1].lower() in _KNOWN else start
        end = raw.find(b"\n", start)
        start = len(raw) if end < 0 else end + 1


def _blank_line(raw: bytes, start: int, end: int) -> tuple[int, int]:
    """Where the header ends and where its body starts; a part may begin with the blank line itself."""
    if raw.startswith(b"\n", start):
        return start, start + 1
    if raw.startswith(b"\r\n", start):
        return start, start + 2
    short = raw.find(b"\n\n", start, end)
    long = raw.find(b"\n\r\n", start, end if short < 0 else short)
    if long >= 0:
        return long, long + 3
    return (short, short + 2) if short >= 0 else (end, end)


def _bare_blank_line(raw: bytes, start: int, end: int) -> tuple[int, int] | None:
    """Where a gateway wrote the blank line as CR CR in a mail of other line ends: no field follows it."""
    found = raw.find(b"\r\r", start, end)
    if found < 0 or _known_fields_follow(raw[found + 2 : end].split(b"\n", _MOST_JUNK), in_header=True):
        return None
    return found, found + 2


def _known_fields_follow(lines: list[bytes], in_header: bool) -> bool:
    """Whether the header goes on below junk: one well-known field says so, three where none stood above."""
    following = (line for line in lines[:200] if line.partition(b":")[0].strip().lower() in _KNOWN)
    return sum(1 for _ in islice(following, 3)) >= (1 if in_header else 3)


def _content_fields(lines: list[bytes]) -> list[bytes]:
    """What goes on below junk in the header of a part, whose text may look like any other field."""
    return [line for line in lines if line[:8].lower() == b"content-"]


def _unfolded(fields: list[tuple[str, list[bytes]]]) -> tuple[RawField, ...]:
    return tuple((name, lines[0] if len(lines) == 1 else b" ".join(filter(None, lines))) for name, lines in fields)
