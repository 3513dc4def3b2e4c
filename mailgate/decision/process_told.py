"""What a mail says of the ticket's process: values only, which notify turns into what templates see."""

from dataclasses import dataclass
from datetime import datetime

from mailgate.rules.process import Process
from mailgate.rules.process_values import missing
from mailgate.tickets.model import Ticket
from mailgate.tickets.running import Verdict


@dataclass(frozen=True, slots=True)
class WantedField:
    """A field that is needed. `wrong`: what was answered, and is not of its type."""

    name: str
    kind: str
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class ListItem:
    number: int
    text: str
    done: bool


@dataclass(frozen=True, slots=True)
class VoteTold:
    who: str
    granted: bool
    reason: str


@dataclass(frozen=True, slots=True)
class ProcessTold:
    """`values`: the process's fields that are known; `verdict` and the rest: of the approval in this step, of whose
    `quorum` so many as `counted` have said yes."""

    name: str = ""
    title: str = ""
    version: int = 0
    step: str = ""
    entered_at: datetime | None = None
    values: tuple[tuple[str, str], ...] = ()
    wanted: tuple[WantedField, ...] = ()
    items: tuple[ListItem, ...] = ()
    expires_at: datetime | None = None
    verdict: Verdict = ""
    votes: tuple[VoteTold, ...] = ()
    quorum: int = 0
    counted: int = 0
    ended: bool = False


NO_PROCESS = ProcessTold()


def process_told(process: Process, ticket: Ticket, wrong: dict[str, str]) -> ProcessTold:
    """As it is now. `wrong`: answers that were not taken, by field."""
    running = ticket.running
    if running is None:
        return NO_PROCESS
    values = dict(ticket.fields)
    known = tuple((name, values[name]) for name in process.fields if values.get(name))
    step, approval = process.steps.get(running.step), running.approval
    if step is None:
        return ProcessTold(process.name, process.title, process.version, values=known)
    ticked = running.ticked(step.name)
    return ProcessTold(
        name=process.name,
        title=process.title,
        version=process.version,
        step=step.name,
        entered_at=running.entered_at,
        values=known,
        wanted=tuple(
            WantedField(name, process.fields[name], wrong.get(name, values.get(name, "")))
            for name in missing(step.need, values, process.fields)
        ),
        items=tuple(ListItem(place, text, place in ticked) for place, text in enumerate(step.checklist, 1)),
        expires_at=approval.expires_at if approval else None,
        verdict=approval.verdict if approval else "",
        votes=tuple(VoteTold(each.who, each.granted, each.reason) for each in approval.votes) if approval else (),
        quorum=step.question.quorum if step.question else 0,
        counted=sum(each.granted for each in approval.votes) if approval else 0,
        ended=running.ended,
    )
