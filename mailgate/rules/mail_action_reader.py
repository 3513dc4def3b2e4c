"""Reads the actions that write: `reply`, `close`, `note`."""

from dataclasses import dataclass
from datetime import timedelta

from mailgate.duration import parse_duration
from mailgate.rules.actions import AddNote, Close, Reply
from mailgate.rules.expression_reader import ExpressionReader
from mailgate.rules.findings import quoted
from mailgate.rules.reading import Reading
from mailgate.rules.syntax import Mapping, Node
from mailgate.rules.task import NoteTemplate


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
                    self.reading.unknown_key(key, '"reply"', ("template", "every", "to"))
        if self.reading.findings.errors > before:
            return None
        if template is None:
            mend = "write reply: {template: received}"
            self.reading.error(node, "MG007", '"reply" does not say which template', mend)
            return None
        return Reply(template, every or None)

    def close(self, node: Node) -> Close | None:
        if not isinstance(node, Mapping):
            template = self._template(node)
            return None if template is None else Close(template)
        template = None
        for key, value in node.entries:
            match key.text:
                case "template":
                    template = self._template(value)
                case "after":
                    self.reading.later(key, '"after" of close')
                case _:
                    self.reading.unknown_key(key, '"close"', ("template",))
        if not node.entries:
            self.reading.error(node, "MG007", '"close" is asked for nothing: the mapping is empty', "write - close")
        return None if template is None else Close(template)

    def note(self, node: Node) -> AddNote | NoteTemplate | None:
        if isinstance(node, Mapping):
            self.reading.later(node, "a note from a template")
            return None
        text = self.texts.read(node, "a note")
        if text is None:
            return None
        return AddNote(text.source) if text.template is None else NoteTemplate(text)

    def _template(self, node: Node) -> str | None:
        return self.reading.known(node, "template", "MG104", self.reading.vocabulary.templates)

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
        reading.error(node, "MG004", message, "write 24h or 2d")
        return None
