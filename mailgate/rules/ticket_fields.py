"""The facts of a ticket, its customer, of what the event is (a change, an absence, a failed delivery), and the time
(spec/rules.md 1.4)."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from mailgate.rules.patterns import Unanswerable
from mailgate.rules.situation import Need
from mailgate.rules.value import Quantity, Value, address_form, duration_text
from mailgate.rules.view import Choice, Field, Kind, Values, View, count, each, flag, one
from mailgate.tickets.calendar import Calendar
from mailgate.tickets.model import Ticket

Reader = Callable[[View], Values]
OF_PROCESSES = frozenset(("step.entered", "approval.granted", "approval.denied", "approval.expired"))
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CUSTOMERS_FIELD = re.compile(r"customer\.fields\.([a-z][a-z0-9_-]{0,60})")
_OWN_FIELD = re.compile(r"field\.([a-z][a-z0-9_-]{0,60})")


def own_field(name: str) -> Field | None:
    """`field.X`: the ticket's own field X."""
    said = _OWN_FIELD.fullmatch(name)
    if said is None:
        return None
    own = said[1]

    def read(view: View) -> Values:
        return each(value for name, value in view.now.fields if name == own)

    return Field(name, "own", read, "ticket", of_ticket=True)


def customer_field(name: str) -> Field | None:
    """`customer.fields.X`: what the configuration says of the customer's group."""
    said = _CUSTOMERS_FIELD.fullmatch(name)
    if said is None:
        return None
    wanted = said[1]

    def read(view: View) -> Values:
        return each(value for name, value in view.situation.customer_fields if name == wanted)

    return Field(name, "own", read, "customer")


def customer_address(view: View) -> str:
    """The requester's, or the author's where there is no ticket yet."""
    if view.standing is None:
        return view.message.author.address
    requester = view.standing.before.requester
    return requester.address if requester else ""


def _ticket(view: View) -> Ticket:
    return view.now.before


def _since(view: View, then: datetime | None) -> Values:
    if then is None:
        return ()
    seconds = (view.situation.now - then).total_seconds()
    return (Quantity(duration_text(seconds), seconds),)


def _load(view: View) -> Values:
    """How many open tickets the owner has."""
    owner = view.now.owner
    return () if owner is None else count(view.situation.loads.get(owner, 0))


def _away_for(view: View) -> Values:
    """How long she is away from now on."""
    until, now = view.situation.until, view.situation.now
    return () if until is None else _since(view, now - (until - now))


def _unreached(view: View) -> Values:
    return each(dict.fromkeys(address_form(one.recipient) for one in view.situation.undelivered))


def _statuses(view: View) -> Values:
    return each(dict.fromkeys(one.status for one in view.situation.undelivered if one.status))


def _known(view: View, wanted: bool) -> Values:
    known = view.situation.known_customer
    if known is None:
        raise Unanswerable("it is not known whether the customer wrote before")
    return flag(known is wanted)


def _clock(view: View) -> Values:
    local = view.situation.now.astimezone(view.situation.zone)
    return (Quantity(f"{local:%H:%M}", local.hour * 3600 + local.minute * 60 + local.second),)


def _weekday(view: View) -> Values:
    return (Value(WEEKDAYS[view.situation.now.astimezone(view.situation.zone).weekday()]),)


def _no_calendar(view: View) -> Values:
    raise Unanswerable("no calendar is named")


def hours_field(calendar: Calendar) -> Field:
    """`hours: {office: closed}`: whether somebody is there."""

    def read(view: View) -> Values:
        return (Value("open" if calendar.is_open(view.situation.now) else "closed"),)

    return Field(f"hours {calendar.name}", "word", read, None, choice="hours")


def change_field(event: str, side: str) -> Field | None:
    """What `when: {state.changed: {to: closed}}` looks at: `side` is "from" or "to", or "" for the thing itself."""
    if side == "" and event == "tag.added":
        return Field(event, "word", _new, "change")
    if side == "" and event == "field.changed":
        return Field(event, "word", lambda view: one(view.situation.field), "change", choice="event field")
    if event not in _CHANGES or side not in ("from", "to"):
        return None
    kind, choice = _CHANGES[event]
    return Field(f"{event} {side}", kind, _new if side == "to" else _old, "change", choice=choice, nullable=True)


def _process(view: View) -> tuple[str, str]:
    """Process and step: of the event where it is one of theirs, else as the ticket stands."""
    situation = view.situation
    if situation.event in OF_PROCESSES:
        return situation.field, situation.new
    running = view.now.before.running
    return (running.process, running.step) if running is not None else ("", "")


def _old(view: View) -> Values:
    return one(view.situation.old)


def _new(view: View) -> Values:
    return one(view.situation.new)


def _of_ticket(
    name: str, read: Reader, kind: Kind = "word", choice: Choice = "", nullable: bool = False, need: Need | None = None
) -> Field:
    return Field(name, kind, read, "ticket", of_ticket=True, choice=choice, nullable=nullable, need=need)


_CHANGES: Mapping[str, tuple[Kind, Choice]] = {
    "state.changed": ("word", "state"),
    "queue.changed": ("word", "queue"),
    "owner.changed": ("word", "agent"),
    "priority.changed": ("priority", ""),
}
TICKET_FIELDS = (
    _of_ticket("queue", lambda view: (Value(view.now.queue),), choice="queue"),
    _of_ticket("state", lambda view: (Value(view.now.state),), choice="state"),
    _of_ticket("priority", lambda view: (Value(view.now.priority),), "priority"),
    _of_ticket("owner", lambda view: one(view.now.owner), choice="agent", nullable=True),
    _of_ticket("type", lambda view: one(view.now.type), nullable=True),
    _of_ticket("process", lambda view: one(_process(view)[0]), choice="process", nullable=True),
    _of_ticket("step", lambda view: one(_process(view)[1]), nullable=True),
    _of_ticket("tag", lambda view: each(view.now.tags)),
    _of_ticket("agent.load", _load, "number", need="loads"),
    _of_ticket(
        "queue.size",
        lambda view: count(view.situation.queue_sizes.get(view.now.queue, 0)),
        "number",
        need="queue sizes",
    ),
    Field("age", "duration", lambda view: _since(view, _ticket(view).created_at), "ticket"),
    Field("since_customer", "duration", lambda view: _since(view, _ticket(view).last_customer_at), "ticket"),
    Field("since_agent", "duration", lambda view: _since(view, _ticket(view).last_agent_at), "ticket"),
    Field("idle", "duration", lambda view: _since(view, _ticket(view).last_human_at), "ticket"),
    Field("messages", "number", lambda view: count(_ticket(view).articles), "ticket"),
)
OTHER_FIELDS = (
    Field("customer.email", "address", lambda view: one(address_form(customer_address(view))), "customer"),
    Field("customer.group", "word", lambda view: one(view.situation.group), "customer", choice="group", nullable=True),
    Field("customer.org", "word", lambda view: one(view.situation.org), "customer", nullable=True),
    Field("is_known_customer", "flag", lambda view: _known(view, True), "ticket"),
    Field("is_first_contact", "flag", lambda view: _known(view, False), "ticket"),
    Field("is_agent", "flag", lambda view: flag(view.situation.actor.startswith("agent:")), "ticket"),
    Field("now", "time", _clock, None),
    Field("weekday", "word", _weekday, None, choice="weekday"),
    Field("hours", "word", _no_calendar, None, choice="hours"),
    Field("old", "word", _old, "change", nullable=True),
    Field("new", "word", _new, "change", nullable=True),
    Field("agent", "word", lambda view: one(view.situation.field), "absence", choice="agent"),
    Field("until", "duration", _away_for, "absence"),
    Field("dsn.recipient", "address", _unreached, "delivery"),
    Field("dsn.status", "word", _statuses, "delivery", choice="delivery status"),
)
