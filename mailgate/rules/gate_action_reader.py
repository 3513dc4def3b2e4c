"""Reads the actions of the gate: `reject`, `drop`, `quarantine`, `join` (spec/rules.md 1.5)."""

import re
from dataclasses import dataclass

from mailgate.rules.actions import Drop, Join, Reject, SetAside
from mailgate.rules.expression_reader import ExpressionReader
from mailgate.rules.findings import quoted
from mailgate.rules.reading import Reading
from mailgate.rules.syntax import Mapping, Node
from mailgate.rules.task import CannotFill, JoinTemplate

LONGEST_REPLY = 200  # characters; RFC 5321 4.5.3.1.5 allows 512 octets in all
_CODE = re.compile(r"4[35]\d|5[0-6]\d")
_ENHANCED = re.compile(r"[45]\.\d{1,3}\.\d{1,3}")
_TEXT = re.compile(r"[ -~]{1,200}")
_EXAMPLE = 'write reject: {code: 550, enhanced: 5.7.1, text: "We take no mail from you"}'
_DEFAULT = "Not accepted here"
_WRONG = Reject(
    550, "5.7.1", _DEFAULT
)  # one with a mistake refuses all the same: what else the rule may not ask is told, too


@dataclass(frozen=True, slots=True)
class GateActionReader:
    """Each method gives the action, or None after a finding."""

    reading: Reading
    texts: ExpressionReader

    def reject(self, node: Node) -> Reject:
        if not isinstance(node, Mapping):
            text = self._reply_text(node)
            return _WRONG if text is None else Reject(550, "5.7.1", text)
        before, said = self.reading.findings.errors, {"text": _DEFAULT, "code": "550"}
        for key, value in node.entries:
            match key.text:
                case "code":
                    said["code"] = self._matching(value, "code", _CODE) or ""
                case "enhanced":
                    said["enhanced"] = self._matching(value, "enhanced", _ENHANCED) or ""
                case "text":
                    said["text"] = self._reply_text(value) or ""
                case _:
                    self.reading.unknown_key(key, '"reject"', ("code", "enhanced", "text"))
        if self.reading.findings.errors > before:
            return _WRONG
        enhanced = said.get("enhanced") or f"{said['code'][0]}.7.1"
        if enhanced[0] != said["code"][0]:
            message = f"code {said['code']} and enhanced {enhanced} contradict each other"
            self.reading.error(node, "MG004", message, "both begin with 4 (come again later) or both with 5 (never)")
            return _WRONG
        return Reject(int(said["code"]), enhanced, said["text"])

    def drop(self, node: Node) -> Drop | None:
        reason = self._reason(node, "drop")
        return None if reason is None else Drop(reason)

    def quarantine(self, node: Node) -> SetAside | None:
        reason = self._reason(node, "quarantine")
        return None if reason is None else SetAside(reason)

    def join(self, node: Node) -> Join | JoinTemplate | None:
        if isinstance(node, Mapping):
            return self._ticket(node)
        mode = self.reading.text(node, '"join"')
        match mode:
            case None:
                return None
            case "never" | "auto":
                return Join("never" if mode == "never" else "auto")
        message, otherwise = f'{quoted(mode)} is not a valid value for "join"', 'a ticket is {ticket: "{{ m.id }}"}'
        self.reading.none_of(node, "MG004", message, mode, ("never", "auto"), otherwise)
        return None

    def _ticket(self, node: Mapping) -> Join | JoinTemplate | None:
        for key, _ in node.entries:
            if key.text != "ticket":
                self.reading.unknown_key(key, '"join"', ("ticket",))
        number = next((value for key, value in node.entries if key.text == "ticket"), None)
        if number is None:
            if not node.entries:
                self.reading.error(node, "MG007", '"join" names no ticket', 'write join: {ticket: "{{ m.id }}"}')
            return None
        text = self.texts.read(number, "the number of a ticket")
        if text is None:
            return None
        template = JoinTemplate(text)
        if text.template is not None:
            return template
        try:
            return template.filled({})
        except CannotFill as error:
            self.reading.error(node.entries[0][1], "MG004", str(error), 'write join: {ticket: "1042"}')
            return None

    def _reason(self, node: Node, verb: str) -> str | None:
        mend = f"write {verb}: {{reason: why}}"
        if isinstance(node, Mapping):
            for key, _ in node.entries:
                if key.text != "reason":
                    self.reading.unknown_key(key, f'"{verb}"', ("reason",))
            reason = next((value for key, value in node.entries if key.text == "reason"), None)
            if reason is None:
                if not node.entries:
                    self.reading.error(node, "MG007", f'"{verb}" gives no reason', mend)
                return None
            node = reason
        text = self.reading.words(node, f'the reason of "{verb}"')
        if text is None or (text.strip() and len(text) <= LONGEST_REPLY):
            return None if text is None else " ".join(text.split())
        self.reading.error(node, "MG004", f"a reason has 1 to {LONGEST_REPLY} characters", mend)
        return None

    def _matching(self, node: Node, what: str, form: re.Pattern[str]) -> str | None:
        text = self.reading.text(node, f'"{what}" of reject')
        if text is None or form.fullmatch(text):
            return text
        self.reading.error(node, "MG004", f'{quoted(text)} is not a valid value for "{what}"', _EXAMPLE)
        return None

    def _reply_text(self, node: Node) -> str | None:
        text = self.reading.words(node, "the text of reject")
        if text is None or (_TEXT.fullmatch(text) and text.strip()):
            return text
        message = f"an SMTP reply is one line of 1 to {LONGEST_REPLY} ASCII characters"
        self.reading.error(node, "MG004", message, _EXAMPLE)
        return None
