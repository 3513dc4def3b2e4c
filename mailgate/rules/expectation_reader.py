"""Reads what a test expects (`expect:`). Values are asked as the conditions of rules ask, with the same operators."""

from collections.abc import Iterable
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass

from mailgate.rules.conditions import Condition
from mailgate.rules.findings import quoted
from mailgate.rules.match_reader import read_match
from mailgate.rules.reading import Reading
from mailgate.rules.scenario import Expectation, FiredRule, Wanted
from mailgate.rules.syntax import Mapping, Node, Scalar, Sequence
from mailgate.rules.view import Choice, Field, Kind, View

NONE = "none"
KEYS = ("ticket", "sent", "told", "held", "notes", "called", "fired", "not_fired", "outcome", "refused", "exactly")
OUTCOMES = ("article", "duplicate", "bounce", "command", "quarantined", "discarded")


def _unread(_view: View) -> tuple[()]:
    """Values of an expectation are presented, see decision/cases."""
    return ()


def _field(name: str, form: Kind = "word", choice: Choice = "", *, nullable: bool = True) -> Field:
    return Field(name, form, _unread, None, choice=choice, nullable=nullable)


TICKET: MappingOf[str, Field] = {
    "queue": _field("ticket.queue", choice="queue"),
    "state": _field("ticket.state", choice="state"),
    "priority": _field("ticket.priority", "priority", nullable=False),
    "type": _field("ticket.type"),
    "owner": _field("ticket.owner", choice="agent"),
    "subject": _field("ticket.subject", "text"),
    "number": _field("ticket.number"),
    "language": _field("ticket.language"),
    "requester": _field("ticket.requester", "address"),
    "articles": _field("ticket.articles", "number"),
    "process": _field("ticket.process"),
    "step": _field("ticket.step"),
    "pending_for": _field("ticket.pending_for", "duration"),
    "closes_in": _field("ticket.closes_in", "duration"),
    "merged_into": _field("ticket.merged_into"),
}
TAGS = _field("ticket.tags")
WATCHERS = _field("ticket.watchers")
NOTES = _field("notes", "text")
LISTS_OF_TICKET = ("tags", "watchers", "fields")
MAIL: MappingOf[str, Field] = {
    "template": _field("template"),
    "to": _field("to", "address"),
    "agent": _field("agent", choice="agent"),
    "kind": _field("kind"),
    "from": _field("from", "address"),
    "subject": _field("subject", "text"),
    "body": _field("body", "text"),
    "reason": _field("reason", "text"),
    "name": _field("name"),
    "url": _field("url"),
}
OUTCOME = _field("outcome")
REFUSED = _field("refused", "text")
_OF_MAIL = ("template", "to", "agent", "kind", "from", "subject", "body")
MAIL_KEYS_OF = {
    "sent": ("template", "to", "from", "subject", "body"),
    "told": _OF_MAIL,
    "held": (*_OF_MAIL, "reason"),
    "called": ("name", "url", "body"),
}


@dataclass(frozen=True, slots=True)
class ExpectationReader:
    """`rules`: the rules that there are, each with the number of its cases; None: they could not be read."""

    reading: Reading
    rules: MappingOf[str, int] | None

    def read(self, node: Node) -> Expectation | None:
        said = self.reading.mapping(node, '"expect"', "write expect: {ticket: {queue: support}}")
        if said is None:
            return None
        keys = {key.text: value for key, value in said.entries}
        for key, _ in said.entries:
            if key.text not in KEYS:
                self.reading.unknown_key(key, '"expect"', KEYS)
        if not keys.keys() & set(KEYS) - {"exactly"}:
            self.reading.error(said, "MG007", "nothing is expected", "write expect: {ticket: {queue: support}}")
        ticket = self._mapping_of_ticket(keys["ticket"]) if "ticket" in keys else {}
        lists = {name: self._mails(name, keys[name]) for name in MAIL_KEYS_OF if name in keys}
        return Expectation(
            mark=said.mark,
            ticket=self._ticket(ticket),
            tags=self._each(TAGS, ticket["tags"]) if "tags" in ticket else None,
            watchers=self._watchers(ticket["watchers"]) if "watchers" in ticket else None,
            fields=self._fields(ticket["fields"]) if "fields" in ticket else None,
            notes=self._each(NOTES, keys["notes"]) if "notes" in keys else None,
            sent=lists.get("sent"),
            told=lists.get("told"),
            called=lists.get("called"),
            held=lists.get("held"),
            fired=self._fired(keys["fired"]) if "fired" in keys else None,
            not_fired=self._names(keys["not_fired"]) if "not_fired" in keys else (),
            outcome=self._outcome(keys["outcome"]) if "outcome" in keys else None,
            refused=self._refused(keys["refused"]) if "refused" in keys else None,
            exactly=bool(self.reading.flag(keys["exactly"], '"exactly"')) if "exactly" in keys else False,
        )

    # --- the ticket -----------------------------------------------------------------------------------------------

    def _mapping_of_ticket(self, node: Node) -> dict[str, Node]:
        said = self.reading.mapping(node, '"ticket"', "write ticket: {queue: support, state: open}")
        keys = (*TICKET, *LISTS_OF_TICKET)
        for key, _ in said.entries if said else ():
            if key.text not in keys:
                self.reading.unknown_key(key, '"ticket"', keys)
        return {key.text: value for key, value in said.entries} if said else {}

    def _ticket(self, said: MappingOf[str, Node]) -> tuple[Condition, ...]:
        found = (self._match(TICKET[name], value) for name, value in said.items() if name in TICKET)
        return tuple(each for each in found if each is not None)

    def _watchers(self, node: Node) -> tuple[Condition, ...]:
        """Agents by their names, others by their addresses."""
        for each, text in self.reading.texts(node, '"watchers"'):
            if _is_name(text) and self.reading.known(each, "agent", "MG102", self.reading.vocabulary.agents) is None:
                return ()
        return self._each(WATCHERS, node)

    def _each(self, field: Field, node: Node) -> tuple[Condition, ...]:
        """Of a list every one, not any; `none` is the empty list."""
        if isinstance(node, Scalar) and node.text == NONE:
            return ()
        nodes = node.items if isinstance(node, Sequence) else (node,)
        found = (self._match(field, each) for each in nodes)
        return tuple(each for each in found if each is not None)

    def _fields(self, node: Node) -> tuple[Condition, ...]:
        if isinstance(node, Scalar) and node.text == NONE:
            return ()
        said = self.reading.mapping(node, '"fields"', 'write fields: {order: "4711"}')
        found: list[Condition | None] = []
        for key, value in said.entries if said else ():
            declared = self.reading.vocabulary.fields
            if declared is None or self.reading.known(key, "field", "MG108", declared):
                found.append(self._match(_field(f"ticket.fields.{key.text}", "own"), value))
        return tuple(each for each in found if each is not None)

    def _match(self, field: Field, node: Node) -> Condition | None:
        return read_match(field, node, False, self.reading)

    # --- mails ----------------------------------------------------------------------------------------------------

    def _mails(self, what: str, node: Node) -> tuple[Wanted, ...]:
        if isinstance(node, Scalar) and node.text == NONE:
            return ()
        nodes = node.items if isinstance(node, Sequence) else (node,)
        if not nodes:
            self.reading.error(node, "MG007", f'the list under "{what}" is empty', f"write {what}: none")
        found = (self._mail(what, each) for each in nodes)
        return tuple(each for each in found if each is not None)

    def _mail(self, what: str, node: Node) -> Wanted | None:
        """A mail that is expected; a bare word is the template, of those told an agent too."""
        if isinstance(node, Scalar):
            name = "name" if what == "called" else "template"
            if what == "told" and node.text in self.reading.vocabulary.agents:
                name = "agent"
            condition = self._of_mail(name, node, what)
            return None if condition is None else Wanted((condition,), node.text, node.mark)
        said = self.reading.mapping(node, f'a mail under "{what}"', "write {template: received, to: ana@acme.example}")
        conditions: list[Condition | None] = []
        for key, value in said.entries if said else ():
            if key.text in MAIL_KEYS_OF[what]:
                conditions.append(self._of_mail(key.text, value))
            else:
                self.reading.unknown_key(key, f'a mail under "{what}"', MAIL_KEYS_OF[what])
        if said is None or None in conditions:
            return None
        told = ", ".join(f"{key.text} {_told(value)}" for key, value in said.entries) or "a mail"
        return Wanted(tuple(each for each in conditions if each is not None), told, said.mark)

    def _names_of(self, what: str) -> tuple[str, str, frozenset[str]]:
        """What a bare word may be: a template, of those told an agent too."""
        vocabulary = self.reading.vocabulary
        if what == "told":
            return "agent or template", "MG104", vocabulary.agents | vocabulary.templates
        return "template", "MG104", vocabulary.templates

    def _of_mail(self, name: str, node: Node, what: str = "") -> Condition | None:
        named = name == "template" and isinstance(node, Scalar) and not node.text.startswith("/") and node.text != NONE
        if named and self.reading.known(node, *self._names_of(what)) is None:
            return None
        called = name == "name" and isinstance(node, Scalar) and not node.text.startswith("/")
        if called and self.reading.known(node, "webhook or program", "MG140", self._outside()) is None:
            return None
        return self._match(MAIL[name], node)

    def _outside(self) -> frozenset[str]:
        vocabulary = self.reading.vocabulary
        return vocabulary.programs | {each.name for each in vocabulary.webhooks}

    # --- the rest -------------------------------------------------------------------------------------------------

    def _outcome(self, node: Node) -> Condition | None:
        for each, text in self.reading.texts(node, '"outcome"'):
            if text not in OUTCOMES:
                self.reading.choice(each, '"outcome"', OUTCOMES)
                return None
        return self._match(OUTCOME, node)

    def _refused(self, node: Node) -> Condition | None:
        """Whether the door says no, or with which words."""
        if isinstance(node, Scalar) and node.flag is not None:
            exists = Mapping(((Scalar("exists", True, node.mark), node),), node.mark)
            return self._match(REFUSED, exists)
        return self._match(REFUSED, node)

    def _fired(self, node: Node) -> tuple[FiredRule, ...]:
        if isinstance(node, Scalar) and node.text == NONE:
            return ()
        found: list[FiredRule] = []
        for each in node.items if isinstance(node, Sequence) else (node,):
            if isinstance(each, Mapping):
                found += self._cases(each)
            elif name := self._rule(each):
                found.append(FiredRule(name, 0, each.mark))
        return tuple(found)

    def _cases(self, node: Mapping) -> Iterable[FiredRule]:
        """`{route: 2}`: the second case of that table."""
        for key, value in node.entries:
            name, number = self._rule(key), self.reading.text(value, "a case")
            if name is None or number is None or self.rules is None:
                continue
            cases = self.rules[name]
            if number not in {str(case) for case in range(1, cases + 1)}:
                mend = f"it has {cases} cases" if cases else "it has no cases: write its name alone"
                self.reading.error(value, "MG004", f"{quoted(number)} is no case of {quoted(name)}", mend)
                continue
            yield FiredRule(name, int(number), key.mark)

    def _names(self, node: Node) -> tuple[str, ...]:
        found = (self._rule(each) for each, _ in self.reading.texts(node, '"not_fired"'))
        return tuple(name for name in found if name is not None)

    def _rule(self, node: Node) -> str | None:
        if self.rules is None:
            return self.reading.text(node, "the name of a rule")
        return self.reading.known(node, "rule", "MG110", self.rules)


def _is_name(text: str) -> bool:
    return text != NONE and not text.startswith("/") and "@" not in text and "*" not in text


def _told(node: Node) -> str:
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Mapping):
        return ", ".join(f"{key.text} {_told(value)}" for key, value in node.entries)
    return " or ".join(map(_told, node.items))
