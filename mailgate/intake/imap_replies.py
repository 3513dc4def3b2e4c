"""Reading an IMAP server's replies, and writing the arguments of commands (RFC 9051). Pure; what makes no sense is
passed over, what may not be sent is a ValueError.

A reply comes as a list: a line is bytes, a literal is a bytearray, the last line is the text of the tagged one.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

_LARGEST = 0xFFFF_FFFF
_RECORD = re.compile(rb"\d{1,10} FETCH \(", re.IGNORECASE)
_UID = re.compile(rb"[( ]UID (\d{1,10})[ )]", re.IGNORECASE)
_SIZE = re.compile(rb"[( ]RFC822\.SIZE (\d{1,19})[ )]", re.IGNORECASE)
_BODY_LITERAL = re.compile(rb"[( ]BODY\[\] ~?\{\d+\}$", re.IGNORECASE)
_BODY_QUOTED = re.compile(rb'[( ]BODY\[\] "((?:[^"\\]|\\.)*)"', re.IGNORECASE | re.DOTALL)
_EXISTS = re.compile(rb"(\d{1,10}) EXISTS", re.IGNORECASE)
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
_CODE = re.compile(r"\[([A-Z0-9-]+)", re.IGNORECASE)
_UNSENDABLE = re.compile("[\x00-\x1f\x7f]")
_KEYWORD = re.compile(r"[^\x00-\x20\x7f-\U0010ffff(){%*\"\\\]]{1,100}")


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a FETCH said of one mail; None where it did not say it."""

    uid: int
    size: int | None
    body: bytes | None


@dataclass(frozen=True, slots=True)
class FolderState:
    """What SELECT said of a folder; None where it did not say it. `exists`: how many mails are in it."""

    uidvalidity: int | None
    uidnext: int | None
    exists: int = 0


def fetched(lines: Sequence[bytes | bytearray]) -> Iterator[Fetched]:
    """The mails of a FETCH reply; flags that others changed meanwhile are passed over."""
    start: int | None = None
    for place, line in enumerate(lines):
        if isinstance(line, bytes) and _RECORD.match(line):
            if start is not None:
                yield from _record(lines[start:place])
            start = place
    if start is not None:
        yield from _record(lines[start:])


def _record(lines: Sequence[bytes | bytearray]) -> Iterator[Fetched]:
    text = b" ".join(line for line in lines if isinstance(line, bytes)) + b" "
    text = _BODY_QUOTED.sub(b" ", text)  # a sender's words are no items
    uid = _UID.search(text)
    if uid is None or not 0 < int(uid[1]) <= _LARGEST:
        return
    size = _SIZE.search(text)
    yield Fetched(int(uid[1]), int(size[1]) if size else None, _body(lines))


def _body(lines: Sequence[bytes | bytearray]) -> bytes | None:
    for line, following in pairwise(lines):
        if isinstance(following, bytearray) and _BODY_LITERAL.search(line):
            return bytes(following)
    for line in lines:
        if isinstance(line, bytes) and (quoted := _BODY_QUOTED.search(line)):
            return _ESCAPED.sub(rb"\1", quoted[1])
    return None


def found(lines: Sequence[bytes | bytearray]) -> list[int]:
    """The numbers of a SEARCH reply, which may come in several lines."""
    numbers: list[int] = []
    for line in lines:
        words = line.split()
        if words[:1] and words[0].upper() == b"SEARCH":
            numbers += [int(word) for word in words[1:] if word.isdigit() and len(word) < 11]
    return [number for number in numbers if 0 < number <= _LARGEST]


def folder_state(lines: Sequence[bytes | bytearray]) -> FolderState:
    """UIDVALIDITY, UIDNEXT and EXISTS of a SELECT reply."""
    exists = [int(match[1]) for line in lines if (match := _EXISTS.fullmatch(line))]
    return FolderState(_coded(lines, b"UIDVALIDITY"), _coded(lines, b"UIDNEXT"), max(exists, default=0))


def _coded(lines: Sequence[bytes | bytearray], name: bytes) -> int | None:
    wanted = re.compile(rb"OK \[" + name + rb" (\d{1,10})\]", re.IGNORECASE)
    for line in lines:
        if (match := wanted.match(line)) and 0 < int(match[1]) <= _LARGEST:
            return int(match[1])
    return None


def capabilities(lines: Sequence[bytes | bytearray]) -> frozenset[str]:
    """What a server can do, in capitals."""
    words: list[str] = []
    for line in lines:
        first, *rest = line.decode("ascii", "replace").upper().split() or [""]
        if first == "CAPABILITY":
            words += rest
    return frozenset(words)


def response_code(text: str) -> str:
    """The response code in the text of a status reply, as "TRYCREATE"; empty where there is none."""
    match = _CODE.match(text.strip())
    return match[1].upper() if match else ""


def uid_set(uids: Collection[int]) -> str:
    """Exactly these UIDs as an IMAP set: 1:3,7."""
    pieces: list[tuple[int, int]] = []
    for uid in sorted(uids):
        if pieces and uid == pieces[-1][1] + 1:
            pieces[-1] = (pieces[-1][0], uid)
        else:
            pieces.append((uid, uid))
    return ",".join(str(first) if first == last else f"{first}:{last}" for first, last in pieces)


def quoted(text: str) -> str:
    """A quoted string (RFC 9051 4.3). Raises ValueError for controls: CR and LF would end the command."""
    if _UNSENDABLE.search(text):
        raise ValueError("a control character")
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def is_keyword(text: str) -> bool:
    """Whether it can be a keyword, a flag of the user's own."""
    return _KEYWORD.fullmatch(text) is not None


def readable(octets: bytes | bytearray, most: int = 200) -> str:
    """A server's words as they may be shown and logged."""
    text = bytes(octets[: 4 * most]).decode("utf-8", "replace")
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())[:most]


def chunks(uids: Iterable[int], most: int) -> Iterator[list[int]]:
    """The UIDs in order, at most so many at a time."""
    chunk: list[int] = []
    for uid in uids:
        chunk.append(uid)
        if len(chunk) == most:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
