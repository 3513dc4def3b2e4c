"""Everything that can happen because of a mail: one frozen value each, closed, so that a forgotten case is found.

`told` says an effect as the ticket's history does.
"""

from dataclasses import dataclass
from typing import Any, Literal, assert_never

from mailgate.tickets.model import Priority, State


@dataclass(frozen=True, slots=True)
class OpenTicket:
    queue: str
    requester: str


@dataclass(frozen=True, slots=True)
class AppendArticle:
    article: int
    author: str
    evidence: str
    verified: bool


@dataclass(frozen=True, slots=True)
class ChangeState:
    old: State
    new: State


@dataclass(frozen=True, slots=True)
class MoveToQueue:
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class ChangePriority:
    old: Priority
    new: Priority


@dataclass(frozen=True, slots=True)
class AddTags:
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SetFields:
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class AppendNote:
    article: int


@dataclass(frozen=True, slots=True)
class LinkTicket:
    other: str  # the other ticket's number
    reason: str


@dataclass(frozen=True, slots=True)
class SendMail:
    """A mail was composed. `kind` as in `outbox list --json`."""

    kind: Literal["customer", "auto-reply", "agent", "report"]
    template: str
    recipient: str


@dataclass(frozen=True, slots=True)
class Withhold:
    """A mail that a rule asked for and that must not go out."""

    template: str
    recipient: str
    reason: str


@dataclass(frozen=True, slots=True)
class Remark:
    """Something worth knowing that changes nothing: "also addressed to billing"."""

    event: str
    text: str


Effect = (
    OpenTicket
    | AppendArticle
    | ChangeState
    | MoveToQueue
    | ChangePriority
    | AddTags
    | SetFields
    | AppendNote
    | LinkTicket
    | SendMail
    | Withhold
    | Remark
)


@dataclass(frozen=True, slots=True)
class Done:
    """An effect and who caused it: "customer", "agent:nina", "rule:acknowledge", "mailgate"."""

    actor: str
    effect: Effect


def told(effect: Effect) -> tuple[str, dict[str, Any]]:
    """The event's name and detail as the history and `ticket show --json` have them."""
    match effect:
        case OpenTicket(queue, requester):
            return "ticket.created", {"queue": queue, "requester": requester}
        case AppendArticle(article, author, evidence, verified):
            return "article.added", {"article": article, "from": author, "evidence": evidence, "verified": verified}
        case ChangeState(old, new):
            return "state.changed", {"old": old, "new": new}
        case MoveToQueue(old, new):
            return "queue.changed", {"old": old, "new": new}
        case ChangePriority(old, new):
            return "priority.changed", {"old": old, "new": new}
        case AddTags(tags):
            return "tag.added", {"tags": list(tags)}
        case SetFields(fields):
            return "field.changed", {"fields": dict(fields)}
        case AppendNote(article):
            return "note.added", {"article": article}
        case LinkTicket(other, reason):
            return "ticket.linked", {"other": other, "reason": reason}
        case SendMail(kind, template, recipient):
            return "mail.composed", {"kind": kind, "template": template, "to": recipient}
        case Withhold(template, recipient, reason):
            return "mail.withheld", {"template": template, "to": recipient, "reason": reason}
        case Remark(event, text):
            return event, {"text": text}
        case _:
            assert_never(effect)
