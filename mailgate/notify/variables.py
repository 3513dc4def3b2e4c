"""What a template can see: the variables of one mail, cut so that the longest still makes a mail.

Everything a template may print stands here and in `views`, and nothing else does. Times are local to the site.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from mailgate.notify.hours import ALWAYS_OPEN, HoursView
from mailgate.notify.named import Named
from mailgate.notify.scrub import scrub_line, scrub_text
from mailgate.notify.views import (
    AgentView,
    AnswerView,
    AttachmentView,
    Clean,
    CustomerView,
    DeliveryView,
    DigestLine,
    DoubtView,
    EarlierView,
    HeldView,
    ItemView,
    MessageView,
    ProcessView,
    QueueView,
    RecordView,
    ResultLine,
    StepView,
    TicketView,
    ValueView,
    VoteView,
    WantedView,
)

MAX_TEXT = 20_000
MAX_NAME = 200
MAX_LINE = 200
MOST = {"earlier": 10, "results": 100, "digest": 100}  # entries of a list
CUT = "\n[...]\n"
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
    stands_in: str = ""  # its reader gets it for the `owner`, who is away, or as the whole `team` is
    joined_by: str = ""  # the rule that put the mail on this ticket
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
        values["joined_by"] = scrub_line(self.joined_by, MAX_NAME)
        for name in ("copied", "left_out"):
            values[name] = tuple(scrub_line(each, MAX_LINE) for each in values[name])
        for name in ("kept_text", "page"):
            if len(values[name]) > MAX_TEXT:
                values[name] = cut(values[name])
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


def cut(text: str, most: int = MAX_TEXT) -> str:
    text = text if len(text) <= most else text[:most].rstrip() + CUT
    return scrub_text(text).strip("\n")
