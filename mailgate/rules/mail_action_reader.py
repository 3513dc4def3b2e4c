"""Reads the actions that write: `reply`, `close`, `note`, `forward`."""

from dataclasses import dataclass
from datetime import timedelta

from mailgate.duration import meant_duration, parse_duration
from mailgate.rules.actions import AddNote, AddNoteFrom, Close, CloseLater, Forward, Reply
from mailgate.rules.expression_reader import ExpressionReader
from mailgate.rules.findings import quoted
from mailgate.rules.notify_reader import is_address
from mailgate.rules.reading import Reading, lacks
from mailgate.rules.syntax import Mapping, Node
from mailgate.rules.task import NoteTemplate

SHORTEST_SILENCE = timedelta(minutes=1)
_REPLY_KEYS = ("template", "every", "to")
_FORWARD_KEYS = ("to", "as", "strip")
_FORWARD = "write forward: {to: vendor@parts.example}"


@dataclass(frozen=True, slots=True)
class MailActionReader:
    """Each method gives the action, or None after a finding."""

    reading: Reading
    texts: ExpressionReader

    def reply(self, node: Node) -> Reply | None:
        if not isinstance(node, Mapping):
            template = self._template(node)
            return None if template is None else Reply(template)
        before, template, every = self.reading.findings.errors, None, None
        for key, value in node.entries:
            match key.text:
                case "template":
                    template = self._template(value)
                case "every":
                    every = self._every(value)
                case "to":
                    self.reading.choice(value, '"to" of reply', ("requester",))
                case _:
                    self.reading.unknown_key(key, '"reply"', _REPLY_KEYS)
        if lacks(node, _REPLY_KEYS, "template"):
            mend = "write reply: {template: received}"
            self.reading.error(node, "MG007", '"reply" does not say which template', mend)
        if template is None or self.reading.findings.errors > before:
            return None
        return Reply(template, every or None)

    def close(self, node: Node) -> Close | CloseLater | None:
        if not isinstance(node, Mapping):
            template = self._template(node)
            return None if template is None else Close(template)
        before, template, after = self.reading.findings.errors, None, None
        for key, value in node.entries:
            match key.text:
                case "template":
                    template = self._template(value)
                case "after":
                    after = self._after(value)
                case _:
                    self.reading.unknown_key(key, '"close"', ("after", "template"))
        if not node.entries:
            self.reading.error(node, "MG007", '"close" is asked for nothing: the mapping is empty', "write - close")
        if self.reading.findings.errors > before:
            return None
        return Close(template) if after is None else CloseLater(after, template)

    def note(self, node: Node) -> AddNote | AddNoteFrom | NoteTemplate | None:
        if isinstance(node, Mapping):
            return self._note_from(node)
        text = self.texts.read(node, "a note")
        if text is None:
            return None
        return AddNote(text.source) if text.template is None else NoteTemplate(text)

    def _note_from(self, node: Mapping) -> AddNoteFrom | None:
        template = None
        for key, value in node.entries:
            if key.text == "template":
                template = self._template(value)
            else:
                self.reading.unknown_key(key, '"note"', ("template",))
        if not node.entries:
            self.reading.error(node, "MG007", '"note" says nothing', "write note: a text, or note: {template: NAME}")
        return None if template is None else AddNoteFrom(template)

    def forward(self, node: Node) -> Forward | None:
        said = self.reading.mapping(node, '"forward"', _FORWARD)
        if said is None:
            return None
        before, found = self.reading.findings.errors, dict[str, str | None]()
        for key, value in said.entries:
            match key.text:
                case "to":
                    found["to"] = self._outside(value)
                case "as":
                    found["as"] = self.reading.choice(value, '"as" of forward', ("attachment", "inline"))
                case "strip":
                    found["strip"] = self.reading.choice(value, '"strip" of forward', ("attachments",))
                case _:
                    self.reading.unknown_key(key, '"forward"', _FORWARD_KEYS)
        to, way = found.get("to"), found.get("as")
        if lacks(said, _FORWARD_KEYS, "to"):
            self.reading.error(said, "MG007", '"forward" does not say to whom', _FORWARD)
        if way == "attachment" and "strip" in found:
            message = "a mail that is passed on as it is has its attachments"
            self.reading.error(said, "MG007", message, "write as: inline, or leave strip: out")
        if to is None or self.reading.findings.errors > before:
            return None
        return Forward(to, way != "inline" and "strip" not in found, "strip" not in found)

    def _outside(self, node: Node) -> str | None:
        """An address that stands in the rule: what a mail says must not choose where mail goes."""
        text = self.reading.text(node, '"to" of forward')
        if text is None or is_address(text):
            return text
        mend = "an agent is told with notify" if text in self.reading.vocabulary.agents else _FORWARD
        self.reading.error(node, "MG004", f"{quoted(text)} is not an address", mend)
        return None

    def _template(self, node: Node) -> str | None:
        return self.reading.known(node, "template", "MG104", self.reading.vocabulary.templates)

    def _after(self, node: Node) -> timedelta | None:
        after = read_duration(node, '"after" of close', self.reading)
        if after is not None and after < SHORTEST_SILENCE:
            self.reading.error(node, "MG004", "a ticket is closed after a minute at least", "write after: 4d")
        return after

    def _every(self, node: Node) -> timedelta | None:
        every = read_duration(node, '"every"', self.reading)
        if every is not None and not every:
            message = "every: 0s means every time, as without it"
            self.reading.findings.warning(node, "MG301", message, "leave it out, or write 24h")
        return every


def read_duration(node: Node, what: str, reading: Reading) -> timedelta | None:
    """A span such as 24h, or None after a finding."""
    text = reading.text(node, what)
    if text is None:
        return None
    try:
        return parse_duration(text)
    except ValueError:
        message = f"{quoted(text)} is not a duration: a number and s, m, h, d or w, a hundred years at most"
        said = meant_duration(text)
        reading.error(node, "MG004", message, f'did you mean "{said}"?' if said else "write 24h or 2d")
        return None
