"""Reads the rules of one file (spec/rules.md 1.1 and 1.2)."""

from collections.abc import Iterable

from mailgate.problems import did_you_mean
from mailgate.rules.action_reader import Captured, read_actions
from mailgate.rules.condition_reader import read_condition
from mailgate.rules.conditions import Condition
from mailgate.rules.findings import quoted
from mailgate.rules.reading import Reading, kind
from mailgate.rules.rule import EVENTS, Case, Rule
from mailgate.rules.syntax import Mapping, Node, Scalar, Sequence

RULE_KEYS = ("name", "when", "if", "do", "first", "enabled", "note")
LATER_EVENTS = frozenset(
    """message.received agent.replied note.added ticket.reopened third_party.replied state.changed queue.changed
    owner.changed priority.changed tag.added field.changed sla.warning sla.breached pending.due delivery.failed
    delivery.delayed approval.granted approval.denied approval.expired step.entered agent.away loop.tripped
    reload.failed idle schedule""".split()
)
_MEANT = {"on": "when", "event": "when", "events": "when", "condition": "if", "conditions": "if"} | dict.fromkeys(
    ("then", "action", "actions"), "do"
)


def read_file(file: str, root: Node | None, reading: Reading) -> tuple[Rule, ...]:
    """The rules of a file in their order; what is wrong becomes findings and is left out."""
    if root is None:
        return ()
    said = reading.mapping(root, "a file of rules", "begin it with rules: and a list")
    rules: tuple[Rule, ...] = ()
    for key, value in said.entries if said else ():
        if key.text == "rules":
            rules = _rules(file, value, reading)
        elif key.text in ("include", "defaults", "macros"):
            reading.later(key, f'"{key.text}:"')
        else:
            reading.unknown_key(key, "a file of rules", ("rules",))
    if said and not said.entries:
        reading.error(said, "MG007", "the file has no rules", "begin it with rules: and a list")
    return rules


def _rules(file: str, node: Node, reading: Reading) -> tuple[Rule, ...]:
    if isinstance(node, Scalar) and node.is_null:
        return ()  # everything below is commented out
    if not isinstance(node, Sequence):
        reading.error(node, "MG007", f'"rules" is a list, not {kind(node)}', 'begin each rule with "- name: ..."')
        return ()
    found = (_RuleReader(file, reading).read(item) for item in node.items)
    return tuple(rule for rule in found if rule is not None)


def _meant(key: str, keys: Iterable[str]) -> bool:
    """Whether `key` stands there under a name that is a finding already."""
    return any(_MEANT.get(each) == key for each in keys)


class _RuleReader:
    """Reads one rule; any finding leaves it out."""

    def __init__(self, file: str, reading: Reading) -> None:
        self._file, self._reading = file, reading

    def read(self, node: Node) -> Rule | None:
        before = self._reading.findings.errors
        said = self._reading.mapping(node, "a rule", "begin it with - name: ...")
        if said is None:
            return None
        keys = self._keys(said)
        name = self._name(said, keys.get("name"))
        events = () if _meant("when", keys) else self._events(said, keys.get("when"))
        enabled = self._reading.flag(keys["enabled"], '"enabled"') if "enabled" in keys else True
        if "note" in keys:
            self._reading.text(keys["note"], '"note"')
        condition = read_condition(keys["if"], self._reading) if "if" in keys else None
        rule = self._rule(said, keys, name or "", events, condition, bool(enabled))
        return rule if self._reading.findings.errors == before else None

    def _keys(self, said: Mapping) -> dict[str, Node]:
        for key, _ in said.entries:
            if key.text in ("once", "owner"):
                self._reading.later(key, f'"{key.text}:" of a rule')
            elif key.text not in RULE_KEYS:
                self._reading.unknown_key(key, "a rule", RULE_KEYS, _MEANT.get(key.text))
        names = {_MEANT.get(key.text, key.text) for key, _ in said.entries}
        if ("do" in names) is ("first" in names):
            message = "a rule has either do: or first:, not both" if "do" in names else "the rule does nothing"
            mend = "write do: with a list of actions, or first: with a list of cases"
            self._reading.error(said, "MG007", message, mend)
        return {key.text: value for key, value in said.entries}

    def _name(self, said: Mapping, node: Node | None) -> str | None:
        if node is None:
            self._reading.error(said, "MG007", "the rule has no name", "begin it with - name: what-it-does")
            return None
        return self._reading.slug(node, "the name of a rule")

    def _events(self, said: Mapping, node: Node | None) -> tuple[str, ...]:
        if node is None:
            mend = f"write when: {EVENTS[0]}"
            self._reading.error(said, "MG007", 'the rule has no "when"', mend)
            return ()
        if isinstance(node, Mapping):
            self._reading.later(node, "an event with conditions of its own")
            return ()
        found = []
        for each, name in self._reading.texts(node, '"when"'):
            if name in EVENTS:
                found.append(name)
            elif name in LATER_EVENTS:
                self._reading.later(each, f"the event {quoted(name)}")
            else:
                self._reading.error(each, "MG004", f"no event {quoted(name)}", did_you_mean(name, EVENTS))
        return tuple(dict.fromkeys(found))

    def _rule(
        self,
        said: Mapping,
        keys: dict[str, Node],
        name: str,
        events: tuple[str, ...],
        condition: Condition | None,
        enabled: bool,
    ) -> Rule:
        captured = Captured().within(condition)
        if "first" in keys:
            cases = self._cases(keys["first"], captured)
            return Rule(name, self._file, said.mark, events, condition, (), cases, enabled)
        tasks = read_actions(keys["do"], captured, 0, self._reading) if "do" in keys else ()
        return Rule(name, self._file, said.mark, events, condition, tasks, (), enabled)

    def _cases(self, node: Node, captured: Captured) -> tuple[Case, ...]:
        if not isinstance(node, Sequence) or not node.items:
            mend = "write - {if: ..., do: [...]}, and - {else: true, do: [...]} at the end"
            shown = kind(node) if not isinstance(node, Sequence) else "an empty one"
            self._reading.error(node, "MG007", f'"first" is a list of cases, not {shown}', mend)
            return ()
        cases: list[Case] = []
        for place, item in enumerate(node.items, 1):
            first_index = sum(len(case.tasks) for case in cases)
            case = self._case(item, captured, first_index, is_last=place == len(node.items))
            if case is not None:
                cases.append(case)
        return tuple(cases)

    def _case(self, node: Node, captured: Captured, first_index: int, *, is_last: bool) -> Case | None:
        said = self._reading.mapping(node, "a case", "write - {if: ..., do: [...]}")
        if said is None:
            return None
        keys = {key.text: value for key, value in said.entries}
        for key, _ in said.entries:
            if key.text not in ("if", "else", "do"):
                self._reading.unknown_key(key, "a case", ("if", "else", "do"), _MEANT.get(key.text))
        if "do" not in keys or ("if" in keys) is ("else" in keys):
            self._reading.error(said, "MG007", "a case has do:, and either if: or else: true", "add what is missing")
            return None
        if "else" in keys:
            self._check_else(keys["else"], is_last)
        condition = read_condition(keys["if"], self._reading) if "if" in keys else None
        tasks = read_actions(keys["do"], captured.within(condition), first_index, self._reading)
        return Case(condition, tasks, said.mark)

    def _check_else(self, node: Node, is_last: bool) -> None:
        if self._reading.flag(node, '"else"') is False:
            self._reading.error(node, "MG004", '"else: false" is never taken', "write else: true")
        elif not is_last:
            self._reading.error(node, "MG007", "the cases after else are never reached", "put else last")
