"""What an action changes, in the words in which tests expect it (spec/rules.md 1.7)."""

from collections.abc import Iterable

from mailgate.rules import actions, task
from mailgate.rules.assignment import LeastBusy, RoundRobin, ToAgent, ToPrevious
from mailgate.rules.outside import CallWebhook, RunProgram, WebhookTemplate

Values = frozenset[str] | None  # None: whatever, it is known only when it is done


def touched(what: task.What) -> dict[str, Values]:
    """Each aspect of the ticket with what it becomes; "mail" with the template, "tags" and "fields" with the names."""
    match what:
        case actions.SetQueue(queue):
            return {"queue": _one(queue)}
        case actions.SetPriority(priority):
            return {"priority": _one(priority)}
        case actions.SetType(type_):
            return {"type": _one(type_)}
        case actions.SetState(state):
            return {"state": _one(state)}
        case actions.Reopen():
            return {"state": _one("open")}
        case actions.Pend() | task.PendFor() | task.PendUntil():
            return {"state": _one("pending"), "pending_for": None}
        case actions.Close(template):
            return {"state": _one("closed")} | _mail(template)
        case actions.CloseLater(_, template):
            return {"state": _one("closed"), "closes_in": None} | _mail(template)
        case actions.AssignOwner(agent) | ToAgent(agent):
            return {"owner": _one(agent or "none")}
        case RoundRobin() | LeastBusy() | ToPrevious():
            return {"owner": None}
        case actions.AddTags(tags) | actions.RemoveTags(tags):
            return {"tags": frozenset(tags)}
        case actions.Watch() | actions.Unwatch():
            return {"watchers": None}
        case actions.SetFields() | actions.UnsetFields() | task.FieldsTemplate():
            return {"fields": frozenset(_names(what))}
        case actions.Start(process):
            return {"process": _one(process), "step": None}
        case _:
            return _of_mail(what)


def _of_mail(what: task.What) -> dict[str, Values]:
    match what:
        case actions.Reply(template) | actions.Notify(template):
            return _mail(template)
        case actions.Forward():
            return _mail("forward")
        case actions.AddNote() | actions.AddNoteFrom() | task.NoteTemplate():
            return {"notes": None, "articles": None}
        case actions.Merge() | task.MergeTemplate():
            return {"merged_into": None, "state": _one("merged")}
        case CallWebhook() | RunProgram():
            return {"called": _one(what.name)}
        case WebhookTemplate(webhook):
            return {"called": _one(webhook.name)}
        case actions.Split():
            return {"ticket": None}
        case actions.Reject() | actions.Drop() | actions.SetAside() | actions.Join() | task.JoinTemplate():
            return {"gate": None, "ticket": None}
        case _:
            return {}


def _names(what: actions.SetFields | actions.UnsetFields | task.FieldsTemplate) -> Iterable[str]:
    return what.names if isinstance(what, actions.UnsetFields) else (name for name, _ in what.fields)


def _mail(template: str | None) -> dict[str, Values]:
    return {"mail": _one(template)} if template else {}


def _one(value: str) -> frozenset[str]:
    return frozenset((value,))
