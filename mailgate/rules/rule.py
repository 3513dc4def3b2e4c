"""A rule as it runs: when, if, and what to do; or a decision table of which one case wins."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mailgate.rules.conditions import Condition, Question, questions
from mailgate.rules.events import EVENTS
from mailgate.rules.syntax import Mark
from mailgate.rules.task import Task
from mailgate.rules.timed import Once, Timer


@dataclass(frozen=True, slots=True)
class Case:
    """One row of a decision table; `condition` None is `else`."""

    condition: Condition | None
    tasks: tuple[Task, ...]
    mark: Mark


@dataclass(frozen=True, slots=True)
class Rule:
    """`cases` is empty where the rule has `do`, `tasks` where it has `first`.

    `guards`: what `when` asks of an event itself, as in `{state.changed: {to: closed}}`. `queue`: the rule is only for
    tickets that lie there. `timer`: what its event idle or schedule waits for.
    """

    name: str
    file: str
    mark: Mark
    events: tuple[str, ...]
    condition: Condition | None
    tasks: tuple[Task, ...] = ()
    cases: tuple[Case, ...] = ()
    enabled: bool = True
    guards: Mapping[str, Condition] = field(default_factory=dict)
    queue: str | None = None
    timer: Timer | None = None
    once: Once | None = None
    broken: bool = False  # it has a mistake: what can be said of the rest is said, and the set does not run

    @property
    def all_tasks(self) -> tuple[Task, ...]:
        return (*self.tasks, *(task for case in self.cases for task in case.tasks))

    @property
    def all_questions(self) -> tuple[Question, ...]:
        """Whatever is asked, without the guards."""
        asked = (self.condition, *(case.condition for case in self.cases))
        return tuple(each for condition in asked if condition is not None for each in questions(condition))


__all__ = ["EVENTS", "Case", "Rule"]
