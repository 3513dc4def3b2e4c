"""The definition of a process, read and checked: steps, what each waits for, where each leads (spec/rules.md 1.10)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from mailgate.rules.conditions import Condition
from mailgate.rules.expression import Expression
from mailgate.rules.syntax import Mark
from mailgate.rules.task import Task

FieldType = Literal["text", "money", "address", "date", "number"]
FIELD_TYPES: tuple[FieldType, ...] = ("text", "money", "address", "date", "number")


@dataclass(frozen=True, slots=True)
class Whom:
    """Who approves: exactly one of them. `address`: a text that may name fields; `to`: agents."""

    address: Expression | None = None
    to: tuple[str, ...] = ()
    team: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class Goto:
    """Where it goes on, and what is done on the way."""

    step: str
    tasks: tuple[Task, ...] = ()
    condition: Condition | None = None  # None: always


@dataclass(frozen=True, slots=True)
class Question:
    """`approval:`. `instead`: agents who may decide in his place; they are asked where nobody else can be, and once
    there is a reminder. `quorum`: so many must say yes; one no is a no."""

    by: Whom
    instead: Whom | None
    quorum: int
    remind: timedelta | None
    expires: timedelta
    granted: Goto
    denied: Goto
    expired: Goto


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `need`: fields that must be there; `checklist`: what agents do, in its order."""

    name: str
    mark: Mark
    need: tuple[str, ...] = ()
    checklist: tuple[str, ...] = ()
    question: Question | None = None
    queue: str = ""
    tasks: tuple[Task, ...] = ()
    next: tuple[Goto, ...] = ()
    end: bool = False

    @property
    def line(self) -> int:
        return self.mark.line

    @property
    def asks_the_customer(self) -> bool:
        """What is needed beside a checklist is for those to enter who work through it."""
        return bool(self.need) and not self.checklist

    @property
    def waits_for_people(self) -> bool:
        return bool(self.need or self.checklist or self.question)

    @property
    def ways(self) -> tuple[Goto, ...]:
        """Everything that it leads to."""
        question = self.question
        return self.next if question is None else (question.granted, question.denied, question.expired)

    @property
    def all_tasks(self) -> tuple[Task, ...]:
        return (*self.tasks, *(task for way in self.ways for task in way.tasks))


@dataclass(frozen=True, slots=True)
class Process:
    """`hash` names the text with which a ticket began; `file` is where it stands."""

    name: str
    title: str
    version: int
    start: str
    fields: Mapping[str, FieldType]
    steps: Mapping[str, Step]
    hash: str
    file: str
    text: str
