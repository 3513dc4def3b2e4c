"""Reads a file of rules: what it includes, its macros, its defaults, its rules (spec/rules.md 1.1)."""

import posixpath
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from mailgate.rules.findings import quoted
from mailgate.rules.reading import Macro, Reading, kind, size_of
from mailgate.rules.rule import Rule
from mailgate.rules.rule_reader import NO_DEFAULTS, read_defaults, read_rules
from mailgate.rules.syntax import Node, Scalar, Sequence

FILE_KEYS = ("include", "defaults", "macros", "rules")
MAX_DEPTH = 8
MAX_INCLUDES = 1_000
Macros = dict[str, Macro]


@dataclass(slots=True)
class FileReader:
    """Reads one file after the other. `documents`: every file of the set by name, those that could not be read among
    them, `broken`; `where`: the set's directory."""

    documents: MappingOf[str, Node | None]
    broken: frozenset[str]
    reading: Reading
    where: str
    included: set[str] = field(default_factory=set)
    macros: set[Macro] = field(default_factory=set)
    _read: set[str] = field(default_factory=set)  # files whose rules were read
    _opened: int = 0

    def read(self, name: str, queue: str | None = None) -> tuple[Rule, ...]:
        """The rules of a file in their order, those that it includes first; what is wrong becomes findings."""
        rules, _ = self._file(name, queue, (name,))
        return rules

    def path(self, name: str) -> str:
        return f"{self.where}/{name}".encode("utf-8", "replace").decode()

    def _file(self, name: str, queue: str | None, within: tuple[str, ...]) -> tuple[tuple[Rule, ...], Macros]:
        with self.reading.findings.inside(self.path(name)):
            root = self.documents.get(name)
            said = None if root is None else self._keys(root)
            if said is None:
                return (), {}
            rules, macros = self._include(said["include"], name, queue, within) if "include" in said else ((), {})
            if "macros" in said:
                self._add_macros(said["macros"], name, macros)
            reading = replace(self.reading, macros=macros, lacks_macros=not self.broken.isdisjoint(self.included))
            defaults = read_defaults(said["defaults"], reading) if "defaults" in said else NO_DEFAULTS
            own = read_rules(name, said["rules"], queue, defaults, reading) if self._is_first(name, said) else ()
        return (*rules, *own), macros

    def _is_first(self, name: str, said: dict[str, Node]) -> bool:
        """Whether the file has rules and they were not read yet."""
        if "rules" in said and name in self._read:
            mend = "include it once; files that lie in no subdirectory need no include"
            self.reading.error(said["rules"], "MG002", "the rules of this file are read twice", mend)
            return False
        self._read.add(name)
        return "rules" in said

    def _keys(self, root: Node) -> dict[str, Node] | None:
        mend = "begin it with a line rules: and indent the rest"
        said = self.reading.mapping(root, "a file of rules", mend)
        if said is None:
            return {"rules": root} if isinstance(root, Sequence) else None
        for key, _ in said.entries:
            if key.text not in FILE_KEYS:
                self.reading.unknown_key(key, "a file of rules", FILE_KEYS)
        if not said.entries:
            self.reading.error(said, "MG007", "the file has no rules", "begin it with rules: and a list")
        return {key.text: value for key, value in said.entries}

    def _include(
        self, node: Node, name: str, queue: str | None, within: tuple[str, ...]
    ) -> tuple[tuple[Rule, ...], Macros]:
        rules: list[Rule] = []
        macros: Macros = {}
        for each, pattern in self.reading.texts(node, '"include"'):
            for other in self._fitting(each, pattern, name):
                if other in within:
                    way = " -> ".join((*within, other))
                    self.reading.error(each, "MG004", f"the files include each other: {way}", "take one include out")
                    continue
                self.included.add(other)
                self._opened += 1
                if len(within) >= MAX_DEPTH or self._opened > MAX_INCLUDES:
                    message = (
                        f"includes lie more than {MAX_DEPTH} deep in each other, or are more than {MAX_INCLUDES:,}"
                    )
                    self.reading.error(each, "MG008", message, "include files directly")
                    return tuple(rules), macros
                found, more = self._file(other, queue, (*within, other))
                rules += found
                for key, macro in more.items():
                    self._name_macro(key, macro, each, macros)
        return tuple(rules), macros

    def _fitting(self, node: Node, pattern: str, name: str) -> list[str]:
        """The files that a pattern names, in their order; relative to the file that has it."""
        wanted = posixpath.normpath(posixpath.join(posixpath.dirname(name), pattern))
        if wanted.startswith(("/", "..")):
            self.reading.error(node, "MG004", f"{quoted(pattern)} leaves the directory of rules", "move the file there")
            return []
        found = [each for each in self.documents if _fits(each, wanted)]
        if not found:
            others = frozenset(each for each in self.documents if each != name)
            otherwise = f"the path is relative to {name}: make that file, or take the include out"
            self.reading.none_of(node, "MG004", f"no file {quoted(pattern)}", pattern, others, otherwise)
        return found

    def _add_macros(self, node: Node, name: str, macros: Macros) -> None:
        said = self.reading.mapping(node, '"macros"', "write macros: {is-vip: {tag: vip}}")
        for key, value in said.entries if said else ():
            if self.reading.slug(key, "the name of a macro") is None:
                continue
            if isinstance(value, Scalar):
                message = f"a macro is a condition or a list of actions, not {kind(value)}"
                self.reading.error(value, "MG007", message, "write is-vip: {tag: vip}")
                continue
            macro = Macro(value, self.path(name), size_of(value), key.text)
            self.macros.add(macro)
            self._name_macro(key.text, macro, key, macros)

    def _name_macro(self, name: str, macro: Macro, at: Node, macros: Macros) -> None:
        first = macros.setdefault(name, macro)
        if first != macro:
            message = f"a second macro {quoted(name)}, the first is in {first.path}:{first.node.mark.line}"
            self.reading.error(at, "MG002", message, "give each macro a name of its own")


def _fits(name: str, pattern: str) -> bool:
    """Whether a path fits; a star stands for anything within one directory."""
    parts, wanted = name.split("/"), pattern.split("/")
    return len(parts) == len(wanted) and all(map(fnmatchcase, parts, wanted))
