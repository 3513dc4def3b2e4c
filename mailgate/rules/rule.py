"""A rule as it runs: when, if, and what to do; or a decision table of which one case wins."""

from dataclasses import dataclass

from mailgate.rules.conditions import Condition
from mailgate.rules.syntax import Mark
from mailgate.rules.task import Task

EVENTS = ("ticket.created", "customer.replied")


@dataclass(frozen=True, slots=True)
class Case:
    """One row of a decision table; `condition` None is `else`."""

    condition: Condition | None
    tasks: tuple[Task, ...]
    mark: Mark


@dataclass(frozen=True, slots=True)
class Rule:
    """`cases` is empty where the rule has `do`, `tasks` where it has `first`."""

    name: str
    file: str
    mark: Mark
    events: tuple[str, ...]
    condition: Condition | None
    tasks: tuple[Task, ...] = ()
    cases: tuple[Case, ...] = ()
    enabled: bool = True

    @property
    def all_tasks(self) -> tuple[Task, ...]:
        return (*self.tasks, *(task for case in self.cases for task in case.tasks))
