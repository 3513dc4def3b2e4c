"""From a rule's tasks to finished actions: texts rendered, times reckoned, agents chosen, repeated answers left out.

Nothing counts until `take`: a rule does all of its actions or, when one cannot be finished, none.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from mailgate.rules.actions import Action, AssignOwner, Close, NewAction, Reply
from mailgate.rules.assignment import Choice, LeastBusy, RoundRobin, ToAgent, ToPrevious, assigned
from mailgate.rules.outside import WebhookTemplate
from mailgate.rules.patterns import Captures
from mailgate.rules.task import (
    FieldsTemplate,
    JoinTemplate,
    MergeTemplate,
    NoteTemplate,
    PendFor,
    PendUntil,
    Stop,
    Task,
    told,
)
from mailgate.rules.variables import variables
from mailgate.rules.view import View


@dataclass(frozen=True, slots=True)
class Finished:
    """The actions of one rule, how the trace says them, and where it stopped. Each action with its task and with its
    place among what is told."""

    actions: tuple[tuple[Task, Action | NewAction, int], ...]
    told: tuple[str, ...]
    stop: Stop | None


class Filling:
    """What the rules of one event have taken so far: who was answered with what, whose turn it is."""

    __slots__ = ("_replied", "_rotation", "_view")

    def __init__(self, view: View) -> None:
        self._view = view
        self._replied: set[str] = set()
        self._rotation: Mapping[str, int] = view.situation.rotation

    def take(self, finished: Finished) -> None:
        """These actions count from now on."""
        for _, action, _ in finished.actions:
            self._view.take(action)
            if isinstance(action, Reply | Close) and action.template is not None:
                self._replied.add(action.template)
            elif isinstance(action, AssignOwner) and action.rotates is not None:
                self._rotation = {**self._rotation, action.rotates: self._rotation.get(action.rotates, 0) + 1}

    def finished(self, rule: str, tasks: tuple[Task, ...], captures: Captures) -> Finished:
        """Raises ExpressionFailed or CannotFill."""
        return _Filled(self._view, self._replied, self._rotation, rule, captures).all(tasks)


class _Filled:
    """One rule's actions while they are finished."""

    __slots__ = ("_actions", "_captures", "_replied", "_rotation", "_rule", "_told", "_values", "_view")

    def __init__(
        self, view: View, replied: set[str], rotation: Mapping[str, int], rule: str, captures: Captures
    ) -> None:
        self._view, self._rotation, self._rule, self._captures = view, rotation, rule, captures
        self._replied = replied
        self._actions: list[tuple[Task, Action | NewAction, int]] = []
        self._told: list[str] = []
        self._values: Mapping[str, object] | None = None

    def all(self, tasks: tuple[Task, ...]) -> Finished:
        for task in tasks:
            if isinstance(task.what, Stop):
                return Finished(tuple(self._actions), (*self._told, task.told), task.what)
            self._add(task)
        return Finished(tuple(self._actions), tuple(self._told), None)

    def _add(self, task: Task) -> None:
        what, situation = task.what, self._view.situation
        if isinstance(what, ToAgent | ToPrevious | RoundRobin | LeastBusy):
            self._assign(task, what)
        elif isinstance(what, FieldsTemplate | NoteTemplate | JoinTemplate | MergeTemplate | WebhookTemplate):
            if self._values is None:
                self._values = variables(self._view, self._captures, self._rule)
            self._done(task, what.filled(self._values))
        elif isinstance(what, PendFor):
            self._done(task, what.at(situation.now))
        elif isinstance(what, PendUntil):
            self._done(task, what.at(situation.now, situation.zone))
        elif isinstance(what, Reply) and self._is_answered(what.template):
            self._told.append(f"{task.told} → nothing: asked for already")
        elif isinstance(what, Close) and what.template is not None and self._is_answered(what.template):
            self._done(task, Close(), f"{task.told} → without a mail: told already")
        elif not isinstance(what, Stop):
            self._done(task, what)

    def _assign(self, task: Task, choice: Choice) -> None:
        action, said = assigned(choice, self._view.situation, self._rotation)
        if action is None:
            self._told.append(said)
        else:
            self._done(task, action, said)

    def _done(self, task: Task, action: Action | NewAction, said: str = "") -> None:
        self._actions.append((task, action, len(self._told)))
        self._told.append(said or task.told or told(action))

    def _is_answered(self, template: str) -> bool:
        """RFC 5230 4.7: one answer of a kind in one event."""
        if template in self._replied:
            return True
        return any(isinstance(each, Reply | Close) and each.template == template for _, each, _ in self._actions)
