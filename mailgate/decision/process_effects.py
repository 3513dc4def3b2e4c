"""What can happen to a ticket's process: one frozen value each, a part of `effects.Effect`; and where the ticket stands
then."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, assert_never

from mailgate.tickets.running import Approval, Asked, Running, Verdict, Vote


@dataclass(frozen=True, slots=True)
class StartProcess:
    """It begins; `text` is kept, by `definition`, its hash."""

    process: str
    version: int
    definition: str
    text: str


@dataclass(frozen=True, slots=True)
class EnterStep:
    process: str
    step: str
    because: str


@dataclass(frozen=True, slots=True)
class TickItem:
    """An item of the checklist is done, or not any more. `number` counts from 1."""

    step: str
    number: int
    item: str
    done: bool


@dataclass(frozen=True, slots=True)
class AskFields:
    """The customer is asked for these."""

    step: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AskApproval:
    """Somebody is asked to approve. Their mails are copies of `article`."""

    step: str
    approval: Approval


@dataclass(frozen=True, slots=True)
class RemindApproval:
    """Who has not answered is reminded; `more`: who is asked from now on too."""

    step: str
    more: tuple[Asked, ...]
    next: datetime | None


@dataclass(frozen=True, slots=True)
class CastVote:
    process: str
    step: str
    vote: Vote


@dataclass(frozen=True, slots=True)
class SettleApproval:
    """It is decided, or over. `fields`: for which values of the process's fields."""

    process: str
    step: str
    verdict: Verdict
    fields: str


@dataclass(frozen=True, slots=True)
class EndProcess:
    process: str
    step: str


ProcessEffect = (
    StartProcess
    | EnterStep
    | TickItem
    | AskFields
    | AskApproval
    | RemindApproval
    | CastVote
    | SettleApproval
    | EndProcess
)


def running_after(running: Running | None, effect: ProcessEffect, now: datetime) -> Running | None:
    """Where the ticket stands then."""
    if isinstance(effect, StartProcess):
        return Running(effect.process, effect.version, effect.definition)
    if running is None:
        return None
    match effect:
        case EnterStep(_, step):
            return replace(running, step=step, entered_at=now, questions=0, approval=None)
        case TickItem(step, number, _, done):
            others = tuple(each for each in running.ticks if each != (step, number))
            return replace(running, ticks=(*others, (step, number)) if done else others)
        case AskFields():
            return replace(running, questions=running.questions + 1)
        case AskApproval(_, approval):
            return replace(running, approval=approval)
        case EndProcess():
            return replace(running, ended=True, approval=None)
        case RemindApproval() | CastVote() | SettleApproval():
            return running if running.approval is None else _approved(running, running.approval, effect)
        case _:
            assert_never(effect)


def _approved(running: Running, approval: Approval, effect: RemindApproval | CastVote | SettleApproval) -> Running:
    match effect:
        case RemindApproval(_, more, following):
            return replace(running, approval=replace(approval, asked=(*approval.asked, *more), remind_at=following))
        case CastVote(_, _, vote):
            return replace(running, approval=replace(approval, votes=(*approval.votes, vote)))
        case SettleApproval(_, step, verdict, fields):
            others = tuple(each for each in running.grants if each[0] != step)
            grants = (*others, (step, fields)) if verdict == "granted" else others
            return replace(running, grants=grants, approval=replace(approval, verdict=verdict))
        case _:
            assert_never(effect)


def told_of_process(effect: ProcessEffect) -> tuple[str, dict[str, Any]]:
    """As the history has it."""
    match effect:
        case StartProcess(process, version, definition):
            return "process.started", {"process": process, "version": version, "definition": definition}
        case EnterStep(process, step, because):
            return "step.entered", {"process": process, "step": step, "because": because}
        case TickItem(step, number, item, done):
            return "item.done" if done else "item.undone", {"step": step, "number": number, "item": item}
        case AskFields(step, fields):
            return "fields.asked", {"step": step, "fields": list(fields)}
        case AskApproval(step, approval):
            asked = [each.address for each in approval.asked]
            return "approval.asked", {"step": step, "asked": asked, "expires": approval.expires_at.isoformat()}
        case RemindApproval(step, more):
            return "approval.reminded", {"step": step, "asked besides": [each.address for each in more]}
        case CastVote(_, step, vote):
            said = {"step": step, "by": vote.who, "granted": vote.granted, "reason": vote.reason}
            return "approval.voted", said
        case SettleApproval(process, step, verdict):
            return f"approval.{verdict}", {"process": process, "step": step}
        case EndProcess(process, step):
            return "process.ended", {"process": process, "step": step}
        case _:
            assert_never(effect)
