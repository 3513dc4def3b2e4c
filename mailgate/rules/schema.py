"""The JSON Schema (2020-12) of a file of rules, from the tables by which they are read: editors complete by it.

It holds the form: keys, fields, events, verbs, kinds of values. Which queues and templates exist only the loader knows.
"""

from collections.abc import Mapping
from typing import Any

from mailgate.rules.action_schema import ACTIONS, DURATION, SCALAR, TEXTS, Schema, action_schema, mapping
from mailgate.rules.events import IDLE, NAMED, SCHEDULE
from mailgate.rules.fields import FIELDS, find_field
from mailgate.rules.file_reader import FILE_KEYS
from mailgate.rules.match_reader import OPERATORS
from mailgate.rules.rule_reader import RULE_KEYS
from mailgate.rules.ticket_fields import WEEKDAYS, change_field
from mailgate.rules.timed import WAITING_FOR
from mailgate.rules.timer_reader import TIMER_FORMS
from mailgate.rules.view import Field
from mailgate.tickets.model import PRIORITIES, STATES

DIALECT = "https://json-schema.org/draft/2020-12/schema"
FILE = ".mailgate.schema.json"
MODELINE = f"# yaml-language-server: $schema={FILE}"
_SLUG = "^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$"
_COMPARED = "^(over|under|at least|at most|between) "
_PATTERN = r"^/|\*"
_FAMILIES = {  # a name that is one of the family, and the pattern of them all
    "header.X": r"^header\.[!-9;-~]{1,80}$",
    "field.x": r"^field\.[a-z][a-z0-9_-]{0,60}$",
    "customer.fields.x": r"^customer\.fields\.[a-z][a-z0-9_-]{0,60}$",
}
_WORDS: Mapping[str, tuple[str, ...]] = {"state": STATES, "weekday": WEEKDAYS}


def rules_schema() -> dict[str, Any]:
    """The whole schema."""
    parts: dict[str, Schema] = {
        "include": TEXTS,
        "defaults": {**mapping(tags=TEXTS, when={"$ref": "#/$defs/when"}, enabled=_FLAG), "minProperties": 0},
        "macros": {"type": "object", "additionalProperties": {"anyOf": [_CONDITION, ACTIONS]}},
        "rules": {"type": ["array", "null"], "items": {"$ref": "#/$defs/rule"}},
    }
    return {
        "$schema": DIALECT,
        "title": "Rules of mailgate",
        **mapping(**{name: parts[name] for name in FILE_KEYS}),
        "$defs": {
            "rule": _rule(),
            "case": _case(),
            "when": _when(),
            "condition": _condition(),
            "action": action_schema(),
        },
    }


_FLAG: Schema = {"type": "boolean"}
_CONDITION: Schema = {"$ref": "#/$defs/condition"}
_CONDITIONS: Schema = {"type": "array", "items": _CONDITION, "minItems": 1}


def _rule() -> Schema:
    parts: dict[str, Schema] = {
        "name": {**SCALAR, "pattern": _SLUG, "description": "what traces and errors call the rule"},
        "when": {"$ref": "#/$defs/when"},
        "if": _CONDITION,
        "do": ACTIONS,
        "first": {"type": "array", "items": {"$ref": "#/$defs/case"}, "minItems": 1},
        "enabled": _FLAG,
        "note": SCALAR,
        "once": {"type": "string", "pattern": "^(event|episode|ticket|customer/[0-9]+[mhdw])$"},
        "owner": SCALAR,
    }
    either = [{"required": ["do"]}, {"required": ["first"]}]
    return {**mapping("name", **{name: parts[name] for name in RULE_KEYS}), "oneOf": either}


def _case() -> Schema:
    parts: dict[str, Schema] = {"if": _CONDITION, "else": {"const": True}, "do": ACTIONS}
    return {**mapping("do", **parts), "oneOf": [{"required": ["if"]}, {"required": ["else"]}]}


def _when() -> Schema:
    name: Schema = {"enum": [event for event in NAMED if event not in TIMER_FORMS]}
    asked: dict[str, Schema] = {}
    for event in NAMED:
        if (itself := change_field(event, "")) is not None:
            asked[event] = match_schema(itself)
        elif change_field(event, "to") is not None:
            asked[event] = mapping(
                **{
                    side: match_schema(field)
                    for side in ("from", "to")
                    if (field := change_field(event, side)) is not None
                }
            )
    idle = mapping(IDLE, idle=DURATION, waiting_for={"enum": list(WAITING_FOR)}, calendar=SCALAR, backfill=_FLAG)
    schedule = mapping(SCHEDULE, schedule=SCALAR, for_each={"const": "ticket"}, calendar=SCALAR)
    one = [name, mapping(**asked), idle, schedule]
    return {"anyOf": [*one, {"type": "array", "items": {"anyOf": one}, "minItems": 1}]}


def _condition() -> Schema:
    groups: dict[str, Schema] = {
        "all": _CONDITIONS,
        "any": _CONDITIONS,
        "not": {"anyOf": [_CONDITION, _CONDITIONS]},
        "use": SCALAR,
    }
    families = {pattern: match_schema(field) for name, pattern in _FAMILIES.items() if (field := find_field(name))}
    known = {name: match_schema(field) for name, field in FIELDS.items()}
    state = {
        "anyOf": [{"enum": ["open", "closed"]}, {"type": "array", "items": {"enum": ["open", "closed"]}, "minItems": 1}]
    }
    known["hours"] = {"type": "object", "additionalProperties": state, "minProperties": 1}
    return {**mapping(**known, **groups), "patternProperties": families}


def match_schema(field: Field) -> Schema:
    """What may be asked of a field: a value, a list of them, operators."""
    value = _value(field)
    operators = {name: _operator(name) for name in OPERATORS[field.kind]}
    if not operators:
        return {"anyOf": [value, {"type": "array", "items": value, "minItems": 1}]}
    several = mapping(**operators)
    listed = {"type": "array", "items": {"anyOf": [value, several]}, "minItems": 1}
    return {"anyOf": [value, listed, several], "description": f"a {field.kind}"}


def _operator(name: str) -> Schema:
    return _FLAG if name == "exists" else TEXTS


def _value(field: Field) -> Schema:
    none: list[Schema] = [{"const": "none"}] if field.nullable else []
    match field.kind:
        case "flag":
            return _FLAG
        case "priority":
            return {"anyOf": [{"enum": list(PRIORITIES)}, {"type": "string", "pattern": _COMPARED}, *none]}
        case "size" | "duration" | "time":
            return {"type": "string", "pattern": _COMPARED}
        case "number":
            return {"anyOf": [{"type": "number"}, {"type": "string", "pattern": f"{_COMPARED}|^[ ]*-?[0-9]"}]}
    words = _WORDS.get(field.choice)
    if words is not None:
        return {"anyOf": [{"enum": list(words)}, {"type": "string", "pattern": _PATTERN}, *none]}
    return SCALAR
