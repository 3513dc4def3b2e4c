"""Reads texts with Jinja in them, and checks that every name in them will have a value (MG122, MG123)."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from mailgate.rules.conditions import Condition
from mailgate.rules.expression import Expression, ExpressionFailed, ExpressionRefused, Reference, expression
from mailgate.rules.findings import quoted
from mailgate.rules.reading import Reading
from mailgate.rules.syntax import Mapping, Mark, Node, Scalar, Sequence
from mailgate.rules.variables import NAMES

_GROUP = re.compile(r"\(\?P?<([A-Za-z]\w*)>")
_MEND = 'an expression is like "{{ m.order }}"'


@dataclass(frozen=True, slots=True)
class Captured:
    """The captures that the actions of a branch may use. `unknown`: a macro that could not be read may have others."""

    surely: frozenset[str] = frozenset()
    perhaps: frozenset[str] = frozenset()
    unknown: bool = False

    def within(self, condition: Condition | None, node: Node) -> "Captured":
        """Behind a condition too. None: `node` could not be read, which was told; what it may capture is there."""
        if condition is None:
            texts = tuple(_texts(node))
            names = frozenset(name for text in texts for name in _GROUP.findall(text))
            return replace(self, surely=self.surely | names, unknown=self.unknown or "use" in texts)
        return replace(self, surely=self.surely | condition.surely(), perhaps=self.perhaps | condition.perhaps())


@dataclass(frozen=True, slots=True)
class ExpressionReader:
    """Reads the texts of one branch."""

    captured: Captured
    reading: Reading

    def read(self, node: Node, what: str, make: Callable[[str], Expression] = expression) -> Expression | None:
        text = self.reading.words(node, what)
        if text is None:
            return None
        try:
            found = make(text)
        except ExpressionRefused as error:
            for each in error.reasons:
                mend = each.mend or _MEND
                self.reading.error(_place(node, each.word), "MG009", f"{what}: {each.message}", mend, each.expected)
            self._wrong(node, error.references)
            return None
        except ExpressionFailed as error:
            self.reading.error(node, "MG009", f"{what}: {error}", _MEND)
            return None
        return None if self._wrong(node, found.references) else found

    def _wrong(self, at: Node, references: tuple[Reference, ...]) -> list[Reference]:
        return [each for each in references if not self._exists(at, each)]

    def _exists(self, at: Node, reference: Reference) -> bool:
        """Whether an expression's name will have a value; else a finding."""
        name, attribute = reference.name, reference.attribute
        node = _place(at, f"{name}.{attribute}" if attribute else name)
        if name == "m":
            return self._is_captured(node, attribute)
        if name not in NAMES:
            self.reading.none_of(node, "MG122", f"no variable {quoted(name)}", name, (*NAMES, "m"))
            return False
        variable = NAMES[name]
        if variable.attributes is not None and attribute not in variable.attributes:
            said = f"{name}.{attribute}" if attribute else name
            known = sorted(f"{name}.{each}" for each in variable.attributes)
            self.reading.none_of(node, "MG122", f"no variable {quoted(said)}", said if attribute else "", known)
            return False
        return self.reading.has(node, f"the variable {quoted(name)}", variable.source)

    def _is_captured(self, node: Node | Mark, name: str | None) -> bool:
        if name in self.captured.surely or (self.captured.unknown and name is not None):
            return True
        if name in self.captured.perhaps:
            mend = "capture it in every alternative, or make two rules or cases of this one"
            self.reading.error(node, "MG123", f"m.{name} may be unset: not every way to here captures it", mend)
            return False
        message, otherwise = (
            f"no capture {quoted(name or 'm')} in this branch",
            "name a group: '/order (?P<order>\\d+)/'",
        )
        self.reading.none_of(node, "MG122", message, name or "", self.captured.perhaps, otherwise)
        return False


def _texts(node: Node) -> Iterator[str]:
    """Every key and value in it."""
    match node:
        case Scalar(text):
            yield text
        case Sequence(items):
            for each in items:
                yield from _texts(each)
        case Mapping(entries):
            for key, value in entries:
                yield key.text
                yield from _texts(value)


def _place(node: Node, word: str) -> Node | Mark:
    """Where a word stands in a text, if that can be told; else the text."""
    found = re.search(rf"(?<![\w.]){re.escape(word)}(?!\w)", node.text) if isinstance(node, Scalar) and word else None
    return node.part(found.start(), len(word)) if found and isinstance(node, Scalar) else node
