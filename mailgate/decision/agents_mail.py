"""What a proven agent's mail does: an answer to the customer, a note, commands, or a word for something that waits.

Exactly one outcome each, never silence (spec/agents.md 2 to 4). Commands and text of one mail are one plan: where one
line is wrong, nothing is sent and nothing changes.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from mailgate.commands.address import command_of
from mailgate.commands.block import Block, find_block
from mailgate.commands.footer import says_nothing, without_mobile_footer
from mailgate.commands.mistake import Mistake
from mailgate.commands.read import Ordered, Orders, as_corrected, read_orders
from mailgate.commands.values import Answer as AnswerCommand
from mailgate.commands.values import Command, Confirm, Discard, Note, Send, Undo
from mailgate.decision.cascade import Cascade
from mailgate.decision.commanded import carry_out, is_dangerous, names_of
from mailgate.decision.conversation import Said
from mailgate.decision.draughtsman import Draughtsman
from mailgate.decision.effects import AppendArticle, Await, ChangeOwner, ChangeState, HoldAnswer, Remark
from mailgate.decision.facts import Lookup
from mailgate.decision.letters import Letters
from mailgate.decision.plan import NewArticle
from mailgate.decision.relay import recipients, relay
from mailgate.decision.released import release
from mailgate.decision.standing import is_authentic
from mailgate.decision.telling import Earlier, LinkName, Result, Telling
from mailgate.mail.envelope import Envelope
from mailgate.mail.message import Mailbox, Message
from mailgate.tickets.lifecycle import move
from mailgate.tickets.model import Agent
from mailgate.tickets.signed import SignedAddress

KEPT_FOR = timedelta(days=7)
MIN_QUOTED_NOTE = 12  # characters without blanks: shorter texts stand in every other mail
NOTHING_ELSE = ""  # no event of its own: only those of what changed
RESULT, REFUSED, HELD, CONFIRM = "command_result", "command_error", "agent_held", "confirm"
WHY_HELD = {
    "answered": "another agent answered meanwhile",
    "internal": "it quotes an internal note",
    "foreign": "it holds what belongs to somebody else",
    "unsure": "it is not clear where her words end and the quotation begins",
}
_FOR_THE_HELD: tuple[LinkName, ...] = ("send", "note", "discard")


@dataclass(frozen=True, slots=True)
class AgentsMail:
    """A mail that is proven to be an agent's, on a ticket that exists by now."""

    spool_id: int
    message: Message
    envelope: Envelope
    lookup: Lookup
    agent: Agent
    signed: SignedAddress | None  # her own, if the mail was sent to it
    authenticity: str
    evidence: str
    hold: str = ""  # why the last search of the finished mail held it back
    opened: bool = False  # the ticket was opened by this very mail


@dataclass(frozen=True, slots=True)
class Reading:
    """What she wrote: orders, and the words that are left."""

    block: Block
    orders: Orders
    text: str
    as_note: bool

    @property
    def commands(self) -> tuple[Ordered, ...]:
        return self.orders.commands

    def has(self, *kinds: type[Command]) -> bool:
        return any(isinstance(each.command, kinds) for each in self.commands)


@dataclass(frozen=True, slots=True)
class Done:
    """What came of it, in words, and the command lines that wait with a held answer."""

    detail: str
    orders: str = ""


def read(it: AgentsMail, pen: Draughtsman) -> Reading:
    """Her words and commands. The address that she wrote to may be a command, or say that the text is a note."""
    policy, zone = pen.policy, pen.policy.site.timezone
    block = find_block(it.message.body.new_text)
    if it.envelope.resumes == "as text":
        block = Block((), block.rest)
    names = names_of(policy)
    orders = read_orders(block, names, pen.now, zone)
    if it.envelope.resumes == "corrected" and (mended := as_corrected(block, orders)) is not None:
        block = mended
        orders = read_orders(block, names, pen.now, zone)
    purpose = it.signed.purpose if it.signed is not None else "r"
    said = command_of(purpose)
    if said is not None and not isinstance(said, Note) and all(each.command != said for each in orders.commands):
        orders = replace(orders, commands=(Ordered(0, "", said), *orders.commands))
    answers = any(isinstance(each.command, AnswerCommand) for each in orders.commands)
    notes = any(isinstance(each.command, Note) for each in orders.commands)
    as_note = notes or it.envelope.resumes == "as note" or (purpose == "n" and not answers)
    text = without_mobile_footer(block.rest).strip("\n")
    return Reading(block, orders, "" if says_nothing(text) else text, as_note)


def decide_agents_mail(it: AgentsMail, pen: Draughtsman, letters: Letters, cascade: Cascade) -> Done:
    """Draw up everything that the mail does."""
    reading = read(it, pen)
    if (refusal := _no_right(it, pen)) is not None:
        return _refuse(it, pen, letters, reading, (refusal,), resumable=False)
    if reading.orders.mistakes:
        return _refuse(it, pen, letters, reading, reading.orders.mistakes, resumable=True)
    if _needs_her_word(it, reading):
        return _ask(it, pen, letters, reading)
    if reading.has(Send, Discard, Confirm, Undo) or _is_word_for_the_held(it, pen, reading):
        return _word(it, pen, letters, cascade, reading)
    if it.opened or not (reading.text or _files(it.message)):
        return _commands_alone(it, pen, letters, cascade, reading)
    if reading.as_note:
        return _note(it, pen, letters, cascade, reading)
    return _answer(it, pen, letters, cascade, reading)


def _no_right(it: AgentsMail, pen: Draughtsman) -> Mistake | None:
    queue = pen.policy.queue(pen.ticket.queue)
    if queue.members_only and it.agent.name not in pen.policy.teams.get(queue.team or "", ()):
        return Mistake(0, "", f"only the team of {queue.title} may see and answer its tickets", None)
    return None


def _needs_her_word(it: AgentsMail, reading: Reading) -> bool:
    """What can hurt most needs more than that nothing speaks against the sender (spec/agents.md 1)."""
    if it.envelope.resumes is not None or is_authentic(it.agent, it.envelope, it.authenticity):
        return False
    return any(is_dangerous(each.command) for each in reading.commands)


def _ask(it: AgentsMail, pen: Draughtsman, letters: Letters, reading: Reading) -> Done:
    lines = "\n".join(each.text for each in reading.commands)
    pen.effect("mailgate", Await(it.agent.name, "unproven", pen.now + KEPT_FOR))
    telling = Telling(
        reason="unproven",
        sender=str(it.message.author),
        verdict=it.authenticity,
        kept_text="\n\n".join(filter(None, (lines, reading.text))),
        links=("confirm", "discard"),
    )
    letters.answer_agent(it.agent, CONFIRM, telling)
    return Done("waits for her confirmation", lines)


def _refuse(
    it: AgentsMail,
    pen: Draughtsman,
    letters: Letters,
    reading: Reading,
    mistakes: tuple[Mistake, ...],
    resumable: bool,
) -> Done:
    """Nothing is sent and nothing changes; she gets it back with the mend, and her text is kept."""
    told = "; ".join(f"{each.text}: {each.said}" if each.text else each.said for each in mistakes)
    actor = f"agent:{it.agent.name}"
    pen.effect(actor, Remark("command.refused", told))
    links: tuple[LinkName, ...] = ()
    if resumable:
        pen.effect("mailgate", Await(it.agent.name, "refused", pen.now + KEPT_FOR))
        mended = as_corrected(reading.block, reading.orders) is not None
        links = (*(("corrected",) if mended else ()), *(("as_text",) if reading.text else ()), "discard")
    results = tuple(Result(each.line, each.text, each.said, ok=False) for each in mistakes)
    kept = reading.text if resumable else it.message.body.new_text
    telling = Telling(results=results, kept_text=kept, links=links)
    letters.answer_agent(it.agent, REFUSED, telling, answers=not reading.as_note)
    return Done(f"refused: {told}"[:500])


def _is_word_for_the_held(it: AgentsMail, pen: Draughtsman, reading: Reading) -> bool:
    """`#note` alone, while something of hers waits: keep it as a note."""
    waits = any(each.agent == it.agent.name for each in pen.facts.waiting.get(pen.ticket.id, ()))
    return waits and reading.has(Note) and not reading.text and not _files(it.message)


def _word(it: AgentsMail, pen: Draughtsman, letters: Letters, cascade: Cascade, reading: Reading) -> Done:
    actor = f"agent:{it.agent.name}"
    spoken = release(it.agent, reading.commands, pen)
    if spoken.mistakes:
        return _refuse(it, pen, letters, reading, spoken.mistakes, resumable=False)
    rest = tuple(
        each for each in reading.commands if not isinstance(each.command, Send | Discard | Confirm | Undo | Note)
    )
    results, page = carry_out(it.agent, rest, pen)
    cascade.run("agent.replied" if spoken.answered else NOTHING_ELSE, actor)
    unsent = (Result(0, "", "the text below the commands was not sent", ok=False),) if reading.text else ()
    letters.answer_agent(it.agent, RESULT, Telling(results=(*spoken.results, *results, *unsent), page=page))
    return Done(_lines(reading))


def _commands_alone(it: AgentsMail, pen: Draughtsman, letters: Letters, cascade: Cascade, reading: Reading) -> Done:
    actor = f"agent:{it.agent.name}"
    if not reading.commands:
        nothing = Mistake(0, "", "there was neither text nor a command in it", None)
        return _refuse(it, pen, letters, reading, (nothing,), resumable=False)
    pen.effect(actor, Remark("agent.commanded", _lines(reading)))
    results, page = carry_out(it.agent, reading.commands, pen)
    cascade.run(NOTHING_ELSE, actor)
    if pen.policy.agents_policy.confirm != "errors" or page:
        letters.answer_agent(it.agent, RESULT, Telling(results=results, page=page))
    return Done(_lines(reading))


def _note(it: AgentsMail, pen: Draughtsman, letters: Letters, cascade: Cascade, reading: Reading) -> Done:
    actor = f"agent:{it.agent.name}"
    article = pen.append(_article(it, pen, reading, "note"))
    pen.effect(actor, AppendArticle(article.id, it.agent.address, it.evidence, True))
    results, page = carry_out(it.agent, reading.commands, pen)
    cascade.run("note.added", actor)
    _receipt(it, pen, letters, reading, results, page)
    return Done("note")


def _answer(it: AgentsMail, pen: Draughtsman, letters: Letters, cascade: Cascade, reading: Reading) -> Done:
    actor = f"agent:{it.agent.name}"
    if not recipients(pen):
        nobody = Mistake(
            0, "", "this ticket has no customer to whom an answer could go; #note keeps it as a note", None
        )
        return _refuse(it, pen, letters, reading, (nobody,), resumable=True)
    said = pen.facts.said.get(pen.ticket.id, ())
    seen = next((each for each in said if it.signed is not None and each.id == it.signed.revision), None)
    crossing = _crossing(it, said, seen)
    reason = _reason_to_hold(it, pen, reading, said, crossing)
    article = pen.append(_article(it, pen, reading, "held" if reason else "public"))
    pen.effect(actor, AppendArticle(article.id, it.agent.address, it.evidence, True))
    lines = "\n".join(each.text for each in reading.commands if each.text)
    block = tuple(line.text for line in reading.block.lines)
    relay(it.agent, article, reading.text, block, pen, held=WHY_HELD[reason] if reason else "")
    if reason:
        pen.effect("mailgate", HoldAnswer(article.id, WHY_HELD[reason]))
        pen.effect("mailgate", Await(it.agent.name, "held", pen.now + KEPT_FOR, article.id))
        shown = _quoted_note(reading.text, said) if reason == "internal" else crossing
        other = Earlier(shown.at, shown.author.name, shown.text, shown.visibility == "internal") if shown else None
        telling = Telling(reason=reason, other=other, kept_text=reading.text, links=_FOR_THE_HELD)
        letters.answer_agent(it.agent, HELD, telling, answers=True)
        return Done(f"held: {WHY_HELD[reason]}", lines)
    answered(it.agent, pen)
    results, page = carry_out(it.agent, reading.commands, pen)
    cascade.run("agent.replied", actor)
    warned = (Result(0, "", f"{crossing.author.name} answered as well", ok=False),) if crossing else ()
    _receipt(it, pen, letters, reading, (*warned, *results), page, _wrote_since(said, seen))
    return Done("answer")


def answered(agent: Agent, pen: Draughtsman) -> None:
    """What an answer moves: the state by the one table, and a ticket that nobody owns becomes hers."""
    actor, ticket = f"agent:{agent.name}", pen.ticket
    if (state := move(ticket.state, "agent answered")) != ticket.state:
        pen.effect(actor, ChangeState(ticket.state, state))
    if ticket.owner is None:
        pen.effect(actor, ChangeOwner(None, agent.name, "her answer"))


def _reason_to_hold(
    it: AgentsMail, pen: Draughtsman, reading: Reading, said: tuple[Said, ...], crossing: Said | None
) -> str:
    """One of notify's HELD_REASONS, or empty."""
    if it.hold:
        return it.hold
    if it.envelope.resumes is None and it.message.body.split == "unsure":
        return "unsure"
    if _quoted_note(reading.text, said) is not None:
        return "internal"
    return "answered" if crossing is not None and pen.policy.agents_policy.collision == "hold" else ""


def _crossing(it: AgentsMail, said: tuple[Said, ...], seen: Said | None) -> Said | None:
    """Another agent's answer that she had not seen. An answer that was held counts from when it was let go."""
    if it.signed is None:
        return None
    revision = it.signed.revision
    for each in reversed(said):
        newer = each.id > revision or (seen is not None and each.at > seen.at and each.id != seen.id)
        if newer and each.is_an_answer and each.author.name != it.agent.title:
            return each
    return None


def _wrote_since(said: tuple[Said, ...], seen: Said | None) -> Earlier | None:
    if seen is None:
        return None
    newest = next((each for each in reversed(said) if each.is_a_customers), None)
    if newest is None or newest.id <= seen.id:
        return None
    return Earlier(newest.at, newest.author.name or newest.author.address, newest.text)


def _quoted_note(text: str, said: tuple[Said, ...]) -> Said | None:
    """An internal note whose words stand in the answer, whatever its quoting signs and blanks."""
    folded = _folded(text)
    for each in said:
        words = _folded(each.text)
        if each.visibility == "internal" and len(words) >= MIN_QUOTED_NOTE and words in folded:
            return each
    return None


def _folded(text: str) -> str:
    return "".join(char for char in text.casefold() if not char.isspace() and char != ">")


def _receipt(
    it: AgentsMail,
    pen: Draughtsman,
    letters: Letters,
    reading: Reading,
    results: tuple[Result, ...],
    page: str,
    wrote_since: Earlier | None = None,
) -> None:
    """What she hears of it: what she must know always, the rest as `agents_policy.confirm` says."""
    wish = pen.policy.agents_policy.confirm
    news = page or wrote_since or any(not each.ok for each in results)
    commands = [each for each in reading.commands if not isinstance(each.command, Note | AnswerCommand)]
    if news or wish == "always" or (wish == "commands" and commands):
        letters.answer_agent(it.agent, RESULT, Telling(results=results, page=page, wrote_since=wrote_since))


def _lines(reading: Reading) -> str:
    return "; ".join(each.text or type(each.command).__name__.lower() for each in reading.commands)


def _files(message: Message) -> bool:
    return any(not each.inline for each in message.attachments)


def _article(it: AgentsMail, pen: Draughtsman, reading: Reading, form: Literal["public", "held", "note"]) -> NewArticle:
    message, ticket = it.message, pen.ticket
    people = () if form == "note" else recipients(pen)
    return NewArticle(
        id=0,
        ticket_id=0,
        nonce=b"",
        at=pen.now,
        sender_type="agent",
        direction="none" if form == "note" else "out",
        visibility="public" if form == "public" else "internal",
        verified=True,
        author=Mailbox(it.agent.title, it.agent.address),
        to=tuple(Mailbox(each.name, each.address) for each in people),
        subject=message.subject,
        names=pen.unknown_to(ticket, it.lookup.named_ids),
        text=reading.text,
        new_text=reading.text,
        attachments=message.attachments,
        spool_id=it.spool_id,
        wire_id=message.message_id,
    )
