"""Tests of rules: what happened in a step beside what was expected (spec/rules.md 1.7). Only differences are told.

Values are judged as conditions of rules are, so that `subject: urgent` means in a test what it means in a rule.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

from mailgate.mail.message import NO_MESSAGE
from mailgate.rules.conditions import Condition, Trail
from mailgate.rules.scenario import Expectation, FiredRule, Wanted
from mailgate.rules.situation import NO_ENVELOPE, OurAddresses, Situation
from mailgate.rules.trace import ConditionStep, Trace
from mailgate.rules.value import MAX_BODY, Quantity, Value, duration_text
from mailgate.rules.view import Field, Values, View
from mailgate.tickets.model import Ticket

NOTHING = "nothing"
HELD = " (held)"
TO_CUSTOMERS = ("auto-reply", "customer")
FORWARD = "forward"  # the template of what a rule passes on to somebody outside
_NEVER = datetime.min.replace(tzinfo=UTC)
_FAR = 1_000  # misses of a mail that is none of those wanted


@dataclass(frozen=True, slots=True)
class Mailed:
    """A mail that was composed. `agent`: to whom of ours; `reason`: why it is held."""

    kind: str
    template: str
    recipient: str
    agent: str
    sender: str
    subject: str
    body: str
    held: bool = False
    reason: str = ""

    @property
    def told(self) -> str:
        return f'{self.template} to {self.agent or self.recipient} "{self.subject}"{HELD if self.held else ""}'


@dataclass(frozen=True, slots=True)
class Withheld:
    """A mail that a rule asked for and that did not go out."""

    template: str
    recipient: str
    reason: str


@dataclass(frozen=True, slots=True)
class Happened:
    """Everything that came of a step. `outcome` "": no mail came in; `refused`: the door's words."""

    ticket: Ticket | None = None
    mails: tuple[Mailed, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    traces: tuple[Trace, ...] = ()
    outcome: str = ""
    refused: str = ""
    at: datetime = _NEVER

    @property
    def fired(self) -> tuple[tuple[str, int], ...]:
        """The rules that ran, each with its case, in their order."""
        steps = (step for trace in self.traces for step in trace.steps)
        return tuple((step.rule, step.case) for step in steps if step.verdict == "match")


@dataclass(frozen=True, slots=True)
class Difference:
    """What is not as expected. `about`: what rules could have to do with it, "queue", "mail received", "rule route"."""

    what: str
    expected: str
    got: str
    about: tuple[str, ...] = ()


def compared(expected: Expectation, happened: Happened, ours: OurAddresses) -> tuple[Difference, ...]:
    """All differences, in the order of the keys."""
    judge = _Judge(ours)
    return (
        *_outcome(expected, happened, judge),
        *_ticket(expected, happened, judge),
        *_mails("sent", expected.sent, happened, expected.exactly, judge),
        *_mails("told", expected.told, happened, expected.exactly, judge),
        *_mails("held", expected.held, happened, expected.exactly, judge),
        *_fired(expected, happened),
    )


class _Presented(View):
    """A view whose values are given."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, Values], ours: OurAddresses) -> None:
        nobody = Situation("", None, NO_MESSAGE, NO_ENVELOPE, ours, _NEVER)
        super().__init__(nobody)
        self._values = values

    def look(self, field: Field) -> tuple[Values, str]:
        values = self._values.get(field.name, ())
        return values, ", ".join(each.shown for each in values)


@dataclass(frozen=True, slots=True)
class _Judge:
    ours: OurAddresses

    def misses(self, conditions: Iterable[Condition], values: Mapping[str, Values]) -> list[ConditionStep]:
        """What does not hold, each question for itself."""
        view, found = _Presented(values, self.ours), []
        for condition in conditions:
            trail = Trail()
            if condition.judge(view, trail) != "match":
                found += [step for step in trail.steps if step.verdict != "match"]
        return found


# --- the ticket -------------------------------------------------------------------------------------------------------


def _ticket(expected: Expectation, happened: Happened, judge: _Judge) -> Iterator[Difference]:
    ticket = happened.ticket
    if ticket is None:
        if expected.ticket or expected.tags or expected.fields:
            yield Difference("ticket", "one", "none", ("ticket",))
        return
    for step in judge.misses(expected.ticket, _values_of(ticket, happened.at)):
        yield Difference(step.field, step.match, step.value or "none", (step.field.removeprefix("ticket."),))
    if expected.tags is not None:
        yield from _tags(expected.tags, expected.exactly, ticket, judge)
    if expected.fields is not None:
        yield from _fields(expected.fields, expected.exactly, ticket, judge)


def _tags(wanted: tuple[Condition, ...], exactly: bool, ticket: Ticket, judge: _Judge) -> Iterator[Difference]:
    got = ", ".join(ticket.tags) or "none"
    for step in judge.misses(wanted, {"ticket.tags": tuple(map(Value, ticket.tags))}):
        yield Difference("ticket.tags", step.match, got, ("tags",))
    if exactly or not wanted:
        for tag in ticket.tags:
            if all(judge.misses((each,), {"ticket.tags": (Value(tag),)}) for each in wanted):
                yield Difference("ticket.tags", f"not {tag}", got, ("tags",))


def _fields(wanted: tuple[Condition, ...], exactly: bool, ticket: Ticket, judge: _Judge) -> Iterator[Difference]:
    values = {f"ticket.fields.{name}": (Value(value),) for name, value in ticket.fields}
    for step in judge.misses(wanted, values):
        yield Difference(step.field, step.match, step.value or "none", ("fields",))
    if exactly or not wanted:
        asked = {step.field for step in judge.misses(wanted, {})}
        for name, (value,) in values.items():
            if name not in asked:
                yield Difference(name, "none", value.text, ("fields",))


def _values_of(ticket: Ticket, at: datetime) -> dict[str, Values]:
    values = {
        "queue": ticket.queue,
        "state": ticket.state,
        "priority": ticket.priority,
        "owner": ticket.owner,
        "process": ticket.process,
        "step": ticket.process_step,
        "subject": ticket.subject,
        "number": ticket.number,
        "language": ticket.language,
        "requester": ticket.requester.address if ticket.requester else None,
    }
    found: dict[str, Values] = {f"ticket.{name}": (Value(text),) for name, text in values.items() if text}
    found["ticket.articles"] = (Quantity(str(ticket.articles), ticket.articles),)
    if ticket.pending_until is not None and ticket.state == "pending":
        seconds = (ticket.pending_until - at).total_seconds()
        found["ticket.pending_for"] = (Quantity(duration_text(seconds), seconds),)
    return found


# --- mails ------------------------------------------------------------------------------------------------------------


def _list_of(mail: Mailed) -> str:
    """In which of the three lists it is."""
    if mail.held:
        return "held"
    return "sent" if mail.kind in TO_CUSTOMERS or mail.template == FORWARD else "told"


def _mails(
    what: str, wanted: tuple[Wanted, ...] | None, happened: Happened, exactly: bool, judge: _Judge
) -> Iterator[Difference]:
    if wanted is None:
        return
    mails = [each for each in happened.mails if _list_of(each) == what]
    others = [each for each in happened.mails if _list_of(each) != what]
    values = [_of_mail(each) for each in mails]
    fits = [[not judge.misses(one.conditions, each) for each in values] for one in wanted]
    taken = _assigned(fits)
    for number, one in enumerate(wanted):
        if number not in taken:
            free = [n for n in range(len(mails)) if n not in taken.values()]
            yield from _missing(what, one, [mails[n] for n in free], others, judge)
    if exactly or not wanted:
        for n, mail in enumerate(mails):
            if n not in taken.values():
                yield Difference(what, NOTHING if not wanted else "nothing else", mail.told, (f"mail {mail.template}",))


def _assigned(fits: Sequence[Sequence[bool]]) -> dict[int, int]:
    """Wanted -> mail, each mail once: as many as can be."""
    owner: dict[int, int] = {}

    def place(number: int, tried: set[int]) -> bool:
        for mail, fit in enumerate(fits[number]):
            if fit and mail not in tried:
                tried.add(mail)
                if mail not in owner or place(owner[mail], tried):
                    owner[mail] = number
                    return True
        return False

    for number in range(len(fits)):
        place(number, set())
    return {number: mail for mail, number in owner.items()}


def _missing(
    what: str, wanted: Wanted, free: Sequence[Mailed], others: Sequence[Mailed], judge: _Judge
) -> Iterator[Difference]:
    """What differs from the mail that comes nearest; where none does, what was there, and whether another list has it."""
    about = tuple(f"mail {name}" for name in _templates(wanted)) or ("mail",)
    near = min(free, key=lambda mail: _distance(wanted, mail, judge), default=None)
    if near is None or _distance(wanted, near, judge) >= _FAR:
        there = [each.told for each in free[:5]] or [NOTHING]
        elsewhere = (each for each in others if not judge.misses(wanted.conditions, _of_mail(each)))
        there += [f"under {_list_of(each)}: {each.told.removesuffix(HELD)}" for each in islice(elsewhere, 1)]
        yield Difference(what, wanted.told, "; ".join(there), about)
        return
    for step in judge.misses(wanted.conditions, _of_mail(near)):
        yield Difference(f"{what} {near.template}: {step.field}", step.match, step.value or "none", about)


def _distance(wanted: Wanted, mail: Mailed, judge: _Judge) -> int:
    misses = judge.misses(wanted.conditions, _of_mail(mail))
    strange = len(misses) == len(wanted.conditions) or any(step.field in ("template", "kind") for step in misses)
    return len(misses) + _FAR * strange


def _templates(wanted: Wanted) -> Iterator[str]:
    judge = _Judge(OurAddresses(frozenset(), frozenset()))
    return (step.match for step in judge.misses(wanted.conditions, {}) if step.field == "template")


def _of_mail(mail: Mailed) -> dict[str, Values]:
    texts = {
        "template": mail.template,
        "kind": mail.kind,
        "to": mail.recipient,
        "agent": mail.agent,
        "from": mail.sender,
        "subject": mail.subject,
        "reason": mail.reason,
    }
    found: dict[str, Values] = {name: (Value(text),) for name, text in texts.items() if text}
    found["body"] = (Value(mail.body, MAX_BODY),)
    return found


# --- what ran ---------------------------------------------------------------------------------------------------------


def _outcome(expected: Expectation, happened: Happened, judge: _Judge) -> Iterator[Difference]:
    values = {
        "outcome": (Value(happened.outcome),) if happened.outcome else (),
        "refused": (Value(happened.refused),) if happened.refused else (),
    }
    asked = [each for each in (expected.outcome, expected.refused) if each is not None]
    for step in judge.misses(asked, values):
        yield Difference(step.field, step.match, step.value or "none", ("gate",))
    if happened.refused and expected.refused is None:
        yield Difference("refused", NOTHING, happened.refused, ("gate",))


def _fired(expected: Expectation, happened: Happened) -> Iterator[Difference]:
    fired = happened.fired
    shown = ", ".join(dict.fromkeys(f"{name} case {case}" if case else name for name, case in fired)) or NOTHING
    for rule in expected.fired or ():
        if not any(_is(rule, name, case) for name, case in fired):
            told = f"{rule.name} case {rule.case}" if rule.case else rule.name
            yield Difference("fired", told, shown, (f"rule {rule.name}",))
    strict = expected.fired is not None and (expected.exactly or not expected.fired)
    for name, case in dict.fromkeys(fired):
        wanted = any(_is(rule, name, case) for rule in expected.fired or ())
        if name in expected.not_fired or (strict and not wanted):
            yield Difference("fired", f"not {name}", shown, (f"rule {name}",))


def _is(rule: FiredRule, name: str, case: int) -> bool:
    return rule.name == name and rule.case in (0, case)


__all__ = ["Difference", "Happened", "Mailed", "Withheld", "compared"]
