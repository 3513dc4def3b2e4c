"""The fields and the actions as `mailgate rules fields` and `rules actions` print them."""

from dataclasses import dataclass

from mailgate.rules.action_reader import GATE_VERBS, NEVER_AT, OF_MAIL, OF_THE_DESK
from mailgate.rules.events import DESK_EVENTS, EVENTS, GATE, without
from mailgate.rules.fields import FIELDS, PREFIXES, find_field
from mailgate.rules.match_reader import OPERATORS
from mailgate.rules.pattern_reader import RESULTS
from mailgate.rules.situation import Source
from mailgate.rules.ticket_fields import WEEKDAYS
from mailgate.rules.view import Choice, Field, Kind
from mailgate.tickets.model import PRIORITIES, STATES

_DEFAULTS: dict[Kind, str] = {
    "text": "has the phrase",
    "word": "is",
    "own": "is; over 200",
    "address": "is, an address or a domain",
    "network": "is, or lies in",
    "flag": "true or false",
    "priority": "is; at least high",
    "number": "is; over 5",
    "size": "over 10MB",
    "duration": "over 2d",
    "time": "between 22:00 and 06:00",
}
_CHOICES: dict[Choice, tuple[str, ...]] = {"state": STATES, "weekday": WEEKDAYS, "result": RESULTS}
_AT: dict[Source | None, str] = {
    None: "every event",
    "envelope": "where a mail came",
    "mail": "where a mail came",
    "ticket": "where there is a ticket",
    "customer": "where there is a ticket, or a mail came",
    "change": "where something changed",
    "absence": "agent.away",
    "reason": "loop.tripped, reload.failed",
    "delivery": "delivery.failed, delivery.delayed",
}


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field. `default`: what a text without an operator asks; `values`: all that it can be, where those are few."""

    name: str
    kind: Kind
    default: str
    operators: tuple[str, ...]
    values: tuple[str, ...]
    events: tuple[str, ...]
    at: str  # the same in few words


def field_table() -> tuple[FieldRow, ...]:
    families = [(name, find_field(f"{name[:-1]}x")) for name in PREFIXES]
    return tuple(_row(name, field) for name, field in (*FIELDS.items(), *families) if field is not None)


def action_events(verb: str) -> tuple[str, ...]:
    """The events at which an action can be done."""
    if verb in OF_MAIL:
        return tuple(event for event in EVENTS if event in OF_MAIL[verb])
    if verb == "stop":
        return EVENTS
    if verb in GATE_VERBS:
        return (GATE,)
    never = (GATE, *NEVER_AT.get(verb, ()), *(() if verb in OF_THE_DESK else DESK_EVENTS))
    return tuple(event for event in EVENTS if event not in never)


def _row(name: str, field: Field) -> FieldRow:
    absent = without(field.source, EVENTS)
    events = tuple(event for event in EVENTS if event not in absent)
    values = PRIORITIES if field.kind == "priority" else _CHOICES.get(field.choice, ())
    values = ("true", "false") if field.kind == "flag" else values
    at = _AT[field.source]
    return FieldRow(name, field.kind, _DEFAULTS[field.kind], OPERATORS[field.kind], values, events, at)
