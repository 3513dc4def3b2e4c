"""The forms of the actions, as JSON Schema: for editors, and for `mailgate rules actions`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from mailgate.rules.action_reader import MAX_ACTIONS
from mailgate.rules.outside import METHODS
from mailgate.rules.outside_action_reader import MOST_NAMES, MOST_RETRIES
from mailgate.tickets.model import PRIORITIES, STATES

Schema = Mapping[str, Any]
Class = Literal["ticket", "mail to the customer", "mail to agents", "mail outside", "outside", "gate", "flow"]
SCALAR: Schema = {"type": ["string", "number", "boolean"]}
TEXTS: Schema = {"anyOf": [SCALAR, {"type": "array", "items": SCALAR, "minItems": 1}]}


def mapping(required: str = "", /, **keys: Schema) -> Schema:
    """A mapping of these keys and no other. A key of Python's is written with "_" behind it."""
    found: dict[str, Any] = {
        "type": "object",
        "properties": {name.rstrip("_"): form for name, form in keys.items()},
        "additionalProperties": False,
        "minProperties": 1,
    }
    return found | ({"required": required.split()} if required else {})


def _or_text(form: Schema) -> Schema:
    return {"anyOf": [SCALAR, form]}


def _names(values: Schema) -> Schema:
    return {"type": "object", "additionalProperties": values, "minProperties": 1}


_YES: Schema = {"const": True}
DURATION: Schema = {"type": "string", "pattern": r"^\s*[0-9]"}
_NOTIFY = mapping(
    "template",
    template=SCALAR,
    owner=_YES,
    old_owner=_YES,
    watchers=_YES,
    team=SCALAR,
    role=SCALAR,
    to=TEXTS,
    digest={"const": "ok"},
)
_WHOM = [{"required": [name]} for name in ("owner", "old_owner", "watchers", "team", "role", "to")]
_TEAM = mapping("team", team=SCALAR)


@dataclass(frozen=True, slots=True)
class Verb:
    """What comes behind a verb. `bare`: it may stand alone; `form` None: it must. `example` is a whole item."""

    cls: Class
    form: Schema | None
    example: str
    bare: bool = False


_REJECT = mapping(
    code={"anyOf": [{"type": "integer", "minimum": 430, "maximum": 569}, {"type": "string", "pattern": r"^[45]\d\d$"}]},
    enhanced={"type": ["string"], "pattern": r"^[45]\.\d{1,3}\.\d{1,3}$"},
    text=SCALAR,
)
_REASON = _or_text(mapping("reason", reason=SCALAR))
_WEBHOOK = mapping(
    "url",
    url=SCALAR,
    method={"enum": list(METHODS)},
    secret=SCALAR,
    body={**_names(SCALAR), "minProperties": 0, "maxProperties": MOST_NAMES},
    timeout=DURATION,
    retries={
        "anyOf": [{"type": "integer", "minimum": 0, "maximum": MOST_RETRIES}, {"type": "string", "pattern": "^[0-9]"}]
    },
)
_FORWARD = mapping("to", to=SCALAR, as_={"enum": ["attachment", "inline"]}, strip={"const": "attachments"})
_PENDING = {
    **mapping(for_=DURATION, until=SCALAR, then={"const": "open"}),
    "oneOf": [{"required": ["for"]}, {"required": ["until"]}],
}
_ASSIGN = {
    **mapping(round_robin=_TEAM, least_busy=mapping("team", team=SCALAR, max=SCALAR)),
    "maxProperties": 1,
}
VERB_FORMS: Mapping[str, Verb] = {
    "queue": Verb("ticket", SCALAR, "queue: billing"),
    "state": Verb("ticket", {"enum": [each for each in STATES if each != "merged"]}, "state: open"),
    "priority": Verb("ticket", {"enum": list(PRIORITIES)}, "priority: high"),
    "type": Verb("ticket", SCALAR, "type: incident"),
    "tag": Verb("ticket", TEXTS, "tag: [vip, eu]"),
    "untag": Verb("ticket", TEXTS, "untag: vip"),
    "set": Verb("ticket", _names(SCALAR), 'set: {order: "{{ m.order }}"}'),
    "unset": Verb("ticket", TEXTS, "unset: [order, price]"),
    "assign": Verb("ticket", _or_text(_ASSIGN), "assign: {least_busy: {team: billing, max: 15}}"),
    "watch": Verb("ticket", TEXTS, "watch: kim"),
    "unwatch": Verb("ticket", TEXTS, "unwatch: kim"),
    "pending": Verb("ticket", _PENDING, "pending: {for: 3d}"),
    "close": Verb("ticket", _or_text(mapping(template=SCALAR, after=DURATION)), "close: {template: closed}", bare=True),
    "reopen": Verb("ticket", None, "reopen", bare=True),
    "merge": Verb("ticket", mapping("into", into=SCALAR), 'merge: {into: "{{ m.number }}"}'),
    "split": Verb("ticket", None, "split", bare=True),
    "start": Verb("ticket", SCALAR, "start: approval"),
    "note": Verb("ticket", _or_text(mapping("template", template=SCALAR)), "note: a text"),
    "reply": Verb(
        "mail to the customer",
        _or_text(mapping("template", template=SCALAR, every=DURATION, to={"const": "requester"})),
        "reply: {template: received, every: 24h}",
    ),
    "notify": Verb(
        "mail to agents", _or_text({**_NOTIFY, "oneOf": _WHOM}), "notify: {team: queue, template: agent_new}"
    ),
    "forward": Verb("mail outside", _FORWARD, "forward: {to: parts@vendor.example, as: inline}"),
    "webhook": Verb("outside", _or_text(_WEBHOOK), "webhook: erp"),
    "run": Verb("outside", _or_text(mapping("program", program=SCALAR, timeout=DURATION)), "run: lookup-order"),
    "reject": Verb("gate", _or_text({**_REJECT, "minProperties": 0}), "reject: {code: 550, enhanced: 5.7.1, text: No}"),
    "drop": Verb("gate", _REASON, "drop: {reason: a newsletter}"),
    "quarantine": Verb("gate", _REASON, "quarantine: an executable"),
    "join": Verb("gate", {"anyOf": [{"enum": ["never", "auto"]}, mapping("ticket", ticket=SCALAR)]}, "join: never"),
    "stop": Verb("flow", {"enum": ["file", "event"]}, "stop", bare=True),
}


def action_schema() -> Schema:
    """One item under `do:`: exactly one verb, or a verb that stands alone."""
    verbs: dict[str, Schema] = {
        name: {**verb.form, "description": f"{verb.cls}, as in {verb.example}"}
        for name, verb in VERB_FORMS.items()
        if verb.form is not None
    }
    one = mapping(**verbs, use={**SCALAR, "description": "what a macro stands for"})
    return {"anyOf": [{"enum": [name for name, verb in VERB_FORMS.items() if verb.bare]}, {**one, "maxProperties": 1}]}


ACTIONS: Schema = {"type": "array", "items": {"$ref": "#/$defs/action"}, "minItems": 1, "maxItems": MAX_ACTIONS}
