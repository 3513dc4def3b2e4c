"""Reads what is asked of a field: a text, 'a glob*', '/a pattern/', a list of them, operators (spec/rules.md 1.2)."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import cast

from mailgate.problems import did_you_mean
from mailgate.rules.conditions import All, Any, Condition, Question
from mailgate.rules.fields import Field
from mailgate.rules.findings import quoted
from mailgate.rules.patterns import (
    Address,
    Comparison,
    Domain,
    Ends,
    Exact,
    Glob,
    Matches,
    Number,
    OurMailbox,
    Pattern,
    Phrase,
    Ranked,
    Starts,
    Unanswerable,
    number,
)
from mailgate.rules.reading import Reading
from mailgate.rules.regex import FLAGS, NotRe2, regex
from mailgate.rules.syntax import Mapping, Node, Scalar, Sequence
from mailgate.rules.value import address_form, ascii_domain, fold, nfc
from mailgate.tickets.model import PRIORITIES, STATES

OPERATORS = {
    "text": ("has", "is", "starts", "ends", "like", "re", "exists"),
    "word": ("is", "has", "starts", "ends", "like", "re", "over", "under", "at least", "at most", "exists"),
    "address": ("is", "like", "re", "exists"),
    "priority": ("is", "over", "under", "at least", "at most"),
    "flag": (),
}
LATER_OPERATORS = frozenset({"list", "changed", "from", "to", "between"})
_COMPARISON = re.compile(r"(over|under|at least|at most)\s+(.*)", re.DOTALL)
_BETWEEN = re.compile(r"between\s.+\sand\s", re.DOTALL)
_SLASHED = re.compile(r"/(.*)/([A-Za-z]*)", re.DOTALL)
_DOMAIN = re.compile(r"[^\s@.,;:<>()\[\]/]{1,63}(?:\.[^\s@.,;:<>()\[\]/]{1,63})*")
_SHOWN = 100


def read_match(field: Field, node: Node, negated: bool, reading: Reading) -> Condition | None:
    """What `node` asks of `field`, or None after a finding."""
    return _MatchReader(field, negated, reading).read(node)


@dataclass(frozen=True, slots=True)
class _MatchReader:
    field: Field
    negated: bool
    reading: Reading

    def read(self, node: Node) -> Condition | None:
        if isinstance(node, Mapping):
            return self._operators(node)
        if isinstance(node, Sequence):
            return self._any_of(node)
        return self._question(node, [node], self._scalar, "")

    def _any_of(self, node: Sequence) -> Condition | None:
        if not node.items:
            self.reading.error(node, "MG007", f"{self.field.name} is asked for nothing: the list is empty")
            return None
        scalars = [each for each in node.items if isinstance(each, Scalar)]
        others = [self.read(each) for each in node.items if not isinstance(each, Scalar)]
        plain = self._question(node, scalars, self._scalar, "") if scalars else None
        parts = tuple(part for part in (plain, *others) if part is not None)
        if len(parts) < len(others) + bool(scalars):
            return None
        return parts[0] if len(parts) == 1 else (All(parts) if self.negated else Any(parts))

    def _operators(self, node: Mapping) -> Condition | None:
        if not node.entries:
            self.reading.error(node, "MG007", f"{self.field.name} is asked for nothing: the mapping is empty")
            return None
        parts = [self._operator(key, value) for key, value in node.entries]
        found = tuple(part for part in parts if part is not None)
        if len(found) < len(parts):
            return None
        return found[0] if len(found) == 1 else (Any(found) if self.negated else All(found))

    def _operator(self, key: Scalar, value: Node) -> Condition | None:
        known, name = OPERATORS[self.field.kind], key.text
        if name in LATER_OPERATORS:
            self.reading.later(key, f'the operator "{name}"')
            return None
        if name not in known:
            everywhere = frozenset().union(*OPERATORS.values())
            said = f'the operator "{name}" does not fit "{self.field.name}"'
            message = said if name in everywhere else f"no operator {quoted(name)}"
            mend = did_you_mean(name, known) if known else f"write {self.field.name}: true or {self.field.name}: false"
            if name == "not":
                mend = f"put not: around it: not: {{{self.field.name}: ...}}"
            self.reading.error(key, "MG121" if name in everywhere else "MG004", message, mend)
            return None
        if name == "exists":
            return self._exists(key, value)
        nodes = list(value.items) if isinstance(value, Sequence) else [value]
        read = {
            "has": self._phrase,
            "is": self._exact,
            "starts": lambda at, text: Starts(_folded(text)),
            "ends": lambda at, text: Ends(_folded(text)),
            "like": lambda at, text: _glob(text),
            "re": self._any_regex,
        }.get(name, lambda at, text: self._compared(at, cast(Comparison, name), text))
        return self._question(value, nodes, read, f"{name} ")

    def _exists(self, key: Scalar, value: Node) -> Condition | None:
        wanted = self.reading.flag(value, "exists")
        if wanted is None:
            return None
        negated = self.negated is wanted
        shown = "does not exist" if negated else "exists"
        return Question(self.field, (), shown, key.mark, negated, exists=True)

    def _question(
        self, at: Node, nodes: Iterable[Node], read: Callable[[Node, str], Pattern | None], operator: str
    ) -> Condition | None:
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
        text = self.reading.text(node, self.field.name)
        if text is None or text.strip():
            return text
        message = f"{self.field.name} is asked for a text without a word"
        self.reading.error(node, "MG004", message, "ask exists: true or exists: false")
        return None

    def _scalar(self, node: Node, text: str) -> Pattern | None:
        """A value without operator: the field's kind says what it means."""
        if self.field.kind == "flag":
            flag = self.reading.flag(node, self.field.name)
            return None if flag is None else Exact("true" if flag else "false")
        if self.field.kind != "priority" and text.startswith("/"):
            return self._slashed(node, text)
        if self.field.kind in ("priority", "word") and (found := self._comparison(node, text)):
            return found[0]
        if "*" in text and self.field.kind != "priority":
            return _glob(text)
        return self._phrase(node, text) if self.field.kind == "text" else self._exact(node, text)

    def _comparison(self, node: Node, text: str) -> tuple[Pattern | None] | None:
        """The pattern in a tuple where `text` is meant as a comparison; a field's text may begin with "over" too."""
        if _BETWEEN.match(text) and self.field.kind == "priority":
            self.reading.later(node, '"between ... and ..."')
            return (None,)
        said = _COMPARISON.fullmatch(text)
        if not said or self.field.name in ("queue", "state", "tag", "plus"):
            return None
        if self.field.kind == "word":
            try:
                number(said[2])
            except Unanswerable:
                return None
        return (self._compared(node, cast(Comparison, said[1]), said[2]),)

    def _compared(self, node: Node, comparison: Comparison, text: str) -> Pattern | None:
        if self.field.kind == "priority":
            if text in PRIORITIES:
                return Ranked(comparison, PRIORITIES.index(text))
            self._invalid(node, text, PRIORITIES)
            return None
        if not self.field.name.startswith("field."):
            message = f'the operator "{comparison}" does not fit "{self.field.name}"'
            self.reading.error(node, "MG121", message, "only priority and field.X are compared")
            return None
        try:
            return Number(comparison, number(text))
        except Unanswerable as error:
            self.reading.error(node, "MG004", str(error), f"write {comparison} 200")
            return None

    def _exact(self, node: Node, text: str) -> Pattern | None:
        name = self.field.name
        if self.field.kind == "address":
            return self._address(node, text)
        if name == "state" and text not in STATES:
            self._invalid(node, text, STATES)
            return None
        if name == "priority" and text not in PRIORITIES:
            self._invalid(node, text, PRIORITIES)
            return None
        if name == "queue" and self.reading.known(node, "queue", "MG101", self.reading.vocabulary.queues) is None:
            return None
        if name == "plus" and text == "control":
            self.reading.error(node, "MG004", '"control" is reserved: such mail never reaches the rules')
            return None
        return Exact(_folded(text))

    def _invalid(self, node: Node, text: str, words: tuple[str, ...]) -> None:
        message = f'{quoted(text)} is not a valid value for "{self.field.name}"'
        self.reading.error(node, "MG004", message, did_you_mean(text, words))

    def _phrase(self, node: Node, text: str) -> Pattern | None:
        return Phrase(tuple(_folded(text).split()))

    def _address(self, node: Node, text: str) -> Pattern | None:
        local, at, domain = text.rpartition("@")
        odd = re.search(r"[\s@<>,;]", local) is not None
        if at and local and not domain and not odd:
            return OurMailbox(address_form(local))
        subdomains = not at and domain.startswith(".")
        domain = domain.removeprefix(".") if subdomains else domain
        if _DOMAIN.fullmatch(domain) and (at or subdomains or "." in domain) and not odd:
            if local:
                return Address(address_form(text))
            return Domain(ascii_domain(domain), subdomains)
        mend = "write a@b.example, b.example (its domain), .b.example (with subdomains), a@ (here), or '*@b.example'"
        self.reading.error(node, "MG004", f"{quoted(text)} is neither an address nor a domain", mend)
        return None

    def _any_regex(self, node: Node, text: str) -> Pattern | None:
        return self._slashed(node, text) if text.startswith("/") else self._regex(node, text, "")

    def _slashed(self, node: Node, text: str) -> Pattern | None:
        said = _SLASHED.fullmatch(text)
        if not said or not said[1]:
            message = f"the pattern {quoted(text)} is not closed" if not said else "the pattern is empty"
            mend = "end it with /, as in '/order \\d+/'; a text that begins with / goes into has: or is:"
            self.reading.error(node, "MG006", message, mend)
            return None
        if wrong := set(said[2]) - FLAGS:
            flag = min(wrong)
            mend = "flags are i, s and x" + ("; for m write (?m) at the beginning" if flag == "m" else "")
            self.reading.error(node, "MG006", f'"{flag}" is not a flag of a pattern', mend)
            return None
        return self._regex(node, said[1], "".join(sorted(set(said[2]))))

    def _regex(self, node: Node, pattern: str, flags: str) -> Pattern | None:
        try:
            found = regex(nfc(pattern), flags)
        except NotRe2 as error:
            self.reading.error(node, "MG130", str(error), error.mend)
            return None
        if found.forgets_letters:
            message = r"\b sees no border of a word beside a letter beyond ASCII: this never matches"
            mend = r"leave \b out there, or use a phrase without slashes"
            self.reading.findings.warning(node, "MG131", message, mend)
        return Matches(found)


def _folded(text: str) -> str:
    return " ".join(fold(nfc(text)).split())


def _glob(text: str) -> Pattern:
    folded = _folded(text)
    return Glob(tuple(folded.split("*"))) if "*" in folded else Exact(folded)
