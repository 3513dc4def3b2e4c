"""Reads conditions: fields, all, any, not around them, and macros (spec/rules.md 1.2)."""

from dataclasses import replace

from mailgate.rules import meant
from mailgate.rules.conditions import All, Any, Condition, Question
from mailgate.rules.fields import FIELDS, PREFIXES, find_field, is_later
from mailgate.rules.findings import quoted
from mailgate.rules.lint import lint_condition
from mailgate.rules.match_reader import read_match
from mailgate.rules.reading import Reading, kind
from mailgate.rules.syntax import Mapping, Mark, Node, Scalar, Sequence
from mailgate.rules.ticket_fields import hours_field
from mailgate.rules.view import Field

GROUPS = ("all", "any", "not")


def read_condition(node: Node, reading: Reading, *, negated: bool = False) -> Condition | None:
    """The condition that `node` says, or None after a finding. A negated one matches where it says no."""
    if isinstance(node, Sequence):
        mend = "put the list under all: (every one of them) or any: (one of them)"
        reading.error(node, "MG007", "a condition is a mapping (field: value), not a list", mend)
        for each in node.items:
            if isinstance(each, Mapping):
                read_condition(each, reading, negated=negated)  # what is wrong in it is told, too
        return None
    said = reading.mapping(node, "a condition", "write a field and its value: if: {subject: urgent}")
    if said is None:
        return None
    if not said.entries:
        reading.error(node, "MG007", "the condition is empty", "leave if: out to take everything")
        return None
    return _joined([_entry(key, value, reading, negated) for key, value in said.entries], reading, every=not negated)


def _joined(parts: list[Condition | None], reading: Reading, *, every: bool) -> Condition | None:
    """None where one of them is wrong; what is surely not meant in the others is told, too."""
    found = tuple(part for part in parts if part is not None)
    joined = found[0] if len(found) == 1 else All(found) if every else Any(found)
    if len(found) == len(parts):
        return joined
    if found:
        lint_condition(joined, reading.findings)
    return None


def _entry(key: Scalar, value: Node, reading: Reading, negated: bool) -> Condition | None:
    match key.text:
        case "all" | "any":
            parts = _group(key, value, reading, negated)
            return None if parts is None else _joined(parts, reading, every=(key.text == "all") is not negated)
        case "not":
            if not isinstance(value, Sequence):
                return read_condition(value, reading, negated=not negated)
            parts = _group(key, value, reading, not negated)  # none of them
            return None if parts is None else _joined(parts, reading, every=not negated)
        case "use":
            return _macro(value, reading, negated)
        case "hours":
            return _hours(key, value, reading, negated)
        case _:
            field = _field(key, reading)
            return None if field is None else read_match(field, value, negated, reading)


def _hours(key: Scalar, value: Node, reading: Reading, negated: bool) -> Condition | None:
    """`hours: {office: closed}`, one or more calendars."""
    mend = "write hours: {office: closed}"
    said = reading.mapping(value, '"hours"', mend)
    if said is None:
        return None
    if not said.entries:
        reading.error(key, "MG007", '"hours" names no calendar', mend)
        return None
    parts: list[Condition | None] = []
    for name, asked in said.entries:
        known = reading.known(name, "calendar", "MG107", reading.vocabulary.calendars)
        calendar = None if known is None else reading.vocabulary.calendars[known]
        parts.append(None if calendar is None else read_match(hours_field(calendar), asked, negated, reading))
    return _joined(parts, reading, every=not negated)


def _group(key: Scalar, value: Node, reading: Reading, negated: bool) -> list[Condition | None] | None:
    if not isinstance(value, Sequence):
        mend = f"write {key.text}: [{{from: a@b.example}}, {{subject: urgent}}]"
        reading.error(value, "MG007", f'"{key.text}" takes a list of conditions, not {kind(value)}', mend)
        if isinstance(value, Mapping):
            read_condition(value, reading, negated=negated)  # what is wrong in it is told, too
        return None
    if not value.items:
        reading.error(value, "MG007", f'the list under "{key.text}" is empty', "leave it out")
        return None
    if key.text == "any" and not negated and len(value.items) > 1 and all(_is_not(item) for item in value.items):
        message = "any: of nothing but not: is true for nearly everything"
        reading.findings.warning(key, "MG205", message, "none of them is not: [...]")
    return [read_condition(item, reading, negated=negated) for item in value.items]


def _is_not(node: Node) -> bool:
    return isinstance(node, Mapping) and [key.text for key, _ in node.entries] == ["not"]


def _macro(node: Node, reading: Reading, negated: bool) -> Condition | None:
    """The condition that a macro stands for, as if it stood where it is used."""
    found = reading.macro(node)
    if found is None:
        return None
    macro, inner = found
    if isinstance(macro.node, Sequence):
        name = macro.node.mark.line
        reading.error(node, "MG007", f"this macro is a list of actions (line {name}), not a condition", "use it in do:")
        return None
    with reading.findings.inside(macro.path):
        condition = read_condition(macro.node, inner, negated=negated)
    return None if condition is None else _at(condition, node.mark)


def _at(condition: Condition, mark: Mark) -> Condition:
    if isinstance(condition, Question):
        return replace(condition, mark=mark)
    return replace(condition, parts=tuple(_at(part, mark) for part in condition.parts))


def _field(key: Scalar, reading: Reading) -> Field | None:
    name = key.text
    field = find_field(name)
    if field is None:
        if is_later(name):
            reading.later(key, f"the condition {quoted(name)}")
        else:
            known, said = (*FIELDS, *PREFIXES, *GROUPS, "use"), meant.field(name, FIELDS)
            reading.unknown_key(key, "a condition", known, said, "mailgate rules fields")
        return None
    if not reading.has(key, f"the condition {quoted(name)}", field.source):
        return None
    declared = reading.vocabulary.fields
    if name.startswith("field.") and declared is not None:
        own = name.removeprefix("field.")
        return field if reading.known(Scalar(own, False, key.mark), "field", "MG108", declared) else None
    return field
