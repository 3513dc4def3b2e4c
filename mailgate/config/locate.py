"""Where each key and value of a TOML text stands: tomllib gives a position for syntax errors only.

A second, lenient reading of a text that tomllib accepted (TOML 1.0). It decides nothing and never raises: what it
cannot follow simply has no place.
"""

import contextlib
import re
import tomllib
from bisect import bisect_right
from dataclasses import dataclass

KeyPath = tuple[str | int, ...]  # ("in", 0, "listen"): names, and indices into arrays

_DEEPEST = 32
_BLANK = re.compile(r"[ \t]*")
_GAP = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_KEY = re.compile(r"""[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'""")
_STRING = re.compile(
    r'''"""(?:\\.|[^\\])*?"""(?:"{0,2})'''
    r"""|'''.*?'''(?:'{0,2})"""
    r'''|"(?:[^"\\\n]|\\.)*"'''
    r"""|'[^'\n]*'""",
    re.DOTALL,
)
_BARE = re.compile(r"[^,\]}#\n]+")


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a text; line and column count from 1, `width` stays within the line."""

    line: int
    column: int
    width: int


NOWHERE = Spot(0, 0, 1)


@dataclass(frozen=True, slots=True)
class Places:
    """Keys (the last part of a dotted one) and values, by their path."""

    keys: dict[KeyPath, Spot]
    values: dict[KeyPath, Spot]

    def key(self, path: KeyPath) -> Spot:
        """The key of that path, or of the nearest table around it that stands in the text."""
        while path:
            if path in self.keys:
                return self.keys[path]
            if path in self.values:  # an element of an array has no key of its own
                return self.values[path]
            path = path[:-1]
        return NOWHERE

    def value(self, path: KeyPath) -> Spot:
        """The value of that path, or its key where the value is a table with a header of its own."""
        return self.values.get(path) or self.key(path)


def locate(text: str) -> Places:
    """The places of everything in `text`."""
    scan = _Scan(text.replace("\r\n", "\n"))
    with contextlib.suppress(_Lost, IndexError):
        scan.document()
    return Places(scan.keys, scan.values)


class _Lost(Exception):
    """The text is not what tomllib would have accepted."""


class _Scan:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.keys: dict[KeyPath, Spot] = {}
        self.values: dict[KeyPath, Spot] = {}
        self._tables: dict[KeyPath, int] = {}  # arrays of tables: how many so far
        self._starts = [0, *(found.end() for found in re.finditer("\n", text))]

    def document(self) -> None:
        table: KeyPath = ()
        while self._skip(_GAP) < len(self.text):
            if self._take("[["):
                table = self._header(array=True)
                self._expect("]]")
            elif self._take("["):
                table = self._header(array=False)
                self._expect("]")
            else:
                self._pair(table, 0)

    def _header(self, array: bool) -> KeyPath:
        parts = self._dotted()
        path: KeyPath = ()
        for place, (name, spot) in enumerate(parts, 1):
            path = (*path, name)
            self.keys.setdefault(path, spot)
            if array and place == len(parts):
                self._tables[path] = self._tables.get(path, 0) + 1
            if path in self._tables:
                path = (*path, self._tables[path] - 1)
                self.keys.setdefault(path, spot)
        return path

    def _pair(self, table: KeyPath, depth: int) -> None:
        path = table
        for name, spot in self._dotted():
            path = (*path, name)
            self.keys.setdefault(path, spot)
        self._expect("=")
        self._value(path, depth)

    def _dotted(self) -> list[tuple[str, Spot]]:
        parts = []
        while True:
            self._skip(_BLANK)
            start, raw = self.at, self._match(_KEY)
            parts.append((_plain(raw), self._spot(start)))
            self._skip(_BLANK)
            if not self._take("."):
                return parts

    def _value(self, path: KeyPath, depth: int) -> None:
        if depth > _DEEPEST:
            raise _Lost
        self._skip(_BLANK)
        start = self.at
        if self._take("["):
            self._array(path, depth)
        elif self._take("{"):
            self._inline_table(path, depth)
        elif self.text.startswith(('"', "'"), start):
            self._match(_STRING)
        else:
            self.at = start + len(self._match(_BARE).rstrip())
        self.values[path] = self._spot(start)

    def _array(self, path: KeyPath, depth: int) -> None:
        index = 0
        while self._gap_then_not("]"):
            self._value((*path, index), depth + 1)
            index += 1
            self._skip(_GAP)
            self._take(",")

    def _inline_table(self, path: KeyPath, depth: int) -> None:
        while self._gap_then_not("}"):
            self._pair(path, depth + 1)
            self._skip(_GAP)
            self._take(",")

    def _gap_then_not(self, end: str) -> bool:
        self._skip(_GAP)
        return not self._take(end)

    def _skip(self, pattern: re.Pattern[str]) -> int:
        found = pattern.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return self.at

    def _take(self, mark: str) -> bool:
        if not self.text.startswith(mark, self.at):
            return False
        self.at += len(mark)
        return True

    def _expect(self, mark: str) -> None:
        if not self._take(mark):
            raise _Lost

    def _match(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.text, self.at)
        if not found:
            raise _Lost
        self.at = found.end()
        return found[0]

    def _spot(self, start: int) -> Spot:
        """From `start` to where the scan stands now, or to the end of the line."""
        line = bisect_right(self._starts, start)
        end = self.text.find("\n", start, self.at)
        return Spot(line, start - self._starts[line - 1] + 1, max(1, (self.at if end < 0 else end) - start))


def _plain(raw: str) -> str:
    """The name that a key part says, without quotes and escapes."""
    if raw[0] not in "\"'":
        return raw
    try:
        return str(tomllib.loads(f"key = {raw}")["key"])
    except tomllib.TOMLDecodeError:
        raise _Lost from None
