"""Reads the actions that change a ticket: where it lies, whose it is, what is written on it."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailgate.rules.actions import (
    AddTags,
    Merge,
    RemoveTags,
    SetFields,
    SetPriority,
    SetQueue,
    SetState,
    SetType,
    Start,
    UnsetFields,
    Unwatch,
    Watch,
)
from mailgate.rules.assignment import Choice, LeastBusy, RoundRobin, ToAgent, ToPrevious
from mailgate.rules.expression import Expression
from mailgate.rules.expression_reader import ExpressionReader
from mailgate.rules.findings import quoted
from mailgate.rules.mail_action_reader import read_duration
from mailgate.rules.notify_reader import read_people
from mailgate.rules.reading import Reading, lacks
from mailgate.rules.syntax import Mapping, Node, Scalar
from mailgate.rules.task import CannotFill, FieldsTemplate, MergeTemplate, PendFor, PendUntil
from mailgate.tickets.model import PRIORITIES, STATES

SHORTEST_WAIT = timedelta(minutes=1)
_TAG = re.compile(r"[^\s,]{1,60}")
_FIELD = re.compile(r"[a-z][a-z0-9_-]{0,60}")
_MOMENT = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{1,2}):(\d{2}))?")
_PENDING_KEYS = ("for", "until", "then")
_WAIT = 'write pending: {for: 3d} or pending: {until: "2026-12-24 10:00"}'
_INTO = 'write merge: {into: "{{ m.id }}"}'
LONGEST_TYPE = 60
_IN_TURN = "write assign: {round_robin: {team: NAME}} or {least_busy: {team: NAME, max: 15}}"


@dataclass(frozen=True, slots=True)
class TicketActionReader:
    """Each method gives the action, or None after a finding."""

    reading: Reading
    texts: ExpressionReader

    def queue(self, node: Node) -> SetQueue | None:
        name = self.reading.known(node, "queue", "MG101", self.reading.vocabulary.queues)
        return None if name is None else SetQueue(name)

    def priority(self, node: Node) -> SetPriority | None:
        priority = self.reading.choice(node, '"priority"', PRIORITIES)
        return None if priority is None else SetPriority(priority)

    def state(self, node: Node) -> SetState | None:
        state = self.reading.choice(node, '"state"', tuple(each for each in STATES if each != "merged"))
        return None if state is None else SetState(state)

    def tag(self, node: Node) -> AddTags | None:
        tags = read_tags(node, self.reading)
        return AddTags(tags) if tags else None

    def untag(self, node: Node) -> RemoveTags | None:
        tags = read_tags(node, self.reading)
        return RemoveTags(tags) if tags else None

    def type(self, node: Node) -> SetType | None:
        text = self.reading.words(node, '"type"')
        if text is None:
            return None
        if not is_type(text):
            mend = f"a type is one line of at most {LONGEST_TYPE} characters: type: incident"
            self.reading.error(node, "MG004", f"{quoted(text)} cannot be a type", mend)
            return None
        return SetType("" if text == "none" else text)

    def watch(self, node: Node) -> Watch | None:
        who = read_people(node, '"watch"', self.reading)
        return None if who is None else Watch(who)

    def unwatch(self, node: Node) -> Unwatch | None:
        who = read_people(node, '"unwatch"', self.reading)
        return None if who is None else Unwatch(who)

    def merge(self, node: Node) -> Merge | MergeTemplate | None:
        said = self.reading.mapping(node, '"merge"', _INTO)
        if said is None:
            return None
        for key, _ in said.entries:
            if key.text != "into":
                self.reading.unknown_key(key, '"merge"', ("into",))
        value = next((value for key, value in said.entries if key.text == "into"), None)
        if value is None:
            if not said.entries:
                self.reading.error(node, "MG007", '"merge" names no ticket', _INTO)
            return None
        text = self.texts.read(value, "the number of a ticket")
        if text is None:
            return None
        template = MergeTemplate(text)
        try:
            return template if text.template is not None else template.filled({})
        except CannotFill as error:
            self.reading.error(value, "MG004", str(error), _INTO)
            return None

    def start(self, node: Node) -> Start | None:
        name = self.reading.known(node, "process", "MG115", self.reading.vocabulary.processes)
        return None if name is None else Start(name)

    def set(self, node: Node) -> SetFields | FieldsTemplate | None:
        said = self.reading.mapping(node, '"set"', 'write set: {order: "4711"}')
        if said is None:
            return None
        if not said.entries:
            self.reading.error(node, "MG007", '"set" sets nothing', 'write set: {order: "4711"}')
            return None
        fields: list[tuple[str, Expression]] = []
        for key, value in said.entries:
            text = self.texts.read(value, f"the field {quoted(key.text)}")
            if self._is_field(key) and text is not None:
                fields.append((key.text, text))
        if len(fields) < len(said.entries):
            return None
        template = FieldsTemplate(tuple(fields))
        return template if any(text.template for _, text in fields) else template.filled({})

    def unset(self, node: Node) -> UnsetFields | None:
        found = self.reading.texts(node, '"unset"')
        right = [name for each, name in found if self._is_field(each)]
        return UnsetFields(tuple(dict.fromkeys(right))) if right and len(right) == len(found) else None

    def assign(self, node: Node) -> Choice | None:
        if isinstance(node, Mapping):
            return self._in_turn(node)
        name = self.reading.text(node, '"assign"')
        vocabulary = self.reading.vocabulary
        match name:
            case None:
                return None
            case "none":
                return ToAgent(None)
            case "previous":
                return ToPrevious()
            case _ if name in vocabulary.teams and name not in vocabulary.agents:
                mend = f"write assign: {{least_busy: {{team: {name}}}}}, or round_robin"
                self.reading.error(node, "MG102", f"{quoted(name)} is a team, not an agent", mend)
                return None
        words = vocabulary.agents | {"none", "previous"}
        return None if self.reading.known(node, "agent", "MG102", words) is None else ToAgent(name)

    def _in_turn(self, node: Mapping) -> Choice | None:
        if len(node.entries) != 1:
            self.reading.error(node, "MG007", '"assign" has exactly one way to choose', _IN_TURN)
            return None
        way, said = node.entries[0]
        if way.text not in ("round_robin", "least_busy"):
            self.reading.unknown_key(way, '"assign"', ("round_robin", "least_busy"))
            return None
        inner = self.reading.mapping(said, f'"{way.text}"', f"write {way.text}: {{team: NAME}}")
        if inner is None:
            return None
        before, team, most = self.reading.findings.errors, None, None
        for key, value in inner.entries:
            if key.text == "team":
                team = self.reading.known(value, "team", "MG103", self.reading.vocabulary.teams)
            elif key.text == "max" and way.text == "least_busy":
                most = self._most(value)
            else:
                self.reading.unknown_key(
                    key, f'"{way.text}"', ("team", "max") if way.text == "least_busy" else ("team",)
                )
        if lacks(inner, ("team", "max"), "team"):
            self.reading.error(said, "MG007", f'"{way.text}" names no team', _IN_TURN)
        if team is None or self.reading.findings.errors > before:
            return None
        return RoundRobin(team) if way.text == "round_robin" else LeastBusy(team, most)

    def _most(self, node: Node) -> int | None:
        text = self.reading.text(node, '"max"')
        if text is not None and re.fullmatch(r"[1-9][0-9]{0,5}", text, re.ASCII):
            return int(text)
        if text is not None:
            message = f"{quoted(text)} is not a number of tickets"
            self.reading.error(node, "MG004", message, "write max: 15: who has 15 open tickets gets no more")
        return None

    def pending(self, node: Node) -> PendFor | PendUntil | None:
        said = self.reading.mapping(node, '"pending"', _WAIT)
        if said is None:
            return None
        before = self.reading.findings.errors
        wait, until = None, None
        for key, value in said.entries:
            match key.text:
                case "for":
                    wait = self._wait(value)
                case "until":
                    until = self._until(value)
                case "then":  # what comes of it in any case; more is for a rule of pending.due
                    self.reading.choice(value, '"then" of pending', ("open",))
                case _:
                    self.reading.unknown_key(key, '"pending"', _PENDING_KEYS)
        both = len([key for key, _ in said.entries if key.text in ("for", "until")]) > 1
        if both or lacks(said, _PENDING_KEYS, "for", "until"):
            self.reading.error(node, "MG007", '"pending" has either for: or until:', _WAIT)
        if self.reading.findings.errors > before:
            return None
        return PendFor(wait) if wait is not None else PendUntil(until) if until is not None else None

    def _wait(self, node: Node) -> timedelta | None:
        wait = read_duration(node, '"for" of pending', self.reading)
        if wait is not None and wait < SHORTEST_WAIT:
            self.reading.error(node, "MG004", "a ticket waits for a minute at least", "write for: 3d")
            return None
        return wait

    def _until(self, node: Node) -> datetime | None:
        """A moment by the site's clock."""
        text = self.reading.text(node, '"until" of pending')
        if text is None:
            return None
        said = _MOMENT.fullmatch(text)
        try:
            if said is not None:
                year, month, day, hour, minute = (int(part or 0) for part in said.groups())
                return datetime(year, month, day, hour, minute)  # noqa: DTZ001 - its zone is the site's, known later
        except ValueError:
            pass
        self.reading.error(node, "MG004", f"{quoted(text)} is not a moment", 'write until: "2026-12-24 10:00"')
        return None

    def _is_field(self, key: Scalar) -> bool:
        if not _FIELD.fullmatch(key.text):
            mend = "use small letters, digits, - and _, a letter first"
            self.reading.error(key, "MG004", f"{quoted(key.text)} cannot be the name of a field", mend)
            return False
        declared = self.reading.vocabulary.fields
        return declared is None or self.reading.known(key, "field", "MG108", declared) is not None


def is_type(text: str) -> bool:
    """Whether a text can be a ticket's type."""
    return bool(text.strip()) and len(text) <= LONGEST_TYPE and text.isprintable()


def read_tags(node: Node, reading: Reading) -> tuple[str, ...]:
    """One tag or a list of them; empty after a finding."""
    found = reading.texts(node, "a tag")
    for each, tag in found:
        if not _TAG.fullmatch(tag):
            mend = "a tag has no blanks and no commas, and at most 60 characters; several are a list: [a, b]"
            reading.error(each, "MG004", f"{quoted(tag)} cannot be a tag", mend)
            return ()
    return tuple(dict.fromkeys(tag for _, tag in found))
