"""What a template can see: frozen views of the ticket, the customer, the message, and whoever gets the mail.

Everything a template may print stands here, and nothing else does: no database, no internal note, no secret. Times are
local to the site. Texts are cut so that the longest mail still makes a notification.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from typing import Any

from mailgate.decision.past import Record
from mailgate.mail.alternatives import DIFFER, HIDES
from mailgate.mail.message import Mailbox, Message
from mailgate.mail.pictures import attached_files
from mailgate.notify.hours import ALWAYS_OPEN, HoursView
from mailgate.notify.named import NO_FIELDS, Named
from mailgate.notify.scrub import scrub_line, scrub_text
from mailgate.tickets.model import Agent, Queue, Ticket

MAX_TEXT = 20_000
MAX_ATTACHMENTS = 50
MAX_NAME = 200
MAX_AUTHORS = 5
MAX_EARLIER = 2_000  # characters of each earlier message below a notification
MOST = {"earlier": 10, "results": 100, "digest": 100}  # entries of a list
MAX_LINE = 200
LINKS: Mapping[str, str] = {  # name -> the line that it sends, which can be typed as well
    "take": "#take",
    "note": "#note",
    "close": "#close",
    "pending": "#pending 3d",
    "reopen": "#reopen",
    "history": "#history",
    "corrected": "#confirm",
    "as_text": "#send",
    "as_note": "#note",
    "discard": "#discard",
    "send": "#send",
    "confirm": "#confirm",
    "undo": "#undo",
    "approve": "#approve",
    "deny": "#deny",
}
CUT = "\n[...]\n"
Clean = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class TicketView:
    """`owner` is empty where nobody owns it; `tag` is the token that stands in subjects.

    `owner_title` is what people call the owner; empty: as `owner`. `linked` is the number of a ticket that this one is
    linked with, `linked_why` one of LINKED_REASONS, for which each language has its sentence, or a sentence.
    """

    number: str
    tag: str
    subject: str
    queue: str
    state: str
    priority: str
    owner: str
    created: datetime
    tags: tuple[str, ...] = ()
    owner_title: str = ""
    linked: str = ""
    linked_why: str = ""
    type: str = ""  # a free word of the rules
    fields: Named = NO_FIELDS

    def without(self, clean: Clean) -> "TicketView":
        """What `clean` leaves of the words that the customer chose."""
        fields = Named({name: clean(self.fields[name]) for name in self.fields}) if len(self.fields) else self.fields
        return replace(self, subject=clean(self.subject), linked_why=clean(self.linked_why), fields=fields)


@dataclass(frozen=True, slots=True)
class RecordView:
    """The other tickets of a customer: how many, and the newest. `more`: older ones are not counted."""

    open: int
    closed: int
    more: bool
    last_number: str
    last_subject: str
    last_at: datetime

    def without(self, clean: Clean) -> "RecordView":
        return replace(self, last_subject=clean(self.last_subject))


@dataclass(frozen=True, slots=True)
class CustomerView:
    """Who wrote; `name` is whatever he calls himself, `address` the real one.

    `ambiguous`: From is nobody's (R15); `also`: the other addresses that could be read in it. `group`: of customers.
    `record`: None where he has no other ticket.
    """

    name: str
    address: str
    ambiguous: bool = False
    also: tuple[str, ...] = ()
    group: str = ""
    record: RecordView | None = None

    def without(self, clean: Clean) -> "CustomerView":
        return replace(self, name=clean(self.name), record=self.record and self.record.without(clean))


@dataclass(frozen=True, slots=True)
class AttachmentView:
    filename: str
    size: int  # octets


@dataclass(frozen=True, slots=True)
class MessageView:
    """`new_text` is what he wrote now, `text` the whole with what he quoted.

    `differs`: its text and its HTML say different things; `hides`: its HTML has words that no reader sees (R57).
    """

    subject: str = ""
    text: str = ""
    new_text: str = ""
    attachments: tuple[AttachmentView, ...] = ()
    differs: bool = False
    hides: bool = False

    def without(self, clean: Clean) -> "MessageView":
        """The message with every text as `clean` leaves it: what one party quotes is not another's to see."""
        return replace(
            self,
            subject=clean(self.subject),
            text=clean(self.text),
            new_text=clean(self.new_text),
            attachments=tuple(AttachmentView(clean(each.filename), each.size) for each in self.attachments),
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
class AnswerView:
    """An agent's answer, as a whole. `html` is printed as it is: it was sanitised; empty: it is made of the text."""

    text: str = ""
    html: str = ""


@dataclass(frozen=True, slots=True)
class EarlierView:
    """A message of the ticket that was there before: `who` wrote it, `internal` is what no customer saw, `waits` an
    agent's answer that has not gone out yet, `unsent` one that never will."""

    at: datetime
    who: str
    text: str
    internal: bool = False
    waits: bool = False
    unsent: bool = False

    def without(self, clean: Clean) -> "EarlierView":
        return replace(self, who=clean(self.who), text=clean(self.text))


@dataclass(frozen=True, slots=True)
class ResultLine:
    """What became of one line of a command block. `text`: the command as it was written, `said`: the result."""

    line: int
    text: str
    said: str
    ok: bool

    def without(self, clean: Clean) -> "ResultLine":
        return replace(self, text=clean(self.text), said=clean(self.said))


@dataclass(frozen=True, slots=True)
class HeldView:
    """Why an answer waits for a word of its author, and the other message that is the reason.

    `reason` is one of HELD_REASONS, for which each language has its sentence, or a sentence.
    """

    reason: str = ""
    other: EarlierView | None = None
    found: tuple[str, ...] = ()  # what it holds that is not for its readers

    def without(self, clean: Clean) -> "HeldView":
        return HeldView(clean(self.reason), self.other and self.other.without(clean), tuple(map(clean, self.found)))


@dataclass(frozen=True, slots=True)
class DoubtView:
    """A mail that may not be the agent's: what is in doubt, how to mend it, its From, and what was found out of it.

    `reason` is one of DOUBT_REASONS, for which each language has its sentence, or a sentence.
    """

    reason: str = ""
    mend: str = ""
    sender: str = ""
    verdict: str = ""

    def without(self, clean: Clean) -> "DoubtView":
        return DoubtView(clean(self.reason), clean(self.mend), clean(self.sender), clean(self.verdict))


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """An answer that reached nobody: to whom, what the server replied, and what that means in words."""

    recipient: str = ""
    reply: str = ""
    words: str = ""

    def without(self, clean: Clean) -> "DeliveryView":
        return DeliveryView(clean(self.recipient), clean(self.reply), clean(self.words))


@dataclass(frozen=True, slots=True)
class DigestLine:
    """One of several things that are told together; `ticket` is its number, empty where it is about none."""

    at: datetime
    ticket: str
    line: str

    def without(self, clean: Clean) -> "DigestLine":
        return replace(self, line=clean(self.line))


@dataclass(frozen=True, slots=True)
class WantedView:
    """A field that a process needs: its name and type; `wrong` is what was answered and does not fit."""

    name: str
    kind: str
    wrong: str = ""

    def without(self, clean: Clean) -> "WantedView":
        return replace(self, wrong=clean(self.wrong))


@dataclass(frozen=True, slots=True)
class ItemView:
    """An item of a checklist."""

    number: int
    text: str
    done: bool


@dataclass(frozen=True, slots=True)
class ValueView:
    """A field of a process that is known."""

    name: str
    value: str

    def without(self, clean: Clean) -> "ValueView":
        return replace(self, value=clean(self.value))


@dataclass(frozen=True, slots=True)
class VoteView:
    """What somebody decided, and his reason."""

    who: str
    granted: bool
    reason: str

    def without(self, clean: Clean) -> "VoteView":
        return replace(self, reason=clean(self.reason))


@dataclass(frozen=True, slots=True)
class ProcessView:
    """The ticket's process; all empty where it runs none. `ended`: it has come to its end."""

    name: str = ""
    title: str = ""
    version: int = 0
    values: tuple[ValueView, ...] = ()
    ended: bool = False

    def without(self, clean: Clean) -> "ProcessView":
        return replace(self, values=tuple(each.without(clean) for each in self.values))


@dataclass(frozen=True, slots=True)
class StepView:
    """The step of the process at which the ticket is. `verdict` of its approval: "", granted, denied or expired; of its
    `quorum` so many as `counted` have said yes."""

    name: str = ""
    entered: datetime | None = None
    wanted: tuple[WantedView, ...] = ()
    items: tuple[ItemView, ...] = ()
    expires: datetime | None = None
    verdict: str = ""
    votes: tuple[VoteView, ...] = ()
    quorum: int = 0
    counted: int = 0

    def without(self, clean: Clean) -> "StepView":
        wanted = tuple(each.without(clean) for each in self.wanted)
        return replace(self, wanted=wanted, votes=tuple(each.without(clean) for each in self.votes))


HELD_REASONS = ("answered", "internal", "foreign", "merged", "unsure", "new_ticket", "often", "dead")
LINKED_REASONS = ("subject", "address", "closed")
DOUBT_REASONS = ("alias", "failed", "unproven", "unsigned", "expired")


@dataclass(frozen=True, slots=True)
class Variables:
    """Everything for one mail; `brand` is added by the templates.

    `verified` says how the sender's identity was proven ("dmarc=pass acme.example"); empty: it was not.
    `reply_does`: what a reply to this mail will do, "answer" or "note". `answers_to`: the names of those whom an answer
    goes to; empty: the customer's. `links`: a name of LINKS -> a mailto: URL; what is not in it is not shown. `page` is
    laid out already and printed as it is.
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
    author: str = ""  # who wrote `message`, as a name
    answer: AnswerView = field(default=AnswerView())
    signature: str = ""
    quoted: EarlierView | None = None  # the customer's last message, below an answer to him
    earlier: tuple[EarlierView, ...] = ()  # below a notification, the newest first
    wrote_since: EarlierView | None = None  # what the customer wrote while the agent was answering
    reply_does: str = ""
    answers_to: str = ""
    actor: str = ""  # the agent whose mail made it happen; empty where a customer's, a rule or a timer did
    copied: tuple[str, ...] = ()  # third persons to whom the customer's mail went as well
    left_out: tuple[str, ...] = ()  # the addresses of those of them whom no answer goes to
    reopened: bool = False  # what this mail tells of has opened the ticket again
    apart: bool = False  # its sender has no part in the ticket, or may not be who he says: it was filed and no more
    new_owner: bool = False  # what this mail tells of has made its reader the owner
    links: Mapping[str, str] = field(default_factory=dict)
    results: tuple[ResultLine, ...] = ()
    kept_text: str = ""  # the agent's own words, quoted back
    page: str = ""
    held: HeldView = field(default=HeldView())
    doubt: DoubtView = field(default=DoubtView())
    delivery: DeliveryView = field(default=DeliveryView())
    digest: tuple[DigestLine, ...] = ()
    hours: Named = ALWAYS_OPEN  # of each calendar
    process: ProcessView = field(default=ProcessView())
    step: StepView = field(default=StepView())

    def mapping(self) -> dict[str, Any]:
        """Name -> value, long texts and lists cut so that the longest still make a mail; the answer never is."""
        values = {name: getattr(self, name) for name in self.__slots__}
        values["answers_to"] = scrub_line(self.answers_to, MAX_NAME)
        for name in ("copied", "left_out"):
            values[name] = tuple(scrub_line(each, MAX_LINE) for each in values[name])
        for name in ("kept_text", "page"):
            if len(values[name]) > MAX_TEXT:
                values[name] = _cut(values[name])
        for name, most in MOST.items():
            if len(values[name]) > most:
                values[name] = values[name][:most]
        return values

    def without(self, clean: Clean) -> "Variables":
        """What `clean` leaves of all words that came by mail. The answer stays: what is in it is its author's to hear.

        So do the links and the signature, which are ours.
        """
        return replace(
            self,
            ticket=self.ticket.without(clean),
            customer=self.customer.without(clean),
            message=self.message.without(clean),
            author=clean(self.author),
            copied=tuple(map(clean, self.copied)),
            left_out=tuple(map(clean, self.left_out)),
            answers_to=clean(self.answers_to),
            quoted=self.quoted and self.quoted.without(clean),
            earlier=tuple(each.without(clean) for each in self.earlier),
            wrote_since=self.wrote_since and self.wrote_since.without(clean),
            results=tuple(each.without(clean) for each in self.results),
            kept_text=clean(self.kept_text),
            page=clean(self.page),
            held=self.held.without(clean),
            doubt=self.doubt.without(clean),
            delivery=self.delivery.without(clean),
            digest=tuple(each.without(clean) for each in self.digest),
            process=self.process.without(clean),
            step=self.step.without(clean),
        )


@dataclass(frozen=True, slots=True)
class NeutralTicket:
    """All that somebody of whom nothing is known is told (R32)."""

    number: str
    tag: str


VIEWS = (
    *(
        TicketView,
        RecordView,
        CustomerView,
        AttachmentView,
        MessageView,
        AgentView,
        QueueView,
        NeutralTicket,
        AnswerView,
    ),
    *(HoursView, EarlierView, ResultLine, HeldView, DoubtView, DeliveryView, DigestLine),
    *(ProcessView, StepView, WantedView, ItemView, ValueView, VoteView),
)


def neutral_mapping(variables: Variables) -> dict[str, Any]:
    """What a neutral template sees: the number, and our own fixed words."""
    ticket = NeutralTicket(variables.ticket.number, variables.ticket.tag)
    return {"ticket": ticket, "queue": variables.queue, "site": variables.site, "now": variables.now}


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
        _cut(body.text),
        _cut(body.new_text),
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
    return EarlierView(at.astimezone(zone), scrub_line(who, MAX_NAME), _cut(text, most), internal, waits, unsent)


def view_result(line: int, text: str, said: str, ok: bool) -> ResultLine:
    return ResultLine(line, scrub_line(text, MAX_LINE), scrub_line(said, MAX_LINE), ok)


def view_digest_line(at: datetime, ticket: str, line: str, zone: tzinfo) -> DigestLine:
    return DigestLine(at.astimezone(zone), ticket, scrub_line(line, MAX_LINE))


def notice_variables(facts: tuple[str, ...], queue: Queue, site: str, now: datetime) -> Variables:
    """For a mail to the operator, which speaks of no ticket; `now` is local to the site."""
    none = TicketView("", "", "", "", "", "", "", now)
    said = tuple(scrub_line(fact, 500) for fact in facts)
    return Variables(none, CustomerView("", ""), MessageView(), view_queue(queue), site, now, notice=said)


def _cut(text: str, most: int = MAX_TEXT) -> str:
    text = text if len(text) <= most else text[:most].rstrip() + CUT
    return scrub_text(text).strip("\n")
