"""Reads what is asked of a field: a value, a list of them, operators (spec/rules.md 1.2)."""

import re
from collections.abc import Callable
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass

from mailgate.problems import expected_one_of, nearest
from mailgate.rules import meant
from mailgate.rules.conditions import All, Any, Condition, Question
from mailgate.rules.findings import quoted
from mailgate.rules.list_reader import read_list_match
from mailgate.rules.pattern_reader import PatternReader
from mailgate.rules.patterns import Pattern
from mailgate.rules.reading import Reading
from mailgate.rules.syntax import Mapping, Node, Scalar, Sequence
from mailgate.rules.view import Field, Kind

_ORDER = ("over", "under", "at least", "at most", "between")
OPERATORS: MappingOf[Kind, tuple[str, ...]] = {
    "text": ("has", "is", "starts", "ends", "like", "re", "list", "exists"),
    "word": ("is", "has", "starts", "ends", "like", "re", "list", "exists"),
    "own": ("is", "has", "starts", "ends", "like", "re", "list", *_ORDER, "exists"),
    "address": ("is", "like", "re", "list", "exists"),
    "network": ("is", "list", "exists"),
    "priority": ("is", *_ORDER),
    "number": ("is", *_ORDER, "exists"),
    "size": (*_ORDER, "exists"),
    "duration": (*_ORDER, "exists"),
    "time": _ORDER,
    "flag": (),
}
_EVERYWHERE = frozenset().union(*OPERATORS.values())
_SHOWN = 100
Read = Callable[[Node, str], Pattern | None]
NONE = "none"
_CURLY = re.compile("[\u201c\u201e\u201d\u2018\u201a\u2019\u00ab\u00bb](.+)[\u201c\u201d\u2018\u2019\u00ab\u00bb]")
_WRITE = "write a value, a list of values, or an operator with its value"


def read_match(field: Field, node: Node, negated: bool, reading: Reading) -> Condition | None:
    """What `node` asks of `field`, or None after a finding."""
    return _MatchReader(field, negated, reading, PatternReader(field, reading)).read(node)


@dataclass(frozen=True, slots=True)
class _MatchReader:
    field: Field
    negated: bool
    reading: Reading
    patterns: PatternReader

    def read(self, node: Node) -> Condition | None:
        if isinstance(node, Mapping):
            return self._operators(node)
        return self._any_of(node, self.patterns.scalar, "")

    def _any_of(self, node: Node, read: Read, operator: str) -> Condition | None:
        """One value or a list of them; without an operator the list may hold mappings of operators too."""
        nodes = node.items if isinstance(node, Sequence) else (node,)
        if not nodes:
            self.reading.error(node, "MG007", f"{self.field.name} is asked for nothing: the list is empty", _WRITE)
            return None
        parts: list[Condition | None] = []
        texts: list[Node] = []
        for each in nodes:
            if self._is_none(each):
                parts.append(self._nothing(each))
            elif isinstance(each, Scalar) or operator:
                texts.append(each)
            else:
                parts.append(self.read(each))
        if texts:
            parts.insert(0, self._question(node, texts, read, operator))
        found = tuple(part for part in parts if part is not None)
        if len(found) < len(parts):
            return None
        return found[0] if len(found) == 1 else (All(found) if self.negated else Any(found))

    def _operators(self, node: Mapping) -> Condition | None:
        if not node.entries:
            self.reading.error(node, "MG007", f"{self.field.name} is asked for nothing: the mapping is empty", _WRITE)
            return None
        parts = [self._operator(key, value) for key, value in node.entries]
        found = tuple(part for part in parts if part is not None)
        if len(found) < len(parts):
            return None
        return found[0] if len(found) == 1 else (Any(found) if self.negated else All(found))

    def _operator(self, key: Scalar, value: Node) -> Condition | None:
        known, name = OPERATORS[self.field.kind], key.text
        if name not in known:
            self._unfit(key, known)
            return None
        if name == "exists":
            return self._exists(key, value)
        if name == "list":
            return self._list(value)
        return self._any_of(value, self.patterns.operator(name), f"{name} ")

    def _unfit(self, key: Scalar, known: tuple[str, ...]) -> None:
        name = key.text
        said = f'the operator "{name}" does not fit "{self.field.name}"'
        message = said if name in _EVERYWHERE else f"no operator {quoted(name)}"
        better = meant.OPERATORS.get(name.lower())
        near = better if better in known else nearest(name, known)
        mend = f'did you mean "{near}"?' if near else "write one of these"
        if not known:
            mend = f"write {self.field.name}: true or {self.field.name}: false"
        elif name == "not":
            mend = f"put not: around it: not: {{{self.field.name}: ...}}"
        elif name in ("changed", "from", "to"):
            mend = "what changed is asked at the event: when: {state.changed: {to: closed}}"
        self.reading.error(key, "MG121" if name in _EVERYWHERE else "MG004", message, mend, expected_one_of(known))

    def _is_none(self, node: Node) -> bool:
        return self.field.nullable and isinstance(node, Scalar) and node.text == NONE

    def _nothing(self, node: Node) -> Condition:
        shown = f"{'not ' * self.negated}{NONE}"
        return Question(self.field, (), shown, node.mark, not self.negated, exists=True)

    def _exists(self, key: Scalar, value: Node) -> Condition | None:
        wanted = self.reading.flag(value, "exists")
        if wanted is None:
            return None
        negated = self.negated is wanted
        shown = "does not exist" if negated else "exists"
        return Question(self.field, (), shown, key.mark, negated, exists=True)

    def _list(self, node: Node) -> Condition | None:
        nodes = list(node.items) if isinstance(node, Sequence) else [node]
        found = [read_list_match(self.field, each, self.reading) for each in nodes]
        right = tuple(each for each in found if each is not None)
        if not nodes:
            self.reading.error(node, "MG007", "no list is named", "write {list: NAME}, a file lists/NAME.txt")
        if len(right) < len(found) or not right:
            return None
        shown = f"{'not ' * self.negated}{' or '.join(shown for _, shown in right)}"
        return Question(self.field, tuple(pattern for pattern, _ in right), shown, node.mark, self.negated)

    def _question(self, at: Node, nodes: list[Node], read: Read, operator: str) -> Condition | None:
        texts = [(node, self._text(node)) for node in nodes]
        patterns = [None if text is None else read(node, text) for node, text in texts]
        found = tuple(pattern for pattern in patterns if pattern is not None)
        if len(found) < len(patterns) or not found:
            return None
        asked = " or ".join(" ".join((text or "").split()) for _, text in texts)
        shown = f"{'not ' * self.negated}{operator}{asked}"
        shown = shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…"
        return Question(self.field, found, shown, at.mark, self.negated)

    def _text(self, node: Node) -> str | None:
        read = self.reading.words if self.field.kind in ("text", "own") else self.reading.text
        text = read(node, self.field.name)
        if text is not None and (found := _CURLY.fullmatch(text)) and isinstance(node, Scalar) and node.plain:
            message, mend = "these quotes are a part of what is asked for", f'write "{found[1]}" with straight quotes'
            self.reading.findings.warning(node, "MG209", message, mend)
        if text is None or text.strip():
            return text
        message = f"{self.field.name} is asked for a text without a word"
        self.reading.error(node, "MG004", message, "ask exists: true or exists: false")
        return None
