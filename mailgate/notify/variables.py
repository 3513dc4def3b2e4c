"""What a template can see: frozen views of the ticket, the customer, the message, and whoever gets the mail.

Everything a template may print stands here, and nothing else does: no database, no internal note, no secret. Times are
local to the site. Texts are cut so that the longest mail still makes a notification.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from typing import Any

from mailgate.mail.message import Mailbox, Message
from mailgate.notify.scrub import scrub_line, scrub_text
from mailgate.tickets.model import Agent, Queue, Ticket

MAX_TEXT = 20_000
MAX_ATTACHMENTS = 50
MAX_NAME = 200
CUT = "\n[...]\n"
Clean = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class TicketView:
    """`owner` is empty where nobody owns it; `tag` is the token that stands in subjects."""

    number: str
    tag: str
    subject: str
    queue: str
    state: str
    priority: str
    owner: str
    created: datetime
    tags: tuple[str, ...] = ()

    def without(self, clean: Clean) -> "TicketView":
        """What `clean` leaves of the words that the customer chose."""
        return replace(self, subject=clean(self.subject))


@dataclass(frozen=True, slots=True)
class CustomerView:
    """Who wrote; `name` is whatever he calls himself, `address` the real one."""

    name: str
    address: str

    def without(self, clean: Clean) -> "CustomerView":
        return replace(self, name=clean(self.name))


@dataclass(frozen=True, slots=True)
class AttachmentView:
    filename: str
    size: int  # octets


@dataclass(frozen=True, slots=True)
class MessageView:
    """`new_text` is what he wrote now, `text` the whole with what he quoted."""

    subject: str = ""
    text: str = ""
    new_text: str = ""
    attachments: tuple[AttachmentView, ...] = ()

    def without(self, clean: Clean) -> "MessageView":
        """The message with every text as `clean` leaves it: what one party quotes is not another's to see."""
        return MessageView(
            clean(self.subject),
            clean(self.text),
            clean(self.new_text),
            tuple(AttachmentView(clean(each.filename), each.size) for each in self.attachments),
        )


@dataclass(frozen=True, slots=True)
class AgentView:
    """The agent who gets this mail; all empty in a mail to somebody else."""

    name: str = ""
    title: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class QueueView:
    name: str
    title: str
    address: str


@dataclass(frozen=True, slots=True)
class Variables:
    """Everything for one mail; `brand` is added by the templates.

    `verified` says how the sender's identity was proven ("dmarc=pass acme.example"); empty: it was not.
    """

    ticket: TicketView
    customer: CustomerView
    message: MessageView
    queue: QueueView
    site: str
    now: datetime
    verified: str = ""
    agent: AgentView = field(default=AgentView())
    notice: tuple[str, ...] = ()  # the facts of a mail to the operator

    def mapping(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class NeutralTicket:
    """All that somebody of whom nothing is known is told (R32)."""

    number: str
    tag: str


VIEWS = (TicketView, CustomerView, AttachmentView, MessageView, AgentView, QueueView, NeutralTicket)


def neutral_mapping(variables: Variables) -> dict[str, Any]:
    """What a neutral template sees: the number, and our own fixed words."""
    ticket = NeutralTicket(variables.ticket.number, variables.ticket.tag)
    return {"ticket": ticket, "queue": variables.queue, "site": variables.site, "now": variables.now}


def view_ticket(ticket: Ticket, tag: str, zone: tzinfo) -> TicketView:
    """`tag` is the rendered token, "[Ticket#1042]"; `zone` the site's."""
    return TicketView(
        number=ticket.number,
        tag=tag,
        subject=scrub_line(ticket.subject),
        queue=ticket.queue,
        state=ticket.state,
        priority=ticket.priority,
        owner=ticket.owner or "",
        created=ticket.created_at.astimezone(zone),
        tags=ticket.tags[:MAX_ATTACHMENTS],
    )


def view_customer(mailbox: Mailbox) -> CustomerView:
    return CustomerView(scrub_line(mailbox.name, MAX_NAME), scrub_line(mailbox.address, 320))


def view_message(message: Message) -> MessageView:
    attachments = tuple(
        AttachmentView(scrub_line(each.filename, MAX_NAME), each.size) for each in message.attachments[:MAX_ATTACHMENTS]
    )
    body = message.body
    return MessageView(scrub_line(message.subject), _cut(body.text), _cut(body.new_text), attachments)


def view_agent(agent: Agent) -> AgentView:
    return AgentView(agent.name, scrub_line(agent.title, MAX_NAME), agent.address)


def view_queue(queue: Queue) -> QueueView:
    return QueueView(queue.name, scrub_line(queue.title, MAX_NAME), queue.address)


def notice_variables(facts: tuple[str, ...], queue: Queue, site: str, now: datetime) -> Variables:
    """For a mail to the operator, which speaks of no ticket; `now` is local to the site."""
    none = TicketView("", "", "", "", "", "", "", now)
    said = tuple(scrub_line(fact, 500) for fact in facts)
    return Variables(none, CustomerView("", ""), MessageView(), view_queue(queue), site, now, notice=said)


def _cut(text: str) -> str:
    text = text if len(text) <= MAX_TEXT else text[:MAX_TEXT].rstrip() + CUT
    return scrub_text(text).strip("\n")
