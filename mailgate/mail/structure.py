"""Cuts a mail into a small skeleton, which mail-parser reads, and the slices of its leaves, which nobody copies.

The skeleton is the same mail with its content fields, delimiters of our own making and, in place of each leaf's
content, the number of a slice. So mail-parser reads a small mail, whatever the size of the real one, and no hostile
number of lines, parts, levels or parameters ever reaches it: this scan is linear, iterative and stops at the caps
(spec/safety.md T8, T9). A message/* part is a leaf: its octets stay as they came (R17). Delimiters as RFC 2046 5.1.1.
"""

import re
from dataclasses import dataclass

from mailgate.mail.charset import eight_bit, guess_told, named_charset
from mailgate.mail.encoded_words import word_defects
from mailgate.mail.head import Head, RawField, cut_part
from mailgate.mail.parameters import read_parameters

MOST_PARTS = 1_000
DEEPEST = 100
_DELIMITER = re.compile(
    rb"^--([^\s-][^\r\n]{0,200}|-[^\r\n]{1,200})\r?\n(?=content-[a-z-]{1,40}:)", re.MULTILINE | re.IGNORECASE
)
_BEHIND_THE_END = (b">", b";", b",", b".", b'"', b"'", b"=", b"=20")
_TOKEN = re.compile(r"[a-z0-9.+_-]{1,40}")
_PART_HEADER_LIMIT = 64 * 1024
_FIELD_LIMIT = 4 * 1024  # of one content field; compat32 is quadratic in the number of parameters
_LONGEST_BOUNDARY = 998  # RFC 2046 5.1.1 has 70
_SPENDABLE = 256 * 1024  # octets of content fields in one mail; after that they are cut shorter
_SHORT_FIELD = 512
_OF_A_PART = frozenset(
    ("content-disposition", "content-transfer-encoding", "content-id", "content-description", "content-location")
)
_OF_THE_MAIL = frozenset(("from", "mime-version"))
OPAQUE = b"application/x-message-"  # how message/* parts are called in the skeleton: mail-parser would go into them


@dataclass(frozen=True, slots=True)
class Structure:
    """The skeleton, and where in the raw mail the content of leaf number n lies."""

    skeleton: bytes
    slices: tuple[tuple[int, int], ...]
    defects: tuple[str, ...]
    over_cap: bool = False  # some parts were not read
    outside: tuple[tuple[int, int], ...] = ()  # what stands before the first part of a multipart, or after its end


def structure(raw: bytes, head: Head, *, with_author: bool = True) -> Structure:
    """The structure of a mail in canonical line ends, whose header is `head`; `with_author`: From is in it too."""
    scan = _Scan(raw, _OF_THE_MAIL if with_author else _OF_THE_MAIL - {"from"})
    scan.part(head.fields, head.body, root=True)
    while scan.open and scan.next_delimiter():
        pass
    return scan.finished()


class _Scan:
    def __init__(self, raw: bytes, of_the_mail: frozenset[str]) -> None:
        self._raw = raw
        self._of_the_mail = of_the_mail
        self._out: list[bytes] = []
        self._slices: list[tuple[int, int]] = []
        self._leaf: int | None = None  # where the leaf that is being read starts
        self._at = 0  # everything before is done
        self._parts = 0
        self._names: list[bytes] = []  # what the boundaries of the multiparts we are in are called in the skeleton
        self._opened = 0
        self._spent = 0  # octets of content fields
        self._closed = False  # the outermost multipart; a part may still follow
        self._before = False  # whether the open leaf is what stands before the first part of a multipart
        self._after = -1  # where what stands behind the end of a multipart begins
        self._outside: list[tuple[int, int]] = []
        self._digests: set[bytes] = set()  # their parts are messages (RFC 2046 5.1.5)
        self._defects: dict[str, None] = {}
        self._over_cap = False
        self.open: list[bytes] = []  # boundaries of the multiparts we are in

    def part(self, fields: tuple[RawField, ...], body: int, root: bool = False) -> None:
        """Write the part's fields into the skeleton; its content starts at `body`."""
        content_type = b""
        seen: set[str] = set()
        for name, value in fields:
            lower = name.lower()
            if lower == "content-type":
                content_type = content_type or self._tame(value, told=not root)
            elif (lower in _OF_A_PART or (root and lower in self._of_the_mail)) and lower not in seen:
                seen.add(lower)
                self._out.append(b"%s: %s\n" % (name.encode("ascii"), self._tame(value, told=not root)))
        if not content_type and self.open and self.open[-1] in self._digests:
            content_type = b"message/rfc822"
        boundary = b""
        if content_type[:10].lower() == b"multipart/":
            boundary, content_type = self._multipart(content_type, body if root else None)
        elif content_type[:8].lower() == b"message/":
            content_type = OPAQUE + content_type[8:]
        if content_type:
            self._out.append(b"Content-Type: %s\n" % content_type)
        self._out.append(b"\n")
        self._leaf = self._at = body  # a multipart's preamble too: it is the content if no delimiter ever comes
        self._before = bool(boundary)
        if boundary:
            self.open.append(boundary)

    def next_delimiter(self) -> bool:
        """Go on to the next line that is a delimiter of an open multipart; False at the end of the mail."""
        at = self._at
        while True:
            if not (at == self._at and self._raw.startswith(b"--", at)):
                found = self._raw.find(b"\n--", at)
                if found < 0:
                    return False
                at = found + 1
            end = self._raw.find(b"\n", at)
            end = len(self._raw) if end < 0 else end
            longest = _LONGEST_BOUNDARY + 20
            line = self._raw[at + 2 : end].rstrip(b" \t\r") if end - at < longest else b""
            if line in self.open:
                return self._delimiter(line, at, end)
            if b"--" in line and (closed := self._closed_by(line)):
                self._close(closed, at, end)
                return bool(self.open)
            at = end if end > at + 2 else at + 2

    def finished(self) -> Structure:
        self._end_leaf(len(self._raw))
        self._end_epilogue(len(self._raw))
        if len(self.open) > self._closed:
            self._defects["multipart without its closing delimiter"] = None
        self._out += [self._closer() for _ in self.open]
        return Structure(
            b"".join(self._out), tuple(self._slices), tuple(self._defects), self._over_cap, tuple(self._outside)
        )

    def _delimiter(self, boundary: bytes, at: int, end: int) -> bool:
        self._end_leaf(at)
        self._end_epilogue(at)
        if self._before and self.open[-1] == boundary:
            self._outside.append(self._slices[-1])
        while self.open[-1] != boundary:
            self.open.pop()
            self._out.append(self._closer())
            self._defects["multipart without its closing delimiter"] = None
        if self._closed:
            self._defects["a part behind the closing delimiter"] = None
            self._closed = False
        if self._parts == MOST_PARTS:
            self._defects[f"more than {MOST_PARTS:,} parts: the rest is not read"] = None
            self._over_cap = True
            return False
        self._parts += 1
        self._out.append(b"\n--%s\n" % self._names[-1])
        head = cut_part(self._raw, min(end + 1, len(self._raw)), len(self._raw), _PART_HEADER_LIMIT)
        self.part(head.fields, head.body)
        return True

    def _closed_by(self, line: bytes) -> bytes:
        """The open boundary that a line closes, also with a sign behind its end, as broken mailers write: "--b-->"."""
        boundary, _, rest = line.rpartition(b"--")
        boundary = boundary.rstrip(b" \t")
        return boundary if boundary in self.open and (not rest or rest in _BEHIND_THE_END) else b""

    def _close(self, boundary: bytes, at: int, end: int) -> None:
        """The outermost multipart stays open: broken mailers, and lists that add a footer, put parts behind its end."""
        self._end_leaf(at)
        self._end_epilogue(at)
        self._after = end
        while len(self.open) > 1:
            closed = self.open.pop()
            self._out.append(self._closer())
            if closed == boundary:
                break
        else:
            self._closed = True
        self._at = end

    def _end_leaf(self, end: int) -> None:
        """The content of the open leaf ends before the line end that belongs to the delimiter (RFC 2046 5.1.1)."""
        if self._leaf is None:
            return
        if end < len(self._raw) and self._raw[end - 1 : end] == b"\n":
            end -= 2 if self._raw[end - 2 : end] == b"\r\n" else 1
        self._out.append(b"%d\n" % len(self._slices))
        self._slices.append((self._leaf, max(self._leaf, end)))
        self._leaf = None

    def _end_epilogue(self, end: int) -> None:
        if self._after >= 0:
            self._outside.append((self._after, end))
        self._after = -1

    def _closer(self) -> bytes:
        return b"\n--%s--\n" % self._names.pop()

    def _multipart(self, value: bytes, root_body: int | None) -> tuple[bytes, bytes]:
        """The boundary to look for, or nothing, and the field for the skeleton: with a boundary of our own making."""
        written, parameters = read_parameters(value.decode("utf-8", "replace"))
        boundary = parameters.get("boundary", "").encode("utf-8").rstrip()
        usable = 0 < len(boundary) <= _LONGEST_BOUNDARY
        if root_body is not None and not (usable and b"--" + boundary in self._raw):
            boundary, usable = self._seen_boundary(root_body), True
            self._defects["multipart without a usable boundary"] = None
        if not usable or not boundary:
            self._defects["multipart without a usable boundary"] = None
            return b"", value
        if len(self.open) >= DEEPEST:
            self._defects[f"nested deeper than {DEEPEST} levels: the rest is not read"] = None
            self._over_cap = True
            return b"", b"application/octet-stream"
        subtype = "".join(written[10:].split())
        if subtype == "digest":
            self._digests.add(boundary)
        name = b"=_%d_" % self._opened
        self._opened += 1
        self._names.append(name)
        known = subtype if _TOKEN.fullmatch(subtype) else "mixed"
        return boundary, b'multipart/%s; boundary="%s"' % (known.encode("ascii"), name)

    def _seen_boundary(self, body: int) -> bytes:
        """Where a mail names no boundary that it has: the first line that looks like one above a part's header."""
        found = _DELIMITER.search(self._raw, body, body + _PART_HEADER_LIMIT)
        return found[1].rstrip() if found else b""

    def _tame(self, value: bytes, told: bool) -> bytes:
        """A field value of bounded length in valid UTF-8 without line breaks, so that mail-parser drops none of it.

        `told`: nobody else says that its charset is a guess.
        """
        value = value[: _FIELD_LIMIT if self._spent < _SPENDABLE else _SHORT_FIELD]
        self._spent += len(value)
        if told and b"=?" in value:
            self._defects |= {f"a field of a part: {each}": None for each in word_defects(value.decode("latin-1"))}
        if not value.isascii():
            hint = named_charset(self._raw)
            if told and (guess := guess_told(value, hint)):
                self._defects[f"a field of a part: {guess}"] = None
            value = eight_bit(value, hint).encode("utf-8", "replace")
        return value.replace(b"\r", b" ").replace(b"\n", b" ").replace(b"\0", b"")
