"""The events that rules are for, and what each has besides its name (spec/rules.md 1.3)."""

from collections.abc import Mapping

from mailgate.rules.situation import Source

_TICKET: frozenset[Source] = frozenset({"ticket", "customer"})
_MAIL: frozenset[Source] = frozenset({"ticket", "customer", "envelope", "mail"})
_DELIVERY: frozenset[Source] = frozenset({"ticket", "customer", "delivery"})
_CHANGE: frozenset[Source] = frozenset({"ticket", "customer", "change"})
GATE = "message.received"
IDLE, SCHEDULE = "idle", "schedule"
DESK_SCHEDULE = "schedule without for_each"  # nobody writes it: it is how errors and traces call one
AWAY, TRIPPED, REFUSED = "agent.away", "loop.tripped", "reload.failed"
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
    "pending.due": _TICKET,
    "delivery.failed": _DELIVERY,
    "delivery.delayed": _DELIVERY,
    "step.entered": _TICKET,
    "approval.granted": _TICKET,
    "approval.denied": _TICKET,
    "approval.expired": _TICKET,
    GATE: frozenset({"envelope", "mail", "customer"}),
    IDLE: _TICKET,
    SCHEDULE: _TICKET,
    AWAY: frozenset({"ticket", "customer", "envelope", "mail", "absence"}),
    TRIPPED: frozenset({"ticket", "customer", "reason"}),
    DESK_SCHEDULE: frozenset(),
    REFUSED: frozenset({"reason"}),
}
EVENTS = tuple(SOURCES)
NAMED = tuple(event for event in EVENTS if event != DESK_SCHEDULE)  # as rules write them
DESK_EVENTS = (DESK_SCHEDULE, REFUSED)  # they are the desk's own: there is no ticket
LATER_EVENTS = frozenset(("sla.warning", "sla.breached"))


def without(source: Source | None, events: tuple[str, ...]) -> tuple[str, ...]:
    """Those of `events` that do not have `source`; None is everywhere."""
    return () if source is None else tuple(event for event in events if source not in SOURCES[event])
