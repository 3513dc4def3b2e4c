"""YAML into a tree of marked values, with nothing of YAML that surprises or harms (spec/safety.md T16, A22, D25).

Built from the parser's events, not by its composer: events come one by one whatever the file holds, so anchors,
aliases, tags, depth and number are refused where they begin, before anything grows. Scalars stay the text that was
written; they answer by the YAML 1.2 core schema when somebody wants a flag, or nothing at all. A file that is no YAML
raises `NotYaml`; repeated keys, anchors, aliases and tags are gathered, so that they hide no other mistake.
"""

import re
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import yaml

from mailgate.problems import Problem
from mailgate.rules.yaml_mistakes import LOOK, explained

MAX_BYTES = 1_000_000  # of one file
MAX_DEPTH = 32
MAX_NODES = 50_000  # in one rule set
MAX_SHARED = 10  # anchors, aliases, tags of a file that are told, of each: a bomb has thousands

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_LINE_END = re.compile(r"\r\n|\r|\n")
_YAML_1_1_LINE_ENDS = str.maketrans("\x85\u2028\u2029", "   ")
_CUT = re.compile(r"[ \t]+(#\w.{0,80})(?<!\s)")
_TRUE = frozenset({"true", "True", "TRUE"})
_FALSE = frozenset({"false", "False", "FALSE"})
_NULL = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a file: line and column count from 1, `width` characters are meant."""

    line: int
    column: int
    width: int = 1


@dataclass(frozen=True, slots=True)
class Remark:
    """What stands behind a value as a comment and may have been meant as a part of it: `order #5`, not `x  # said`."""

    text: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text as it was written; `plain` says that it stood without quotes, `cut` what YAML took for a comment."""

    text: str
    plain: bool
    mark: Mark
    cut: Remark | None = field(default=None, compare=False)

    @property
    def flag(self) -> bool | None:
        """true or false, None where it is neither: `no` and "true" in quotes are texts."""
        if self.plain and self.text in _TRUE:
            return True
        return False if self.plain and self.text in _FALSE else None

    @property
    def is_null(self) -> bool:
        return self.plain and self.text in _NULL

    def part(self, start: int, length: int) -> Mark:
        """Where some of its characters stand; all of it where quotes, escapes or several lines hide that."""
        quotes = self.mark.width - len(self.text)
        if quotes != (0 if self.plain else 2) or "\n" in self.text:
            return self.mark
        return Mark(self.mark.line, self.mark.column + quotes // 2 + start, length)


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: "tuple[Node, ...]"
    mark: Mark


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys and values in the order of the file; no key twice."""

    entries: "tuple[tuple[Scalar, Node], ...]"
    mark: Mark


Node = Scalar | Sequence | Mapping


class NotYaml(Exception):
    """The file cannot be read as the YAML that we take; `problems` say where and why."""

    def __init__(self, problem: Problem, *more: Problem) -> None:
        super().__init__(problem.message)
        self.problems = (problem, *more)


@dataclass(frozen=True, slots=True)
class Document:
    """One file as a tree, and what is wrong in its form. `root` is None for a file without content."""

    root: Node | None
    problems: tuple[Problem, ...]
    nodes: int


def decode(path: str, raw: bytes) -> str:
    """The file's text without its byte order mark. Raises NotYaml for what is not UTF-8 or holds controls."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise NotYaml(Problem(path, 1, 1, "the file is UTF-16", "MG001", "save it as UTF-8"))
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line, column = _end_of(raw[: error.start].decode("utf-8"))
        message = f"the byte 0x{raw[error.start]:02x} is not UTF-8"
        raise NotYaml(Problem(path, line, column, message, "MG001", "save the file as UTF-8")) from None
    if control := _UNPRINTABLE.search(text):
        line, column = _end_of(text[: control.start()])
        message = f"the control character U+{ord(control[0]):04X} has no place in a file of rules"
        raise NotYaml(Problem(path, line, column, message, "MG001", "delete it"))
    return text.translate(_YAML_1_1_LINE_ENDS)


def parse(path: str, text: str, max_nodes: int = MAX_NODES) -> Document:
    """The tree of a decoded file. Raises NotYaml with what was gathered until a mistake of form or a limit."""
    builder = _Builder(path, text, max_nodes)
    try:
        _build(builder, path, text)
    except NotYaml as error:
        raise NotYaml(*builder.gathered, *error.problems) from None
    return Document(builder.root, tuple(builder.gathered), builder.nodes)


def _build(builder: "_Builder", path: str, text: str) -> None:
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        raise NotYaml(explained(path, text, error, builder.open_bracket)) from None
    except yaml.YAMLError as error:
        raise NotYaml(Problem(path, 1, 1, f"this is not YAML: {error}", "MG001", LOOK)) from None


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not come; `key` waits for its value."""

    event: Any
    items: list[Node] = field(default_factory=list)
    entries: list[tuple[Scalar, Node]] = field(default_factory=list)
    seen: dict[str, Mark] = field(default_factory=dict)
    key: Scalar | None = None


class _Builder:
    """Takes events, keeps the open containers on a stack of its own."""

    def __init__(self, path: str, text: str, max_nodes: int) -> None:
        self._path, self._lines, self._max_nodes = path, _LINE_END.split(text), max_nodes
        self._stack: list[_Open] = []
        self.root: Node | None = None
        self.repeated: list[Problem] = []
        self._shared: dict[str, list[Problem]] = {"&": [], "*": [], "!": []}
        self.nodes = 0

    @property
    def gathered(self) -> list[Problem]:
        """What is wrong so far, in the order of the file."""
        return sorted((*self.repeated, *chain(*self._shared.values())), key=lambda each: (each.line, each.column))

    @property
    def open_bracket(self) -> Any:
        """The mark of the innermost bracket that is not closed yet, None where there is none."""
        opened = self._stack[-1].event if self._stack else None
        return opened.start_mark if opened is not None and opened.flow_style else None

    def take(self, event: Any) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self._refuse_sharing(event)
            self._count(event)
            if event.style == '"' and (control := _UNPRINTABLE.search(event.value)):
                message = f"the control character U+{ord(control[0]):04X} has no place in a rule"
                raise NotYaml(self._problem(event, "MG001", message, "leave it out"))
            plain = not event.style and event.tag is None
            self._add(
                Scalar(
                    event.value or event.tag or "", plain, _mark(event), self._cut(event.end_mark) if plain else None
                )
            )
        elif isinstance(event, yaml.SequenceStartEvent | yaml.MappingStartEvent):
            self._refuse_sharing(event)
            self._count(event)
            if len(self._stack) >= MAX_DEPTH:
                raise self._limit(event, f"more than {MAX_DEPTH} levels lie inside each other", "nest less deeply")
            self._stack.append(_Open(event))
        elif isinstance(event, yaml.SequenceEndEvent):
            done = self._stack.pop()
            self._add(Sequence(tuple(done.items), _mark(done.event)))
        elif isinstance(event, yaml.MappingEndEvent):
            done = self._stack.pop()
            self._add(Mapping(tuple(done.entries), _mark(done.event)))
        elif isinstance(event, yaml.AliasEvent):
            self._count(event)
            self._sharing(event, "*", "an alias")
            self._add(Scalar(f"*{event.anchor}", False, _mark(event)))  # as it was meant
        elif isinstance(event, yaml.DocumentStartEvent) and self.root is not None:
            raise NotYaml(self._problem(event, "MG001", "a second document begins here", 'take the line "---" out'))

    def _add(self, node: Node) -> None:
        if not self._stack:
            self.root = node
            return
        parent = self._stack[-1]
        if isinstance(parent.event, yaml.SequenceStartEvent):
            parent.items.append(node)
        elif parent.key is not None:
            if parent.key.text not in parent.seen:
                parent.seen[parent.key.text] = parent.key.mark
                parent.entries.append((parent.key, node))
            parent.key = None
        else:
            parent.key = self._key(parent, node)

    def _key(self, parent: _Open, node: Node) -> Scalar:
        if not isinstance(node, Scalar):
            mend = "a list stands behind the colon of a key"
            mend = 'put an expression in quotes: "{{ m.order }}"' if isinstance(node, Mapping) else mend
            message = "a list or a mapping cannot be a key"
            raise NotYaml(Problem(self._path, node.mark.line, node.mark.column, message, "MG001", mend))
        if first := parent.seen.get(node.text):
            message = f'the key "{_short(node.text)}" stands here twice, first in line {first.line}'
            mend = "keep one; several values go into a list, several conditions of one field into all: or any:"
            place = (node.mark.line, node.mark.column)
            self.repeated.append(
                Problem(self._path, *place, message, "MG002", mend, width=node.mark.width, since=first.line)
            )
        return node

    def _cut(self, end: Any) -> Remark | None:
        """Where nothing but blanks stands between the value and a "#" with a letter or digit behind it."""
        rest = self._lines[end.line][end.column :] if end.line < len(self._lines) else ""
        found = _CUT.match(rest) if "#" in rest else None
        if found is None:
            return None
        return Remark(found[1], Mark(end.line + 1, end.column + found.start(1) + 1, len(found[1])))

    def _count(self, event: Any) -> None:
        self.nodes += 1
        if self.nodes > self._max_nodes:
            raise self._limit(event, f"the rules hold more than {MAX_NODES:,} values", "are they all needed?")

    def _refuse_sharing(self, event: Any) -> None:
        if event.anchor is not None:
            self._sharing(event, "&", "an anchor")
        if event.tag is not None:
            self._sharing(event, "!", "a tag")

    def _sharing(self, event: Any, sign: str, what: str) -> None:
        told = self._shared[sign]
        if len(told) >= MAX_SHARED:
            return
        word = re.match(r"[^\s,\]}#]{0,60}", self._lines[event.start_mark.line][event.start_mark.column :])
        quoted = word[0].replace("'", "''") if word else sign
        mend = f"a value that begins with {sign} goes into quotes: '{quoted}'"
        mend += "; what is used twice goes into macros:" if sign in "&*" else ""
        said = f"{what} has no place in a file of rules"
        told.append(self._problem(event, "MG001", said, mend, len(quoted)))

    def _limit(self, event: Any, message: str, mend: str) -> NotYaml:
        return NotYaml(self._problem(event, "MG008", message, mend))

    def _problem(self, event: Any, code: str, message: str, mend: str, width: int = 1) -> Problem:
        mark = _mark(event)
        return Problem(self._path, mark.line, mark.column, message, code, mend, width=width)


def _mark(event: Any) -> Mark:
    start, end = event.start_mark, event.end_mark
    width = end.column - start.column if end.line == start.line else 1
    return Mark(start.line + 1, start.column + 1, max(1, width))


def _end_of(text: str) -> tuple[int, int]:
    """Line and column, from 1, of what comes behind `text`."""
    lines = _LINE_END.split(text)
    return len(lines), len(lines[-1]) + 1


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."
