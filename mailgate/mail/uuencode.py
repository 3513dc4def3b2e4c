"""uuencoded files, and where they stand in a text (POSIX uuencode). Total and linear; broken lines are read as far as
their first character says.
"""

import binascii
import re
from dataclasses import dataclass
from itertools import islice

MOST_FILES = 100  # of one text
_MOST_BEGINNINGS = 10_000  # that are looked at

_BEGIN = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} ([^\r\n]{1,255})\r?\n", re.MULTILINE)
_LINE = re.compile(rb"[ -`]{1,90}")
_BASE64_LINE = re.compile(rb"[A-Za-z0-9+/=]{1,90}")
_END = frozenset((b"end", b"===="))


@dataclass(frozen=True, slots=True)
class File:
    """What was found in a text: its name as written, and its content."""

    name: bytes
    content: bytes
    defect: str


def split(text: bytes) -> tuple[bytes, tuple[File, ...]]:
    """The text without the files in it, and the files. A line that only begins like one stays text."""
    if b"begin" not in text:
        return text, ()
    rest: list[bytes] = []
    files: list[File] = []
    at = 0
    for begin in islice(_BEGIN.finditer(text), _MOST_BEGINNINGS):
        if begin.start() < at or len(files) == MOST_FILES:
            continue
        base64 = text.startswith(b"begin-", begin.start())
        body, end, closed = _block(text, begin.end(), _BASE64_LINE if base64 else _LINE)
        content, defect = _content(body, base64)
        if not content and not (closed and body):
            continue
        files.append(File(begin[1].strip(), content, defect or ("" if closed else "uuencode without its end")))
        rest.append(text[at : begin.start()])
        at = end
    return b"".join([*rest, text[at:]]), tuple(files)


def decoded(octets: bytes) -> tuple[bytes, str]:
    """The content of a part that is uuencoded as a whole, and a defect or ""."""
    begin = _BEGIN.search(octets)
    lines, _, _ = _block(octets, begin.end() if begin else 0)
    return _content(lines, begin is not None and begin[0].startswith(b"begin-"))


def _block(text: bytes, start: int, shape: re.Pattern[bytes] | None = None) -> tuple[list[bytes], int, bool]:
    """The lines of that shape from `start` to "end", where the text goes on behind it, and whether there was an end."""
    lines: list[bytes] = []
    at = start
    while at < len(text):
        stop = text.find(b"\n", at)
        stop = len(text) if stop < 0 else stop
        line = text[at:stop].rstrip(b"\r")
        if line.strip() in _END:
            return lines, min(stop + 1, len(text)), True
        if shape and line and not shape.fullmatch(line):
            break
        lines.append(line)
        at = stop + 1
    return lines, min(at, len(text)), False


def _content(lines: list[bytes], base64: bool) -> tuple[bytes, str]:
    out, defect = [], ""
    for line in lines:
        if not line.strip():
            continue
        try:
            out.append(binascii.a2b_base64(line) if base64 else binascii.a2b_uu(line))
        except binascii.Error:  # trailing junk or lost blanks: as long as the first character says
            defect = "broken uuencode"
            wanted = ((((line[0] - 32) & 63) * 4 + 5) // 3) + 1
            try:
                out.append(binascii.a2b_uu(line[:wanted].ljust(wanted)))
            except binascii.Error:
                continue
    return b"".join(out), defect
