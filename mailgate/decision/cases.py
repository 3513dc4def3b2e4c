"""Tests of rules: what happened in a step beside what was expected (spec/rules.md 1.7). Only differences are told.

Values are judged as conditions of rules are, so that `subject: urgent` means in a test what it means in a rule.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

from mailgate.decision.forwarding import FORWARD
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
CALLS = ("webhook", "program")
TO_CUSTOMERS = ("auto-reply", "customer")
_NEVER = datetime.min.replace(tzinfo=UTC)
_SHOWN = 60  # characters of a note
_FAR = 1_000  # misses of a mail that is none of those wanted


@dataclass(frozen=True, slots=True)
class Mailed:
    """A mail that was composed, or a call, whose name is its `template`. `agent`: to whom of ours; `reason`: why it is
    held."""

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
        if self.kind in CALLS:
            return self.template
        return f'{self.template} to {self.agent or self.recipient} "{self.subject}"{HELD if self.held else ""}'


@dataclass(frozen=True, slots=True)
class Withheld:
    """A mail that a rule asked for and that did not go out."""

    template: str
    recipient: str
    reason: str


@dataclass(frozen=True, slots=True)
class Happened:
    """Everything that came of a step. `merged_into`: the number of the ticket where its mail goes; `outcome` "": no
    mail came in; `refused`: the door's words; `refused_orders`: what was said against an agent's commands."""

    ticket: Ticket | None = None
    merged_into: str = ""
    watchers: tuple[str, ...] = ()  # agents by name, others by address
    notes: tuple[str, ...] = ()  # that rules wrote
    mails: tuple[Mailed, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    traces: tuple[Trace, ...] = ()
    outcome: str = ""
    refused: str = ""
    refused_orders: tuple[str, ...] = ()
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
        *_listed("notes", expected.notes, expected.exactly, happened.notes, judge),
        *_mails("sent", expected.sent, happened, expected.exactly, judge),
        *_mails("told", expected.told, happened, expected.exactly, judge),
        *_mails("called", expected.called, happened, expected.exactly, judge),
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
        if expected.ticket or expected.tags or expected.watchers or expected.fields:
            yield Difference("ticket", "one", "none", ("ticket",))
        return
    for step in judge.misses(expected.ticket, _values_of(ticket, happened)):
        yield Difference(step.field, step.match, step.value or "none", (step.field.removeprefix("ticket."),))
    yield from _listed("ticket.tags", expected.tags, expected.exactly, ticket.tags, judge)
    yield from _listed("ticket.watchers", expected.watchers, expected.exactly, happened.watchers, judge)
    if expected.fields is not None:
        yield from _fields(expected.fields, expected.exactly, ticket, judge)


def _listed(
    field: str, wanted: tuple[Condition, ...] | None, exactly: bool, there: Sequence[str], judge: _Judge
) -> Iterator[Difference]:
    if wanted is None:
        return
    got, kind = ", ".join(map(_short, there)) or "none", field.removeprefix("ticket.")
    for step in judge.misses(wanted, {field: tuple(Value(each, MAX_BODY) for each in there)}):
        yield Difference(field, step.match, got, (f"{kind} {step.match}",))
    if exactly or not wanted:
        for each in there:
            if all(judge.misses((one,), {field: (Value(each, MAX_BODY),)}) for one in wanted):
                yield Difference(field, f"not {_short(each)}", got, (f"{kind} {each}",))


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _SHOWN else f"{words[: _SHOWN - 1]}…"


def _fields(wanted: tuple[Condition, ...], exactly: bool, ticket: Ticket, judge: _Judge) -> Iterator[Difference]:
    values = {f"ticket.fields.{name}": (Value(value),) for name, value in ticket.fields}
    for step in judge.misses(wanted, values):
        name = step.field.removeprefix("ticket.fields.")
        yield Difference(step.field, step.match, step.value or "none", (f"fields {name}",))
    if exactly or not wanted:
        asked = {step.field for step in judge.misses(wanted, {})}
        for name, (value,) in values.items():
            if name not in asked:
                yield Difference(name, "none", value.text, (f"fields {name.removeprefix('ticket.fields.')}",))


def _values_of(ticket: Ticket, happened: Happened) -> dict[str, Values]:
    values = {
        "queue": ticket.queue,
        "state": ticket.state,
        "priority": ticket.priority,
        "type": ticket.type,
        "owner": ticket.owner,
        "process": ticket.process,
        "step": ticket.process_step,
        "subject": ticket.subject,
        "number": ticket.number,
        "merged_into": happened.merged_into,
        "language": ticket.language,
        "requester": ticket.requester.address if ticket.requester else None,
    }
    found: dict[str, Values] = {f"ticket.{name}": (Value(text),) for name, text in values.items() if text}
    found["ticket.articles"] = (Quantity(str(ticket.articles), ticket.articles),)
    until = {"pending_for": ticket.pending_until if ticket.state == "pending" else None, "closes_in": ticket.close_at}
    for name, moment in until.items():
        if moment is not None:
            seconds = (moment - happened.at).total_seconds()
            found[f"ticket.{name}"] = (Quantity(duration_text(seconds), seconds),)
    return found


# --- mails ------------------------------------------------------------------------------------------------------------


def _list_of(mail: Mailed) -> str:
    """In which of the three lists it is."""
    if mail.kind in CALLS:
        return "called"
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
                about = f"{'called' if what == 'called' else 'mail'} {mail.template}"
                yield Difference(what, NOTHING if not wanted else "nothing else", mail.told, (about,))


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
    """What differs from the mail that comes nearest; where none does, what was there, or in another list."""
    kind = "called" if what == "called" else "mail"
    about = tuple(f"{kind} {name}" for name in _templates(wanted)) or (kind,)
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
    strange = len(misses) == len(wanted.conditions) or any(
        step.field in ("template", "kind", "name") for step in misses
    )
    return len(misses) + _FAR * strange


def _templates(wanted: Wanted) -> Iterator[str]:
    judge = _Judge(OurAddresses(frozenset(), frozenset()))
    return (step.match for step in judge.misses(wanted.conditions, {}) if step.field in ("template", "name"))


def _of_mail(mail: Mailed) -> dict[str, Values]:
    if mail.kind in CALLS:
        called: dict[str, Values] = {"name": (Value(mail.template),), "body": (Value(mail.body, MAX_BODY),)}
        return called | ({"url": (Value(mail.recipient),)} if mail.kind == "webhook" else {})
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
