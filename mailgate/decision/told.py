"""An effect as the ticket's history tells it: an event's name and its particulars."""

from typing import Any, assert_never

from mailgate.decision.effects import (
    AddPerson,
    AddressBounced,
    AddTags,
    AppendArticle,
    AppendNote,
    Await,
    CallOutside,
    ChangeOwner,
    ChangePriority,
    ChangeState,
    ChangeType,
    ComeBack,
    DelayDelivery,
    Effect,
    ExpectPerson,
    FailDelivery,
    GoAway,
    HoldAnswer,
    LinkTicket,
    MergeTicket,
    MoveToQueue,
    OpenTicket,
    PendUntil,
    PlanClose,
    ReleaseAnswer,
    Remark,
    RemovePerson,
    RemoveTags,
    Resume,
    Rotate,
    SendMail,
    SetFields,
    Settle,
    SplitOff,
    TakeIn,
    TellLater,
    UnsetFields,
    WithdrawAnswer,
    Withhold,
)
from mailgate.decision.process_effects import (
    AskApproval,
    AskFields,
    CastVote,
    EndProcess,
    EnterStep,
    RemindApproval,
    SettleApproval,
    StartProcess,
    TickItem,
    told_of_process,
)


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
        case ChangeType(old_type, new_type):
            return "type.changed", {"old": old_type, "new": new_type}
        case MergeTicket(_, into):
            return "ticket.merged", {"into": into}
        case TakeIn(other):
            return "ticket.took-in", {"other": other}
        case SplitOff(other):
            return "ticket.split", {"other": other}
        case AppendNote(article):
            return "note.added", {"article": article}
        case LinkTicket(other, reason):
            return "ticket.linked", {"other": other, "reason": reason}
        case SendMail(kind, template, recipient):
            return "mail.composed", {"kind": kind, "template": template, "to": recipient}
        case Withhold(template, recipient, reason):
            return "mail.withheld", {"template": template, "to": recipient, "reason": reason}
        case ChangeOwner(old_owner, new_owner, how):
            return "owner.changed", {"old": old_owner, "new": new_owner, "how": how}
        case PendUntil(until):
            return "pending.until", {"until": until.isoformat()}
        case PlanClose(at, template, _):
            return "close.planned", {"at": at.isoformat(), "template": template}
        case RemoveTags(tags):
            return "tag.removed", {"tags": list(tags)}
        case UnsetFields(names):
            return "field.unset", {"fields": list(names)}
        case AddPerson(person):
            return "participant.added", {"address": person.address, "role": person.role}
        case ExpectPerson(person):
            return "participant.expected", {"address": person.address}
        case RemovePerson(person):
            return "participant.removed", {"address": person.address, "role": person.role}
        case HoldAnswer(article, reason):
            return "answer.held", {"article": article, "reason": reason}
        case ReleaseAnswer(article):
            return "answer.released", {"article": article}
        case WithdrawAnswer(article, why):
            return "answer.withdrawn", {"article": article, "why": why}
        case Await(agent, kind, _, waiting):
            return "agent.asked", {"agent": agent, "about": kind, "article": waiting}
        case Settle(_, how):
            return "agent.decided", {"how": how}
        case Resume(mail, way):
            return "mail.resumed", {"mail": f"S{mail}", "way": way}
        case TellLater(agent, line, due):
            return "mail.joined", {"agent": agent, "line": line, "due": due.isoformat()}
        case FailDelivery(article, recipient, reply):
            return "delivery.bounced", {"article": article, "to": recipient, "reply": reply}
        case DelayDelivery(article, recipient, reply):
            return "delivery.delayed", {"article": article, "to": recipient, "reply": reply}
        case AddressBounced(address, _, reason, dead):
            return "address.dead" if dead else "address.bounced", {"address": address, "reason": reason}
        case Rotate(team):
            return "team.rotated", {"team": team}
        case CallOutside(kind, name, target, method, key):
            what = {"name": name, "method": method, "url": target} if kind == "webhook" else {"name": name}
            return f"{kind}.queued", {**what, "key": key}
        case GoAway(agent, until):
            return "agent.away", {"agent": agent, "until": until.isoformat()}
        case ComeBack(agent):
            return "agent.back", {"agent": agent}
        case Remark(event, text):
            return event, {"text": text}
        case StartProcess() | EnterStep() | TickItem() | AskFields() | AskApproval() | RemindApproval() | CastVote():
            return told_of_process(effect)
        case SettleApproval() | EndProcess():
            return told_of_process(effect)
        case _:
            assert_never(effect)
