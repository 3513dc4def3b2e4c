"""Reads conditions: fields, and all, any, not around them (spec/rules.md 1.2)."""

from mailgate.rules.conditions import All, Any, Condition
from mailgate.rules.fields import FIELDS, PREFIXES, Field, find_field
from mailgate.rules.findings import quoted
from mailgate.rules.match_reader import read_match
from mailgate.rules.reading import Reading, kind
from mailgate.rules.syntax import Mapping, Node, Scalar, Sequence

GROUPS = ("all", "any", "not")
_LATER_FIELDS = frozenset(
    """text lang size is_reply is_agent is_known_customer is_first_contact owner sla process step age since_customer
    since_agent messages hours now weekday old new""".split()
)
_LATER_FAMILIES = ("smtp.", "attachment.", "auth.", "spam.", "customer.", "agent.", "queue.", "ticket.")


def read_condition(node: Node, reading: Reading, *, negated: bool = False) -> Condition | None:
    """The condition that `node` says, or None after a finding. A negated one matches where it says no."""
    if isinstance(node, Sequence):
        mend = "put the list under all: (every one of them) or any: (one of them)"
        reading.error(node, "MG007", "a condition is a mapping (field: value), not a list", mend)
        return None
    said = reading.mapping(node, "a condition")
    if said is None:
        return None
    if not said.entries:
        reading.error(node, "MG007", "the condition is empty", "leave if: out to take everything")
        return None
    return _joined([_entry(key, value, reading, negated) for key, value in said.entries], every=not negated)


def _joined(parts: list[Condition | None], *, every: bool) -> Condition | None:
    found = tuple(part for part in parts if part is not None)
    if len(found) < len(parts):
        return None
    if len(found) == 1:
        return found[0]
    return All(found) if every else Any(found)


def _entry(key: Scalar, value: Node, reading: Reading, negated: bool) -> Condition | None:
    match key.text:
        case "all" | "any":
            parts = _group(key, value, reading, negated)
            return None if parts is None else _joined(parts, every=(key.text == "all") is not negated)
        case "not":
            if not isinstance(value, Sequence):
                return read_condition(value, reading, negated=not negated)
            parts = _group(key, value, reading, not negated)  # none of them
            return None if parts is None else _joined(parts, every=not negated)
        case "use":
            reading.later(key, "a macro (use:)")
            return None
        case _:
            field = _field(key, reading)
            return None if field is None else read_match(field, value, negated, reading)


def _group(key: Scalar, value: Node, reading: Reading, negated: bool) -> list[Condition | None] | None:
    if not isinstance(value, Sequence):
        mend = f"write {key.text}: [{{from: a@b.example}}, {{subject: urgent}}]"
        reading.error(value, "MG007", f'"{key.text}" takes a list of conditions, not {kind(value)}', mend)
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


def _field(key: Scalar, reading: Reading) -> Field | None:
    name = key.text
    field = find_field(name)
    if field is None:
        if name in _LATER_FIELDS or name.startswith(_LATER_FAMILIES):
            reading.later(key, f"the condition {quoted(name)}")
        else:
            reading.unknown_key(key, "a condition", (*FIELDS, *PREFIXES, *GROUPS))
        return None
    declared = reading.vocabulary.fields
    if name.startswith("field.") and declared is not None:
        own = name.removeprefix("field.")
        return field if reading.known(Scalar(own, False, key.mark), "field", "MG108", declared) else None
    return field
