"""What an expression in a rule can name. A text from a mail is a value here, never a template (spec/safety.md A14)."""

from collections.abc import Mapping
from dataclasses import dataclass

from mailgate.rules.expression import Record
from mailgate.rules.patterns import Captures
from mailgate.rules.situation import Source, Undelivered
from mailgate.rules.ticket_fields import customer_address
from mailgate.rules.view import View

MAX_TEXT = 20_000


@dataclass(frozen=True, slots=True)
class Variable:
    """A name, its attributes (None: it stands for itself, as {{ rule }} does) and where it comes from."""

    attributes: frozenset[str] | None
    source: Source | None = None


# `m` and the fields of a ticket have the names that rules give.
NAMES: Mapping[str, Variable] = {
    "ticket": Variable(
        frozenset("number subject queue state priority type owner language tags created messages fields".split()),
        "ticket",
    ),
    "msg": Variable(frozenset("from name subject text new_text date".split()), "mail"),
    "customer": Variable(frozenset(("email", "group", "org")), "customer"),
    "old": Variable(None, "change"),
    "new": Variable(None, "change"),
    "agent": Variable(None, "absence"),
    "until": Variable(None, "absence"),
    "dsn": Variable(frozenset(("recipient", "status")), "delivery"),
    "reason": Variable(None, "reason"),
    "rule": Variable(None),
    "now": Variable(None),
}


def variables(view: View, captures: Captures, rule: str) -> Mapping[str, object]:
    """The values for one rule."""
    situation, message = view.situation, view.message
    values: dict[str, object] = {
        "m": Record(captures),
        "msg": Record(
            {
                "from": message.author.address,
                "name": message.author.name,
                "subject": message.subject[:MAX_TEXT],
                "text": message.body.text[:MAX_TEXT],
                "new_text": message.body.new_text[:MAX_TEXT],
                "date": message.date,
            }
        ),
        "customer": Record({"email": customer_address(view), "group": situation.group, "org": situation.org}),
        "old": situation.old,
        "new": situation.new,
        "agent": situation.field,
        "until": None if situation.until is None else situation.until.astimezone(situation.zone),
        "dsn": _of_delivery(situation.undelivered),
        "reason": situation.reason,
        "rule": rule,
        "now": situation.now.astimezone(situation.zone),
    }
    if view.standing is not None:
        values["ticket"] = _ticket(view)
    return values


def _of_delivery(undelivered: tuple[Undelivered, ...]) -> Record:
    recipients = dict.fromkeys(each.recipient for each in undelivered)
    statuses = dict.fromkeys(each.status for each in undelivered if each.status)
    return Record({"recipient": ", ".join(recipients), "status": ", ".join(statuses)})


def _ticket(view: View) -> Record:
    now = view.now
    ticket = now.before
    return Record(
        {
            "number": ticket.number,
            "subject": ticket.subject,
            "queue": now.queue,
            "state": now.state,
            "priority": now.priority,
            "type": now.type,
            "owner": now.owner or "",
            "language": ticket.language,
            "tags": now.tags,
            "created": ticket.created_at,
            "messages": ticket.articles,
            "fields": Record(dict(now.fields)),
        }
    )
