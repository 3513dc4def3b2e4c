"""Reads the mails of tests: what a customer writes, a mail that lies in a file, what an agent answers."""

from collections.abc import Callable
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass
from typing import Any

from mailgate.rules.findings import quoted
from mailgate.rules.pattern_reader import RESULTS
from mailgate.rules.reading import Reading
from mailgate.rules.scenario import LAST, AgentsLetter, ApproversLetter, Enclosure, Letter
from mailgate.rules.situation import AuthFacts
from mailgate.rules.syntax import Mapping, Node, Scalar, Sequence
from mailgate.size import parse_size

ENVELOPE = ("sender", "recipient", "peer", "auth", "login")
MAIL_KEYS = ("from", "to", "cc", "reply_to", "subject", "body", "headers", "attachments", "answers", *ENVELOPE)
APPROVAL_KEYS = ("from", "body", "headers", "auth")
AGENT_KEYS = ("by", "body", "commands", "answers", "to", "subject")
LARGEST = 50_000_000  # octets of an attachment
_HEADERS = "write headers: {Auto-Submitted: auto-replied}"
_METHODS = ("spf", "dkim", "dmarc")


@dataclass(frozen=True, slots=True)
class LetterReader:
    """`fixture`: the octets of a file beside the test, or why it cannot be read."""

    reading: Reading
    fixture: Callable[[str], bytes | str]

    def mail(self, node: Node) -> Letter | None:
        said = self.reading.mapping(node, '"mail"', "write mail: {from: ana@acme.example, subject: Help}")
        if said is None:
            return None
        found = self._values(said, '"mail"', MAIL_KEYS)
        return Letter(**{name: value for name, value in found.items() if value is not None})

    def file(self, node: Node) -> Letter | None:
        """The name of a file, or a mapping with the file and its envelope."""
        if isinstance(node, Mapping):
            keys = ("file", *ENVELOPE)
            found = self._values(node, '"eml"', keys)
            eml = next((value for key, value in node.entries if key.text == "file"), None)
            if eml is None:
                self.reading.error(node, "MG007", "no file is named", "write eml: fixtures/mail.eml")
                return None
        else:
            found, eml = {}, node
        name = self.reading.text(eml, "a file")
        if name is None:
            return None
        raw = self.fixture(name)
        if isinstance(raw, str):
            mend = "a file is named from where the test lies"
            self.reading.error(eml, "MG004", f"cannot read {quoted(name)}: {raw}", mend)
            return None
        return Letter(eml=raw, **{name: value for name, value in found.items() if value is not None})

    def agents(self, node: Node) -> AgentsLetter | None:
        if isinstance(node, Scalar):
            by = self.reading.known(node, "agent", "MG102", self.reading.vocabulary.agents)
            return None if by is None else AgentsLetter(by)
        said = self.reading.mapping(node, '"agent"', 'write agent: {by: nina, body: "...", commands: ["#close"]}')
        if said is None:
            return None
        found = self._values(said, '"agent"', AGENT_KEYS)
        return AgentsLetter(**{name: value for name, value in found.items() if value is not None})

    def approvers(self, node: Node) -> ApproversLetter | None:
        said = self.reading.mapping(node, '"approval"', 'write approval: {by: boss@acme.example, says: "yes"}')
        if said is None:
            return None
        keys = {key.text: value for key, value in said.entries}
        answer = self.reading.choice(keys["says"], '"says"', ("yes", "no")) if "says" in keys else None
        if "by" not in keys or "says" not in keys:
            mend = 'write approval: {by: boss@acme.example, says: "yes"}'
            self.reading.error(said, "MG007", "an approval has by: and says:", mend)
        by = self._line(keys["by"], '"by"') if "by" in keys else None
        rest = Mapping(tuple(each for each in said.entries if each[0].text not in ("by", "says", "first")), said.mark)
        found = self._values(rest, '"approval"', APPROVAL_KEYS)
        first = "first" in keys and bool(self.reading.flag(keys["first"], '"first"'))
        if by is None or answer is None:
            return None
        values = {name: value for name, value in found.items() if value is not None}
        return ApproversLetter(by, answer == "yes", oldest=first, **values)

    def _values(self, said: Mapping, what: str, keys: tuple[str, ...]) -> dict[str, Any]:
        readers = self._readers()
        found: dict[str, Any] = {}
        for key, value in said.entries:
            if key.text not in keys:
                self.reading.unknown_key(key, what, keys)
            elif key.text in readers:
                name, read = readers[key.text]
                found[name] = read(value, quoted(key.text))
        return found

    def _readers(self) -> MappingOf[str, tuple[str, Callable[[Node, str], Any]]]:
        """Key -> the name of the value and how it is read."""
        return {
            "from": ("author", self._line),
            "to": ("to", self._lines),
            "cc": ("cc", self._lines),
            "reply_to": ("reply_to", self._line),
            "subject": ("subject", self._words),
            "body": ("body", self.reading.words),
            "headers": ("headers", self._headers),
            "attachments": ("enclosures", self._enclosures),
            "answers": ("answers", self._answers),
            "sender": ("reverse_path", self._reverse_path),
            "recipient": ("forward_paths", self._lines),
            "peer": ("peer", self._line),
            "auth": ("auth", self._auth),
            "login": ("login", self._agent),
            "by": ("by", self._agent),
            "commands": ("commands", self._commands),
        }

    def _texts(self, node: Node, what: str) -> tuple[str, ...]:
        return tuple(text for _, text in self.reading.texts(node, what))

    def _commands(self, node: Node, what: str) -> tuple[str, ...]:
        return tuple(text for _, text in self.reading.texts(node, what, words=True))

    def _line(self, node: Node, what: str) -> str | None:
        """What stands in a header field is one line."""
        text = self.reading.text(node, what)
        return None if text is None else " ".join(text.split())

    def _words(self, node: Node, what: str) -> str | None:
        text = self.reading.words(node, what)
        return None if text is None else " ".join(text.split())

    def _lines(self, node: Node, what: str) -> tuple[str, ...]:
        return tuple(" ".join(text.split()) for text in self._texts(node, what))

    def _agent(self, node: Node, _what: str) -> str | None:
        return self.reading.known(node, "agent", "MG102", self.reading.vocabulary.agents)

    def _reverse_path(self, node: Node, what: str) -> str | None:
        text = self.reading.text(node, what)
        return None if text is None else text.strip("<> ")

    def _answers(self, node: Node, what: str) -> str | None:
        """`true`: whatever came last; else the template of what is answered."""
        if isinstance(node, Scalar) and node.flag is True:
            return LAST
        return self.reading.known(node, "template", "MG104", self.reading.vocabulary.templates)

    def _headers(self, node: Node, what: str) -> tuple[tuple[str, str], ...]:
        said = self.reading.mapping(node, what, _HEADERS)
        found = []
        for key, value in said.entries if said else ():
            text = self.reading.words(value, quoted(key.text))
            if not key.text.isascii() or not key.text.replace("-", "").replace("_", "").isalnum():
                self.reading.error(key, "MG004", f"{quoted(key.text)} is no name of a header field", _HEADERS)
            elif text is not None:
                found.append((key.text, " ".join(text.split())))
        return tuple(found)

    def _auth(self, node: Node, what: str) -> AuthFacts | None:
        """What our border says of the sender: one result for DMARC, or each method's."""
        if isinstance(node, Scalar):
            result = self.reading.choice(node, what, RESULTS)
            return None if result is None else AuthFacts(dmarc=result)
        said = self.reading.mapping(node, what, "write auth: fail, or auth: {dmarc: none, spf: pass}")
        found = {}
        for key, value in said.entries if said else ():
            if key.text not in _METHODS:
                self.reading.unknown_key(key, what, _METHODS)
            elif result := self.reading.choice(value, quoted(key.text), RESULTS):
                found[key.text] = result
        return AuthFacts(**found)

    def _enclosures(self, node: Node, what: str) -> tuple[Enclosure, ...]:
        nodes = node.items if isinstance(node, Sequence) else (node,)
        found = (self._enclosure(each, what) for each in nodes)
        return tuple(each for each in found if each is not None)

    def _enclosure(self, node: Node, what: str) -> Enclosure | None:
        if isinstance(node, Scalar):
            name = self._line(node, what)
            return None if name is None else Enclosure(name, "application/octet-stream", 1)
        said = self.reading.mapping(node, "an attachment", "write {name: a.pdf, type: application/pdf, size: 2MB}")
        found = {"name": "file", "type": "application/octet-stream", "size": "1B"}
        for key, value in said.entries if said else ():
            if key.text not in found:
                self.reading.unknown_key(key, "an attachment", tuple(found))
            elif (text := self._line(value, quoted(key.text))) is not None:
                found[key.text] = text
        try:
            size = parse_size(found["size"])
        except ValueError as error:
            self.reading.error(node, "MG004", str(error), "write size: 2MB")
            return None
        if size > LARGEST:
            self.reading.error(
                node, "MG008", f"an attachment of a test has at most {LARGEST:,} octets", "make it smaller"
            )
            return None
        return Enclosure(found["name"], found["type"], size)
