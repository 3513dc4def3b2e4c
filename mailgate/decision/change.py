"""How an effect changes a ticket: one pure function, so that rules, plans and replays agree."""

from dataclasses import replace
from datetime import datetime

from mailgate.decision.effects import AddTags, ChangePriority, ChangeState, Effect, MoveToQueue, SetFields
from mailgate.tickets.model import Ticket


def changed(ticket: Ticket, effect: Effect, now: datetime) -> Ticket:
    """The ticket after `effect`; effects that only record or send leave it as it is."""
    match effect:
        case ChangeState(_, state):
            closed_at = now if state == "closed" else None
            until = ticket.pending_until if state == "pending" else None
            return replace(ticket, state=state, closed_at=closed_at, pending_until=until)
        case MoveToQueue(_, queue):
            return replace(ticket, queue=queue)
        case ChangePriority(_, priority):
            return replace(ticket, priority=priority)
        case AddTags(tags):
            return replace(ticket, tags=tuple(dict.fromkeys((*ticket.tags, *tags))))
        case SetFields(fields):
            return replace(ticket, fields=tuple({**dict(ticket.fields), **dict(fields)}.items()))
        case _:
            return ticket
