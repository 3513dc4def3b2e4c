"""Where a ticket stands while the rules run: what they change of it, each rule upon the changes of those before it.

Kept apart from the Ticket because copying that whole value for each action would be most of an evaluation's time.
"""

from dataclasses import replace
from typing import assert_never

from mailgate.rules.actions import (
    Action,
    AddNote,
    AddNoteFrom,
    AddTags,
    AssignOwner,
    Close,
    CloseLater,
    Drop,
    Forward,
    Join,
    Merge,
    NewAction,
    Notify,
    Pend,
    Reject,
    RemoveTags,
    Reopen,
    Reply,
    SetAside,
    SetFields,
    SetPriority,
    SetQueue,
    SetState,
    SetType,
    Split,
    Start,
    UnsetFields,
    Unwatch,
    Watch,
)
from mailgate.rules.outside import CallWebhook, RunProgram
from mailgate.tickets.model import Ticket


class Standing:
    """The changing part of one ticket; lives for one evaluation."""

    __slots__ = ("before", "fields", "owner", "pending_until", "priority", "queue", "state", "tags", "type")

    def __init__(self, ticket: Ticket) -> None:
        self.before = ticket
        self.queue, self.state, self.priority, self.owner = ticket.queue, ticket.state, ticket.priority, ticket.owner
        self.tags, self.fields, self.pending_until = ticket.tags, ticket.fields, ticket.pending_until
        self.type = ticket.type

    def take(self, action: Action | NewAction) -> None:
        """Change what `action` changes."""
        match action:
            case SetQueue(queue):
                self.queue = queue
            case SetPriority(priority):
                self.priority = priority
            case SetState(state):
                self.state = state
            case AddTags(tags):
                self.tags = tuple(dict.fromkeys((*self.tags, *tags)))
            case RemoveTags(tags):
                self.tags = tuple(tag for tag in self.tags if tag not in tags)
            case SetFields(fields):
                self.fields = tuple((dict(self.fields) | dict(fields)).items())
            case UnsetFields(names):
                self.fields = tuple((name, value) for name, value in self.fields if name not in names)
            case AssignOwner(agent):
                self.owner = agent
            case Pend(until):
                self.state, self.pending_until = "pending", until
            case Close():
                self.state = "closed"
            case Reopen():
                self.state = "open" if self.state == "closed" else self.state
            case SetType(kind):
                self.type = kind or None
            case AddNote() | Reply() | Notify() | Reject() | Drop() | SetAside() | Join():
                pass
            case CallWebhook() | RunProgram():
                pass
            case CloseLater():
                pass  # its time comes later
            case AddNoteFrom() | Forward() | Watch() | Unwatch() | Split() | Merge() | Start():
                pass  # what comes of it is known only where the facts are
            case _:
                assert_never(action)

    def ticket(self) -> Ticket:
        """The ticket as it now is."""
        before = self.before
        if (
            self.queue == before.queue
            and self.state == before.state
            and self.priority == before.priority
            and self.owner == before.owner
            and self.tags == before.tags
            and self.fields == before.fields
            and self.pending_until == before.pending_until
            and self.type == before.type
        ):
            return before
        return replace(
            before,
            queue=self.queue,
            state=self.state,
            priority=self.priority,
            owner=self.owner,
            tags=self.tags,
            fields=self.fields,
            type=self.type,
            pending_until=self.pending_until if self.state == "pending" else None,
        )
