"""Two plans for one mail, by the rules that run and by others: what would go elsewhere, because of which rule."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from mailgate.decision.effects import (
    AddTags,
    ChangeOwner,
    ChangePriority,
    ChangeState,
    MoveToQueue,
    RemoveTags,
    SendMail,
    SetFields,
    UnsetFields,
    Withhold,
)
from mailgate.decision.plan import Plan
from mailgate.rules.ruleset import Ruleset

NOBODY = "nobody"
_ELSEWHERE = "a follow-up on #"
_EXAMPLES = 3
_FILED = ("article", "command", "bounce")
_CHANGING: Mapping[str, tuple[type, ...]] = {
    "queue": (MoveToQueue,),
    "state": (ChangeState,),
    "priority": (ChangePriority,),
    "owner": (ChangeOwner,),
    "tag": (AddTags, RemoveTags),
    "field": (SetFields, UnsetFields),
}


@dataclass(frozen=True, slots=True)
class Decided:
    """What one set of rules would do with a mail. `refused`: at RCPT, by that rule; `failed`: the error.

    Without a plan one of the two says why.
    """

    plan: Plan | None
    rules: Ruleset
    refused: str = ""
    failed: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """One thing that would be another. `what`: queue, state, ..., "mail" (`old`, `new`: its template), "outcome"."""

    what: str
    old: str
    new: str
    cause: str

    @property
    def told(self) -> str:
        """As a person reads it."""
        if self.what == "mail":
            return f"{self.old} not sent any more" if self.old else f"{self.new} would be sent"
        arrow = f"{self.old or 'none'} → {self.new or 'none'}"
        return arrow if self.what in ("queue", "outcome") else f"{self.what} {arrow}"


@dataclass(slots=True)
class Tally:
    """How often each change would happen, and to which tickets; grows with the kinds of changes only.

    `mails` are those that were replayed: `same` + `elsewhere` + those of `impossible`, which fail by both sets. Besides
    there are some that were never decided: `waiting` to be, and `unread`, set aside before any rule saw them.
    """

    mails: int = 0
    elsewhere: int = 0
    waiting: int = 0
    unread: int = 0
    impossible: list[str] = field(default_factory=list)  # each mail's name, and the error
    _counts: Counter[Change] = field(default_factory=Counter)
    _examples: dict[Change, list[str]] = field(default_factory=dict)

    @property
    def same(self) -> int:
        return self.mails - self.elsewhere - len(self.impossible)

    @property
    def kinds(self) -> int:
        return len(self._counts)

    @property
    def counted(self) -> int:
        """The sum of all changes: a mail may have several."""
        return self._counts.total()

    def compare(self, name: str, old: Decided, new: Decided) -> None:
        """One mail; `name`: its ticket's number or its own."""
        if old.failed and new.failed:
            self.mails += 1
            self.impossible.append(f"{name}: {old.failed}")
        else:
            self.add(name, changes(old, new))

    def add(self, name: str, found: tuple[Change, ...]) -> None:
        """What would be otherwise with one mail; nothing: it is the same."""
        self.mails += 1
        self.elsewhere += bool(found)
        for each in found:
            self._counts[each] += 1
            examples = self._examples.setdefault(each, [])
            if len(examples) < _EXAMPLES and name not in examples:
                examples.append(name)

    def changes(self) -> Iterator[tuple[Change, int, tuple[str, ...]]]:
        """Each with its number and examples, the most frequent first."""
        for change in sorted(self._counts, key=lambda each: (-self._counts[each], each)):
            yield change, self._counts[change], tuple(self._examples[change])


def changes(old: Decided, new: Decided) -> tuple[Change, ...]:
    """What the second would do otherwise than the first."""
    before, after = _outcome(old), _outcome(new)
    if before != after:
        both = before.startswith(_ELSEWHERE) and after.startswith(_ELSEWHERE)
        told = (before, after) if both else (_unnumbered(before), _unnumbered(after))
        return (Change("outcome", *told, _cause_of_outcome(old, new)),)
    if old.plan is None or new.plan is None:
        return ()
    return (*_ticket(old, new, old.plan, new.plan), *_mails(old, new, old.plan, new.plan))


def _outcome(decided: Decided) -> str:
    if decided.refused:
        return "refused"
    if decided.plan is None:
        return "failed"
    plan = decided.plan
    kind = plan.outcome.kind
    if kind not in _FILED or plan.ticket is None:
        return kind
    if kind == "command":
        return f"a command on #{plan.ticket.number}"
    return f"{_ELSEWHERE}{plan.ticket.number}" if plan.before else "a new ticket"


def _unnumbered(outcome: str) -> str:
    """Many mails would go the same way: which ticket it is makes no other way of it."""
    return outcome.partition(" on #")[0]


def _cause_of_outcome(old: Decided, new: Decided) -> str:
    for decided, word in ((new, ""), (old, "without ")):
        if decided.refused or decided.failed:
            return word + (decided.refused or decided.failed)
        for trace in decided.plan.traces if decided.plan else ():
            step = next((step for step in trace.steps if step.verdict == "match"), None)
            if trace.event == "message.received" and step is not None:
                return word + _place(step.rule, step.case, decided.rules)
    return ""


def _ticket(old: Decided, new: Decided, before: Plan, after: Plan) -> Iterator[Change]:
    one, other = before.ticket, after.ticket
    if one is None or other is None:
        return
    for what in ("queue", "state", "priority", "owner"):
        was, now = getattr(one, what) or NOBODY, getattr(other, what) or NOBODY
        if was != now:
            yield Change(what, was, now, _cause(what, "", old, new, before, after))
    for tag in sorted(set(one.tags) ^ set(other.tags)):
        gone = tag in one.tags
        cause = _cause("tag", tag, old, new, before, after)
        yield Change("tag", tag if gone else "", "" if gone else tag, cause)
    was_fields, now_fields = dict(one.fields), dict(other.fields)
    for name in sorted(was_fields.keys() | now_fields.keys()):
        if was_fields.get(name) != now_fields.get(name):
            cause = _cause("field", name, old, new, before, after)
            yield Change(f"field {name}", _some(was_fields.get(name)), _some(now_fields.get(name)), cause)


def _some(value: str | None) -> str:
    """Fields are another for each mail: what counts is whether there is one."""
    return "" if value is None else "a value"


def _mails(old: Decided, new: Decided, before: Plan, after: Plan) -> Iterator[Change]:
    sent, would = Counter(_sent(before)), Counter(_sent(after))
    for template in sorted({each[0] for each in (sent - would)}):
        reason = next((w.reason for _, w in _withheld(after) if w.template == template), "")
        yield Change("mail", template, "", reason or "without " + _sender(template, before, old.rules))
    for template in sorted({each[0] for each in (would - sent)}):
        yield Change("mail", "", template, _sender(template, after, new.rules))


def _sent(plan: Plan) -> Iterator[tuple[str, str]]:
    for done in plan.effects:
        if isinstance(done.effect, SendMail):
            yield done.effect.template, done.effect.recipient.lower()


def _withheld(plan: Plan) -> Iterator[tuple[str, Withhold]]:
    for done in plan.effects:
        if isinstance(done.effect, Withhold):
            yield done.actor, done.effect


def _sender(template: str, plan: Plan, rules: Ruleset) -> str:
    actors = (d.actor for d in plan.effects if isinstance(d.effect, SendMail) and d.effect.template == template)
    return _named(next(actors, ""), plan, rules)


def _cause(what: str, word: str, old: Decided, new: Decided, before: Plan, after: Plan) -> str:
    """The rule whose action makes the difference: the new one's, else the old one's that is missing."""
    if actor := _actor(what, word, after):
        return _named(actor, after, new.rules)
    actor = _actor(what, word, before)
    return f"without {_named(actor, before, old.rules)}" if actor else ""


def _actor(what: str, word: str, plan: Plan) -> str:
    found = ""
    for done in plan.effects:
        effect = done.effect
        if isinstance(effect, _CHANGING[what]) and (not word or word in _words(effect)):
            found = done.actor
    return found


def _words(effect: object) -> tuple[str, ...]:
    match effect:
        case AddTags(tags) | RemoveTags(tags):
            return tags
        case SetFields(fields):
            return tuple(name for name, _ in fields)
        case UnsetFields(names):
            return names
    return ()


def _named(actor: str, plan: Plan, rules: Ruleset) -> str:
    name = actor.removeprefix("rule:")
    if name == actor:
        return actor or "nobody's rule"
    steps = (step for trace in plan.traces for step in trace.steps if step.rule == name and step.verdict == "match")
    step = next(steps, None)
    return _place(name, step.case if step else 0, rules)


def _place(name: str, number: int, rules: Ruleset) -> str:
    rule = next((each for each in rules.rules if each.name == name), None)
    if rule is None:
        return f"rule {name}"
    case = rule.cases[number - 1] if 0 < number <= len(rule.cases) else None
    line = case.mark.line if case else rule.mark.line
    return f"rule {name}{f' case {number}' if number else ''} ({rule.file}:{line})"
