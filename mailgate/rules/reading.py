"""Taking values of the wanted kind out of the tree; whatever is not of that kind becomes a finding and None."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Set
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field, replace
from typing import TypeVar

from mailgate.problems import expected_one_of, nearest
from mailgate.rules import meant
from mailgate.rules.events import DESK_SCHEDULE, GATE, REFUSED, without
from mailgate.rules.findings import Findings, quoted
from mailgate.rules.lists import WordList
from mailgate.rules.situation import Source
from mailgate.rules.syntax import Mapping, Mark, Node, Scalar, Sequence
from mailgate.rules.vocabulary import Vocabulary

T = TypeVar("T")
_SLUG = re.compile(r"[a-z0-9][a-z0-9_.-]{0,62}", re.IGNORECASE | re.ASCII)


MAX_UNFOLDED = 200_000  # values, in one rule set
MAX_WITHIN = 6  # macros inside each other


@dataclass(frozen=True, slots=True)
class Macro:
    """A named condition or list of actions, and the file in which it stands. `size`: the values in it."""

    node: Node
    path: str
    size: int = field(compare=False)
    name: str = field(compare=False)


@dataclass(slots=True)
class Unfolded:
    """The macros of a set that were used, and how many values that came to; the lists that were."""

    macros: set[Macro] = field(default_factory=set)
    lists: set[str] = field(default_factory=set)
    size: int = 0

    def add(self, macro: Macro) -> bool:
        """Whether there was room for one more."""
        self.macros.add(macro)
        self.size += macro.size
        return self.size <= MAX_UNFOLDED


@dataclass(frozen=True, slots=True)
class Reading:
    """What every reader needs: where findings go and which names exist.

    `events`: those of the rule that is being read. `within`: the macros that are being unfolded, and `used_at` where
    the rule uses the first of them; `unfolded`: those that ever were. `named`: the rules of the set by name, those with
    mistakes among them, and where each stands.
    """

    findings: Findings
    vocabulary: Vocabulary
    lists: MappingOf[str, WordList] = field(default_factory=dict)
    macros: MappingOf[str, Macro] = field(default_factory=dict)
    lacks_macros: bool = False  # a file that was included could not be read
    events: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    used_at: tuple[Node, str] | None = None
    named: dict[str, str] = field(default_factory=dict)
    unfolded: Unfolded = field(default_factory=Unfolded)

    def macro(self, node: Node) -> "tuple[Macro, Reading] | None":
        """What `use:` names, and how to read on inside it."""
        if self.lacks_macros and isinstance(node, Scalar) and node.text not in self.macros:
            return None  # it may stand in the file that could not be read, which was told
        name = self.known(node, "macro", "MG106", self.macros)
        if name is None:
            return None
        if name in self.within:
            way = " -> ".join((*self.within, name))
            self.error(node, "MG106", f"the macro uses itself: {way}", "a macro cannot go round in a circle")
            return None
        macro = self.macros[name]
        if not self.unfolded.add(macro) or len(self.within) >= MAX_WITHIN:
            message = (
                f"macros lie more than {MAX_WITHIN} deep in each other, or unfold to more than {MAX_UNFOLDED:,} values"
            )
            self.error(node, "MG008", message, "use fewer of them inside each other")
            return None
        used_at = self.used_at or (node, self.findings.path)
        return macro, replace(self, within=(*self.within, name), used_at=used_at)

    def has(self, at: Node | Mark, what: str, source: Source | None) -> bool:
        """Whether every event of the rule has `source`; else a finding about `what`, which needs it."""
        absent = without(source, self.events)
        if absent and source:
            mend = _WITHOUT_TICKET.get(absent[0]) if source == "ticket" else None
            self.misplaced(at, f"{what} does not exist at {', '.join(absent)}", mend or _WITHOUT[source])
        return not absent

    def misplaced(self, at: Node | Mark, message: str, mend: str) -> None:
        """A finding about what the rule's events do not have."""
        if self.used_at is None:
            self.error(at, "MG120", message, mend)
        else:  # the macro is right; the rule that uses it is not
            with self.findings.inside(self.used_at[1]):
                self.error(self.used_at[0], "MG120", f'in the macro "{self.within[0]}": {message}', mend)

    def error(self, at: Node | Mark, code: str, message: str, mend: str, expected: str = "", since: int = 0) -> None:
        """See Findings."""
        self.findings.error(at, code, message, mend, expected, since)

    def none_of(
        self,
        at: Node | Mark,
        code: str,
        message: str,
        wrong: str,
        known: Iterable[str],
        otherwise: str = "",
    ) -> None:
        """A finding about a word that is none of `known`: they stand at the mark, and the nearest is the mend."""
        words = known if isinstance(known, Set) else tuple(known)
        near = _in_other_words(wrong, words) or nearest(wrong, words)
        mend = f'did you mean "{near}"?' if near else otherwise or _write_one(words)
        self.error(at, code, message, mend, expected_one_of(words))

    def later(self, at: Node, what: str) -> None:
        mend = "take it out: there are no service levels yet; when: {idle: 4h, waiting_for: agent} tells what waits"
        self.error(at, "MG012", f"{what} is not in this version", mend)

    def mapping(self, node: Node, what: str, mend: str) -> Mapping | None:
        if isinstance(node, Mapping):
            return node
        self.error(node, "MG007", f"{what} is a mapping (key: value), not {kind(node)}", mend)
        return None

    def text(self, node: Node, what: str) -> str | None:
        """The text as it was written: `no` and `012` are texts where a text is wanted."""
        if isinstance(node, Scalar):
            if not node.is_null:
                return node.text
            mend = "write one behind the colon, or take the key out"
            mend = f"write '{node.cut.text}': without quotes a # begins a comment" if node.cut else mend
            self.error(node.cut.mark if node.cut else node, "MG007", f"{what} has no value", mend)
        else:
            mend = "write the text alone, without brackets, braces or a dash"
            self.error(node, "MG007", f"{what} is one text, not {kind(node)}", mend)
        return None

    def words(self, node: Node, what: str) -> str | None:
        """A text in somebody's own words; a warning where YAML may have taken the end of it for a comment."""
        if isinstance(node, Scalar) and not node.is_null and node.cut is not None:
            message = f"{what} ends before this #: YAML takes it for a comment"
            said = f"{node.text} {node.cut.text}".replace("'", "''")
            mend = f"write '{said}', or put a blank behind the # of a comment"
            self.findings.warning(node.cut.mark, "MG208", message, mend)
        return self.text(node, what)

    def flag(self, node: Node, what: str) -> bool | None:
        if isinstance(node, Scalar) and node.flag is not None:
            return node.flag
        shown = quoted(node.text) if isinstance(node, Scalar) and node.text else kind(node)
        said = _FLAGS.get(shown.strip('"').lower(), "true or false")
        self.error(node, "MG007", f"{what} is true or false, not {shown}", f"write {said}, without quotes")
        return None

    def texts(self, node: Node, what: str, *, words: bool = False) -> tuple[tuple[Scalar, str], ...]:
        """One text or a list of texts, each with its node. `words`: in somebody's own words."""
        nodes = node.items if isinstance(node, Sequence) else (node,)
        if not nodes:
            self.error(node, "MG007", f"{what} is an empty list", "write at least one, or take the key out")
        read = self.words if words else self.text
        found = ((each, read(each, what)) for each in nodes)
        return tuple((each, text) for each, text in found if isinstance(each, Scalar) and text is not None)

    def slug(self, node: Node, what: str) -> str | None:
        text = self.text(node, what)
        if text is None or _SLUG.fullmatch(text):
            return text
        plain = _plain(text)
        mend = "use a to z, digits, -, _ and ., at most 63" + (f", as in {plain}" if plain else "")
        self.error(node, "MG004", f"{quoted(text)} cannot be {what}", mend)
        return None

    def choice(self, node: Node, what: str, words: Iterable[T]) -> T | None:
        """One of `words`, exactly as they are spelled."""
        text = self.text(node, what)
        if text is None:
            return None
        known = {str(word): word for word in words}
        if text not in known:
            self.none_of(node, "MG004", f"{quoted(text)} is not a valid value for {what}", text, known)
            return None
        return known[text]

    def known(self, node: Node, what: str, code: str, names: Iterable[str]) -> str | None:
        """A name that the configuration or the templates define."""
        text = self.text(node, what)
        if text is None or text in (words := frozenset(names)):
            return text
        make = MAKING[what]
        if code == "MG104" and re.search(r"\s", text):
            make = "put these words into a template of yours: `mailgate template new NAME`"
        otherwise = f"{_write_one(words)}, or {make}" if words else f"there is no {what} yet: {make}"
        self.none_of(node, code, f"no {what} {quoted(text)}", text, words, otherwise)
        return None

    def unknown_key(
        self, key: Scalar, what: str, known: Iterable[str], said: str | None = None, printed_by: str = ""
    ) -> None:
        """`printed_by`: the command that shows them all, where they are many."""
        words = tuple(known)
        message = f"{what} has no key {quoted(key.text)}"
        near = said or nearest(key.text, words)
        expected = f"expected one that `{printed_by}` prints" if printed_by else expected_one_of(words)
        mend = f'did you mean "{near}"?' if near else (f"see `{printed_by}`" if printed_by else _write_one(words))
        self.error(key, "MG003", message, mend, expected)


def _in_other_words(wrong: str, words: Collection[str]) -> str | None:
    said = meant.VALUES.get(wrong.lower()) or meant.EVENTS.get(wrong.lower())
    return said if said in words else None


def _write_one(words: Collection[str]) -> str:
    return "write one of these" if len(words) > 1 else f"write {next(iter(words), 'another')}"


_LETTERS: MappingOf[str, str] = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "oe", "æ": "ae"}
_FLAGS = dict.fromkeys(("yes", "on", "y", "1", "true"), "true") | dict.fromkeys(
    ("no", "off", "n", "0", "false"), "false"
)
MAKING: MappingOf[str, str] = {  # how to make one of each kind of names
    "agent or template": "write [agents.NAME] into config.toml, or `mailgate template new NAME`",
    "agent": "write [agents.NAME] into config.toml",
    "calendar": "write [calendars.NAME] into config.toml",
    "field": "write [fields.NAME] into config.toml",
    "group of customers": "write [customers.groups.NAME] into config.toml",
    "list": "make lists/NAME.txt in the directory of the rules, one value a line",
    "macro": "write it below macros: in this file, or in one that it includes",
    "process": "make processes/NAME.yaml in the directory of the rules",
    "program": "write [programs.NAME] with its command into config.toml",
    "queue": "write [queues.NAME] into config.toml",
    "role": "give an agent that role in config.toml: roles = [...]",
    "rule": "write that rule",
    "step": "write it below steps:",
    "team": 'write NAME = ["nina"] below [teams] in config.toml',
    "template": "make en/NAME.md with `mailgate template new NAME`",
    "webhook or program": "write [webhooks.NAME] or [programs.NAME] into config.toml",
    "webhook": "write [webhooks.NAME] with its url into config.toml",
}

_WITHOUT: MappingOf[Source, str] = {
    "envelope": "no mail came at this event: make a rule of its own for it",
    "mail": "no mail came at this event: customer.email is the customer's address; else make a rule of its own for it",
    "ticket": "there is no ticket yet: write when: ticket.created",
    "customer": "there is no ticket at this event, and so no customer: make a rule of its own for it",
    "change": "nothing changed at this event: make a rule of its own for state.changed and the like",
    "absence": "only agent.away says who is away, and until when: make a rule of its own for it",
    "delivery": "only delivery.failed and delivery.delayed speak of a delivery: make a rule of its own for them",
    "reason": "only loop.tripped and reload.failed say a reason: make a rule of its own for them",
}
_WITHOUT_TICKET: MappingOf[str, str] = {
    GATE: _WITHOUT["ticket"],
    DESK_SCHEDULE: "add for_each: ticket, and each open ticket is looked at; without it notify, webhook, run and stop"
    " can be done",
    REFUSED: "it is about the desk and not about a ticket: notify, webhook, run and stop can be done",
}


def _plain(text: str) -> str:
    """A name as it could be: `rueckfrage` for Rückfrage."""
    spelt = "".join(_LETTERS.get(char, char) for char in text.lower())
    ascii_ = unicodedata.normalize("NFKD", spelt).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9_.]+", "-", ascii_).strip("-_.")[:63]


def kind(node: Node) -> str:
    """What a node is, for a message."""
    if isinstance(node, Scalar):
        return "nothing" if node.is_null else f"the text {quoted(node.text)}"
    return "a list" if isinstance(node, Sequence) else "a mapping"


def lacks(said: Mapping, known: Collection[str], *wanted: str) -> bool:
    """Whether none of the wanted keys is there, nor an unknown one, which may be one of them misspelt."""
    keys = {key.text for key, _ in said.entries}
    return keys.isdisjoint(wanted) and keys <= {*known}


def entries_in(node: Node) -> Iterator[tuple[Scalar, Node]]:
    """Every key with its value, however deep."""
    match node:
        case Sequence(items):
            for each in items:
                yield from entries_in(each)
        case Mapping(entries):
            for key, value in entries:
                yield key, value
                yield from entries_in(value)


def size_of(node: Node) -> int:
    """How many values lie in it, itself among them."""
    if isinstance(node, Scalar):
        return 1
    inner = node.items if isinstance(node, Sequence) else tuple(value for _, value in node.entries)
    return 1 + sum(map(size_of, inner))
