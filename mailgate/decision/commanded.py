"""What an agent's commands do to a ticket, each with the line that she is told about it. Words for something that waits
(`#send`, `#undo`) are in `released`."""

from dataclasses import replace
from datetime import datetime, tzinfo
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
    ExpectPerson,
    MoveToQueue,
    PendUntil,
    RemovePerson,
    RemoveTags,
    SetFields,
)
from mailgate.decision.pages import explain_page, history_page, show_page
from mailgate.decision.policy import Policy
from mailgate.decision.process_commands import order, told_now
from mailgate.decision.standing import is_ours, same_person
from mailgate.decision.telling import Result
from mailgate.decision.watching import next_party
from mailgate.mail.address import normalise
from mailgate.phrases.phrase import Phrase
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
        processes={name: process.title for name, process in policy.rules.processes.processes.items()},
    )


def is_dangerous(command: Command) -> bool:
    """Whether it sends content to somebody new: such a command needs a proof of the sender (spec/agents.md 1)."""
    return isinstance(command, say.Cc)


def carry_out(
    agent: Agent, commands: tuple[Ordered, ...], pen: Draughtsman, reason: str = ""
) -> tuple[tuple[Result, ...], str]:
    """Everything that changes the ticket, in her order, and the pages that she asked for. `reason`: her words."""
    results: list[Result] = []
    pages: list[str] = []
    for each in commands:
        said = _change(agent, each.command, reason, pen)
        page = _page(each.command, agent.language or pen.policy.site.language, pen)
        if page:
            pages.append(page)
            said = Phrase("stands below")
        if said:
            results.append(Result(each.line, each.text, said))
    return tuple(results), "\n\n".join(pages)


def _change(agent: Agent, command: Command, reason: str, pen: Draughtsman) -> str:
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
            return until_in_words(until, pen.policy.site.timezone)
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
        case say.Done() | say.Undone() | say.Approve() | say.Deny() | say.StartProcess():
            return order(agent, command, reason, pen)
        case say.Show() | say.History() | say.Explain() | say.Help():
            return ""
        case _:
            return _attribute(actor, command, pen)


def until_in_words(until: datetime, zone: tzinfo) -> Phrase:
    """Until when it waits, by the site's clock."""
    until = until.astimezone(zone)
    return Phrase(
        "pending until",
        weekday=Phrase(f"weekday {until.weekday()}"),
        day=f"{until:%d}",
        month=Phrase(f"month {until.month}"),
        year=until.year,
        time=f"{until:%H:%M}",
    )


def _attribute(actor: str, command: say.Move | say.SetPriority | say.Tag | say.SetField, pen: Draughtsman) -> str:
    ticket = pen.ticket
    match command:
        case say.Move(queue):
            if queue == ticket.queue:
                return Phrase("already in queue", queue=pen.policy.queue(queue).title)
            old = ticket.queue
            pen.effect(actor, MoveToQueue(old, queue))
            return Phrase("moved", old=pen.policy.queue(old).title, new=pen.policy.queue(queue).title)
        case say.SetPriority(priority):
            if priority == ticket.priority:
                return Phrase("priority already", priority=Phrase(f"priority {priority}"))
            pen.effect(actor, ChangePriority(ticket.priority, priority))
            old_words, new_words = Phrase(f"priority {ticket.priority}"), Phrase(f"priority {priority}")
            return Phrase("priority changed", old=old_words, new=new_words)
        case say.Tag(add, remove):
            return _tags(actor, add, remove, pen)
        case say.SetField(name, value):
            if ticket.field(name) == value:
                return Phrase("field already", name=name, value=value)
            pen.effect(actor, SetFields(((name, value),)))
            return f"{name} = {value}"
        case _:
            assert_never(command)


def _state(actor: str, state: State, pen: Draughtsman) -> str:
    before = pen.ticket.state
    if before == state:
        return Phrase("state already", state=Phrase(f"state {state}"))
    pen.effect(actor, ChangeState(before, state))
    return Phrase("state changed", old=Phrase(f"state {before}"), new=Phrase(f"state {state}"))


def _owner(actor: str, owner: str | None, pen: Draughtsman) -> str:
    before = pen.ticket.owner
    if before == owner and owner is None:
        return Phrase("owner already nobodys")
    if before == owner and actor == f"agent:{owner}":
        return Phrase("owner already yours")
    if before == owner:
        return Phrase("owner already", owner=_called(owner, pen))
    pen.effect(actor, ChangeOwner(before, owner, "command"))
    said = Phrase("owner changed", old=_called(before, pen), new=_called(owner, pen))
    back = pen.facts.away.get(owner or "")
    if back is None or actor == f"agent:{owner}":
        return said
    return Phrase("who is away", said=said, until=f"{back.astimezone(pen.policy.site.timezone):%Y-%m-%d %H:%M}")


def _called(agent: str | None, pen: Draughtsman) -> str:
    """An agent by the name that people call her."""
    known = pen.policy.agents.get(agent or "")
    return known.title if known is not None else agent or Phrase("nobody")


def _tags(actor: str, add: tuple[str, ...], remove: tuple[str, ...], pen: Draughtsman) -> str:
    has = pen.ticket.tags
    if fresh := tuple(tag for tag in add if tag not in has):
        pen.effect(actor, AddTags(fresh))
    if gone := tuple(tag for tag in remove if tag in has):
        pen.effect(actor, RemoveTags(gone))
    return Phrase("tags", tags=", ".join(pen.ticket.tags) or Phrase("none"))


def _add(actor: str, addresses: tuple[str, ...], pen: Draughtsman) -> str:
    for address in addresses:
        if _is_new(address, pen):
            pen.effect(actor, AddPerson(replace(_newcomer(address, pen), role="cc")))
    return _takes_part(pen)


def expect(agent: Agent, addresses: tuple[str, ...], pen: Draughtsman) -> tuple[Participant, ...]:
    """Those of `addresses` who take no part yet, each with the number that he will have."""
    people = []
    for address in addresses:
        if _is_new(address, pen):
            person = _newcomer(address, pen)
            pen.effect(f"agent:{agent.name}", ExpectPerson(person))
            people.append(person)
    return tuple(people)


def _is_new(address: str, pen: Draughtsman) -> bool:
    """Whether he has yet to join: to whom a mail was forwarded may be let in too."""
    people = (each for each in pen.ticket.people if each.role != "third-party")
    known = any(same_person(each.address, address, pen.policy) for each in people)
    return not known and not is_ours(address, pen.policy)


def _newcomer(address: str, pen: Draughtsman) -> Participant:
    """Somebody new with a number of his own: the one that is kept for him, or the next."""
    waiting = (each for each in pen.ticket.participants if each.role in ("awaited", "third-party"))
    kept = next((each for each in waiting if same_person(each.address, address, pen.policy)), None)
    return kept or Participant(normalise(address), _known_name(address, pen), next_party(pen), "awaited")


def _known_name(address: str, pen: Draughtsman) -> str:
    """How a mail on the ticket called him, in To or Cc: customers copy people before agents let them in."""
    boxes = (box for each in reversed(pen.facts.said.get(pen.ticket.id, ())) if each.verified for box in each.sent_to)
    return next((box.name for box in boxes if box.name and same_person(box.address, address, pen.policy)), "")


def _remove(actor: str, addresses: tuple[str, ...], pen: Draughtsman) -> str:
    for person in pen.ticket.people:
        asked = any(same_person(person.address, each, pen.policy) for each in addresses)
        if asked and person.role != "requester":
            pen.effect(actor, RemovePerson(person))
    return _takes_part(pen)


def _takes_part(pen: Draughtsman) -> str:
    return Phrase("takes part", people=", ".join(each.address for each in pen.ticket.people) or Phrase("nobody"))


def _page(command: Command, language: str, pen: Draughtsman) -> str:
    """The answer to a question, in her language."""
    said = pen.facts.said.get(pen.ticket.id, ())
    match command:
        case say.Show():
            return show_page(pen.ticket, said, pen.policy, language, told_now(pen))
        case say.History():
            return history_page(pen.facts.told.get(pen.ticket.id, ()), pen.policy.site.timezone)
        case say.Explain():
            return explain_page(pen.facts.explained.get(pen.ticket.id), pen.policy.site.timezone, language)
        case say.Help(topic):
            return help_text(topic, language)
    return ""
