"""An agent's word for what waits for it: `#send`, `#note`, `#discard`, `#confirm`, and `#undo` for what is delayed."""

from dataclasses import dataclass, replace

from mailgate.commands.block import Block, BlockLine
from mailgate.commands.mistake import Mistake
from mailgate.commands.read import Ordered, Orders, read_orders
from mailgate.commands.values import Assign, Confirm, Discard, Note, Send, Take, Unassign, Undo
from mailgate.decision.commanded import carry_out, names_of
from mailgate.decision.conversation import Outgoing, Waiting
from mailgate.decision.draughtsman import Draughtsman
from mailgate.decision.effects import ReleaseAnswer, Resume, Settle, WithdrawAnswer
from mailgate.decision.her_words import AgentsMail
from mailgate.decision.relay import answered
from mailgate.decision.telling import Result
from mailgate.decision.undone import take_all_back
from mailgate.mail.envelope import ResumeWay
from mailgate.phrases.phrase import Phrase
from mailgate.tickets.model import Agent

NO_ORDERS = Orders((), ())
SHOWN = 60  # characters of what waits
OWNER_CHANGED = "owner.changed"  # as the history calls it


@dataclass(frozen=True, slots=True)
class Spoken:
    """What came of her words. `answered`: the text of the answer that goes out now."""

    results: tuple[Result, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    answered: str | None = None
    noted: str = ""  # the words of a held answer that she keeps as a note
    resumed: bool = False  # a mail is taken up again
    waiting: tuple[Result, ...] = ()  # what a word that was not done can be meant for


def release(it: AgentsMail, commands: tuple[Ordered, ...], pen: Draughtsman) -> Spoken:
    """Carry out such a word; a second one in the same mail is a mistake."""
    words = [each for each in commands if isinstance(each.command, Send | Discard | Confirm | Undo | Note)]
    word, others = words[0], words[1:]
    if others:
        return _wrong(others[0], Phrase("said before", text=word.text))
    if isinstance(word.command, Undo):
        return _undo(it.agent, word, pen)
    fitting = _fitting(it, word, pen)
    if not fitting:
        return _wrong(word, Phrase("nothing waits"))
    if len(fitting) > 1:
        said = _wrong(word, Phrase("several wait"))
        return replace(said, waiting=tuple(_in_words(each, pen) for each in reversed(fitting)))
    (waiting,) = fitting
    if waiting.kind == "kept" and isinstance(word.command, Send):
        return _wrong(word, Phrase("foreign words"))
    if waiting.kind in ("held", "kept"):
        return _held(it.agent, word, waiting, pen)
    return _resumed(it.agent, word, waiting, pen)


def _wrong(word: Ordered, said: str) -> Spoken:
    return Spoken(mistakes=(Mistake(word.line, word.text, said, None),))


def _fitting(it: AgentsMail, word: Ordered, pen: Draughtsman) -> list[Waiting]:
    """What the word can be meant for: of hers and fitting, and that which she answers to where it can be told."""
    mine = (each for each in pen.facts.waiting.get(pen.ticket.id, ()) if each.agent == it.agent.name)
    fitting = [each for each in mine if _fits(word, each, pen)]
    return fitting if it.meant is None else [each for each in fitting if each.mail == it.meant]


def _in_words(waiting: Waiting, pen: Draughtsman) -> Result:
    """One of several things that wait: what it is, and its first words where they are known."""
    words = " ".join(text_of(waiting.article or 0, pen).split())
    begins = words if len(words) <= SHOWN else f"{words[:SHOWN].rstrip()}…"
    said = Phrase(f"waits {waiting.kind}")
    return Result(0, "", Phrase("waits in words", what=said, words=begins) if begins else said)


def _fits(word: Ordered, waiting: Waiting, pen: Draughtsman) -> bool:
    if waiting.kind in ("held", "kept"):  # an operator may have let it go meanwhile
        is_held = any(each.state == "held" for each in copies_of(waiting.article, pen))
        return is_held and isinstance(word.command, Send | Discard | Note)
    return isinstance(word.command, Discard) or _way(word, waiting) is not None


def copies_of(article: int | None, pen: Draughtsman) -> list[Outgoing]:
    """The copies of an answer in the outbox."""
    return [each for each in pen.facts.outgoing.get(pen.ticket.id, ()) if each.article == article]


def _held(agent: Agent, word: Ordered, waiting: Waiting, pen: Draughtsman) -> Spoken:
    actor, article, copies = f"agent:{agent.name}", waiting.article or 0, copies_of(waiting.article, pen)
    gone = [each.recipient for each in copies if each.state != "held"]
    if isinstance(word.command, Send):
        said, rest = let_go(agent, article, waiting, pen, actor)
        return Spoken((Result(word.line, word.text, said), *rest), answered=text_of(article, pen))
    if gone:
        return _wrong(word, Phrase("too late went", people=", ".join(gone)))
    why = "discard" if isinstance(word.command, Discard) else "note"
    take_back(article, waiting, pen, actor, why)
    said = Phrase("kept as note" if why == "note" else "not sent discarded")
    return Spoken((Result(word.line, word.text, said),), noted=text_of(article, pen) if why == "note" else "")


def let_go(
    agent: Agent | None, article: int, waiting: Waiting | None, pen: Draughtsman, actor: str
) -> tuple[str, tuple[Result, ...]]:
    """A held answer goes out, and the commands that came with it take effect. What became of it, and of them."""
    held = ", ".join(each.recipient for each in copies_of(article, pen) if each.state == "held")
    pen.effect(actor, ReleaseAnswer(article))
    results: tuple[Result, ...] = ()
    orders = NO_ORDERS
    if waiting is not None:
        pen.effect(actor, Settle(waiting.id, "send"))
        orders = _orders(waiting, pen)
    if agent is not None:
        takes = not any(isinstance(each.command, Take | Assign | Unassign) for each in orders.commands)
        answered(agent, pen, takes=takes)
        results, _ = carry_out(agent, tuple(replace(each, line=0) for each in orders.commands), pen)
    wrong = tuple(Result(0, each.text, each.said, ok=False) for each in orders.mistakes)
    return Phrase("sent to", people=held), (*results, *wrong)


def take_back(article: int, waiting: Waiting | None, pen: Draughtsman, actor: str, why: str) -> None:
    """A held answer does not go out; nothing waits for a word any more."""
    pen.effect(actor, WithdrawAnswer(article, why))
    if waiting is not None:
        pen.effect(actor, Settle(waiting.id, why))


def _orders(waiting: Waiting, pen: Draughtsman) -> Orders:
    """The commands that came with the answer take effect with it, as far as they still can."""
    lines = tuple(BlockLine(number, text) for number, text in enumerate(waiting.orders.splitlines(), 1))
    return read_orders(Block(lines, ""), names_of(pen.policy), pen.now, pen.policy.site.timezone)


def text_of(article: int, pen: Draughtsman) -> str:
    """What she wrote in an answer."""
    return next((each.text for each in pen.facts.said.get(pen.ticket.id, ()) if each.id == article), "")


def _resumed(agent: Agent, word: Ordered, waiting: Waiting, pen: Draughtsman) -> Spoken:
    """The mail is processed again, in the way she says; what comes of it she hears then."""
    actor, way = f"agent:{agent.name}", _way(word, waiting)
    pen.effect(actor, Settle(waiting.id, word.text.lstrip("#/ ") or "word"))
    if way is None:
        return Spoken((Result(word.line, word.text, Phrase("discarded")),))
    pen.effect(actor, Resume(waiting.mail, way))
    return Spoken((Result(word.line, word.text, Phrase("taken up again", way=Phrase(way))),), resumed=True)


def _way(word: Ordered, waiting: Waiting) -> ResumeWay | None:
    """How a mail is taken up again; None for `#discard`, and where the word does not fit what waits."""
    match waiting.kind, word.command:
        case "unproven", Confirm() | Send():
            return "confirmed"
        case "refused" | "slip", Confirm():
            return "corrected"
        case "refused", Send():
            return "as text"
        case "refused", Note():
            return "as note"
    return None


def _undo(agent: Agent, word: Ordered, pen: Draughtsman) -> Spoken:
    mine = _newest_answer(agent, pen)
    if not mine:
        return _wrong(word, _no_answer(agent, pen))
    if any(each.state != "delayed" for each in mine):
        gone = next(each for each in mine if each.state != "delayed")
        when = gone.at.astimezone(pen.policy.site.timezone).strftime("%H:%M:%S")
        if gone.state == "sent":
            return _wrong(word, Phrase("too late sent", time=when))
        return _wrong(word, Phrase("too late taken back" if gone.state == "cancelled" else "too late on its way"))
    actor, article = f"agent:{agent.name}", mine[0].article
    pen.effect(actor, WithdrawAnswer(article, "undo"))
    taken = Result(word.line, word.text, Phrase("taken back", text=text_of(article, pen)[:200]))
    return Spoken((taken, *take_all_back(agent, article, pen)))


def _no_answer(agent: Agent, pen: Draughtsman) -> Phrase:
    """What she may have meant: a ticket that she took is no answer, and it is given back by another line."""
    said = Phrase("no answer of yours")
    changes = [each for each in pen.facts.told.get(pen.ticket.id, ()) if each.event == OWNER_CHANGED]
    if pen.ticket.owner != agent.name or not changes or changes[-1].actor != f"agent:{agent.name}":
        return said
    old = str(changes[-1].detail.get("old") or "")
    return Phrase("take is no answer", said=said, line=f"#assign {old}" if old in pen.policy.agents else "#unassign")


def _newest_answer(agent: Agent, pen: Draughtsman) -> list[Outgoing]:
    """The copies of her newest answer that was not held."""
    said = pen.facts.said.get(pen.ticket.id, ())
    hers = {each.id for each in said if each.sender_type == "agent" and each.author.address == agent.address}
    copies = [
        each for each in pen.facts.outgoing.get(pen.ticket.id, ()) if each.article in hers and each.state != "held"
    ]
    newest = max((each.article for each in copies), default=0)
    return [each for each in copies if each.article == newest]
