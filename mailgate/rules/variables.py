"""What an expression in a rule can name. A text from a mail is a value here, never a template (spec/safety.md A14)."""

from collections.abc import Mapping

from mailgate.rules.expression import Record
from mailgate.rules.fields import View
from mailgate.rules.patterns import Captures

MAX_TEXT = 20_000
# None: the name stands for itself, as {{ rule }} does. `m` and the fields of a ticket have the names that rules give.
NAMES: Mapping[str, frozenset[str] | None] = {
    "ticket": frozenset("number subject queue state priority owner language tags created fields".split()),
    "msg": frozenset("from name subject text new_text date".split()),
    "rule": None,
    "now": None,
}


def variables(view: View, captures: Captures, rule: str) -> Mapping[str, object]:
    """The values for one rule."""
    ticket, now, message = view.situation.ticket, view.now, view.message
    return {
        "m": Record(captures),
        "ticket": Record(
            {
                "number": ticket.number,
                "subject": ticket.subject,
                "queue": now.queue,
                "state": now.state,
                "priority": now.priority,
                "owner": ticket.owner or "",
                "language": ticket.language,
                "tags": now.tags,
                "created": ticket.created_at,
                "fields": Record(dict(now.fields)),
            }
        ),
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
        "rule": rule,
        "now": view.situation.now,
    }
