"""Reads what is under `do:`, one verb an item (spec/rules.md 1.5)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from mailgate.duration import parse_duration
from mailgate.problems import did_you_mean
from mailgate.rules.actions import Action, AddNote, AddTags, Reply, SetFields, SetPriority, SetQueue, SetState
from mailgate.rules.conditions import Condition
from mailgate.rules.expression import Expression, ExpressionFailed, Reference, expression
from mailgate.rules.findings import quoted
from mailgate.rules.notify_reader import read_notify
from mailgate.rules.reading import Reading, kind
from mailgate.rules.syntax import Mapping as MappingNode
from mailgate.rules.syntax import Node, Scalar, Sequence
from mailgate.rules.task import FieldsTemplate, NoteTemplate, Stop, Task, told
from mailgate.rules.variables import NAMES
from mailgate.tickets.model import PRIORITIES, STATES

MAX_ACTIONS = 100  # in one rule (spec/safety.md R53)
LATER_VERBS = frozenset(
    """sla type untag unset assign watch unwatch forward reject drop quarantine join pending close reopen merge split
    webhook run start""".split()
)
_TAG = re.compile(r"[^\s,]{1,60}")
_FIELD = re.compile(r"[a-z][a-z0-9_-]{0,60}")
What = Action | FieldsTemplate | NoteTemplate | Stop


@dataclass(frozen=True, slots=True)
class Captured:
    """The captures that the actions of a branch may use."""

    surely: frozenset[str] = frozenset()
    perhaps: frozenset[str] = frozenset()

    def within(self, condition: Condition | None) -> "Captured":
        if condition is None:
            return self
        return Captured(self.surely | condition.surely(), self.perhaps | condition.perhaps())


def read_actions(node: Node, captured: Captured, first_index: int, reading: Reading) -> tuple[Task, ...]:
    """The tasks under a `do:`. What is wrong becomes findings and is left out."""
    if not isinstance(node, Sequence):
        mend = 'begin each action with "- "'
        reading.error(node, "MG007", f'"do" is a list of actions, not {kind(node)}', mend)
        return ()
    if not node.items:
        reading.error(node, "MG007", 'the list under "do" is empty', "say what to do")
    if len(node.items) > MAX_ACTIONS:
        reading.error(node, "MG008", f"a rule has at most {MAX_ACTIONS} actions, here are {len(node.items)}")
        return ()
    reader = _ActionReader(captured, reading)
    tasks: list[Task] = []
    for index, item in enumerate(node.items, first_index):
        what = reader.read(item)
        if what is not None:
            said = "" if isinstance(what, FieldsTemplate | NoteTemplate) else told(what)
            tasks.append(Task(what, item.mark.line, index, said))
    return tuple(tasks)


@dataclass(frozen=True, slots=True)
class _ActionReader:
    captured: Captured
    reading: Reading

    def read(self, node: Node) -> What | None:
        if isinstance(node, Scalar) and node.text == "stop":
            return Stop("event")
        if not isinstance(node, MappingNode):
            mend = "write - verb: value; only stop stands alone"
            if isinstance(node, Scalar) and node.text in self._verbs():
                mend = f"write - {node.text}: value"
            self.reading.error(node, "MG007", f"an action is a verb with its value, not {kind(node)}", mend)
            return None
        if len(node.entries) != 1:
            key = node.entries[1][0] if node.entries else node
            mend = 'put each action on its own "- " line'
            self.reading.error(key, "MG011", "an action has exactly one key", mend)
            return None
        ((key, value),) = node.entries
        verb = self._verbs().get(key.text)
        if verb is not None:
            return verb(value)
        if key.text in LATER_VERBS:
            self.reading.later(key, f"the action {quoted(key.text)}")
        elif key.text == "use":
            self.reading.later(key, "a macro (use:)")
        else:
            mend = did_you_mean(key.text, self._verbs())
            self.reading.error(key, "MG005", f"no action {quoted(key.text)}", mend)
        return None

    def _verbs(self) -> Mapping[str, Callable[[Node], What | None]]:
        return {
            "queue": self._queue,
            "priority": self._priority,
            "tag": self._tag,
            "state": self._state,
            "set": self._set,
            "reply": self._reply,
            "note": self._note,
            "notify": lambda node: read_notify(node, self.reading),
            "stop": self._stop,
        }

    def _queue(self, node: Node) -> What | None:
        name = self.reading.known(node, "queue", "MG101", self.reading.vocabulary.queues)
        return None if name is None else SetQueue(name)

    def _priority(self, node: Node) -> What | None:
        priority = self.reading.choice(node, '"priority"', PRIORITIES)
        return None if priority is None else SetPriority(priority)

    def _state(self, node: Node) -> What | None:
        state = self.reading.choice(node, '"state"', tuple(each for each in STATES if each != "merged"))
        return None if state is None else SetState(state)

    def _tag(self, node: Node) -> What | None:
        found = self.reading.texts(node, "a tag")
        for each, tag in found:
            if not _TAG.fullmatch(tag):
                mend = "a tag has no blanks and no commas, and at most 60 characters; several are a list: [a, b]"
                self.reading.error(each, "MG004", f"{quoted(tag)} cannot be a tag", mend)
                return None
        return AddTags(tuple(dict.fromkeys(tag for _, tag in found))) if found else None

    def _stop(self, node: Node) -> What | None:
        scope = self.reading.choice(node, '"stop"', ("file", "event"))
        return None if scope is None else Stop("file" if scope == "file" else "event")

    def _set(self, node: Node) -> What | None:
        said = self.reading.mapping(node, '"set"', 'write set: {order: "4711"}')
        if said is None:
            return None
        if not said.entries:
            self.reading.error(node, "MG007", '"set" sets nothing', 'write set: {order: "4711"}')
            return None
        fields: list[tuple[str, Expression]] = []
        for key, value in said.entries:
            text = self._expression(value, f"the field {quoted(key.text)}")
            if self._is_field(key) and text is not None:
                fields.append((key.text, text))
        if len(fields) < len(said.entries):
            return None
        template = FieldsTemplate(tuple(fields))
        return template if any(text.template for _, text in fields) else SetFields(template.filled({}).fields)

    def _is_field(self, key: Scalar) -> bool:
        if not _FIELD.fullmatch(key.text):
            mend = "use small letters, digits, - and _, a letter first"
            self.reading.error(key, "MG004", f"{quoted(key.text)} cannot be the name of a field", mend)
            return False
        declared = self.reading.vocabulary.fields
        return declared is None or self.reading.known(key, "field", "MG108", declared) is not None

    def _note(self, node: Node) -> What | None:
        if isinstance(node, MappingNode):
            self.reading.later(node, "a note from a template")
            return None
        text = self._expression(node, "a note")
        if text is None:
            return None
        return AddNote(text.source) if text.template is None else NoteTemplate(text)

    def _reply(self, node: Node) -> What | None:
        if not isinstance(node, MappingNode):
            template = self._template(node)
            return None if template is None else Reply(template)
        template, every, right = None, None, True
        for key, value in node.entries:
            match key.text:
                case "template":
                    template = self._template(value)
                    right = right and template is not None
                case "every":
                    every = self._duration(value)
                    right = right and every is not None
                case "to":
                    self.reading.later(key, "a reply to anybody but the requester")
                    right = False
                case _:
                    self.reading.unknown_key(key, '"reply"', ("template", "every"))
                    right = False
        if right and template is None:
            mend = "write reply: {template: received}"
            self.reading.error(node, "MG007", '"reply" does not say which template', mend)
        return Reply(template, every or None) if right and template is not None else None

    def _template(self, node: Node) -> str | None:
        return self.reading.known(node, "template", "MG104", self.reading.vocabulary.templates)

    def _duration(self, node: Node) -> timedelta | None:
        text = self.reading.text(node, '"every"')
        if text is None:
            return None
        try:
            every = parse_duration(text)
        except ValueError as error:
            self.reading.error(
                node, "MG004", str(error) if len(text) < 60 else "this is not a duration", "write 24h or 2d"
            )
            return None
        if not every:
            message = "every: 0s means every time, as without it"
            self.reading.findings.warning(node, "MG301", message, "leave it out, or write 24h")
        return every

    def _expression(self, node: Node, what: str) -> Expression | None:
        text = self.reading.text(node, what)
        if text is None:
            return None
        try:
            found = expression(text)
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
        known = NAMES[name]
        if known is None or attribute in known:
            return True
        said = f"{name}.{attribute}" if attribute else name
        self.reading.error(node, "MG122", f"no variable {quoted(said)}", did_you_mean(attribute or "", known))
        return False

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
