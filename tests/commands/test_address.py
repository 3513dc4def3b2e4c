"""The verbs that signed addresses carry."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.commands.address import command_of
from mailgate.commands.values import Approve, Close, Command, Deny, Note, Take
from mailgate.tickets.signed import PURPOSES


@pytest.mark.parametrize(
    ("purpose", "command"), [("n", Note()), ("c", Close()), ("t", Take()), ("y", Approve()), ("x", Deny()), ("r", None)]
)
def test_a_purpose_letter_is_a_command(purpose: str, command: Command | None) -> None:
    assert command_of(purpose) == command


@given(st.text() | st.sampled_from(sorted(PURPOSES)))
def test_no_other_letter_orders_anything(purpose: str) -> None:
    assert (command_of(purpose) is None) == (purpose not in ("n", "c", "t", "y", "x"))
