"""The JSON Schema of a file of tests, from the tables by which it is read: editors complete by it."""

from typing import Any

from mailgate.rules.action_schema import DURATION, SCALAR, TEXTS, Schema, mapping
from mailgate.rules.expectation_reader import (
    KEYS,
    LISTS_OF_TICKET,
    MAIL,
    MAIL_KEYS_OF,
    NOTES,
    OUTCOME,
    OUTCOMES,
    REFUSED,
    TAGS,
    TICKET,
    WATCHERS,
)
from mailgate.rules.letter_reader import AGENT_KEYS, APPROVAL_KEYS, ENVELOPE, MAIL_KEYS
from mailgate.rules.pattern_reader import RESULTS
from mailgate.rules.scenario_reader import FILE_KEYS, STEP_KINDS, TEST_KEYS
from mailgate.rules.schema import DIALECT, match_schema
from mailgate.rules.view import Field

TESTS_FILE = ".mailgate.tests.schema.json"
TESTS_MODELINE = f"# yaml-language-server: $schema=../{TESTS_FILE}"
_FLAG: Schema = {"type": "boolean"}
_NONE: Schema = {"const": "none"}
_RESULT: Schema = {"enum": list(RESULTS)}


def schema_of_tests() -> dict[str, Any]:
    """The whole schema."""
    parts: dict[str, Schema] = {
        "given": {"$ref": "#/$defs/given"},
        "tests": {"type": ["array", "null"], "items": {"$ref": "#/$defs/test"}},
    }
    given = mapping(now=SCALAR, config={"type": "object", "propertyNames": {"pattern": r"\."}, "minProperties": 0})
    return {
        "$schema": DIALECT,
        "title": "Tests of mailgate's rules",
        **mapping("tests", **{name: parts[name] for name in FILE_KEYS}),
        "$defs": {"given": {**given, "minProperties": 0}, "test": _test(), "step": _step(), "expect": _expect()},
    }


def _test() -> Schema:
    steps: Schema = {"type": "array", "items": {"$ref": "#/$defs/step"}, "minItems": 1}
    parts = {"name": SCALAR, "given": {"$ref": "#/$defs/given"}, "steps": steps, **_kinds()}
    several: Schema = {"required": ["steps"], "properties": {"expect": False}}
    one_step: list[Schema] = [{"required": ["mail"]}, {"required": ["eml"]}]
    return {**mapping("name", **{name: parts[name] for name in TEST_KEYS}), "oneOf": [several, *one_step]}


def _step() -> Schema:
    parts = _kinds()
    return {**mapping(**parts), "oneOf": [{"required": [kind]} for kind in STEP_KINDS]}


def _kinds() -> dict[str, Schema]:
    """What one step can be, and what is expected behind it."""
    values = _letter()
    mail = {**mapping(**{name: values[name] for name in MAIL_KEYS}), "minProperties": 0}
    eml = mapping("file", file=SCALAR, **{name: values[name] for name in ENVELOPE})
    agent = {**mapping(**{name: values[name] for name in AGENT_KEYS}), "minProperties": 0}
    approval = mapping(
        "by says",
        by=SCALAR,
        says={"enum": ["yes", "no"]},
        first=_FLAG,
        **{name: values[name] for name in APPROVAL_KEYS},
    )
    return {
        "mail": mail,
        "eml": {"anyOf": [SCALAR, eml]},
        "agent": {"anyOf": [SCALAR, agent]},
        "approval": approval,
        "wait": DURATION,
        "refusing": {"anyOf": [TEXTS, {"type": "object", "additionalProperties": SCALAR}]},
        "expect": {"$ref": "#/$defs/expect"},
    }


def _letter() -> dict[str, Schema]:
    """The keys of all letters."""
    file: Schema = {"anyOf": [SCALAR, mapping(name=SCALAR, type=SCALAR, size=SCALAR)]}
    auth: Schema = {"anyOf": [_RESULT, mapping(spf=_RESULT, dkim=_RESULT, dmarc=_RESULT)]}
    lines = dict.fromkeys(("to", "cc", "recipient", "commands"), TEXTS)
    return {
        **dict.fromkeys(("from", "reply_to", "subject", "body", "sender", "peer", "login", "by", "answers"), SCALAR),
        **lines,
        "headers": {"type": "object", "additionalProperties": SCALAR},
        "attachments": {"anyOf": [file, {"type": "array", "items": file}]},
        "auth": auth,
    }


def _expect() -> Schema:
    several: dict[str, Schema] = {"tags": match_schema(TAGS), "watchers": match_schema(WATCHERS)}
    fields: Schema = {"anyOf": [_NONE, {"type": "object", "additionalProperties": match_schema(_own())}]}
    ticket = {**{name: match_schema(field) for name, field in TICKET.items()}, **several, "fields": fields}
    fired: Schema = {"anyOf": [SCALAR, {"type": "object", "additionalProperties": SCALAR, "minProperties": 1}]}
    parts: dict[str, Schema] = {
        "ticket": mapping(**{name: ticket[name] for name in (*TICKET, *LISTS_OF_TICKET)}),
        **{name: _mails(keys) for name, keys in MAIL_KEYS_OF.items()},
        "notes": match_schema(NOTES),
        "fired": {"anyOf": [fired, {"type": "array", "items": fired}]},
        "not_fired": TEXTS,
        "outcome": {"allOf": [match_schema(OUTCOME), {"anyOf": [{"enum": list(OUTCOMES)}, {"type": "array"}]}]},
        "refused": {"anyOf": [_FLAG, match_schema(REFUSED)]},
        "exactly": _FLAG,
    }
    return mapping(**{name: parts[name] for name in KEYS})


def _mails(keys: tuple[str, ...]) -> Schema:
    one: Schema = {"anyOf": [SCALAR, mapping(**{name: match_schema(MAIL[name]) for name in keys})]}
    return {"anyOf": [one, {"type": "array", "items": one, "minItems": 1}]}


def _own() -> Field:
    return Field("ticket.fields", "own", lambda _view: (), None, nullable=True)
