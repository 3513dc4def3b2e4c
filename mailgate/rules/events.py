"""The events that rules are for, and what each has besides its name (spec/rules.md 1.3)."""

from collections.abc import Mapping

from mailgate.rules.situation import Source

_MAIL: frozenset[Source] = frozenset({"envelope", "mail", "ticket"})
_CHANGE: frozenset[Source] = frozenset({"ticket", "change"})
GATE = "message.received"
IDLE, SCHEDULE = "idle", "schedule"
SOURCES: Mapping[str, frozenset[Source]] = {
    "ticket.created": _MAIL,
    "customer.replied": _MAIL,
    "third_party.replied": _MAIL,
    "agent.replied": _MAIL,
    "note.added": _MAIL,
    "ticket.reopened": _MAIL,
    "state.changed": _CHANGE,
    "queue.changed": _CHANGE,
    "owner.changed": _CHANGE,
    "priority.changed": _CHANGE,
    "tag.added": _CHANGE,
    "field.changed": _CHANGE,
    "pending.due": frozenset({"ticket"}),
    "delivery.failed": frozenset({"ticket"}),
    "delivery.delayed": frozenset({"ticket"}),
    "step.entered": frozenset({"ticket"}),
    "approval.granted": frozenset({"ticket"}),
    "approval.denied": frozenset({"ticket"}),
    "approval.expired": frozenset({"ticket"}),
    GATE: frozenset({"envelope", "mail"}),
    IDLE: frozenset({"ticket"}),
    SCHEDULE: frozenset({"ticket"}),
}
EVENTS = tuple(SOURCES)
LATER_EVENTS = frozenset("sla.warning sla.breached agent.away loop.tripped reload.failed".split())


def without(source: Source | None, events: tuple[str, ...]) -> tuple[str, ...]:
    """Those of `events` that do not have `source`; None is everywhere."""
    return () if source is None else tuple(event for event in events if source not in SOURCES[event])
