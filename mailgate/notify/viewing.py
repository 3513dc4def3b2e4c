"""Views made of tickets, people, mails and results: local times, texts cut so that the longest mail still makes one."""

from datetime import datetime, tzinfo

from mailgate.decision.past import Record
from mailgate.mail.alternatives import DIFFER, HIDES
from mailgate.mail.message import Mailbox, Message
from mailgate.mail.pictures import attached_files
from mailgate.notify.named import Named
from mailgate.notify.scrub import scrub_line
from mailgate.notify.variables import MAX_LINE, MAX_NAME, Variables, cut
from mailgate.notify.views import (
    AgentView,
    AttachmentView,
    CustomerView,
    DigestLine,
    EarlierView,
    MessageView,
    QueueView,
    RecordView,
    ResultLine,
    TicketView,
)
from mailgate.tickets.model import Agent, Queue, Ticket

MAX_ATTACHMENTS = 50
MAX_AUTHORS = 5
MAX_EARLIER = 2_000  # characters of each earlier message below a notification


def view_ticket(
    ticket: Ticket, tag: str, zone: tzinfo, owner_title: str = "", linked: str = "", linked_why: str = ""
) -> TicketView:
    """`tag` is the rendered token, "[Ticket#1042]"; `zone` the site's; `owner_title`, `linked`: as TicketView says."""
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
        owner_title=scrub_line(owner_title, MAX_NAME) or ticket.owner or "",
        linked=linked,
        linked_why=scrub_line(linked_why, MAX_LINE),
        type=scrub_line(ticket.type or "", MAX_NAME),
        fields=Named({name: scrub_line(value, MAX_LINE) for name, value in ticket.fields[:MAX_ATTACHMENTS]}),
    )


def view_record(record: Record, zone: tzinfo) -> RecordView | None:
    last = record.last
    if last is None:
        return None
    subject = scrub_line(last.subject, MAX_NAME)
    return RecordView(record.open, record.closed, record.more, last.number, subject, last.opened_at.astimezone(zone))


def view_customer(mailbox: Mailbox, *, ambiguous: bool = False, others: tuple[Mailbox, ...] = ()) -> CustomerView:
    also = tuple(scrub_line(each.address, 320) for each in others[:MAX_AUTHORS] if each.address)
    return CustomerView(scrub_line(mailbox.name, MAX_NAME), scrub_line(mailbox.address, 320), ambiguous, also)


def view_message(message: Message) -> MessageView:
    attachments = tuple(
        AttachmentView(scrub_line(each.filename, MAX_NAME), each.size)
        for each in attached_files(message)[:MAX_ATTACHMENTS]
    )
    body = message.body
    return MessageView(
        scrub_line(message.subject),
        cut(body.text),
        cut(body.new_text),
        attachments,
        differs=DIFFER in message.defects,
        hides=HIDES in message.defects,
    )


def view_agent(agent: Agent) -> AgentView:
    return AgentView(agent.name, scrub_line(agent.title, MAX_NAME), agent.address)


def view_queue(queue: Queue) -> QueueView:
    return QueueView(queue.name, scrub_line(queue.title, MAX_NAME), queue.address)


def view_earlier(
    at: datetime,
    who: str,
    text: str,
    zone: tzinfo,
    internal: bool = False,
    most: int = MAX_EARLIER,
    *,
    waits: bool = False,
    unsent: bool = False,
) -> EarlierView:
    """A stored article; its text is cut at `most` characters. `zone` is the site's."""
    return EarlierView(at.astimezone(zone), scrub_line(who, MAX_NAME), cut(text, most), internal, waits, unsent)


def view_result(line: int, text: str, said: str, ok: bool) -> ResultLine:
    return ResultLine(line, scrub_line(text, MAX_LINE), scrub_line(said, MAX_LINE), ok)


def view_digest_line(at: datetime, ticket: str, line: str, zone: tzinfo) -> DigestLine:
    return DigestLine(at.astimezone(zone), ticket, scrub_line(line, MAX_LINE))


def notice_variables(facts: tuple[str, ...], queue: Queue, site: str, now: datetime) -> Variables:
    """For a mail to the operator, which speaks of no ticket; `now` is local to the site."""
    none = TicketView("", "", "", "", "", "", "", now)
    said = tuple(scrub_line(fact, 500) for fact in facts)
    return Variables(none, CustomerView("", ""), MessageView(), view_queue(queue), site, now, notice=said)
