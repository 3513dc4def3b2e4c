"""Which commands of one mail speak of the same thing, so that they must not differ."""

from collections.abc import Iterator
from typing import assert_never

from mailgate.commands import values as v
from mailgate.phrases.phrase import Phrase


def claims(command: v.Command) -> tuple[tuple[str, str], ...]:
    """What a command decides, and how: two that decide the same otherwise contradict each other."""
    match command:
        case v.Note():
            return (Phrase("your text"), "note"), (Phrase("what is held"), "note")
        case v.Answer():
            return ((Phrase("your text"), "reply"),)
        case v.Send() | v.Discard() | v.Confirm():
            return ((Phrase("what is held"), type(command).__name__),)
        case v.Close() | v.Reopen() | v.Spam():
            return ((Phrase("the state"), type(command).__name__),)
        case v.Pending(until):
            return ((Phrase("the state"), until.isoformat()),)
        case v.Take() | v.Unassign():
            return ((Phrase("the owner"), type(command).__name__),)
        case v.Assign(agent):
            return ((Phrase("the owner"), f"agent {agent}"),)
        case v.Move(queue):
            return ((Phrase("the queue"), queue),)
        case v.SetPriority(priority):
            return ((Phrase("the priority"), priority),)
        case v.SetField(name, value):
            return ((Phrase("the field", name=name), value),)
        case v.Tag():
            return tuple(_tags(command))
        case v.Cc(addresses):
            return tuple((Phrase("whether takes part", who=each), "yes") for each in addresses)
        case v.Uncc(addresses):
            return tuple((Phrase("whether takes part", who=each), "no") for each in addresses)
        case v.Approve() | v.Deny():
            return ((Phrase("what is asked"), type(command).__name__),)
        case v.Done(number) | v.Undone(number):
            return ((Phrase("the item", number=number), type(command).__name__),)
        case v.StartProcess(process):
            return ((Phrase("the process"), process),)
        case v.Undo() | v.Show() | v.History() | v.Explain() | v.Help():
            return ()
        case _:
            assert_never(command)


def _tags(command: v.Tag) -> Iterator[tuple[str, str]]:
    yield from ((Phrase("the tag", tag=tag), "on") for tag in command.add)
    yield from ((Phrase("the tag", tag=tag), "off") for tag in command.remove)
