"""One item under `do:`, ready to be carried out: a finished action, one still to be filled in, or `stop`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Literal, assert_never

from mailgate.errors import MailgateError
from mailgate.rules.actions import (
    Action,
    AddNote,
    AddNoteFrom,
    AddTags,
    AssignOwner,
    Close,
    CloseLater,
    Drop,
    Forward,
    Join,
    Merge,
    NewAction,
    Notify,
    OfMail,
    OfTicket,
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
    Start,
    UnsetFields,
    Unwatch,
    Watch,
)
from mailgate.rules.assignment import Choice
from mailgate.rules.expression import Expression
from mailgate.rules.outside import CallWebhook, RunProgram, WebhookTemplate, told_outside
from mailgate.rules.syntax import Mark
from mailgate.rules.value import duration_text

MAX_FIELD = 1_000  # characters of a ticket field
_TOLD = 80
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")  # no database takes NUL or lone surrogates


class CannotFill(MailgateError):
    """An action makes no sense with the values at hand; its text says why."""


@dataclass(frozen=True, slots=True)
class FieldsTemplate:
    """`set` with expressions. A field is one line."""

    fields: tuple[tuple[str, Expression], ...]

    def filled(self, variables: Mapping[str, object]) -> SetFields:
        """Raises ExpressionFailed."""
        return SetFields(tuple((name, _one_line(text.render(variables))[:MAX_FIELD]) for name, text in self.fields))


@dataclass(frozen=True, slots=True)
class NoteTemplate:
    """`note` with expressions."""

    text: Expression

    def filled(self, variables: Mapping[str, object]) -> AddNote:
        """Raises ExpressionFailed."""
        return AddNote(_CONTROLS.sub(" ", self.text.render(variables)))


@dataclass(frozen=True, slots=True)
class JoinTemplate:
    """`join: {ticket: "{{ m.id }}"}`"""

    number: Expression

    def filled(self, variables: Mapping[str, object]) -> Join:
        """Raises ExpressionFailed, or CannotFill where no number comes of it."""
        return Join("ticket", _number(self.number, variables))


@dataclass(frozen=True, slots=True)
class MergeTemplate:
    """`merge: {into: "{{ m.id }}"}`"""

    number: Expression

    def filled(self, variables: Mapping[str, object]) -> Merge:
        """Raises ExpressionFailed, or CannotFill where no number comes of it."""
        return Merge(_number(self.number, variables))


@dataclass(frozen=True, slots=True)
class PendFor:
    """`pending: {for: 3d}`"""

    time: timedelta

    def at(self, now: datetime) -> Pend:
        return Pend((now + self.time).astimezone(UTC))


@dataclass(frozen=True, slots=True)
class PendUntil:
    """`pending: {until: "2026-12-24 10:00"}`, the clock of the site."""

    local: datetime  # naive

    def at(self, now: datetime, zone: tzinfo) -> Pend:
        """Raises CannotFill where the time is over: a ticket that is due at once would go round for ever."""
        until = self.local.replace(tzinfo=zone).astimezone(UTC)
        if until <= now:
            raise CannotFill(f"{self.local:%Y-%m-%d %H:%M} is over")
        return Pend(until)


@dataclass(frozen=True, slots=True)
class Stop:
    """Nothing more of this file, or of all files, for this event."""

    scope: Literal["file", "event"]


Template = FieldsTemplate | NoteTemplate | JoinTemplate | MergeTemplate | WebhookTemplate
What = Action | NewAction | Template | PendFor | PendUntil | Choice | Stop


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do. `mark`: its verb. `index` counts through the whole rule; `told` is how a trace says it, empty
    until filled in."""

    what: What
    mark: Mark
    index: int
    told: str = ""

    @property
    def line(self) -> int:
        return self.mark.line


def told(what: Action | NewAction | Stop) -> str:
    """An action as a person reads it."""
    match what:
        case SetQueue(queue):
            return f"queue {queue}"
        case SetPriority(priority):
            return f"priority {priority}"
        case AddTags(tags):
            return f"tag {', '.join(tags)}"
        case RemoveTags(tags):
            return f"untag {', '.join(tags)}"
        case SetState(state):
            return f"state {state}"
        case SetFields(fields):
            return "set " + ", ".join(f"{name} = {_cut(value)}" for name, value in fields)
        case UnsetFields(names):
            return f"unset {', '.join(names)}"
        case AddNote(text):
            return f'note "{_cut(" ".join(text[: 2 * _TOLD].split()))}"'
        case AssignOwner(_, how):
            return f"assign {how}"
        case Pend(until):
            return f"pending until {until:%Y-%m-%d %H:%M} UTC"
        case Reopen():
            return "reopen"
        case Reply() | Notify() | Close() | CloseLater():
            return _told_mail(what)
        case SetType() | Watch() | Unwatch() | Merge() | Start():
            return _told_of_ticket(what)
        case AddNoteFrom() | Forward() | Split():
            return _told_of_mail(what)
        case Reject() | Drop() | SetAside() | Join():
            return _told_gate(what)
        case CallWebhook() | RunProgram():
            return told_outside(what)
        case Stop(scope):
            return "stop" if scope == "event" else "stop: file"
        case _:
            assert_never(what)


def _told_of_ticket(what: OfTicket) -> str:
    match what:
        case SetType(kind):
            return f"type {kind or 'none'}"
        case Watch(who):
            return f"watch {', '.join(who)}"
        case Unwatch(who):
            return f"unwatch {', '.join(who)}"
        case Merge(into):
            return f"merge into {into}"
        case Start(process):
            return f"start {process}"
        case _:
            assert_never(what)


def _told_of_mail(what: OfMail) -> str:
    match what:
        case AddNoteFrom(template):
            return f'note "{template}"'
        case Forward(to, whole, files):
            return f"forward to {to} {'as attachment' if whole else 'inline'}{'' if files else ' without attachments'}"
        case Split():
            return "split"
        case _:
            assert_never(what)


def _told_mail(what: Reply | Notify | Close | CloseLater) -> str:
    match what:
        case Reply(template, every):
            return f'reply "{template}"' + (f", not again within {every}" if every else "")
        case Notify():
            return f'notify {_addressee(what)} "{what.template}"' + (" in the digest" if what.digest else "")
        case Close(template):
            return f'close "{template}"' if template else "close"
        case CloseLater(after, template):
            said = f"close after {duration_text(after.total_seconds())}"
            return f'{said} "{template}"' if template else said
        case _:
            assert_never(what)


def _told_gate(what: Reject | Drop | SetAside | Join) -> str:
    match what:
        case Reject(code, enhanced, text):
            return f"reject {code} {enhanced} {_cut(text)}"
        case Drop(reason):
            return f'drop "{_cut(reason)}"'
        case SetAside(reason):
            return f'quarantine "{_cut(reason)}"'
        case Join(mode, number):
            return f"join {number if mode == 'ticket' else mode}"
        case _:
            assert_never(what)


def _addressee(action: Notify) -> str:
    if action.owner:
        return "owner"
    if action.old_owner:
        return "old owner"
    if action.watchers:
        return "watchers"
    if action.team is not None:
        return f"team {action.team}"
    return f"role {action.role}" if action.role is not None else ", ".join(action.to)


def _number(text: Expression, variables: Mapping[str, object]) -> str:
    number = _one_line(text.render(variables)).lstrip("#")
    if not re.fullmatch(r"[0-9A-Za-z-]{1,40}", number):
        raise CannotFill(f'"{_cut(number)}" is not the number of a ticket')
    return number


def _one_line(text: str) -> str:
    return " ".join(_CONTROLS.sub(" ", text).split())


def _cut(text: str) -> str:
    return text if len(text) <= _TOLD else f"{text[:_TOLD]}…"
