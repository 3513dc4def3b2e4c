"""A situation as the conditions of one run see it: a field is read once, and anew when rules have changed it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from mailgate.rules.actions import Action, NewAction
from mailgate.rules.patterns import Unanswerable
from mailgate.rules.situation import Need, Situation, Source
from mailgate.rules.standing import Standing
from mailgate.rules.value import Quantity, Value

Kind = Literal["address", "text", "word", "own", "flag", "priority", "number", "size", "duration", "time", "network"]
Choice = Literal[
    "", "state", "queue", "agent", "group", "process", "weekday", "result", "language", "plus", "event field", "hours",
    "delivery status",
]  # fmt: skip
Values = tuple[Value, ...]
Seen = tuple[Values, str]

YES: Values = (Value("true"),)
NO: Values = (Value("false"),)


@dataclass(frozen=True, slots=True)
class Field:
    """One fact that conditions can look at.

    `source`: what an event must have for it. `of_ticket`: it changes while the rules run. `choice`: which words can be
    asked for. `nullable`: `none` asks whether there is no value. `need`: what the store is asked first.
    """

    name: str
    kind: Kind
    read: "Callable[[View], Values]"
    source: Source | None = "mail"
    of_ticket: bool = False
    choice: Choice = ""
    nullable: bool = False
    need: Need | None = None


class View:
    """See the module. `standing` is None where there is no ticket."""

    __slots__ = ("_of_ticket", "_seen", "message", "situation", "standing")

    def __init__(self, situation: Situation) -> None:
        self.situation = situation
        self.message = situation.message
        self.standing = None if situation.ticket is None else Standing(situation.ticket)
        self._seen: dict[str, Seen] = {}
        self._of_ticket: dict[str, Seen] = {}

    @property
    def now(self) -> Standing:
        """The ticket as the rules have left it. Raises Unanswerable."""
        if self.standing is None:
            raise Unanswerable("there is no ticket yet")
        return self.standing

    def look(self, field: Field) -> Seen:
        """The values of a field, and how a trace shows them. Raises Unanswerable."""
        seen = self._of_ticket if field.of_ticket else self._seen
        found = seen.get(field.name)
        if found is None:
            values = field.read(self)
            found = seen[field.name] = values, values[0].shown if len(values) == 1 else _shown(values)
        return found

    def take(self, action: Action | NewAction) -> None:
        """Change the ticket as `action` does; what was seen of it is seen anew."""
        if self.standing is not None:
            self.standing.take(action)
            self._of_ticket.clear()


def _shown(values: Values) -> str:
    return ", ".join(each.shown for each in values[:3]) + (", …" if len(values) > 3 else "")


def each(texts: Iterable[str]) -> Values:
    return tuple([Value(text) for text in texts])


def one(text: str | None) -> Values:
    """A single value, or none where there is nothing."""
    return (Value(text),) if text else ()


def flag(yes: bool) -> Values:
    return YES if yes else NO


def count(number: float) -> Values:
    return (Quantity(f"{number:g}", number),)
