"""Reads what is under `do:`, one verb an item (spec/rules.md 1.5)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from mailgate.problems import nearest
from mailgate.rules import meant
from mailgate.rules.actions import Close, Reopen, Split
from mailgate.rules.assignment import LeastBusy, RoundRobin, ToAgent, ToPrevious
from mailgate.rules.events import AWAY, DESK_EVENTS, GATE, TRIPPED
from mailgate.rules.expression_reader import Captured, ExpressionReader
from mailgate.rules.findings import quoted
from mailgate.rules.gate_action_reader import GateActionReader
from mailgate.rules.mail_action_reader import MailActionReader
from mailgate.rules.notify_reader import read_notify
from mailgate.rules.outside import WebhookTemplate
from mailgate.rules.outside_action_reader import OutsideActionReader
from mailgate.rules.reading import Reading, kind
from mailgate.rules.syntax import Mapping as MappingNode
from mailgate.rules.syntax import Mark, Node, Scalar, Sequence
from mailgate.rules.task import (
    FieldsTemplate,
    JoinTemplate,
    MergeTemplate,
    NoteTemplate,
    PendFor,
    PendUntil,
    Stop,
    Task,
    What,
    told,
)
from mailgate.rules.ticket_action_reader import TicketActionReader

MAX_ACTIONS = 100  # in one rule (spec/safety.md R53)
PRINTED_BY = "mailgate rules actions"
_FEWER = "make two rules of it"
GATE_VERBS = frozenset(("reject", "drop", "quarantine", "join"))
LATER_VERBS = frozenset(("sla",))
_BARE: Mapping[str, What] = {
    "stop": Stop("event"),
    "close": Close(),
    "reopen": Reopen(),
    "split": Split(),
}
_AT_THE_GATE: Mapping[str, str] = {
    "reject": "a mail that was taken is never refused: write when: message.received",
    "drop": "write when: message.received; a ticket is put away with state: spam",
    "quarantine": "write when: message.received; a ticket is put away with state: spam",
    "join": "write when: message.received: a mail that lies in a ticket stays there",
}
# What is passed on or split off is a mail of somebody outside.
OF_MAIL: Mapping[str, frozenset[str]] = {
    "forward": frozenset(("ticket.created", "customer.replied", "third_party.replied", "ticket.reopened")),
    "split": frozenset(("customer.replied", "third_party.replied")),
}
OF_THE_DESK = frozenset(("notify", "webhook", "run"))  # they need no ticket
NEVER_AT: Mapping[str, tuple[str, ...]] = {"reply": (AWAY, TRIPPED), "start": (AWAY, TRIPPED)}
_FINISHED_LATER = (
    FieldsTemplate,
    NoteTemplate,
    JoinTemplate,
    WebhookTemplate,
    MergeTemplate,
    PendFor,
    PendUntil,
    ToAgent,
    ToPrevious,
    RoundRobin,
    LeastBusy,
)


def read_actions(node: Node, captured: Captured, first_index: int, reading: Reading) -> tuple[Task, ...]:
    """The tasks under a `do:`. What is wrong becomes findings and is left out."""
    found = _ActionReader(captured, reading).all(node, '"do"')
    if len(found) > MAX_ACTIONS:
        reading.error(node, "MG008", f"a rule has at most {MAX_ACTIONS} actions, here are {len(found)}", _FEWER)
        return ()
    return tuple(
        Task(what, mark, index, "" if isinstance(what, _FINISHED_LATER) else told(what))
        for index, (what, mark) in enumerate(found, first_index)
    )


@dataclass(frozen=True, slots=True)
class _ActionReader:
    captured: Captured
    reading: Reading

    def all(self, node: Node, where: str) -> list[tuple[What, Mark]]:
        """Each action with its verb's place."""
        if not isinstance(node, Sequence):
            mend = 'begin each action with "- "'
            if isinstance(node, MappingNode) and all(key.text.startswith("-") for key, _ in node.entries):
                self._glued(node)
                return []
            self.reading.error(node, "MG007", f"{where} is a list of actions, not {kind(node)}", mend)
            if isinstance(node, MappingNode):  # what is wrong in it is told, too
                for entry in node.entries:
                    self._item(MappingNode((entry,), entry[0].mark), self._verbs())
            return []
        if not node.items:
            self.reading.error(node, "MG007", f"the list under {where} is empty", "say what to do")
        if len(node.items) > MAX_ACTIONS:
            message = f"a rule has at most {MAX_ACTIONS} actions, here are {len(node.items)}"
            self.reading.error(node, "MG008", message, _FEWER)
            return []
        verbs = self._verbs()
        return [found for item in node.items for found in self._item(item, verbs)]

    def _item(self, node: Node, verbs: "Verbs") -> list[tuple[What, Mark]]:
        if isinstance(node, Scalar) and node.text in _BARE:
            what, mark = _BARE[node.text] if self._has_place(node) else None, node.mark
        elif not isinstance(node, MappingNode):
            mend = "write - verb: value; only close, reopen, split and stop stand alone"
            if isinstance(node, Scalar):
                verb, _, said = node.text.partition(":")
                mend = f"write - {verb}: {said.strip() or 'value'}" if verb in verbs else mend
            self.reading.error(node, "MG007", f"an action is a verb with its value, not {kind(node)}", mend)
            return []
        elif len(node.entries) != 1:
            self._several(node, verbs)
            return []
        else:
            key, value = node.entries[0]
            mark = key.mark
            if key.text == "use":
                return [(what, mark) for what in self._macro(value)]
            what = self._verb(key, value, verbs)
        return [] if what is None else [(what, mark)]

    def _glued(self, node: MappingNode) -> None:
        """Actions without a blank behind the dash."""
        for key, value in node.entries:
            said = f" {value.text}" if isinstance(value, Scalar) else " ..."
            mend = f"write - {key.text.removeprefix('-')}:{said}"
            self.reading.error(key, "MG007", "no blank behind the dash", mend)

    def _several(self, node: MappingNode, verbs: "Verbs") -> None:
        """An item with more verbs than one, or none; what is wrong in each is told, too."""
        mend = 'put each action on its own "- " line'
        if not node.entries:
            mend, expected = "write - verb: value", "expected an action"
            self.reading.error(node, "MG011", "an action has exactly one key", mend, expected)
            return
        second = node.entries[1][0]
        number = {2: "two"}.get(len(node.entries), str(len(node.entries)))
        said = f"{number} actions in one list item"
        strange = any(key.text not in (*verbs, "use", *LATER_VERBS) for key, _ in node.entries[1:])
        if strange:
            said, mend = "a second key in one list item", f'{mend}; indent what belongs to "{node.entries[0][0].text}"'
        self.reading.error(second, "MG011", "an action has exactly one key", mend, said, node.mark.line)
        for key, value in node.entries:
            if key.text == "use":
                self._macro(value)
            elif strange and isinstance(value, Scalar) and value.is_null:
                continue  # what belongs to it stands beside it
            elif key.text in verbs or key is node.entries[0][0]:
                self._verb(key, value, verbs)

    def _verb(self, key: Scalar, value: Node, verbs: "Verbs") -> What | None:
        read = verbs.get(key.text)
        if read is not None:
            return read(value) if self._has_place(key, value) else None
        if key.text in LATER_VERBS:
            self.reading.later(key, quoted(key.text))
        elif key.text in _BARE:
            self.reading.error(key, "MG007", f"{quoted(key.text)} takes no value", f"write - {key.text}")
        else:
            said = meant.verb(key.text, verbs)
            near = said or nearest(key.text, (*verbs, "use"))
            mend = f'did you mean "{near}"?' if near else f"see `{PRINTED_BY}`"
            self.reading.error(
                key, "MG005", f"no action {quoted(key.text)}", mend, f"expected one that `{PRINTED_BY}` prints"
            )
        return None

    def _macro(self, node: Node) -> list[What]:
        found = self.reading.macro(node)
        if found is None:
            return []
        macro, inner = found
        if isinstance(macro.node, MappingNode):
            line = macro.node.mark.line
            message = f"this macro is a condition (line {line}), not a list of actions"
            self.reading.error(node, "MG007", message, "use it in if:")
            return []
        with self.reading.findings.inside(macro.path):
            return [what for what, _ in replace(self, reading=inner).all(macro.node, "the macro")]

    def _has_place(self, verb: Scalar, value: Node | None = None) -> bool:
        """Whether the action can be done at every event of the rule."""
        if verb.text == "stop":
            return True
        if verb.text in OF_MAIL:
            return self._is_at(verb, OF_MAIL[verb.text])
        if verb.text not in GATE_VERBS:
            return self._has_ticket(verb) and self._may_write(verb, value)
        elsewhere = [event for event in self.reading.events if event != GATE]
        if elsewhere:
            message = f"{quoted(verb.text)} is for {GATE} only, not for {', '.join(elsewhere)}"
            self.reading.error(verb, "MG120", message, _AT_THE_GATE[verb.text])
        return not elsewhere

    def _has_ticket(self, verb: Scalar) -> bool:
        """Where it needs one. What the desk does for itself needs none, but something that has happened to it."""
        desks = DESK_EVENTS if verb.text in OF_THE_DESK else ()
        events = tuple(event for event in self.reading.events if event not in desks)
        return replace(self.reading, events=events).has(verb, f"a ticket for the action {quoted(verb.text)}", "ticket")

    def _may_write(self, verb: Scalar, value: Node | None) -> bool:
        """No customer hears of what concerns the desk alone."""
        never = NEVER_AT.get("reply" if verb.text == "close" and _has_template(value) else verb.text, ())
        elsewhere = [event for event in self.reading.events if event in never]
        if elsewhere:
            message = f"{quoted(verb.text)} would write to the customer, who has no part in {', '.join(elsewhere)}"
            mend = "write close alone" if verb.text == "close" else "tell agents with notify, or write a note"
            self.reading.misplaced(verb, message, mend)
        return not elsewhere

    def _is_at(self, verb: Scalar, events: frozenset[str]) -> bool:
        elsewhere = [event for event in self.reading.events if event not in events]
        if elsewhere:
            message = f"{quoted(verb.text)} has no mail of somebody outside at {', '.join(elsewhere)}"
            self.reading.error(verb, "MG120", message, f"write when: {' or '.join(sorted(events))}")
        return not elsewhere

    def _verbs(self) -> "Verbs":
        texts = ExpressionReader(self.captured, self.reading)
        ticket = TicketActionReader(self.reading, texts)
        mail = MailActionReader(self.reading, texts)
        gate = GateActionReader(self.reading, texts)
        outside = OutsideActionReader(self.reading, texts)
        return {
            "queue": ticket.queue,
            "state": ticket.state,
            "priority": ticket.priority,
            "tag": ticket.tag,
            "untag": ticket.untag,
            "set": ticket.set,
            "unset": ticket.unset,
            "type": ticket.type,
            "watch": ticket.watch,
            "unwatch": ticket.unwatch,
            "merge": ticket.merge,
            "start": ticket.start,
            "assign": ticket.assign,
            "pending": ticket.pending,
            "close": mail.close,
            "reply": mail.reply,
            "note": mail.note,
            "forward": mail.forward,
            "notify": lambda node: read_notify(node, self.reading),
            "webhook": outside.webhook,
            "run": outside.run,
            "reject": gate.reject,
            "drop": gate.drop,
            "quarantine": gate.quarantine,
            "join": gate.join,
            "stop": self._stop,
        }

    def _stop(self, node: Node) -> What | None:
        scope = self.reading.choice(node, '"stop"', ("file", "event"))
        return None if scope is None else Stop("file" if scope == "file" else "event")


def _has_template(node: Node | None) -> bool:
    """Whether `close` tells the customer."""
    if isinstance(node, MappingNode):
        return any(key.text == "template" for key, _ in node.entries)
    return isinstance(node, Scalar) and not node.is_null


Verbs = Mapping[str, Callable[[Node], What | None]]
VERBS = (
    *"queue state priority type tag untag set unset assign watch unwatch pending close reopen".split(),
    *"reply note notify forward merge split start webhook run".split(),
    *"reject drop quarantine join stop".split(),
)
