"""What came of a mail, in words: read from its ticket, that ticket's history and the mails that went out.

What stands in brackets explains and is not compared with what the script expects: times and reasons.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from mailgate.cli.demo_stage import Came, Row

_ASIDE = re.compile(r" \(.*\)$")
_ASKED = {
    "command_error": "back to {}",
    "agent_held": "{} is asked",
    "confirm": "{} is asked whether it is hers",
    "command_result": "receipt to {}",
}
_OUTWARD = ("customer", "auto-reply")
_COMPARED = ("queue", "state", "owner", "priority", "tags")


def facts(came: Came, zone: ZoneInfo) -> tuple[str, ...]:
    """What came of it, in the order in which it is told."""
    return (*_filed(came, zone), *_written(came), *_told(came))


def bare(fact: str) -> str:
    """The fact without its aside."""
    return _ASIDE.sub("", fact)


def _filed(came: Came, zone: ZoneInfo) -> Iterator[str]:
    before, after = came.before, came.after
    if after is None:
        yield str(came.spooled["outcome"])
    elif before is None:
        tags = f", tag {' '.join(after['tags'])}" if after["tags"] else ""
        yield f"{after['state']} in {after['queue']}{tags}"
    else:
        yield from _added(came, after)
        yield from _changed(before, after, _steps(came), zone)


def _added(came: Came, after: Row) -> Iterator[str]:
    """What kind of article the mail became on an older ticket."""
    for article in after["articles"]:
        if article["spool_id"] != came.spooled["id"]:
            continue
        if not article["verified"]:
            yield "filed as not verified"
        elif article["sender_type"] == "customer":
            yield "added"
        elif not any(mail["kind"] == "customer" for mail in came.mails):
            yield "internal note"


def _changed(before: Row, after: Row, steps: Sequence[Row], zone: ZoneInfo) -> Iterator[str]:
    if before["state"] != after["state"]:
        until = next((step["detail"]["until"] for step in steps if step["event"] == "pending.until"), None)
        aside = f" (until {datetime.fromisoformat(until).astimezone(zone):%a %d %b %H:%M})" if until else ""
        yield f"{after['state']}{aside}"
    if before["owner"] != after["owner"]:
        yield f"{after['owner']}'s" if after["owner"] else "nobody's"
    for key in ("queue", "priority"):
        if before[key] != after[key]:
            yield f"{key} {after[key]}"


def _written(came: Came) -> Iterator[str]:
    """What goes to the customer, or why nothing does."""
    steps = _steps(came)
    for mail in came.mails:
        whom = _name(mail["to"])
        if mail["kind"] == "customer" and mail["state"] == "held":
            yield f"answer to {whom} held{_aside(_detail(steps, 'answer.held', 'reason'))}"
        elif mail["kind"] in _OUTWARD:
            what = "answer" if mail["kind"] == "customer" else "ack"
            yield f"{what} {mail['state']} to {whom}"
    for step in steps:
        if step["event"] == "mail.withheld":
            yield f"no answer{_aside(step['detail']['reason'])}"
    if _is_unchanged(came) and not any(mail["kind"] in _OUTWARD for mail in came.mails):
        yield f"nothing sent, nothing changed{_aside(_detail(steps, 'command.refused', 'text'))}"


def _is_unchanged(came: Came) -> bool:
    before, after = came.before, came.after
    return before is not None and after is not None and all(before[key] == after[key] for key in _COMPARED)


def _told(came: Came) -> Iterator[str]:
    inward = [mail for mail in came.mails if mail["kind"] not in _OUTWARD and mail["state"] == "sent"]
    told = [_name(mail["to"]) for mail in inward if mail["template"] not in _ASKED]
    if told:
        yield f"{' and '.join(told)} told"
    for mail in inward:
        if mail["template"] in _ASKED:
            yield _ASKED[mail["template"]].format(_name(mail["to"]))


def _steps(came: Came) -> Sequence[Row]:
    """What the ticket's history has since."""
    known = len(came.before["history"]) if came.before else 0
    return came.after["history"][known:] if came.after else ()


def _detail(steps: Sequence[Row], event: str, key: str) -> str:
    return next((str(step["detail"][key]) for step in steps if step["event"] == event), "")


def _aside(words: str) -> str:
    """In brackets; without the number of the rule that a reason may begin with, and only the first reason."""
    first = re.sub(r"^(?:R\d+|RFC \d+) ", "", words.partition(";")[0])
    return f" ({first})" if first else ""


def _name(address: str) -> str:
    return address.partition("@")[0]
