"""Who watches a ticket: is told with `notify: {watchers: true}`, and has no part in it by that."""

from mailgate.decision.draughtsman import Draughtsman
from mailgate.decision.effects import AddPerson, RemovePerson
from mailgate.mail.address import normalise
from mailgate.mail.message import Mailbox
from mailgate.tickets.model import Participant


def watch(actor: str, who: tuple[str, ...], pen: Draughtsman) -> None:
    """Add watchers: agents by name, others by address. Who watches already is passed over."""
    for box in (_box(each, pen) for each in who):
        if any(normalise(each.address) == normalise(box.address) for each in pen.ticket.watchers):
            continue
        pen.effect(actor, AddPerson(Participant(box.address, box.name, next_party(pen), "watcher")))


def unwatch(actor: str, who: tuple[str, ...], pen: Draughtsman) -> None:
    """Take watchers away."""
    gone = {normalise(_box(each, pen).address) for each in who}
    for person in pen.ticket.watchers:
        if normalise(person.address) in gone:
            pen.effect(actor, RemovePerson(person))


def next_party(pen: Draughtsman) -> int:
    """The number of the next who takes part: never that of another one."""
    return max((each.party for each in pen.ticket.participants), default=0) + 1


def _box(who: str, pen: Draughtsman) -> Mailbox:
    agent = pen.policy.agents.get(who)
    return Mailbox("", who) if agent is None else Mailbox(agent.title, agent.address)
