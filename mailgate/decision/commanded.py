"""What an agent's commands do to a ticket, each with the line that she is told about it. Words for something that waits
(`#send`, `#undo`) are in `released`."""

from typing import assert_never

from mailgate.commands import values as say
from mailgate.commands.help import help_text
from mailgate.commands.names import Names
from mailgate.commands.read import Ordered
from mailgate.commands.values import Command
from mailgate.decision.draughtsman import Draughtsman
from mailgate.decision.effects import (
    AddPerson,
    AddTags,
    ChangeOwner,
    ChangePriority,
    ChangeState,
    MoveToQueue,
    PendUntil,
    RemovePerson,
    RemoveTags,
    SetFields,
)
from mailgate.decision.pages import explain_page, history_page, show_page
from mailgate.decision.policy import Policy
from mailgate.decision.standing import is_ours, same_person
from mailgate.decision.telling import Result
from mailgate.decision.watching import next_party
from mailgate.mail.address import normalise
from mailgate.tickets.model import Agent, Participant, State


def names_of(policy: Policy) -> Names:
    """The names that a command may use."""
    return Names(
        agents={name: agent.title for name, agent in policy.agents.items()},
        addresses={
            normalise(address): name
            for name, agent in policy.agents.items()
            for address in (agent.address, *agent.also)
        },
        queues={name: queue.title for name, queue in policy.queues.items()},
        teams=tuple(policy.teams),
    )


def is_dangerous(command: Command) -> bool:
    """Whether it sends content to somebody new: such a command needs a proof of the sender (spec/agents.md 1)."""
    return isinstance(command, say.Cc)


def carry_out(agent: Agent, commands: tuple[Ordered, ...], pen: Draughtsman) -> tuple[tuple[Result, ...], str]:
    """Everything that changes the ticket, in her order, and the pages that she asked for."""
    results: list[Result] = []
    pages: list[str] = []
    for each in commands:
        said = _change(agent, each.command, pen)
        page = _page(each.command, pen)
        if page:
            pages.append(page)
        if said:
            results.append(Result(each.line, each.text, said))
    return tuple(results), "\n\n".join(pages)


def _change(agent: Agent, command: Command, pen: Draughtsman) -> str:
    """Do it, and say what was done; empty for what changes nothing by itself."""
    actor = f"agent:{agent.name}"
    match command:
        case say.Close():
            return _state(actor, "closed", pen)
        case say.Reopen():
            return _state(actor, "open", pen)
        case say.Spam():
            return _state(actor, "spam", pen)
        case say.Pending(until):
            _state(actor, "pending", pen)
            pen.effect(actor, PendUntil(until))
            return f"pending until {until.astimezone(pen.policy.site.timezone):%a %d %b %Y, %H:%M}"
        case say.Take():
            return _owner(actor, agent.name, pen)
        case say.Assign(name):
            return _owner(actor, name, pen)
        case say.Unassign():
            return _owner(actor, None, pen)
        case say.Cc(addresses):
            return _add(actor, addresses, pen)
        case say.Uncc(addresses):
            return _remove(actor, addresses, pen)
        case say.Note() | say.Answer() | say.Confirm() | say.Send() | say.Discard() | say.Undo():
            return ""
        case say.Show() | say.History() | say.Explain() | say.Help():
            return ""
        case _:
            return _attribute(actor, command, pen)


def _attribute(actor: str, command: say.Move | say.SetPriority | say.Tag | say.SetField, pen: Draughtsman) -> str:
    ticket = pen.ticket
    match command:
        case say.Move(queue):
            if queue == ticket.queue:
                return f"it lies in {queue} already"
            pen.effect(actor, MoveToQueue(ticket.queue, queue))
            return f"moved from {ticket.queue} to {queue}"
        case say.SetPriority(priority):
            if priority == ticket.priority:
                return f"the priority is {priority} already"
            pen.effect(actor, ChangePriority(ticket.priority, priority))
            return f"priority {ticket.priority} -> {priority}"
        case say.Tag(add, remove):
            return _tags(actor, add, remove, pen)
        case say.SetField(name, value):
            if ticket.field(name) == value:
                return f"{name} = {value} already"
            pen.effect(actor, SetFields(((name, value),)))
            return f"{name} = {value}"
        case _:
            assert_never(command)


def _state(actor: str, state: State, pen: Draughtsman) -> str:
    before = pen.ticket.state
    if before == state:
        return f"it is {state} already"
    pen.effect(actor, ChangeState(before, state))
    return f"state {before} -> {state}"


def _owner(actor: str, owner: str | None, pen: Draughtsman) -> str:
    before = pen.ticket.owner
    if before == owner:
        return f"it belongs to {owner} already" if owner else "it belongs to nobody already"
    pen.effect(actor, ChangeOwner(before, owner, "command"))
    return f"owner {before or 'nobody'} -> {owner or 'nobody'}"


def _tags(actor: str, add: tuple[str, ...], remove: tuple[str, ...], pen: Draughtsman) -> str:
    has = pen.ticket.tags
    if fresh := tuple(tag for tag in add if tag not in has):
        pen.effect(actor, AddTags(fresh))
    if gone := tuple(tag for tag in remove if tag in has):
        pen.effect(actor, RemoveTags(gone))
    return f"tags: {', '.join(pen.ticket.tags) or 'none'}"


def _add(actor: str, addresses: tuple[str, ...], pen: Draughtsman) -> str:
    for address in addresses:
        if is_ours(address, pen.policy) or any(
            same_person(each.address, address, pen.policy) for each in pen.ticket.people
        ):
            continue
        pen.effect(actor, AddPerson(Participant(normalise(address), "", next_party(pen), "cc")))
    return _takes_part(pen)


def _remove(actor: str, addresses: tuple[str, ...], pen: Draughtsman) -> str:
    for person in pen.ticket.people:
        asked = any(same_person(person.address, each, pen.policy) for each in addresses)
        if asked and person.role != "requester":
            pen.effect(actor, RemovePerson(person))
    return _takes_part(pen)


def _takes_part(pen: Draughtsman) -> str:
    return f"takes part: {', '.join(each.address for each in pen.ticket.people) or 'nobody'}"


def _page(command: Command, pen: Draughtsman) -> str:
    """The answer to a question."""
    said = pen.facts.said.get(pen.ticket.id, ())
    match command:
        case say.Show():
            return show_page(pen.ticket, said, pen.policy)
        case say.History():
            return history_page(pen.facts.told.get(pen.ticket.id, ()), pen.policy.site.timezone)
        case say.Explain():
            return explain_page(pen.facts.explained.get(pen.ticket.id, ()), pen.policy.site.timezone)
        case say.Help(topic):
            return help_text(topic)
    return ""
