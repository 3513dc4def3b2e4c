"""Rules and cases that can never run (MG201): an earlier one takes all that they would, and ends the run.

Never a false alarm, so only what is sure to end a run counts: `stop`, `drop`, `quarantine`, `reject`, `split` in a rule
that can fail in nothing, at an event that happens once because of one mail (a rule that ran before is passed over), and
as long as no rule between the two changes what the earlier one asks of the ticket.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from mailgate.rules.actions import (
    AddNote,
    AddNoteFrom,
    AddTags,
    AssignOwner,
    Close,
    Drop,
    Forward,
    Join,
    Notify,
    Pend,
    Reject,
    RemoveTags,
    Reopen,
    Reply,
    SetAside,
    SetFields,
    SetPriority,
    SetQueue,
    SetState,
    SetType,
    Split,
    UnsetFields,
)
from mailgate.rules.assignment import LeastBusy, RoundRobin, ToAgent, ToPrevious
from mailgate.rules.conditions import All, Condition, Question, questions
from mailgate.rules.findings import Findings
from mailgate.rules.gate_check import is_for_rcpt, refuses
from mailgate.rules.implies import Budget, implies
from mailgate.rules.keys import ANY_VALUE, Key, looked_up, registered
from mailgate.rules.outside import CallWebhook, RunProgram, WebhookTemplate
from mailgate.rules.rule import Case, Rule
from mailgate.rules.task import FieldsTemplate, NoteTemplate, PendFor, PendUntil, Stop, Task, What

MAX_STEPS = 40_000  # of all proofs about one set, some tenths of a second
MAX_FIRED = 500  # as in evaluate.py: a rule that would go beyond fails
_OF_ONE_MAIL = frozenset(("ticket.created", "customer.replied", "third_party.replied"))  # one of them, once
_ONCE = _OF_ONE_MAIL | frozenset(("message.received", "agent.replied", "note.added", "pending.due", "delivery.failed"))
_FOLLOWS = {"queue.size": "queue", "agent.load": "owner"}


@dataclass(frozen=True, slots=True)
class _Taker:
    """A rule that ends the run wherever its condition holds. `asks`: the parts of the ticket that it looks at."""

    rule: Rule
    condition: Condition | None
    place: int
    asks: frozenset[str]
    whole_event: bool


@dataclass(slots=True)
class _Run:
    """The rules of one event, from the first on."""

    takers: dict[Key, list[_Taker]] = field(default_factory=lambda: defaultdict(list))
    changed: dict[str, int] = field(default_factory=dict)  # part of a ticket -> the last rule so far that changes it
    place: int = 0
    actions: int = 0


def unreachable(rules: Sequence[Rule], findings: Findings, path_of: Callable[[str], str]) -> None:
    """Adds a warning for each rule, and each case, that can never run."""
    runs: dict[str, _Run] = defaultdict(_Run)
    refusals: dict[str, _Run] = defaultdict(_Run)
    budget = Budget(MAX_STEPS)
    for rule in rules:
        with findings.inside(path_of(rule.file)):
            _cases(rule, findings, budget)
            if not rule.enabled:
                continue
            before = refusals if refuses(rule) else runs
            takers = [_taker(rule, event, before[event], budget) for event in rule.events]
            if takers and all(takers):
                _tell(rule, next(taker for taker in takers if taker is not None), findings)
        for event in rule.events:
            if not refuses(rule):
                _append(rule, event, runs[event])
            if is_for_rcpt(rule):
                _append(rule, event, refusals[event])


def _tell(rule: Rule, taker: _Taker, findings: Findings) -> None:
    other = taker.rule
    message = (
        f'"{rule.name}" never runs: "{other.name}" ({other.file}:{other.mark.line}) takes all of it and ends the run'
    )
    findings.warning(rule.mark, "MG201", message, f'put it before "{other.name}", or narrow that one')


def _taker(rule: Rule, event: str, run: _Run, budget: Budget) -> _Taker | None:
    """An earlier rule that leaves nothing of `event` to this one."""
    if event not in _ONCE:
        return None
    mine = _whole(rule, event)
    for taker in _candidates(run, mine):
        budget.steps -= 1
        if budget.steps <= 0:
            return None
        wide = taker.condition
        if _is_before(taker, rule, run) and (wide is None or (mine and implies(mine, wide, budget))):
            return taker
    return None


def _is_before(taker: _Taker, rule: Rule, run: _Run) -> bool:
    """Whether the taker looked at the same ticket, and ends the run for this rule, too."""
    if taker.rule.queue not in (None, rule.queue) or not (taker.whole_event or taker.rule.file == rule.file):
        return False
    last = max((run.changed.get(each, -1) for each in (*taker.asks, *(("*",) if taker.asks else ()))), default=-1)
    return last < taker.place


def _candidates(run: _Run, mine: Condition | None) -> Iterator[_Taker]:
    yield from run.takers.get(ANY_VALUE, ())
    if mine is not None:
        for key in dict.fromkeys(key for each in questions(mine) for key in looked_up(each)):
            yield from run.takers.get(key, ())


def _append(rule: Rule, event: str, run: _Run) -> None:
    if not rule.enabled:
        return
    run.place += 1
    if (end := _end(rule)) is not None and _is_certain(rule, event, run):
        condition = _whole(rule, event)
        asks = frozenset(_part(each.field.name) for each in _asked(condition) if each.field.of_ticket)
        taker = _Taker(rule, condition, run.place, asks, end)
        for key in (ANY_VALUE,) if condition is None else registered(condition):
            run.takers[key].append(taker)
    for task in rule.all_tasks:
        if part := _changes(task.what):
            run.changed[part] = run.place
    run.actions += len(rule.all_tasks)


def _asked(condition: Condition | None) -> Iterable[Question]:
    return () if condition is None else questions(condition)


def _end(rule: Rule) -> bool | None:
    """None: the rule ends nothing; else whether it ends the run for the whole event."""
    for task in rule.tasks:
        match task.what:
            case Stop(scope):
                return scope == "event"
            case Reject() | Drop() | SetAside() | Split():
                return True
    return None


def _is_certain(rule: Rule, event: str, run: _Run) -> bool:
    """Whether it runs whenever its condition holds: it was not passed over, and it cannot fail."""
    if rule.once is not None:
        return False
    once = event in _ONCE and (rule.events == (event,) or frozenset(rule.events) <= _OF_ONE_MAIL)
    finished = all(task.told for task in rule.tasks)
    return once and finished and (run.actions + len(rule.tasks) <= MAX_FIRED or _is_only(rule.tasks))


def _is_only(tasks: tuple[Task, ...]) -> bool:
    """Whether nothing but `stop` is there, which counts for no action."""
    return all(isinstance(task.what, Stop) for task in tasks)


def _whole(rule: Rule, event: str) -> Condition | None:
    """What must hold at the event, guard and condition."""
    return _both(rule.guards.get(event), rule.condition)


def _both(one: Condition | None, other: Condition | None) -> Condition | None:
    return All((one, other)) if one is not None and other is not None else one or other


def _part(name: str) -> str:
    return "field" if name.startswith("field.") else _FOLLOWS.get(name, name)


def _changes(what: What) -> str | None:
    """The part of the ticket that an action changes, None for nothing; "*" is any part, where that is not told here."""
    match what:
        case SetQueue():
            return "queue"
        case SetState() | Close() | Reopen() | Pend() | PendFor() | PendUntil():
            return "state"
        case SetPriority():
            return "priority"
        case SetType():
            return "type"
        case AddTags() | RemoveTags():
            return "tag"
        case SetFields() | UnsetFields() | FieldsTemplate():
            return "field"
        case AssignOwner() | ToAgent() | ToPrevious() | RoundRobin() | LeastBusy():
            return "owner"
        case AddNote() | AddNoteFrom() | NoteTemplate() | Reply() | Notify() | Forward():
            return None
        case (
            CallWebhook()
            | WebhookTemplate()
            | RunProgram()
            | Drop()
            | SetAside()
            | Reject()
            | Join()
            | Split()
            | Stop()
        ):
            return None
        case _:
            return "*"


def _cases(rule: Rule, findings: Findings, budget: Budget) -> None:
    """Exactly one case wins, and one in error ends the table: whatever an earlier case takes is not for a later one."""
    earlier: dict[Key, list[tuple[int, Case]]] = defaultdict(list)
    for number, case in enumerate(rule.cases, 1):
        mine = _both(rule.condition, case.condition)
        keys = () if mine is None else dict.fromkeys(key for each in questions(mine) for key in looked_up(each))
        for place, other in (found for key in keys for found in earlier.get(key, ())):
            budget.steps -= 1
            if budget.steps <= 0:
                return
            if mine is not None and other.condition is not None and implies(mine, other.condition, budget):
                message = f"this case never wins: case {place} in line {other.mark.line} takes all of it"
                findings.warning(case.mark, "MG201", message, "put the narrower case first")
                break
        for key in () if case.condition is None else registered(case.condition):
            earlier[key].append((number, case))
