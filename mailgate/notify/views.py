"""The views: what a template sees of a ticket, a customer, a message. Frozen, plain values under plain names.

No database, no internal note, no secret. `without(clean)` is the view with every word that came by mail cleaned.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from mailgate.notify.named import NO_FIELDS, Named

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
