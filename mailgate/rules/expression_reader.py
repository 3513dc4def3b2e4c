"""Reads texts with Jinja in them, and checks that every name in them will have a value (MG122, MG123)."""

from collections.abc import Callable
from dataclasses import dataclass

from mailgate.problems import did_you_mean
from mailgate.rules.conditions import Condition
from mailgate.rules.expression import Expression, ExpressionFailed, Reference, expression
from mailgate.rules.findings import quoted
from mailgate.rules.reading import Reading
from mailgate.rules.syntax import Node
from mailgate.rules.variables import NAMES


@dataclass(frozen=True, slots=True)
class Captured:
    """The captures that the actions of a branch may use."""

    surely: frozenset[str] = frozenset()
    perhaps: frozenset[str] = frozenset()

    def within(self, condition: Condition | None) -> "Captured":
        if condition is None:
            return self
        return Captured(self.surely | condition.surely(), self.perhaps | condition.perhaps())


@dataclass(frozen=True, slots=True)
class ExpressionReader:
    """Reads the texts of one branch."""

    captured: Captured
    reading: Reading

    def read(self, node: Node, what: str, make: Callable[[str], Expression] = expression) -> Expression | None:
        text = self.reading.text(node, what)
        if text is None:
            return None
        try:
            found = make(text)
        except ExpressionFailed as error:
            self.reading.error(node, "MG009", f"{what}: {error}", 'an expression is like "{{ m.order }}"')
            return None
        wrong = [each for each in found.references if not self._exists(node, each)]
        return None if wrong else found

    def _exists(self, node: Node, reference: Reference) -> bool:
        """Whether an expression's name will have a value; else a finding."""
        name, attribute = reference.name, reference.attribute
        if name == "m":
            return self._is_captured(node, attribute)
        if name not in NAMES:
            self.reading.error(node, "MG122", f"no variable {quoted(name)}", did_you_mean(name, (*NAMES, "m")))
            return False
        variable = NAMES[name]
        if variable.attributes is not None and attribute not in variable.attributes:
            said = f"{name}.{attribute}" if attribute else name
            mend = did_you_mean(attribute or "", variable.attributes)
            self.reading.error(node, "MG122", f"no variable {quoted(said)}", mend)
            return False
        return self.reading.has(node, f"the variable {quoted(name)}", variable.source)

    def _is_captured(self, node: Node, name: str | None) -> bool:
        if name in self.captured.surely:
            return True
        if name in self.captured.perhaps:
            mend = "capture it in every alternative, or make two rules or cases of this one"
            self.reading.error(node, "MG123", f"m.{name} may be unset: not every way to here captures it", mend)
            return False
        mend = did_you_mean(name or "", self.captured.perhaps) or "name a group: '/order (?P<order>\\d+)/'"
        self.reading.error(node, "MG122", f"no capture {quoted(name or 'm')} in this branch", mend)
        return False
