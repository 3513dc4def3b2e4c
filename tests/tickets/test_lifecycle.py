"""The one state table, against DESIGN.md 6 row by row."""

import pytest

from mailgate.tickets.lifecycle import Event, move
from mailgate.tickets.model import STATES, State

EVENTS: tuple[Event, ...] = (
    "customer wrote",
    "follow-up reopens",
    "agent answered",
    "aside",
    "answer bounced",
    "pending is over",
)
TABLE: dict[State, tuple[State, ...]] = {
    "new": ("new", "new", "open", "new", "open", "new"),
    "open": ("open", "open", "open", "open", "open", "open"),
    "pending": ("open", "pending", "open", "pending", "open", "open"),
    "closed": ("closed", "open", "closed", "closed", "open", "closed"),
    "merged": ("merged",) * 6,
    "spam": ("spam", "spam", "open", "spam", "spam", "spam"),
}


@pytest.mark.parametrize("state", STATES)
def test_each_state_moves_as_the_table_says(state: State) -> None:
    assert tuple(move(state, event) for event in EVENTS) == TABLE[state]
