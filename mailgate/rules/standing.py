"""Where a ticket stands while the rules run: what they change of it, each rule upon the changes of those before it.

Kept apart from the Ticket because copying that whole value for each action would be most of an evaluation's time.
"""

from dataclasses import replace
from typing import assert_never

from mailgate.rules.actions import (
    Action,
    AddNote,
    AddTags,
    Notify,
    Reply,
    SetFields,
    SetPriority,
    SetQueue,
    SetState,
)
from mailgate.tickets.model import Ticket


class Standing:
    """The changing part of one ticket; lives for one evaluation."""

    __slots__ = ("_before", "fields", "priority", "queue", "state", "tags")

    def __init__(self, ticket: Ticket) -> None:
        self._before = ticket
        self.queue, self.state, self.priority = ticket.queue, ticket.state, ticket.priority
        self.tags, self.fields = ticket.tags, ticket.fields

    def take(self, action: Action) -> None:
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
            case SetFields(fields):
                self.fields = tuple((dict(self.fields) | dict(fields)).items())
            case AddNote() | Reply() | Notify():
                pass
            case _:
                assert_never(action)

    def ticket(self) -> Ticket:
        """The ticket as it now is."""
        before = self._before
        if (self.queue, self.state, self.priority, self.tags, self.fields) == (
            before.queue,
            before.state,
            before.priority,
            before.tags,
            before.fields,
        ):
            return before
        return replace(
            before,
            queue=self.queue,
            state=self.state,
            priority=self.priority,
            tags=self.tags,
            fields=self.fields,
        )
