"""An agent's word for what waits for it: `#send`, `#note`, `#discard`, `#confirm`, and `#undo` for what is delayed."""

from dataclasses import dataclass

from mailgate.commands.block import Block, BlockLine
from mailgate.commands.mistake import Mistake
from mailgate.commands.read import Ordered, read_orders
from mailgate.commands.values import Confirm, Discard, Note, Send, Undo
from mailgate.decision.commanded import carry_out, names_of
from mailgate.decision.conversation import Outgoing, Waiting
from mailgate.decision.draughtsman import Draughtsman
from mailgate.decision.effects import ChangeOwner, ChangeState, ReleaseAnswer, Resume, Settle, WithdrawAnswer
from mailgate.decision.telling import Result
from mailgate.mail.envelope import ResumeWay
from mailgate.tickets.lifecycle import move
from mailgate.tickets.model import Agent

SENT = "sent"  # what a result begins with when an answer goes out


@dataclass(frozen=True, slots=True)
class Spoken:
    """What came of her words; `answered`: an answer goes out now."""

    results: tuple[Result, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    answered: bool = False


def release(agent: Agent, commands: tuple[Ordered, ...], pen: Draughtsman) -> Spoken:
    """Carry out the first such word; a second one in the same mail is a mistake."""
    words = [each for each in commands if isinstance(each.command, Send | Discard | Confirm | Undo | Note)]
    word, others = words[0], words[1:]
    if others:
        return Spoken(
            mistakes=(Mistake(others[0].line, others[0].text, f"{word.text} was said before: one of them", None),)
        )
    if isinstance(word.command, Undo):
        return _undo(agent, word, pen)
    waiting = _waiting(agent, word, pen)
    if waiting is None:
        return Spoken(mistakes=(Mistake(word.line, word.text, "nothing of yours waits for that on this ticket", None),))
    if waiting.kind == "held":
        return _held(agent, word, waiting, pen)
    return _resumed(agent, word, waiting, pen)


def _waiting(agent: Agent, word: Ordered, pen: Draughtsman) -> Waiting | None:
    """The newest thing of hers that the word can be meant for."""
    mine = (each for each in pen.facts.waiting.get(pen.ticket.id, ()) if each.agent == agent.name)
    discards = isinstance(word.command, Discard)
    return next((each for each in mine if discards or each.kind == "held" or _way(word, each) is not None), None)


def _held(agent: Agent, word: Ordered, waiting: Waiting, pen: Draughtsman) -> Spoken:
    actor, article = f"agent:{agent.name}", waiting.article or 0
    copies = [each for each in pen.facts.outgoing.get(pen.ticket.id, ()) if each.article == article]
    if isinstance(word.command, Discard | Note):
        why = "discard" if isinstance(word.command, Discard) else "note"
        pen.effect(actor, WithdrawAnswer(article, why))
        pen.effect(actor, Settle(waiting.id, why))
        said = "not sent; it is kept as an internal note" if why == "note" else "not sent; nothing more will come of it"
        return Spoken((Result(word.line, word.text, said),))
    if not any(each.state == "held" for each in copies):
        return Spoken(mistakes=(Mistake(word.line, word.text, "it does not wait any more", None),))
    pen.effect(actor, ReleaseAnswer(article))
    pen.effect(actor, Settle(waiting.id, "send"))
    if (state := move(pen.ticket.state, "agent answered")) != pen.ticket.state:
        pen.effect(actor, ChangeState(pen.ticket.state, state))
    if pen.ticket.owner is None:
        pen.effect(actor, ChangeOwner(None, agent.name, "her answer"))
    told = f"{SENT} to {', '.join(each.recipient for each in copies if each.state == 'held')}"
    return Spoken((Result(word.line, word.text, told), *_with_it(agent, waiting, pen)), answered=True)


def _with_it(agent: Agent, waiting: Waiting, pen: Draughtsman) -> tuple[Result, ...]:
    """The commands that came with the answer take effect with it, as far as they still can."""
    lines = tuple(BlockLine(number, text) for number, text in enumerate(waiting.orders.splitlines(), 1))
    orders = read_orders(Block(lines, ""), names_of(pen.policy), pen.now, pen.policy.site.timezone)
    results, _ = carry_out(agent, orders.commands, pen)
    return (*results, *(Result(0, each.text, each.said, ok=False) for each in orders.mistakes))


def _resumed(agent: Agent, word: Ordered, waiting: Waiting, pen: Draughtsman) -> Spoken:
    """The mail is processed again, in the way she says; what comes of it she hears then."""
    actor, way = f"agent:{agent.name}", _way(word, waiting)
    pen.effect(actor, Settle(waiting.id, word.text.lstrip("#/ ") or "word"))
    if way is None:
        return Spoken((Result(word.line, word.text, "nothing more will come of that mail"),))
    pen.effect(actor, Resume(waiting.mail, way))
    return Spoken((Result(word.line, word.text, f"your mail is taken up again: {way}"),))


def _way(word: Ordered, waiting: Waiting) -> ResumeWay | None:
    """How a mail is taken up again; None for `#discard`, and where the word does not fit what waits."""
    match waiting.kind, word.command:
        case "unproven", Confirm() | Send():
            return "confirmed"
        case "refused", Confirm():
            return "corrected"
        case "refused", Send():
            return "as text"
        case "refused", Note():
            return "as note"
    return None


def _undo(agent: Agent, word: Ordered, pen: Draughtsman) -> Spoken:
    mine = _newest_answer(agent, pen)
    if not mine:
        return Spoken(mistakes=(Mistake(word.line, word.text, "you have sent no answer on this ticket", None),))
    if any(each.state != "delayed" for each in mine):
        gone = mine[0]
        when = gone.at.astimezone(pen.policy.site.timezone).strftime("%H:%M:%S")
        said = f"sent at {when}" if gone.state == "sent" else "on its way already"
        if gone.state == "cancelled":
            said = "taken back already"
        return Spoken(mistakes=(Mistake(word.line, word.text, f"too late: your last answer was {said}", None),))
    actor, article = f"agent:{agent.name}", mine[0].article
    pen.effect(actor, WithdrawAnswer(article, "undo"))
    if (state := move(pen.ticket.state, "answer bounced")) != pen.ticket.state:
        pen.effect(actor, ChangeState(pen.ticket.state, state))
    text = next((each.text for each in pen.facts.said.get(pen.ticket.id, ()) if each.id == article), "")
    return Spoken((Result(word.line, word.text, f"taken back, nobody got it: {text[:200]}"),))


def _newest_answer(agent: Agent, pen: Draughtsman) -> list[Outgoing]:
    """The copies of her newest answer that was not held."""
    said = pen.facts.said.get(pen.ticket.id, ())
    hers = {each.id for each in said if each.sender_type == "agent" and each.author.address == agent.address}
    copies = [
        each for each in pen.facts.outgoing.get(pen.ticket.id, ()) if each.article in hers and each.state != "held"
    ]
    newest = max((each.article for each in copies), default=0)
    return [each for each in copies if each.article == newest]
