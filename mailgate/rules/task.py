"""One item under `do:`, ready to be carried out: a finished action, a text still to be filled in, or `stop`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, assert_never

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
from mailgate.rules.expression import Expression

MAX_FIELD = 1_000  # characters of a ticket field
_TOLD = 80
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")  # no database takes NUL or lone surrogates


@dataclass(frozen=True, slots=True)
class FieldsTemplate:
    """`set` with expressions. A field is one line."""

    fields: tuple[tuple[str, Expression], ...]

    def filled(self, variables: Mapping[str, object]) -> SetFields:
        """Raises ExpressionFailed."""
        texts = ((name, _CONTROLS.sub(" ", text.render(variables))) for name, text in self.fields)
        return SetFields(tuple((name, " ".join(text.split())[:MAX_FIELD]) for name, text in texts))


@dataclass(frozen=True, slots=True)
class NoteTemplate:
    """`note` with expressions."""

    text: Expression

    def filled(self, variables: Mapping[str, object]) -> AddNote:
        """Raises ExpressionFailed."""
        return AddNote(_CONTROLS.sub(" ", self.text.render(variables)))


@dataclass(frozen=True, slots=True)
class Stop:
    """Nothing more of this file, or of all files, for this event."""

    scope: Literal["file", "event"]


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do. `index` counts through the whole rule; `told` is how a trace says it, empty until filled in."""

    what: Action | FieldsTemplate | NoteTemplate | Stop
    line: int
    index: int
    told: str = ""


def told(what: Action | Stop) -> str:
    """An action as a person reads it."""
    match what:
        case SetQueue(queue):
            return f"queue {queue}"
        case SetPriority(priority):
            return f"priority {priority}"
        case AddTags(tags):
            return f"tag {', '.join(tags)}"
        case SetState(state):
            return f"state {state}"
        case SetFields(fields):
            return "set " + ", ".join(f"{name} = {_cut(value)}" for name, value in fields)
        case AddNote(text):
            return f'note "{_cut(" ".join(text[: 2 * _TOLD].split()))}"'
        case Reply(template, every):
            return f'reply "{template}"' + (f", not again within {every}" if every else "")
        case Notify():
            return f'notify {_addressee(what)} "{what.template}"'
        case Stop(scope):
            return "stop" if scope == "event" else "stop: file"
        case _:
            assert_never(what)


def _addressee(action: Notify) -> str:
    if action.owner:
        return "owner"
    if action.team is not None:
        return f"team {action.team}"
    return f"role {action.role}" if action.role is not None else ", ".join(action.to)


def _cut(text: str) -> str:
    return text if len(text) <= _TOLD else f"{text[:_TOLD]}…"
