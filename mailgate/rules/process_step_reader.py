"""Reads one step of a process: what it needs, who works through it, who approves it, and where it leads."""

import re
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass
from datetime import timedelta

from mailgate.rules.action_reader import read_actions
from mailgate.rules.condition_reader import read_condition
from mailgate.rules.expression import Expression, ExpressionFailed, expression
from mailgate.rules.expression_reader import Captured
from mailgate.rules.findings import quoted
from mailgate.rules.mail_action_reader import read_duration
from mailgate.rules.notify_reader import is_address
from mailgate.rules.process import FieldType, Goto, Question, Step, Whom
from mailgate.rules.reading import Reading, kind
from mailgate.rules.syntax import Mapping, Node, Scalar, Sequence
from mailgate.rules.task import Task

STEP_KEYS = ("need", "checklist", "approval", "granted", "denied", "expired", "queue", "do", "next", "end")
_QUESTION_KEYS = ("by", "or", "quorum", "remind", "expires")
_VERDICTS = ("granted", "denied", "expired")
MAX_ITEMS = 50
MAX_QUORUM = 20
SHORTEST = timedelta(minutes=1)
_FEWER = "make two steps of it"
_BY = 'write by: "{{ field.manager }}", by: nina, by: boss@example.com, by: {role: lead} or by: {team: sales}'
_NEXT = "write next: STEP, or next: [{if: {...}, goto: STEP}, {goto: STEP}]"
_WITHOUT_END = "write approval: {by: ..., expires: 5d}, and expired: STEP"


@dataclass(frozen=True, slots=True)
class StepReader:
    """`names`: of all steps; `fields`: the process's own, with their types."""

    process: str
    names: tuple[str, ...]
    fields: MappingOf[str, FieldType]
    reading: Reading

    def read(self, key: Scalar, node: Node) -> Step:
        """As much of it as is right; what is wrong is a finding."""
        said = self.reading.mapping(node, f"the step {quoted(key.text)}", "write {queue: ..., next: ...}")
        if said is None:
            return Step(key.text, key.mark)
        keys: dict[str, Node] = {}
        for each, value in said.entries:
            if each.text in STEP_KEYS:
                keys[each.text] = value
            else:
                self.reading.unknown_key(each, f"the step {quoted(key.text)}", STEP_KEYS)
        self._check_together(said, keys)
        return Step(
            name=key.text,
            mark=key.mark,
            need=self._need(keys["need"]) if "need" in keys else (),
            checklist=self._checklist(keys["checklist"]) if "checklist" in keys else (),
            question=self._question(said, keys) if "approval" in keys else None,
            queue=self._queue(keys["queue"]) if "queue" in keys else "",
            tasks=self._tasks(keys["do"]) if "do" in keys else (),
            next=self._next(keys["next"]) if "next" in keys else (),
            end="end" in keys and bool(self.reading.flag(keys["end"], '"end"')),
        )

    def _check_together(self, said: Mapping, keys: MappingOf[str, Node]) -> None:
        """Which keys exclude each other."""
        if "approval" in keys:
            for other in ("need", "checklist", "next", "end"):
                if other in keys:
                    message = f'"{other}" has no place beside "approval"'
                    self.reading.error(keys[other], "MG007", message, "make it a step of its own")
            return
        for verdict in _VERDICTS:
            if verdict in keys:
                message = f'"{verdict}" has no place without "approval"'
                self.reading.error(keys[verdict], "MG007", message, "write next:")
        if "end" in keys:
            for other in ("need", "checklist", "next"):
                if other in keys:
                    self.reading.error(keys[other], "MG007", f'"{other}" has no place beside "end"', "take one out")
        elif "next" not in keys:
            message = "nothing leads out of this step"
            self.reading.error(said, "MG112", message, "write next: STEP, or end: true")

    def _queue(self, node: Node) -> str:
        return self.reading.known(node, "queue", "MG101", self.reading.vocabulary.queues) or ""

    def _need(self, node: Node) -> tuple[str, ...]:
        found = self.reading.texts(node, '"need"')
        known = [name for each, name in found if self.reading.known(each, "field", "MG108", self.fields) is not None]
        return tuple(dict.fromkeys(known))

    def _checklist(self, node: Node) -> tuple[str, ...]:
        found = self.reading.texts(node, '"checklist"', words=True)
        if len(found) > MAX_ITEMS:
            self.reading.error(
                node, "MG008", f"a checklist has at most {MAX_ITEMS} items, here are {len(found)}", _FEWER
            )
        return tuple(" ".join(text.split())[:200] for _, text in found)

    def _tasks(self, node: Node) -> tuple[Task, ...]:
        tasks = read_actions(node, Captured(), 0, self.reading)
        return tasks

    def _next(self, node: Node) -> tuple[Goto, ...]:
        if isinstance(node, Scalar):
            step = self._step(node)
            return () if step is None else (Goto(step),)
        if isinstance(node, Mapping):
            node = Sequence((node,), node.mark)
        if not node.items:
            self.reading.error(node, "MG007", '"next" is an empty list', _NEXT)
        found = tuple(way for item in node.items if (way := self._way(item, ("if", "goto", "do"))) is not None)
        for item in node.items[:-1]:
            if not _asks(item):
                self.reading.error(item, "MG007", "nothing behind this case is ever looked at", "put it last")
        if node.items and _asks(node.items[-1]):
            last, mend = node.items[-1], "end with {goto: STEP}"
            self.reading.error(last, "MG112", "no case may fit: nothing leads on then", mend)
        return found

    def _way(self, node: Node, keys: tuple[str, ...]) -> Goto | None:
        """`STEP`, or `{goto: STEP, do: [...]}`, with `if` where that has a place."""
        if isinstance(node, Scalar):
            step = self._step(node)
            return None if step is None else Goto(step)
        said = self.reading.mapping(node, "a way to the next step", "write {goto: STEP, do: [...]}")
        if said is None:
            return None
        before = self.reading.findings.errors
        found = {key.text: value for key, value in said.entries}
        for key, _ in said.entries:
            if key.text not in keys:
                self.reading.unknown_key(key, "a way to the next step", keys)
        if "goto" not in found:
            self.reading.error(said, "MG007", "it does not say where to", "write {goto: STEP}")
            return None
        step = self._step(found["goto"])
        condition = read_condition(found["if"], self.reading) if "if" in found else None
        tasks = self._tasks(found["do"]) if "do" in found else ()
        if step is None or self.reading.findings.errors > before:
            return None
        return Goto(step, tasks, condition)

    def _step(self, node: Node) -> str | None:
        return self.reading.known(node, "step", "MG116", self.names)

    def _question(self, step: Mapping, keys: MappingOf[str, Node]) -> Question | None:
        node = keys["approval"]
        before = self.reading.findings.errors
        said = self.reading.mapping(node, '"approval"', _BY)
        if said is None:
            return None
        found = {key.text: value for key, value in said.entries}
        for key, _ in said.entries:
            if key.text not in _QUESTION_KEYS:
                self.reading.unknown_key(key, '"approval"', _QUESTION_KEYS)
        by = self._whom(found["by"]) if "by" in found else None
        if "by" not in found:
            self.reading.error(said, "MG007", "nobody is asked to approve", _BY)
        instead = self._agents(found["or"]) if "or" in found else None
        quorum = self._quorum(found["quorum"]) if "quorum" in found else 1
        expires = self._span(found["expires"], "expires") if "expires" in found else None
        if "expires" not in found:
            self.reading.error(said, "MG113", "this approval never ends: it may wait for ever", _WITHOUT_END)
        remind = self._span(found["remind"], "remind") if "remind" in found else None
        if remind is not None and expires is not None and remind >= expires:
            self.reading.error(
                found["remind"], "MG004", "the reminder would come when it is over", "write a shorter span"
            )
        ways = self._verdicts(step, keys)
        if self.reading.findings.errors > before or by is None or expires is None or len(ways) < len(_VERDICTS):
            return None
        return Question(by, instead, quorum, remind, expires, ways["granted"], ways["denied"], ways["expired"])

    def _verdicts(self, step: Mapping, keys: MappingOf[str, Node]) -> dict[str, Goto]:
        ways: dict[str, Goto] = {}
        for verdict in _VERDICTS:
            if verdict not in keys:
                message = f"nothing is said of what comes when it is {verdict}"
                self.reading.error(step, "MG112", message, f"write {verdict}: STEP")
            elif (way := self._way(keys[verdict], ("goto", "do"))) is not None:
                ways[verdict] = way
        return ways

    def _span(self, node: Node, name: str) -> timedelta | None:
        span = read_duration(node, f'"{name}" of approval', self.reading)
        if span is not None and span < SHORTEST:
            self.reading.error(node, "MG004", "it takes a minute at least", f"write {name}: 1d")
            return None
        return span

    def _quorum(self, node: Node) -> int:
        text = self.reading.text(node, '"quorum"')
        if text is not None and re.fullmatch(r"[1-9][0-9]?", text, re.ASCII) and int(text) <= MAX_QUORUM:
            return int(text)
        if text is not None:
            self.reading.error(node, "MG004", f"{quoted(text)} is not a number of people", "write quorum: 1")
        return 1

    def _whom(self, node: Node) -> Whom | None:
        """Anybody: an address that stands there or in a field, or agents."""
        if isinstance(node, Scalar) and ("{{" in node.text or "{%" in node.text):
            text = self._expression(node)
            return None if text is None else Whom(address=text)
        if isinstance(node, Scalar) and is_address(node.text):
            return Whom(address=Expression(node.text))
        return self._agents(node)

    def _agents(self, node: Node) -> Whom | None:
        vocabulary = self.reading.vocabulary
        if not isinstance(node, Mapping):
            found = self.reading.texts(node, '"by" of approval')
            right = [name for each, name in found if self.reading.known(each, "agent", "MG102", vocabulary.agents)]
            return Whom(to=tuple(dict.fromkeys(right))) if found and len(right) == len(found) else None
        if len(node.entries) != 1 or node.entries[0][0].text not in ("role", "team"):
            shown = node.entries[0][0].text if node.entries else kind(node)
            self.reading.error(node, "MG007", f"{quoted(shown)} does not say who approves", _BY)
            return None
        key, value = node.entries[0]
        if key.text == "role":
            role = self.reading.known(value, "role", "MG102", vocabulary.roles)
            return None if role is None else Whom(role=role)
        team = self.reading.known(value, "team", "MG103", vocabulary.teams)
        return None if team is None else Whom(team=team)

    def _expression(self, node: Scalar) -> Expression | None:
        try:
            found = expression(node.text)
        except ExpressionFailed as error:
            self.reading.error(node, "MG009", f'"by" of approval: {error}', _BY)
            return None
        for each in found.references:
            if each.name != "field":
                self.reading.error(node, "MG122", f"no variable {quoted(each.name)} here", _BY)
                return None
            if (
                self.reading.known(Scalar(each.attribute or "", False, node.mark), "field", "MG108", self.fields)
                is None
            ):
                return None
            if self.fields[each.attribute or ""] != "address":
                message = f"the field {quoted(each.attribute or '')} is no address"
                self.reading.error(node, "MG004", message, f"write {each.attribute}: address under fields:")
                return None
        return found


def _asks(way: Node) -> bool:
    return isinstance(way, Mapping) and any(key.text == "if" for key, _ in way.entries)
