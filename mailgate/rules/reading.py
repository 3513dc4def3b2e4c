"""Taking values of the wanted kind out of the tree; whatever is not of that kind becomes a finding and None."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from mailgate.problems import did_you_mean
from mailgate.rules.findings import Findings, quoted
from mailgate.rules.syntax import Mapping, Node, Scalar, Sequence
from mailgate.rules.vocabulary import Vocabulary

T = TypeVar("T")
_SLUG = re.compile(r"[a-z0-9][a-z0-9_.-]{0,62}", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Reading:
    """What every reader needs: where findings go and which names exist."""

    findings: Findings
    vocabulary: Vocabulary

    def error(self, at: Node, code: str, message: str, mend: str = "") -> None:
        self.findings.error(at, code, message, mend)

    def later(self, at: Node, what: str) -> None:
        self.error(at, "MG010", f"{what} is not part of this version of mailgate")

    def mapping(self, node: Node, what: str, mend: str = "") -> Mapping | None:
        if isinstance(node, Mapping):
            return node
        self.error(node, "MG007", f"{what} is a mapping (key: value), not {kind(node)}", mend)
        return None

    def text(self, node: Node, what: str) -> str | None:
        """The text as it was written: `no` and `012` are texts where a text is wanted."""
        if isinstance(node, Scalar):
            if not node.is_null:
                return node.text
            self.error(node, "MG007", f"{what} has no value")
        else:
            self.error(node, "MG007", f"{what} is one text, not {kind(node)}")
        return None

    def flag(self, node: Node, what: str) -> bool | None:
        if isinstance(node, Scalar) and node.flag is not None:
            return node.flag
        shown = quoted(node.text) if isinstance(node, Scalar) and node.text else kind(node)
        self.error(node, "MG007", f"{what} is true or false, not {shown}")
        return None

    def texts(self, node: Node, what: str) -> tuple[tuple[Scalar, str], ...]:
        """One text or a list of texts, each with its node."""
        nodes = node.items if isinstance(node, Sequence) else (node,)
        if not nodes:
            self.error(node, "MG007", f"{what} is an empty list")
        found = ((each, self.text(each, what)) for each in nodes)
        return tuple((each, text) for each, text in found if isinstance(each, Scalar) and text is not None)

    def slug(self, node: Node, what: str) -> str | None:
        text = self.text(node, what)
        if text is None or _SLUG.fullmatch(text):
            return text
        mend = "use letters, digits, -, _ and ., at most 63"
        self.error(node, "MG004", f"{quoted(text)} cannot be {what}", mend)
        return None

    def choice(self, node: Node, what: str, words: Iterable[T]) -> T | None:
        """One of `words`, exactly as they are spelled."""
        text = self.text(node, what)
        if text is None:
            return None
        known = {str(word): word for word in words}
        if text not in known:
            self.error(node, "MG004", f"{quoted(text)} is not a valid value for {what}", did_you_mean(text, known))
            return None
        return known[text]

    def known(self, node: Node, what: str, code: str, names: Iterable[str]) -> str | None:
        """A name that the configuration or the templates define."""
        text = self.text(node, what)
        if text is None or text in (words := frozenset(names)):
            return text
        self.error(node, code, f"no {what} {quoted(text)}", did_you_mean(text, words) or f"there is no {what} at all")
        return None

    def unknown_key(self, key: Scalar, what: str, known: Iterable[str], meant: str | None = None) -> None:
        mend = f'did you mean "{meant}"?' if meant else did_you_mean(key.text, known)
        self.error(key, "MG003", f"{what} has no key {quoted(key.text)}", mend)


def kind(node: Node) -> str:
    """What a node is, for a message."""
    if isinstance(node, Scalar):
        return "nothing" if node.is_null else f"the text {quoted(node.text)}"
    return "a list" if isinstance(node, Sequence) else "a mapping"
