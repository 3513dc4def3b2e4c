"""What an agent can order: a closed union of values."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from mailgate.tickets.model import Priority


@dataclass(frozen=True, slots=True)
class Note:
    """The text is internal."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The text goes to the customer, although the default is a note (#reply)."""


@dataclass(frozen=True, slots=True)
class Close:
    pass


@dataclass(frozen=True, slots=True)
class Reopen:
    pass


@dataclass(frozen=True, slots=True)
class Pending:
    """`until` is aware, in UTC, and was in the future when it was read."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Spam:
    pass


@dataclass(frozen=True, slots=True)
class Take:
    """The ticket becomes hers who says it."""


@dataclass(frozen=True, slots=True)
class Assign:
    """`agent` is a key of the configuration."""

    agent: str


@dataclass(frozen=True, slots=True)
class Unassign:
    pass


@dataclass(frozen=True, slots=True)
class Move:
    """`queue` is a name of the configuration."""

    queue: str


@dataclass(frozen=True, slots=True)
class SetPriority:
    priority: Priority


@dataclass(frozen=True, slots=True)
class Tag:
    """Tags as they were typed; none is in both."""

    add: tuple[str, ...]
    remove: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SetField:
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Cc:
    """These people take part from now on."""

    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Uncc:
    """These people take part no longer."""

    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Confirm:
    """It was she who sent what waits for a proof."""


@dataclass(frozen=True, slots=True)
class Send:
    """Release what is held."""


@dataclass(frozen=True, slots=True)
class Discard:
    """Drop what is held."""


@dataclass(frozen=True, slots=True)
class Undo:
    """Take back what is delayed."""


@dataclass(frozen=True, slots=True)
class Show:
    pass


@dataclass(frozen=True, slots=True)
class History:
    pass


@dataclass(frozen=True, slots=True)
class Explain:
    pass


@dataclass(frozen=True, slots=True)
class Help:
    """`topic` is the name of a verb, or empty."""

    topic: str


@dataclass(frozen=True, slots=True)
class Done:
    """An item of the checklist, counted from 1, is done."""

    number: int


@dataclass(frozen=True, slots=True)
class Undone:
    number: int


@dataclass(frozen=True, slots=True)
class Approve:
    """Yes to what is asked; the text is the reason."""


@dataclass(frozen=True, slots=True)
class Deny:
    pass


@dataclass(frozen=True, slots=True)
class StartProcess:
    """`process` is the name of one that there is."""

    process: str


Command: TypeAlias = (
    Note
    | Answer
    | Close
    | Reopen
    | Pending
    | Spam
    | Take
    | Assign
    | Unassign
    | Move
    | SetPriority
    | Tag
    | SetField
    | Cc
    | Uncc
    | Confirm
    | Send
    | Discard
    | Undo
    | Show
    | History
    | Explain
    | Help
    | Done
    | Undone
    | Approve
    | Deny
    | StartProcess
)
