"""Reads what a rule waits for, `{idle: 3d, ...}` and `{schedule: "0 8 * * mon-fri", ...}`, and how often it runs."""

import re
from datetime import UTC, datetime, timedelta

from mailgate.duration import parse_duration
from mailgate.problems import nearest
from mailgate.rules.events import DESK_SCHEDULE, IDLE, SCHEDULE, without
from mailgate.rules.findings import quoted
from mailgate.rules.mail_action_reader import read_duration
from mailgate.rules.reading import Reading
from mailgate.rules.syntax import Mapping, Node
from mailgate.rules.timed import WAITING_FOR, Idle, Once, Schedule, Timer
from mailgate.tickets.calendar import Calendar

TIMER_FORMS = {
    IDLE: "write when: {idle: 3d, waiting_for: customer}",
    SCHEDULE: 'write when: {schedule: "0 8 * * mon-fri", for_each: ticket}, or without for_each for the desk itself',
}
IDLE_KEYS = (IDLE, "waiting_for", "calendar", "backfill")
SCHEDULE_KEYS = (SCHEDULE, "for_each", "calendar")
SHORTEST = timedelta(minutes=1)
LONGEST = timedelta(days=730)
LONGEST_ONCE = timedelta(days=30)  # so long the counters are kept
_SOME_TIME = datetime(2026, 1, 1, tzinfo=UTC)
_ONCE = "write once: ticket, once: episode, once: event or once: customer/7d"


def is_timer(node: Node) -> bool:
    """Whether an event of `when` is a timer; its first key says so."""
    return isinstance(node, Mapping) and bool(node.entries) and node.entries[0][0].text in TIMER_FORMS


def event_of(node: Mapping) -> str:
    """The event that a timer is."""
    keys = [key.text for key, _ in node.entries]
    return DESK_SCHEDULE if keys[0] == SCHEDULE and "for_each" not in keys else keys[0]


def read_timer(node: Node, reading: Reading) -> Timer | None:
    """The timer, or None after a finding."""
    if not isinstance(node, Mapping):
        return None
    before, name = reading.findings.errors, node.entries[0][0].text
    known = IDLE_KEYS if name == IDLE else SCHEDULE_KEYS
    said = {key.text: value for key, value in node.entries}
    for key, _ in node.entries:
        if key.text not in known:
            reading.unknown_key(key, f'"{name}"', known)
    calendar = _calendar(said["calendar"], reading) if "calendar" in said else None
    timer = _idle(said, calendar, reading) if name == IDLE else _schedule(said, calendar, reading)
    return timer if reading.findings.errors == before else None


def _calendar(node: Node, reading: Reading) -> Calendar | None:
    name = reading.known(node, "calendar", "MG107", reading.vocabulary.calendars)
    return None if name is None else reading.vocabulary.calendars[name]


def _idle(said: dict[str, Node], calendar: Calendar | None, reading: Reading) -> Timer | None:
    span = read_duration(said[IDLE], '"idle"', reading)
    if span is not None and not SHORTEST <= span <= LONGEST:
        reading.error(
            said[IDLE], "MG004", "a rule waits for a minute at least, and two years at most", "write idle: 3d"
        )
    if calendar is not None and calendar.opens(_SOME_TIME) is None:
        message = f'the calendar "{calendar.name}" is never open, so nothing is ever idle by it'
        reading.error(said["calendar"], "MG007", message, "give it hours in config.toml")
    waiting = reading.choice(said["waiting_for"], '"waiting_for"', WAITING_FOR) if "waiting_for" in said else "anyone"
    backfill = reading.flag(said["backfill"], '"backfill"') if "backfill" in said else False
    return None if span is None else Idle(span, waiting or "anyone", calendar, bool(backfill))


def _schedule(said: dict[str, Node], calendar: Calendar | None, reading: Reading) -> Timer | None:
    if "for_each" in said:
        reading.choice(said["for_each"], '"for_each"', ("ticket",))
    cron = reading.text(said[SCHEDULE], '"schedule"')
    if cron is None:
        return None
    zone = reading.vocabulary.zone if calendar is None else calendar.zone
    timer = Schedule(" ".join(cron.split()), zone, each_ticket="for_each" in said)
    if reason := _not_cron(timer):
        reading.error(said[SCHEDULE], "MG004", f"{quoted(cron)} is no schedule: {reason}", TIMER_FORMS[SCHEDULE])
        return None
    return timer


def _not_cron(timer: Schedule) -> str:
    """Why it is none; empty where it is one."""
    fields = timer.cron.split()
    if len(fields) != 5:
        return "it has five fields: minute, hour, day of the month, month, day of the week"
    if re.search(r"(?<!/)\d", fields[4]):  # cron begins with Sunday or 0, other programs with Monday
        return "the days of the week are names: mon-fri, sun"
    try:
        return "" if timer.next(_SOME_TIME) is not None else "that day never comes"
    except ValueError as error:
        return " ".join(str(error).split())[:200]


def read_once(node: Node, events: tuple[str, ...], reading: Reading) -> Once | None:
    """How often a rule runs; None for once an event, as every rule does, and after a finding."""
    text = reading.text(node, '"once"')
    if text is None:
        return None
    if (absent := without("ticket", events)) and text != "event":
        reading.error(node, "MG120", f"there is no ticket yet at {absent[0]}", "leave once: out")
        return None
    scope, slash, time = text.partition("/")
    match scope:
        case "event" if not slash:
            return None
        case "episode" | "ticket" if not slash:
            return Once(scope)
        case "customer" if slash:
            return _once_a_customer(node, time, reading)
    near = nearest(text, ("event", "episode", "ticket"))
    message, mend = f'{quoted(text)} is not a valid value for "once"', f'did you mean "{near}"?' if near else _ONCE
    reading.error(node, "MG004", message, mend, "expected one of: event, episode, ticket, customer/7d")
    return None


def _once_a_customer(node: Node, text: str, reading: Reading) -> Once | None:
    try:
        time = parse_duration(text)
    except ValueError:
        time = timedelta(0)
    if timedelta(minutes=10) <= time <= LONGEST_ONCE:
        return Once("customer", time)
    message = f"{quoted(text)} is not a time of ten minutes to thirty days"
    reading.error(node, "MG004", message, "write once: customer/7d")
    return None
