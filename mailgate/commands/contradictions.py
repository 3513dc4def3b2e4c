"""Which commands of one mail speak of the same thing, so that they must not differ."""

from collections.abc import Iterator
from typing import assert_never

from mailgate.commands import values as v


def claims(command: v.Command) -> tuple[tuple[str, str], ...]:
    """What a command decides, and how: two that decide the same otherwise contradict each other."""
    match command:
        case v.Note():
            return ("your text", "note"), ("what is held", "note")
        case v.Answer():
            return (("your text", "reply"),)
        case v.Send() | v.Discard() | v.Confirm():
            return (("what is held", type(command).__name__),)
        case v.Close() | v.Reopen() | v.Spam():
            return (("the state", type(command).__name__),)
        case v.Pending(until):
            return (("the state", until.isoformat()),)
        case v.Take() | v.Unassign():
            return (("the owner", type(command).__name__),)
        case v.Assign(agent):
            return (("the owner", f"agent {agent}"),)
        case v.Move(queue):
            return (("the queue", queue),)
        case v.SetPriority(priority):
            return (("the priority", priority),)
        case v.SetField(name, value):
            return ((f"the field {name}", value),)
        case v.Tag():
            return tuple(_tags(command))
        case v.Cc(addresses):
            return tuple((f"whether {each} takes part", "yes") for each in addresses)
        case v.Uncc(addresses):
            return tuple((f"whether {each} takes part", "no") for each in addresses)
        case v.Undo() | v.Show() | v.History() | v.Explain() | v.Help():
            return ()
        case _:
            assert_never(command)


def _tags(command: v.Tag) -> Iterator[tuple[str, str]]:
    yield from ((f"the tag {tag}", "on") for tag in command.add)
    yield from ((f"the tag {tag}", "off") for tag in command.remove)
