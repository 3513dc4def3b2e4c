"""Who is told: from a rule's `notify` to people, each once, whatever roles they have."""

from collections.abc import Iterator
from dataclasses import dataclass

from mailgate.decision.policy import Policy
from mailgate.mail.address import normalise
from mailgate.mail.message import Mailbox
from mailgate.rules.actions import Notify
from mailgate.tickets.model import Agent, Ticket


@dataclass(frozen=True, slots=True)
class Addressee:
    """Somebody who is told. `agent` None: a plain address that a rule names; it can read, not answer with power."""

    box: Mailbox
    agent: Agent | None = None


def addressees(action: Notify, ticket: Ticket, policy: Policy, also: tuple[str, ...] = ()) -> tuple[Addressee, ...]:
    """Everybody that `action` means, in order, without repeats. `also`: queues that the mail was written to as well."""
    people = {normalise(each.box.address): each for each in _named(action, ticket, policy, also)}
    return tuple(people.values())


def _named(action: Notify, ticket: Ticket, policy: Policy, also: tuple[str, ...]) -> Iterator[Addressee]:
    names: tuple[str, ...] = ()
    if action.owner and ticket.owner in policy.agents:
        names = (ticket.owner or "",)
    elif action.owner or action.team == "queue":
        teams = (policy.queue(name).team or "" for name in (ticket.queue, *also))
        names = tuple(name for team in teams for name in policy.teams.get(team, ()))
    elif action.team is not None:
        names = policy.teams.get(action.team, ())
    elif action.role is not None:
        names = tuple(name for name, agent in policy.agents.items() if action.role in agent.roles)
    for person in ticket.watchers if action.watchers else ():
        agent = policy.agents_at.get(normalise(person.address))
        yield Addressee(Mailbox(person.name, person.address), agent)
    for name in (*names, *action.to):
        if (agent := policy.agents.get(name)) is not None:
            yield Addressee(Mailbox(agent.title, agent.address), agent)
        elif "@" in name:
            yield Addressee(Mailbox("", name))
