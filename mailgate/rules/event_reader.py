"""Reads `when:`, the events of a rule and what it asks of them (spec/rules.md 1.3)."""

from dataclasses import dataclass, field

from mailgate.rules.conditions import All, Any, Condition
from mailgate.rules.events import IDLE, LATER_EVENTS, NAMED, SCHEDULE
from mailgate.rules.findings import quoted
from mailgate.rules.match_reader import read_match
from mailgate.rules.reading import Reading
from mailgate.rules.syntax import Mapping, Node, Scalar, Sequence
from mailgate.rules.ticket_fields import change_field
from mailgate.rules.timed import Timer
from mailgate.rules.timer_reader import TIMER_FORMS, event_of, is_timer, read_timer

_FORM = "write when: {state.changed: {to: closed}}"


@dataclass(slots=True)
class When:
    """The events in their order; `guards`: what is asked of an event itself; `timer`: what idle or schedule
    waits for."""

    events: tuple[str, ...] = ()
    guards: dict[str, Condition] = field(default_factory=dict)
    timer: Timer | None = None


def read_when(node: Node, reading: Reading) -> When:
    """What is wrong becomes findings and is left out."""
    found: list[tuple[str, Condition | None]] = []
    items = node.items if isinstance(node, Sequence) else (node,)
    if not items:
        reading.error(node, "MG007", '"when" is an empty list', "name an event")
    timers = [item for item in items if is_timer(item)]
    for item in items:
        if isinstance(item, Mapping) and is_timer(item):
            found.append((event_of(item), None))
        elif isinstance(item, Mapping):
            found += _asked(item, reading)
        elif (name := _plain(item, reading)) is not None:
            found.append((name, None))
    when = _joined(found)
    if len(timers) > 1:
        reading.error(timers[1], "MG007", "a rule waits for one time only", "make a rule of its own for each")
    elif timers:
        when.timer = read_timer(timers[0], reading)
    return when


def _joined(found: list[tuple[str, Condition | None]]) -> When:
    """An event that stands there without a question needs none; several questions about one event are any of them."""
    when = When(tuple(dict.fromkeys(name for name, _ in found)))
    for event in when.events:
        asked = [condition for name, condition in found if name == event]
        parts = tuple(condition for condition in asked if condition is not None)
        if len(parts) == len(asked):
            when.guards[event] = parts[0] if len(parts) == 1 else Any(parts)
    return when


def _plain(node: Node, reading: Reading) -> str | None:
    name = reading.text(node, '"when"')
    return name if name is not None and _exists(node, name, reading) else None


def _exists(node: Node, name: str, reading: Reading) -> bool:
    if name in (IDLE, SCHEDULE):
        reading.error(node, "MG007", f'"{name}" does not say when', TIMER_FORMS[name])
        return False
    if name in NAMED:
        return True
    if name in LATER_EVENTS:
        reading.later(node, f"the event {quoted(name)}")
    else:
        reading.none_of(node, "MG004", f"no event {quoted(name)}", name, NAMED)
    return False


def _asked(node: Mapping, reading: Reading) -> list[tuple[str, Condition | None]]:
    if not node.entries:
        reading.error(node, "MG007", "the event is empty", _FORM)
    if node.entries and node.entries[0][0].text in LATER_EVENTS:
        reading.later(node.entries[0][0], f"the event {quoted(node.entries[0][0].text)}")
        return []  # the other keys belong to it
    return [
        (key.text, condition)
        for key, value in node.entries
        if _exists(key, key.text, reading) and (condition := _guard(key, value, reading)) is not None
    ]


def _guard(key: Scalar, value: Node, reading: Reading) -> Condition | None:
    """What `{state.changed: {to: closed}}` or `{tag.added: vip}` asks."""
    if (itself := change_field(key.text, "")) is not None:
        return read_match(itself, value, False, reading)
    if change_field(key.text, "to") is None:
        mend = "put it under if:"
        reading.error(key, "MG121", f"nothing can be asked of the event {quoted(key.text)} itself", mend)
        return None
    if not isinstance(value, Mapping) or not value.entries:
        reading.error(value, "MG007", f"{key.text} takes from: and to:", f"write when: {{{key.text}: {{to: ...}}}}")
        return None
    parts = [_side(key, side, asked, reading) for side, asked in value.entries]
    found = tuple(part for part in parts if part is not None)
    if len(found) < len(parts):
        return None
    return found[0] if len(found) == 1 else All(found)


def _side(event: Scalar, side: Scalar, asked: Node, reading: Reading) -> Condition | None:
    seen = change_field(event.text, side.text) if side.text else None
    if seen is None:
        reading.unknown_key(side, event.text, ("from", "to"))
        return None
    return read_match(seen, asked, False, reading)
