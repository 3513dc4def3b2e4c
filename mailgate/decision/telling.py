"""What a mail of ours says besides ticket and message: the parts that the decision itself puts into it.

Values only; notify turns them into what a template sees.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from mailgate.decision.past import NO_RECORD, Record
from mailgate.mail.message import Mailbox

LinkName = (
    Literal["take", "note", "close", "pending", "reopen", "history"]
    | Literal["confirm", "corrected", "as_text", "send", "discard", "as_note", "undo"]
    | Literal["approve", "deny"]
)

StandsIn = Literal["", "owner", "team"]  # for an owner who is away; or the whole team is away, and somebody must hear


@dataclass(frozen=True, slots=True)
class Earlier:
    """Something that was said before."""

    at: datetime
    who: str
    text: str
    internal: bool = False
    waits: bool = False  # an answer that nobody outside has yet
    unsent: bool = False  # an answer that nobody outside will ever have


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one command. `line` counts from 1 in her mail; 0: it was no line of hers."""

    line: int
    text: str
    said: str
    ok: bool = True


def in_order(results: tuple[Result, ...]) -> tuple[Result, ...]:
    """The lines of her mail as she wrote them, whatever was done first; what is no line of hers keeps its place."""
    lines = iter(sorted((each for each in results if each.line), key=lambda each: each.line))
    return tuple(next(lines) if each.line else each for each in results)


@dataclass(frozen=True, slots=True)
class Telling:
    """The particulars of one mail to an agent or the operator."""

    results: tuple[Result, ...] = ()
    page: str = ""  # the answer to #show, #history, #explain, #help
    kept_text: str = ""  # her own words, given back; of a refused mail with its command lines, mended or marked
    reason: str = ""  # why something is held or doubted: one of notify's reasons, or a sentence
    mend: str = ""  # and what to do about it
    sender: str = ""  # the address and verdict of a doubtful sender
    verdict: str = ""
    other: Earlier | None = None  # the answer that crossed hers
    found: tuple[str, ...] = ()  # what her answer holds that is not for its readers
    wrote_since: Earlier | None = None  # the customer's mail that she had not seen
    earlier: tuple[Earlier, ...] = ()
    links: tuple[LinkName, ...] = ()
    recipient: str = ""  # of a mail that could not be delivered
    reply: str = ""
    size: int = 0  # octets of the mail that could not be delivered
    waits: int = 0  # the mail in the spool for which a word is wanted: her links and her reply name it
    record: Record = NO_RECORD  # of the customer
    outsider: bool = False  # its reader may not see the ticket


NOTHING_MORE = Telling()


@dataclass(frozen=True, slots=True)
class Answer:
    """An agent's answer on its way to one recipient; every copy has the same To, Cc, text and Message-ID."""

    agent: Mailbox  # her name; her address does not travel
    text: str
    commands: tuple[str, ...]  # the lines to be taken out of her HTML too
    to: tuple[Mailbox, ...]
    cc: tuple[Mailbox, ...]
    subject: str  # that the customer knows
    parent: str | None  # his newest Message-ID
    references: tuple[str, ...]  # oldest first
    quoted: Earlier | None
    signature: str
