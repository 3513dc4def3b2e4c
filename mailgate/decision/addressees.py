"""Who is told: from a rule's `notify` to people, each once, whatever roles they have."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from mailgate.decision.policy import Policy
from mailgate.decision.telling import StandsIn
from mailgate.mail.address import normalise
from mailgate.mail.message import Mailbox
from mailgate.rules.actions import Notify
from mailgate.tickets.model import Agent, Ticket

_FOR_NOBODY: StandsIn = ""


@dataclass(frozen=True, slots=True)
class Addressee:
    """Somebody who is told. `agent` None: a plain address that a rule names; it can read, not answer with power."""

    box: Mailbox
    agent: Agent | None = None
    reason: str = ""  # why: "owner", "team billing", "role lead", "named", "watcher"; of two teams both
    stands_in: StandsIn = ""


def addressees(
    action: Notify,
    ticket: Ticket | None,
    policy: Policy,
    also: tuple[str, ...] = (),
    old_owner: str = "",
    away: frozenset[str] = frozenset(),
) -> tuple[Addressee, ...]:
    """Everybody that `action` means, in order, without repeats. `also`: queues that the mail was written to as well.
    Without a ticket nobody owns or watches it, and no queue's team is meant. `old_owner`: who had it before.

    `away`: agents who are. Their team's work is not theirs meanwhile, and those who are here hear of theirs."""
    people: dict[str, Addressee] = {}
    if action.old_owner:
        action = replace(action, to=(old_owner,))
    for each in _named(action, ticket, policy, also, away):
        known = people.setdefault(normalise(each.box.address), each)
        if each.reason not in known.reason.split(", "):
            people[normalise(each.box.address)] = replace(known, reason=f"{known.reason}, {each.reason}")
    return tuple(people.values())


def _named(
    action: Notify, ticket: Ticket | None, policy: Policy, also: tuple[str, ...], away: frozenset[str]
) -> Iterator[Addressee]:
    for person in ticket.watchers if ticket is not None and action.watchers else ():
        agent = policy.agents_at.get(normalise(person.address))
        yield Addressee(Mailbox(person.name, person.address), agent, "watcher")
    why = "old owner" if action.old_owner else "named"
    theirs = _by_their_part(action, ticket, policy, also, away)
    for name, reason, stands_in in (*theirs, *((name, why, _FOR_NOBODY) for name in action.to)):
        if (agent := policy.agents.get(name)) is not None:
            yield Addressee(Mailbox(agent.title, agent.address), agent, reason, stands_in)
        elif "@" in name:
            yield Addressee(Mailbox("", name), None, reason)


def _by_their_part(
    action: Notify, ticket: Ticket | None, policy: Policy, also: tuple[str, ...], away: frozenset[str]
) -> Iterator[tuple[str, str, StandsIn]]:
    """Agents, why each, and for whom: an owner stands before the queue's team, which stands in for her."""
    owner, queue = (ticket.owner, (ticket.queue,)) if ticket is not None else (None, ())
    teams = [policy.queue(name).team or "" for name in (*queue, *also)]
    if action.owner and owner in policy.agents:
        yield owner or "", "owner", _FOR_NOBODY
        if owner in away:
            yield from ((name, f"team {team}", "owner") for team in teams for name in _here(team, policy, away))
    elif action.owner or action.team is not None:
        for team in teams if action.team in (None, "queue") else (action.team or "",):
            here = _here(team, policy, away)
            stands_in: StandsIn = "" if here else "team"
            yield from ((name, f"team {team}", stands_in) for name in here or policy.teams.get(team, ()))
    elif action.role is not None:
        for name, agent in policy.agents.items():
            if action.role in agent.roles:
                yield name, f"role {action.role}", _FOR_NOBODY


def _here(team: str, policy: Policy, away: frozenset[str]) -> tuple[str, ...]:
    return tuple(name for name in policy.teams.get(team, ()) if name not in away)
