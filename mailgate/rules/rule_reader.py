"""Reads the rules of one file, one by one (spec/rules.md 1.1 and 1.2)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from mailgate.rules import meant
from mailgate.rules.action_reader import VERBS, read_actions
from mailgate.rules.actions import AddTags
from mailgate.rules.condition_reader import GROUPS, read_condition
from mailgate.rules.conditions import Condition
from mailgate.rules.event_reader import When, read_when
from mailgate.rules.events import EVENTS, without
from mailgate.rules.expression_reader import Captured
from mailgate.rules.fields import find_field
from mailgate.rules.findings import quoted
from mailgate.rules.gate_check import check_gate
from mailgate.rules.reading import Reading, kind
from mailgate.rules.rule import Case, Rule
from mailgate.rules.syntax import Mapping, Node, Scalar, Sequence
from mailgate.rules.task import Task, told
from mailgate.rules.ticket_action_reader import read_tags
from mailgate.rules.timer_reader import read_once

RULE_KEYS = ("name", "when", "if", "do", "first", "enabled", "note", "once", "owner")
_MEANT = {"on": "when", "event": "when", "events": "when", "condition": "if", "conditions": "if"} | dict.fromkeys(
    ("then", "action", "actions"), "do"
)
_MISPLACED = frozenset(VERBS) - _MEANT.keys()  # actions that stand beside do:


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds for each rule of a file that does not say it itself; `tags` are added by every rule that matches."""

    when: Node | None = None
    enabled: Node | None = None
    tags: tuple[str, ...] = ()


NO_DEFAULTS = Defaults()


def read_defaults(node: Node, reading: Reading) -> Defaults:
    """The `defaults:` of a file; what is wrong becomes findings."""
    said = reading.mapping(node, '"defaults"', "write defaults: {tags: [from-mail]}")
    when, enabled = None, None
    tags: tuple[str, ...] = ()
    for key, value in said.entries if said else ():
        match key.text:
            case "when":
                when = value
            case "enabled":
                enabled = value
            case "tags":
                tags = read_tags(value, reading)
            case _:
                reading.unknown_key(key, '"defaults"', ("tags", "when", "enabled"))
    return Defaults(when, enabled, tags)


def read_rules(file: str, node: Node, queue: str | None, defaults: Defaults, reading: Reading) -> tuple[Rule, ...]:
    """What stands under `rules:`; what is wrong becomes findings, and the rule is broken."""
    if isinstance(node, Scalar) and node.is_null:
        return ()  # everything below is commented out
    if not isinstance(node, Sequence):
        reading.error(node, "MG007", f'"rules" is a list, not {kind(node)}', 'begin each rule with "- name: ..."')
        if isinstance(node, Mapping) and any(key.text in RULE_KEYS for key, _ in node.entries):
            _RuleReader(file, queue, defaults, reading).read(node)  # what is wrong in it is told, too
        return ()
    found = (_RuleReader(file, queue, defaults, reading).read(item) for item in node.items)
    return tuple(rule for rule in found if rule is not None)


def _is_null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.is_null


def _meant(key: str, keys: Iterable[str]) -> bool:
    """Whether `key` stands there under a name that is a finding already."""
    return any(_MEANT.get(each) == key for each in keys)


class _RuleReader:
    """Reads one rule; of one with mistakes as much as is right."""

    def __init__(self, file: str, queue: str | None, defaults: Defaults, reading: Reading) -> None:
        self._file, self._queue, self._defaults, self._reading = file, queue, defaults, reading

    def read(self, node: Node) -> Rule | None:
        before = self._reading.findings.errors
        said = self._reading.mapping(node, "a rule", "begin it with - name: ...")
        if said is None:
            return None
        keys = self._keys(said)
        name = self._name(said, keys.get("name"))
        when = When() if _meant("when", keys) else self._when(said, keys.get("when", self._defaults.when))
        self._reading = replace(self._reading, events=when.events)
        wanted = keys.get("enabled", self._defaults.enabled)
        enabled = True if wanted is None else self._reading.flag(wanted, '"enabled"')
        for text in ("note", "owner"):
            if text in keys:
                self._reading.words(keys[text], f'"{text}"')
        once = read_once(keys["once"], when.events, self._reading) if "once" in keys else None
        condition, captured = self._condition(keys, Captured())
        tasks, cases = self._body(keys, captured)
        rule = Rule(
            name=name or "",
            file=self._file,
            mark=said.mark,
            events=when.events,
            condition=condition,
            tasks=tasks,
            cases=cases,
            enabled=bool(enabled),
            guards=when.guards,
            queue=self._queue,
            timer=when.timer,
            once=once,
        )
        check_gate(rule, self._reading.findings)
        return replace(rule, broken=self._reading.findings.errors > before)

    def _keys(self, said: Mapping) -> dict[str, Node]:
        for key, _ in said.entries:
            if key.text not in RULE_KEYS:
                self._strange(key)
        names = {"do" if key.text in _MISPLACED else _MEANT.get(key.text, key.text) for key, _ in said.entries}
        if ("do" in names) is ("first" in names):
            message = "a rule has either do: or first:, not both" if "do" in names else "the rule does nothing"
            mend = "write do: with a list of actions, or first: with a list of cases"
            self._reading.error(said, "MG007", message, mend)
        return {key.text: value for key, value in said.entries}

    def _strange(self, key: Scalar) -> None:
        """A key of a rule that is none: a condition or an action that is indented too little is told as one."""
        if key.text in _MISPLACED:
            message, mend = (
                f"a rule has no key {quoted(key.text)}",
                f'an action stands below do: write "- {key.text}: ..."',
            )
            self._reading.error(key, "MG003", message, mend)
        elif find_field(key.text) is not None or key.text in GROUPS:
            message, mend = f"a rule has no key {quoted(key.text)}", "a condition stands below if:, indented"
            self._reading.error(key, "MG003", message, mend)
        else:
            self._reading.unknown_key(key, "a rule", RULE_KEYS, _MEANT.get(key.text))

    def _name(self, said: Mapping, node: Node | None) -> str | None:
        if node is None:
            self._reading.error(said, "MG007", "the rule has no name", "begin it with - name: what-it-does")
            return None
        name = self._reading.slug(node, "the name of a rule")
        if name is not None:
            if first := self._reading.named.get(name):
                message = f"a second rule {quoted(name)}, the first is in {first}"
                self._reading.error(node, "MG002", message, "give each rule a name of its own")
            self._reading.named.setdefault(name, f"{self._file}:{said.mark.line}")
        return name

    def _when(self, said: Mapping, node: Node | None) -> When:
        if node is None:
            mend = f"write when: {EVENTS[0]}"
            self._reading.error(said, "MG007", 'the rule has no "when"', mend)
            return When()
        when = read_when(node, self._reading)
        if self._queue is not None and (absent := without("ticket", when.events)):
            message = f"there is no ticket at {absent[0]}, and so none that lies in this queue"
            self._reading.error(node, "MG120", message, "put the rule into a file outside queues/")
        return when

    def _condition(self, keys: dict[str, Node], captured: Captured) -> tuple[Condition | None, Captured]:
        """What `if` says, and what is captured behind it."""
        if "if" not in keys:
            return None, captured
        if _is_null(keys["if"]) and any(find_field(name) is not None for name in keys):
            return None, captured  # what stands beside it belongs into it, which is told
        condition = read_condition(keys["if"], self._reading)
        return condition, captured.within(condition, keys["if"])

    def _body(self, keys: dict[str, Node], captured: Captured) -> tuple[tuple[Task, ...], tuple[Case, ...]]:
        if "first" in keys:
            if "do" in keys:
                self._unread(keys["do"], self._reading)
            return (), self._cases(keys["first"], captured)
        return self._tasks(keys["do"], captured, 0) if "do" in keys else (), ()

    def _tasks(self, node: Node, captured: Captured, first_index: int) -> tuple[Task, ...]:
        """The actions of one `do:`, with the file's default tags in front, where there is a ticket to wear them."""
        tags = self._defaults.tags
        if not tags or without("ticket", self._reading.events):
            return read_actions(node, captured, first_index, self._reading)
        action = AddTags(tags)
        first = Task(action, node.mark, first_index, told(action))
        return (first, *read_actions(node, captured, first_index + 1, self._reading))

    def _cases(self, node: Node, captured: Captured) -> tuple[Case, ...]:
        if not isinstance(node, Sequence) or not node.items:
            mend = "write - {if: ..., do: [...]}, and - {else: true, do: [...]} at the end"
            shown = kind(node) if not isinstance(node, Sequence) else "an empty one"
            self._reading.error(node, "MG007", f'"first" is a list of cases, not {shown}', mend)
            if isinstance(node, Mapping) and node.entries:
                self._case(node, captured, 0, is_last=True)  # what is wrong in it is told, too
            return ()
        cases: list[Case] = []
        for place, item in enumerate(node.items, 1):
            first_index = sum(len(case.tasks) for case in cases)
            case = self._case(item, captured, first_index, is_last=place == len(node.items))
            cases.append(case or Case(None, (), item.mark))  # one with a mistake may be the else
        return tuple(cases)

    def _case(self, node: Node, captured: Captured, first_index: int, *, is_last: bool) -> Case | None:
        said = self._reading.mapping(node, "a case", "write - {if: ..., do: [...]}")
        if said is None:
            return None
        keys = {key.text: value for key, value in said.entries}
        strange = [key for key, _ in said.entries if key.text not in ("if", "else", "do")]
        for key in strange:
            if key.text in VERBS:
                mend = f"an action stands in do: [{{{key.text}: ...}}]"
                self._reading.error(key, "MG003", f"a case has no key {quoted(key.text)}", mend)
            else:
                self._reading.unknown_key(key, "a case", ("if", "else", "do"), meant.CASE.get(key.text))
        if "do" not in keys or ("if" in keys) is ("else" in keys):
            mend = "write - {else: true, do: [...]}" if "else" in keys else "write - {if: {...}, do: [...]}"
            if not strange:  # else that is what is missing
                self._reading.error(said, "MG007", "a case has do:, and either if: or else: true", mend)
            for name, read in (("if", read_condition), ("do", self._unread)):
                if name in keys:
                    read(keys[name], self._reading)
            return None
        if "else" in keys:
            self._check_else(keys["else"], is_last)
        condition, captured = self._condition(keys, captured)
        tasks = self._tasks(keys["do"], captured, first_index)
        return Case(condition, tasks, said.mark)

    def _unread(self, node: Node, reading: Reading) -> None:
        """The actions of a case that is wrong: what is wrong in them is told, too."""
        read_actions(node, Captured(unknown=True), 0, reading)

    def _check_else(self, node: Node, is_last: bool) -> None:
        if _is_null(node):
            self._reading.error(node, "MG007", '"else" has no value', "write else: true")
        elif self._reading.flag(node, '"else"') is False:
            self._reading.error(node, "MG004", '"else: false" is never taken', "write else: true")
        elif not is_last:
            self._reading.error(node, "MG007", "the cases after else are never reached", "put else last")
