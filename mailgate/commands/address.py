"""The verb that a signed address carries by its purpose letter (spec/agents.md 1 and 3)."""

from mailgate.commands.values import Approve, Close, Command, Deny, Note, Take

_COMMANDS: dict[str, Command] = {"n": Note(), "c": Close(), "t": Take(), "y": Approve(), "x": Deny()}


def command_of(purpose: str) -> Command | None:
    """What mail to an address of that purpose orders; None where it orders nothing of a ticket (`r`, `b`)."""
    return _COMMANDS.get(purpose)
