"""Why something that a rule asked for changed nothing, in words for the trace: a check mark alone says it was done."""

from collections.abc import Sequence
from dataclasses import dataclass

from mailgate.decision.policy import Policy
from mailgate.rules import actions
from mailgate.rules.actions import Action, NewAction, Notify
from mailgate.tickets.model import State, Ticket

TOLD_ELSEWISE = "mailgate writes to her of this mail by itself"
HER_OWN = "it is her own action"
OURS = "one of our own addresses"


def why_nothing(action: Action | NewAction, ticket: Ticket) -> str:
    """Of an action that left no effect on the ticket, which stood so before it."""
    match action:
        case actions.SetQueue(queue):
            return f"it lies in {queue} already"
        case actions.SetPriority(priority):
            return f"its priority is {priority} already"
        case actions.SetType(kind):
            return f"its type is {kind} already" if kind else "it has no type"
        case actions.AssignOwner(agent):
            return f"{agent} owns it already" if agent else "it has no owner"
        case actions.SetState(state):
            return _still(ticket, state)
        case actions.Close() | actions.CloseLater():
            return _still(ticket, "closed")
        case actions.Pend() | actions.Reopen():
            return f"its state is {ticket.state}"
        case _:
            return _of_several(action)


def _still(ticket: Ticket, state: State) -> str:
    """What is merged has no state of its own any more."""
    return f"its state is {ticket.state}" + (" already" if ticket.state == state else "")


def _of_several(action: Action | NewAction) -> str:
    match action:
        case actions.AddTags():
            return "tagged so already"
        case actions.RemoveTags():
            return "not tagged so"
        case actions.SetFields():
            return "set so already"
        case actions.UnsetFields():
            return "not set"
        case actions.Watch():
            return "watching already"
        case actions.Unwatch():
            return "not watching"
        case _:
            return ""  # what always leaves an effect, or says itself why not


@dataclass(frozen=True, slots=True)
class PassedOver:
    """Somebody whom `notify` means and does not tell. `who`: an agent's name or an address."""

    who: str
    why: str


def came_of_notify(told: bool, passed: Sequence[PassedOver], nobody: str) -> str:
    """What the trace adds to a `notify`: nothing where it told all. `nobody`: why it means nobody."""
    by_reason: dict[str, list[str]] = {}
    for each in passed:
        by_reason.setdefault(each.why, []).append(each.who)
    whys = "; ".join(f"{why} ({', '.join(people)})" for why, people in by_reason.items())
    if not whys:
        return "" if told else f"nobody: {nobody}"
    return f"not to all: {whys}" if told else f"nobody: {whys}"


def means_nobody(action: Notify, ticket: Ticket | None, policy: Policy, old_owner: str = "") -> str:
    """Why there is nobody whom `action` means."""
    if action.watchers:
        return "the ticket has no watchers"
    if action.old_owner:
        return f"{old_owner} is no agent any more" if old_owner else "the ticket had no owner before"
    if action.role is not None:
        return f"no agent has the role {action.role}"
    if action.to:
        return f"no such agent ({', '.join(action.to)})"
    team = _team(action.team, ticket, policy)
    empty = f"team {team} is empty" if team else "its queue has no team"
    if not action.owner:
        return empty
    owner = ticket.owner if ticket is not None else None
    return f"its owner {owner} is no agent any more, and {empty}" if owner else f"the ticket has no owner, and {empty}"


def _team(named: str | None, ticket: Ticket | None, policy: Policy) -> str:
    if named not in (None, "queue"):
        return named or ""
    return (policy.queue(ticket.queue).team or "") if ticket is not None else ""


def told_by(actor: str) -> str:
    """Why somebody who was told is not told again."""
    rule = actor.removeprefix("rule:")
    return f"told already by rule {rule}" if rule != actor else "told already"
