"""An invitation (text/calendar; RFC 5545, RFC 5546) as a few lines that a person reads. Total; acts on nothing."""

import re

_LARGEST = 256 * 1024  # characters
_MOST_EVENTS = 5
_LONGEST = 500  # characters of one value

_LINE = re.compile(r"([A-Za-z-]{1,60})((?:;(?:\"[^\"\n]*\"|[^:\n\"])*)?):(.*)")
_CN = re.compile(r";CN=(?:\"([^\"]*)\"|([^;:]*))", re.IGNORECASE)
_TZID = re.compile(r";TZID=\"?([^;:\"]{1,80})", re.IGNORECASE)
_WHEN = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d{0,2}(Z)?)?")
_ESCAPED = re.compile(r"\\([\\;,nN])")
_METHODS = {"REQUEST": "Invitation", "CANCEL": "Cancelled", "COUNTER": "Another time proposed", "PUBLISH": "Event"}
_ANSWERS = {"ACCEPTED": "Accepted", "DECLINED": "Declined", "TENTATIVE": "Tentatively accepted"}

_Event = dict[str, tuple[str, str]]  # name: (parameters, value), the first of each


def summary(calendar: str) -> str:
    """What is planned, when, where and by whom; empty where no event with a beginning is in it."""
    method = ""
    events: list[_Event] = []
    inside: list[str] = []
    for name, parameters, value in _lines(calendar[:_LARGEST]):
        if name == "BEGIN":
            inside.append(value.strip().upper())
            if inside[-1] in ("VEVENT", "VTODO"):
                events.append({})
        elif name == "END":
            inside = inside[:-1]
        elif inside and inside[-1] in ("VEVENT", "VTODO"):
            events[-1].setdefault(name, (parameters, value))
        elif name == "METHOD":
            method = value.strip().upper()
    shown = [_told(event, method) for event in events[:_MOST_EVENTS] if "DTSTART" in event or "DUE" in event]
    return "\n\n".join(shown)


def _lines(calendar: str) -> list[tuple[str, str, str]]:
    unfolded = re.sub(r"\r?\n[ \t]", "", calendar)
    found = (_LINE.fullmatch(line.rstrip("\r")) for line in unfolded.split("\n"))
    return [(match[1].upper(), match[2], match[3]) for match in found if match]


def _told(event: _Event, method: str) -> str:
    what = _text(event, "SUMMARY")
    if method == "REPLY":
        answer = re.search(r";PARTSTAT=([A-Za-z-]{1,20})", event.get("ATTENDEE", ("", ""))[0], re.IGNORECASE)
        kind = _ANSWERS.get(answer[1].upper(), "Answer") if answer else "Answer"
    else:
        kind = _METHODS.get(method, "Event")
    start, end = _when(event, "DTSTART") or _when(event, "DUE"), _when(event, "DTEND")
    rows = [
        f"{kind}: {what}" if what else kind,
        f"When: {start} to {end}" if end else f"When: {start}",
        f"Where: {_text(event, 'LOCATION')}" if _text(event, "LOCATION") else "",
        f"From: {_person(event, 'ORGANIZER')}" if _person(event, "ORGANIZER") else "",
    ]
    return "\n".join(filter(None, rows))


def _text(event: _Event, name: str) -> str:
    value = event.get(name, ("", ""))[1]
    plain = _ESCAPED.sub(lambda match: " " if match[1] in "nN" else match[1], value[:_LONGEST])
    return " ".join(plain.split())


def _when(event: _Event, name: str) -> str:
    parameters, value = event.get(name, ("", ""))
    match = _WHEN.match(value.strip())
    if not match:
        return ""
    year, month, day, hour, minute, utc = match.groups()
    zone = _TZID.search(parameters)
    time = f" {hour}:{minute}{' UTC' if utc else f' ({zone[1].strip()})' if zone else ''}" if hour else ""
    return f"{year}-{month}-{day}{time}"


def _person(event: _Event, name: str) -> str:
    parameters, value = event.get(name, ("", ""))
    address = re.sub(r"^mailto:", "", value.strip(), flags=re.IGNORECASE)[:_LONGEST]
    named = _CN.search(parameters)
    shown = " ".join((named[1] or named[2] or "").split()) if named else ""
    return f"{shown} <{address}>" if shown and shown != address else address
