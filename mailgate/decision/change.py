"""How an effect changes a ticket: one pure function, so that rules, plans and replays agree."""

from dataclasses import replace
from datetime import datetime

from mailgate.decision.effects import (
    AddPerson,
    AddTags,
    ChangeOwner,
    ChangePriority,
    ChangeState,
    ChangeType,
    Effect,
    ExpectPerson,
    MergeTicket,
    MoveToQueue,
    PendUntil,
    PlanClose,
    ReleaseAnswer,
    RemovePerson,
    RemoveTags,
    SetFields,
    UnsetFields,
)
from mailgate.decision.process_effects import (
    AskApproval,
    AskFields,
    CastVote,
    EndProcess,
    EnterStep,
    RemindApproval,
    SettleApproval,
    StartProcess,
    TickItem,
    running_after,
)
from mailgate.tickets.model import Ticket


def changed(ticket: Ticket, effect: Effect, now: datetime) -> Ticket:
    """The ticket after `effect`; effects that only record or send leave it as it is."""
    match effect:
        case ChangeState(_, state):
            closed_at = now if state == "closed" else None
            until = ticket.pending_until if state == "pending" else None
            return replace(not_closing(ticket), state=state, closed_at=closed_at, pending_until=until)
        case PlanClose(at, template, rule):
            return replace(ticket, close_at=at, close_template=template, close_rule=rule)
        case MoveToQueue(_, queue):
            return replace(ticket, queue=queue)
        case ChangePriority(_, priority):
            return replace(ticket, priority=priority)
        case AddTags(tags):
            return replace(ticket, tags=tuple(dict.fromkeys((*ticket.tags, *tags))))
        case SetFields(fields):
            return replace(ticket, fields=tuple({**dict(ticket.fields), **dict(fields)}.items()))
        case ChangeOwner(_, owner):
            return replace(ticket, owner=owner)
        case PendUntil(until):
            return replace(ticket, pending_until=until)
        case RemoveTags(tags):
            return replace(ticket, tags=tuple(tag for tag in ticket.tags if tag not in tags))
        case UnsetFields(names):
            return replace(ticket, fields=tuple(each for each in ticket.fields if each[0] not in names))
        case ChangeType(_, kind):
            return replace(ticket, type=kind)
        case MergeTicket(target):
            closed = not_closing(ticket)
            return replace(closed, state="merged", merged_into=target, closed_at=None, pending_until=None, running=None)
        case AddPerson(person) | ExpectPerson(person):
            others = tuple(each for each in ticket.participants if each.party != person.party)
            people = sorted((*others, person), key=lambda each: each.party)
            return replace(ticket, participants=tuple(people))
        case ReleaseAnswer():
            return replace(silence_ended(ticket, now), last_agent_at=now)
        case RemovePerson(person):
            former = replace(person, role="former")
            return replace(
                ticket, participants=tuple(former if each == person else each for each in ticket.participants)
            )
        case StartProcess() | EnterStep() | TickItem() | AskFields() | AskApproval() | RemindApproval() | CastVote():
            return replace(ticket, running=running_after(ticket.running, effect, now))
        case SettleApproval() | EndProcess():
            return replace(ticket, running=running_after(ticket.running, effect, now))
        case _:
            return ticket


def silence_ended(ticket: Ticket, now: datetime) -> Ticket:
    """The ticket after a human wrote: a new episode, and nothing is closed for silence."""
    return replace(not_closing(ticket), last_human_at=now, episode=ticket.episode + 1, episode_at=now)


def not_closing(ticket: Ticket) -> Ticket:
    return ticket if ticket.close_at is None else replace(ticket, close_at=None, close_template=None, close_rule=None)
