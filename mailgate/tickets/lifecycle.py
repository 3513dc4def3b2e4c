"""How states move: the ONE table, state x event -> state (DESIGN.md 6). Nothing else in mailgate decides a state.

What depends on more than the state (a closed ticket's follow-up, `#pending`) is decided before and asked for by its
own event.
"""

from typing import Literal

from mailgate.tickets.model import State

Event = Literal[
    "customer wrote",  # and may take part
    "follow-up reopens",  # a customer's mail to a closed ticket, where the queue lets it reopen
    "agent answered",
    "aside",  # a note, automatic or unverified mail
    "answer bounced",
    "pending is over",
]

_TABLE: dict[Event, dict[State, State]] = {
    "customer wrote": {"pending": "open"},
    "follow-up reopens": {"closed": "open"},
    "agent answered": {"new": "open", "pending": "open", "spam": "open"},
    "aside": {},
    "answer bounced": {"new": "open", "pending": "open", "closed": "open"},
    "pending is over": {"pending": "open"},
}


def move(state: State, event: Event) -> State:
    """The state after `event`; a state that the table does not name for it stays."""
    return _TABLE[event].get(state, state)
