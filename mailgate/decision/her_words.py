"""What an agent's mail says: her orders and her words, told apart (spec/agents.md 2 and 3).

The address that she wrote to may be an order too, or say that the text is a note.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from mailgate.commands.address import command_of
from mailgate.commands.block import Block, BlockLine, find_block
from mailgate.commands.mistake import Mistake
from mailgate.commands.read import Ordered, Orders, as_corrected, read_orders
from mailgate.commands.stray import stray_commands
from mailgate.commands.values import Answer, Approve, Command, Confirm, Deny, Discard, Note, Send, Undo
from mailgate.decision.case import Mail
from mailgate.decision.commanded import names_of
from mailgate.decision.draughtsman import Draughtsman
from mailgate.decision.leak import Leak
from mailgate.decision.relay import travels
from mailgate.mail.footer import says_nothing, without_mobile_footer
from mailgate.mail.message import Attachment
from mailgate.tickets.model import Agent
from mailgate.tickets.signed import SignedAddress

_MARK = 30  # characters at the end of a subject
_IN_SUBJECT = re.compile(r"\(S([0-9]{1,18})\)\s*$")  # as notify.signing writes it
_IN_NOTICE = re.compile(r"<notice\.s([0-9]{1,18})\.")  # as notify.write does
NOT_MENDED = "<-- ?"
WORDS_FOR_WHAT_WAITS = (Send, Discard, Confirm, Undo)
OF_HER_TEXT = (Note, Answer)  # they say where the text goes, and do nothing by themselves


@dataclass(frozen=True, slots=True)
class AgentsMail:
    """A mail that is proven to be an agent's, on a ticket that exists by now."""

    mail: Mail
    agent: Agent
    signed: SignedAddress | None  # her own, if the mail was sent to it
    authenticity: str
    evidence: str
    leaks: tuple[Leak, ...] = ()  # why the last search of the finished mail held it back
    opened: bool = False  # the ticket was opened by this very mail
    elsewhere: tuple[str, ...] = ()  # numbers of other tickets whose addresses of hers it was sent to as well

    @property
    def actor(self) -> str:
        return f"agent:{self.agent.name}"

    @property
    def files(self) -> tuple[Attachment, ...]:
        """What she sends with it; what a text part shows is not counted."""
        files = self.mail.message.attachments
        return tuple(each for each in files if travels(each) and not (each.inline and each.content_id))

    @property
    def meant(self) -> int | None:
        """The mail for which her word is: it stands in the id of what she answers, and in the subject of our links."""
        answered = (found for each in self.mail.lookup.named_ids if (found := _IN_NOTICE.match(each)) is not None)
        mark = next(answered, None) or _IN_SUBJECT.search(self.mail.message.subject[-_MARK:])
        return int(mark[1]) if mark is not None else None

    @property
    def seen(self) -> int | None:
        """The newest article that she can have seen: it stands in what she answers to. None: she answers nothing."""
        if self.signed is not None:
            return self.signed.revision
        return max((each.article for each in self.mail.lookup.our_ids), default=None)


@dataclass(frozen=True, slots=True)
class Reading:
    """What she wrote: orders, and the words that are left; `strays`: lines of these that look like orders."""

    block: Block
    orders: Orders
    text: str
    as_note: bool
    strays: tuple[BlockLine, ...] = ()

    @property
    def commands(self) -> tuple[Ordered, ...]:
        return self.orders.commands

    def has(self, *kinds: type[Command]) -> bool:
        return any(isinstance(each.command, kinds) for each in self.commands)

    @property
    def said(self) -> str:
        """The orders, for a history."""
        return "; ".join(each.text for each in self.commands)

    @property
    def lines(self) -> str:
        """The orders as she wrote them, to be read again."""
        return "\n".join(each.text for each in self.commands)


def read(it: AgentsMail, pen: Draughtsman) -> Reading:
    """Her words and orders. What she once got back is read as she then said."""
    resumes, purpose = it.mail.envelope.resumes, it.signed.purpose if it.signed is not None else "r"
    block = find_block(it.mail.message.body.new_text)
    orders = _orders(block, purpose, pen)
    strays = stray_commands(block, names_of(pen.policy), pen.now, pen.policy.site.timezone)
    if resumes in ("as text", "as note"):
        if orders.mistakes or not strays:  # else it was for these alone that it came back
            block = Block((), block.rest)
            orders = _orders(block, purpose, pen)
        strays = ()
    if resumes == "corrected" and (mended := as_corrected(block, orders)) is not None:
        block = mended
        orders = _orders(block, purpose, pen)
    kinds = {type(each.command) for each in orders.commands}
    as_note = (
        Note in kinds
        or kinds & {Approve, Deny} != set()
        or resumes == "as note"
        or (purpose in ("n", "y", "x") and Answer not in kinds)
    )
    text = without_mobile_footer(block.rest).strip("\n")
    names = (it.agent.title, it.agent.title.partition(" ")[0], it.agent.name, it.mail.message.author.name)
    return Reading(block, orders, "" if says_nothing(text, names) else text, as_note, strays)


def to_copy(reading: Reading, mistakes: Sequence[Mistake], *, has_text: bool) -> str:
    """A refused mail as she can send it again: each wrong line mended, or marked, which no command line can be.

    Nothing where it would be one line that the list of mistakes has already.
    """
    if not has_text and len(reading.block.lines) < 2:
        return ""
    wrong = {each.line: each.corrected for each in mistakes if each.line}
    lines = (
        each.text if each.number not in wrong else wrong[each.number] or f"{each.text} {NOT_MENDED}"
        for each in reading.block.lines
        if each.number
    )
    return "\n\n".join(filter(None, ("\n".join(lines), reading.text if has_text else "")))


def _orders(block: Block, purpose: str, pen: Draughtsman) -> Orders:
    """The orders of the address and of the block: they must not contradict each other."""
    of_address = command_of(purpose)
    if of_address is not None and not isinstance(of_address, Note):
        line = BlockLine(0, f"#{type(of_address).__name__.lower()}")
        block = replace(block, lines=(line, *block.lines))
    return read_orders(block, names_of(pen.policy), pen.now, pen.policy.site.timezone)
