"""What a proven agent's mail does: an answer to the customer, a note, commands, or a word for something that waits.

Exactly one outcome each, never silence (spec/agents.md 2 to 4). Commands and text of one mail are one plan: where one
line is wrong, nothing is sent and nothing changes.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from mailgate.commands.mistake import Mistake
from mailgate.commands.read import Ordered, as_corrected
from mailgate.commands.values import Answer, Assign, Cc, Command, Move, Note, Take, Unassign, Uncc
from mailgate.decision.approvals import APPROVES, says_both
from mailgate.decision.cascade import Cascade
from mailgate.decision.commanded import carry_out, expect, is_dangerous
from mailgate.decision.deadness import why_dead
from mailgate.decision.draughtsman import Draughtsman
from mailgate.decision.effects import AppendArticle, Await, HoldAnswer, Remark, Settle
from mailgate.decision.her_words import OF_HER_TEXT, WORDS_FOR_WHAT_WAITS, AgentsMail, read, to_copy
from mailgate.decision.holding import WHY_HELD, Doubt, crossing, doubt_of, wrote_since
from mailgate.decision.letters import LINKS, Letters
from mailgate.decision.plan import NewArticle, Plan
from mailgate.decision.process_commands import process_mistakes
from mailgate.decision.relay import answered, dead_requester, recipients, relay
from mailgate.decision.released import release
from mailgate.decision.standing import is_authentic, may_see, same_person
from mailgate.decision.telling import Earlier, LinkName, Result, Telling, in_order
from mailgate.mail.message import Mailbox
from mailgate.phrases.phrase import Phrase
from mailgate.tickets.model import Participant

KEPT_FOR = timedelta(days=7)
RESULT, REFUSED, HELD, CONFIRM = "command_result", "command_error", "agent_held", "confirm"
COMMAND_REFUSED = "command.refused"
_FOR_THE_HELD: tuple[LinkName, ...] = ("send", "as_note", "discard")
_WITH_IT = Phrase("done when sent")
_FOR_THE_KEPT: tuple[LinkName, ...] = ("as_note", "discard")


@dataclass(frozen=True, slots=True)
class Done:
    """What came of it, in words, and the command lines that wait with a held answer."""

    detail: str
    orders: str = ""


def decide_agents_mail(it: AgentsMail, pen: Draughtsman, letters: Letters, cascade: Cascade) -> Done:
    """Draw up everything that the mail does."""
    return _AgentsDecision(it, pen, letters, cascade).done()


class _AgentsDecision:
    """One agent's mail. Each method is a way it can end."""

    def __init__(self, it: AgentsMail, pen: Draughtsman, letters: Letters, cascade: Cascade) -> None:
        self._it, self._pen, self._letters, self._cascade = it, pen, letters, cascade
        self._reading = read(it, pen)
        self._said = pen.facts.said.get(pen.ticket.id, ())

    def done(self) -> Done:
        it, reading = self._it, self._reading
        if not may_see(it.agent, self._pen.ticket, self._pen.policy):
            title = self._pen.policy.queue(self._pen.ticket.queue).title
            return self._refuse(_mistake(Phrase("team only answers", queue=title)))
        if mistakes := (*reading.orders.mistakes, *self._strays()):
            return self._refuse(*mistakes, resumable=True)
        if outsiders := self._outsiders():
            return self._refuse(*outsiders)
        if mistakes := self._against_process():
            return self._refuse(*mistakes, resumable=True)
        if self._needs_her_word():
            return self._ask()
        if reading.has(*WORDS_FOR_WHAT_WAITS) or self._is_word_for_the_held():
            return self._word()
        if it.opened or not (reading.text or it.files):
            return self._commands_alone()
        return self._note() if reading.as_note else self._answer()

    def _strays(self) -> tuple[Mistake, ...]:
        """Lines of her text that look like commands, where it would go to the customer."""
        reading = self._reading
        if reading.as_note or self._it.opened or not reading.text or reading.has(*WORDS_FOR_WHAT_WAITS):
            return ()
        return tuple(Mistake(each.number, each.text, Phrase("stray command"), None) for each in reading.strays)

    def _outsiders(self) -> tuple[Mistake, ...]:
        """Agents to whom she gives a ticket that they may not see."""
        moved = next((each.command.queue for each in self._reading.commands if isinstance(each.command, Move)), None)
        ticket = replace(self._pen.ticket, queue=moved or self._pen.ticket.queue)
        title = self._pen.policy.queue(ticket.queue).title
        return tuple(
            Mistake(each.line, each.text, Phrase("team only sees", queue=title), None)
            for each in self._reading.commands
            if isinstance(each.command, Assign)
            and not may_see(self._pen.policy.agents[each.command.agent], ticket, self._pen.policy)
        )

    def _against_process(self) -> tuple[Mistake, ...]:
        it, running = self._it, self._pen.ticket.running
        purpose = it.signed.purpose if it.signed is not None else ""
        approval = running.approval if running is not None else None
        old = (
            purpose in APPROVES
            and it.signed is not None
            and (approval is None or approval.article != it.signed.revision)
        )
        automatic = it.mail.message.automatic.is_automatic
        both = it.signed is not None and says_both(it.mail, it.signed)
        return process_mistakes(
            it.agent, self._reading.commands, self._pen, automatic=automatic, old_link=old, both=both
        )

    def _refuse(self, *mistakes: Mistake, resumable: bool = False, more: tuple[Result, ...] = ()) -> Done:
        """Nothing is sent and nothing changes; she gets it back with the mend, and her text is kept."""
        it, pen, reading = self._it, self._pen, self._reading
        told = "; ".join(f"{each.text}: {each.said}" if each.text else each.said for each in mistakes)
        pen.effect(it.actor, Remark(COMMAND_REFUSED, told))
        has_text = bool(reading.text or it.files) and not it.opened
        links = self._ways_on(has_text) if resumable else ()
        if links:
            pen.effect("mailgate", Await(it.agent.name, "refused" if has_text else "slip", pen.now + KEPT_FOR))
        wrong = tuple(Result(each.line, each.text, each.said, ok=False) for each in mistakes)
        telling = Telling(
            results=(*wrong, *more),
            kept_text=to_copy(reading, mistakes, has_text=has_text),
            links=links,
            waits=it.mail.spool_id if links else 0,
        )
        self._letters.answer_agent(it.agent, REFUSED, telling, answers=not reading.as_note)
        return Done(f"refused: {told}"[:500])

    def _ways_on(self, has_text: bool) -> tuple[LinkName, ...]:
        """What a word of hers can still make of it. Commands alone that have no correction wait for nothing."""
        reading, orders = self._reading, self._reading.orders
        strays = bool(self._strays())
        mended = bool(orders.mistakes) and not strays and as_corrected(reading.block, orders) is not None
        if (
            not has_text
            and not reading.commands
            and all(each.corrected in ("#note", "#reply") for each in orders.mistakes)
        ):
            mended = False  # corrected, it still says nothing
        meant_a_note = any((each.corrected or "").startswith("#note") for each in orders.mistakes)
        may_choose = has_text and bool(orders.mistakes or strays)
        if not (mended or has_text):
            return ()
        return (
            *(("corrected",) if mended else ()),
            *(("as_text",) if may_choose and not meant_a_note else ()),
            *(("as_note",) if has_text else ()),
            "discard",
        )

    def _needs_her_word(self) -> bool:
        """What can hurt most needs more than that nothing speaks against the sender (spec/agents.md 1)."""
        it = self._it
        if it.mail.envelope.resumes is not None or is_authentic(it.agent, it.mail.envelope, it.authenticity):
            return False
        return any(is_dangerous(each.command) for each in self._reading.commands)

    def _ask(self) -> Done:
        it, pen, reading = self._it, self._pen, self._reading
        pen.effect("mailgate", Await(it.agent.name, "unproven", pen.now + KEPT_FOR))
        telling = Telling(
            reason="unproven",
            sender=str(it.mail.message.author),
            verdict=it.authenticity,
            kept_text="\n\n".join(filter(None, (reading.lines, reading.text))),
            links=("confirm", "discard"),
            waits=it.mail.spool_id,
        )
        self._letters.answer_agent(it.agent, CONFIRM, telling)
        return Done("waits for her confirmation", reading.lines)

    def _is_word_for_the_held(self) -> bool:
        """`#note` alone, while something of hers waits: keep it as a note."""
        waiting = self._pen.facts.waiting.get(self._pen.ticket.id, ())
        waits = any(each.agent == self._it.agent.name and each.kind != "slip" for each in waiting)
        return waits and self._reading.has(Note) and not self._reading.text and not self._it.files

    def _word(self) -> Done:
        it, reading = self._it, self._reading
        spoken = release(it, reading.commands, self._pen)
        if spoken.mistakes:
            return self._refuse(*spoken.mistakes, more=spoken.waiting)
        words = (*WORDS_FOR_WHAT_WAITS, *OF_HER_TEXT)
        rest = tuple(each for each in reading.commands if not isinstance(each.command, words))
        results, page = carry_out(it.agent, rest, self._pen)
        self._letters.words = spoken.answered or spoken.noted or ""
        if spoken.answered is not None:
            self._letters.copy_to(it.agent, spoken.answered)
        self._follow("agent.replied" if spoken.answered is not None else "note.added" if spoken.noted else "")
        unsent = (Result(0, "", Phrase("text not sent"), ok=False),) if reading.text else ()
        if not spoken.resumed or results or unsent or page:  # what is taken up again tells by itself what came of it
            self._tell((*spoken.results, *results, *unsent), page)
        return Done(reading.said)

    def _commands_alone(self) -> Done:
        it, reading, pen = self._it, self._reading, self._pen
        if not any(not isinstance(each.command, OF_HER_TEXT) for each in reading.commands):
            line = next((each.text for each in reading.commands), "")
            said = Phrase("no text below", line=line) if line else Phrase("neither text nor command")
            return self._refuse(_mistake(said))
        pen.effect(it.actor, Remark("agent.commanded", reading.said))
        self._settle_rewritten()
        results, page = carry_out(it.agent, reading.commands, pen, reading.text)
        if not it.opened:
            self._letters.words = ""
        self._follow()
        if pen.policy.agents_policy.confirm != "errors" or page or it.elsewhere:
            self._tell(results, page)
        return Done(reading.said)

    def _note(self) -> Done:
        self._append("note")
        results, page = carry_out(self._it.agent, self._reading.commands, self._pen, self._reading.text)
        self._follow("note.added")
        filed = Result(*self._line_of(Note), Phrase("noted"))
        if self._by_its_address():
            filed = Result(0, "", Phrase("filed as note"), ok=False)
        strays = (Result(each.number, each.text, Phrase("stray in note"), ok=False) for each in self._reading.strays)
        self._receipt((filed, *results, *strays), page)
        return Done("note")

    def _by_its_address(self) -> bool:
        """Whether it became a note though she did not say so: that must not pass in silence."""
        resumed = self._it.mail.envelope.resumes is not None
        linked = self._it.mail.message.in_reply_to == ()  # the [Note] link of a footer makes a mail of its own
        return not (resumed or linked or self._reading.has(Note))

    def _answer(self) -> Done:
        it, pen, reading = self._it, self._pen, self._reading
        if not (recipients(pen) or reading.has(Cc)):
            nobody = _mistake(Phrase("no customer"))
            return self._refuse(nobody, resumable=True)
        doubt = doubt_of(it, reading, self._said, pen, dead_requester(pen))
        people = tuple(each for each in reading.commands if isinstance(each.command, Cc | Uncc))
        results = () if doubt.reason else carry_out(it.agent, people, pen)[0]  # who joins now gets this answer
        addressed = self._meant(people) if doubt.reason else recipients(pen)
        article = self._append("held" if doubt.reason else "public", addressed)
        block = tuple(line.text for line in reading.block.lines)
        relay(it.agent, article, reading.text, block, addressed, pen, held=WHY_HELD.get(doubt.reason, ""))
        if doubt.reason:
            return self._hold(article, doubt)
        self._letters.copy_to(it.agent, reading.text)
        answered(it.agent, pen, takes=not reading.has(Take, Assign, Unassign))
        others = tuple(each for each in reading.commands if each not in people)
        done, page = carry_out(it.agent, others, pen, reading.text)
        self._follow("agent.replied")
        results += (*done, *self._dead_copies())
        warns = pen.policy.agents_policy.collision == "warn"
        if warns and (other := crossing(it, self._said)) is not None:
            results = (Result(0, "", Phrase("answered as well", who=_name(other.author)), ok=False), *results)
        self._receipt(results, page, wrote_since(it, self._said))
        return Done("answer")

    def _meant(self, people: tuple[Ordered, ...]) -> tuple[Participant, ...]:
        """Who gets a held answer once it goes out: whom her mail adds takes part only then, whom it takes out not."""
        it, pen = self._it, self._pen
        gone = tuple(each for one in people if isinstance(one.command, Uncc) for each in one.command.addresses)
        fresh = tuple(each for one in people if isinstance(one.command, Cc) for each in one.command.addresses)
        stay = tuple(
            each
            for each in recipients(pen)
            if each.role == "requester" or not any(same_person(each.address, one, pen.policy) for one in gone)
        )
        return (*stay, *expect(it.agent, fresh, pen))

    def _hold(self, article: NewArticle, doubt: Doubt) -> Done:
        it, pen, other = self._it, self._pen, doubt.other
        pen.effect("mailgate", HoldAnswer(article.id, WHY_HELD[doubt.reason]))
        kept = doubt.reason == "foreign"  # no word can let it go: she answers again above the quoted mail
        pen.effect("mailgate", Await(it.agent.name, "kept" if kept else "held", pen.now + KEPT_FOR, article.id))
        shown = Earlier(other.at, _name(other.author), other.text, other.visibility == "internal") if other else None
        telling = Telling(
            reason=doubt.reason,
            other=shown,
            found=doubt.found,
            results=tuple(Result(each.line, each.text, _WITH_IT, ok=True) for each in self._reading.commands),
            kept_text=self._reading.text,
            links=_FOR_THE_KEPT if kept else _FOR_THE_HELD,
            waits=it.mail.spool_id,
            recipient=doubt.dead,
            reply=dead.reason if (dead := pen.facts.dead(doubt.dead)) is not None else "",
        )
        self._letters.answer_agent(it.agent, HELD, telling, answers=True)
        return Done(f"held: {WHY_HELD[doubt.reason]}", self._reading.lines)

    def _settle_rewritten(self) -> None:
        """She answers the mail that gave her words back with the words put right: these count, and nothing waits."""
        it, pen = self._it, self._pen
        for each in pen.facts.waiting.get(pen.ticket.id, ()):
            again = each.kind == "slip" or (each.kind == "refused" and self._reading.text)
            if each.agent == it.agent.name and each.mail == it.meant and again:
                pen.effect(it.actor, Settle(each.id, "written again"))

    def _append(self, form: Literal["public", "held", "note"], people: tuple[Participant, ...] = ()) -> NewArticle:
        it, pen, text = self._it, self._pen, self._reading.text
        message = it.mail.message
        article = pen.append(
            NewArticle(
                *pen.place(),
                at=it.mail.envelope.received_at,
                sender_type="agent",
                direction="none" if form == "note" else "out",
                visibility="public" if form == "public" else "internal",
                verified=True,
                author=Mailbox(it.agent.title, it.agent.address),
                to=tuple(Mailbox(each.name, each.address) for each in people),
                subject=message.subject,
                names=pen.unknown_to(pen.ticket, it.mail.lookup.named_ids),
                text=text,
                new_text=text,
                attachments=message.attachments,
                spool_id=it.mail.spool_id,
                wire_id=message.message_id,
            )
        )
        pen.effect(it.actor, AppendArticle(article.id, it.agent.address, it.evidence, True))
        self._settle_rewritten()
        self._letters.words = text
        return article

    def _follow(self, event: str = "") -> None:
        if event:
            self._cascade.run(event, self._it.actor)
        else:
            self._cascade.follow()

    def _receipt(self, results: tuple[Result, ...], page: str, since: Earlier | None = None) -> None:
        """What she hears of it: what she must know always, the rest as `agents_policy.confirm` says."""
        wish = self._pen.policy.agents_policy.confirm
        resumed = self._it.mail.envelope.resumes is not None
        news = page or since or resumed or self._it.elsewhere or any(not each.ok for each in results)
        ordered = any(not isinstance(each.command, OF_HER_TEXT) for each in self._reading.commands)
        if news or wish == "always" or (wish == "commands" and ordered):
            self._tell((*self._going_out(), *results), page, since)

    def _dead_copies(self) -> tuple[Result, ...]:
        """Those who take part and get no copy, as nothing reaches them."""
        dead = ((each.address, self._pen.facts.dead(each.address)) for each in recipients(self._pen))
        return tuple(
            Result(0, "", f"{address} got no copy: {why_dead(address, known)}", ok=False)
            for address, known in dead
            if known
        )

    def _going_out(self) -> tuple[Result, ...]:
        """What she answered, where it goes, and how long she can take it back."""
        people = [each.recipient for each in self._pen.drafts if each.answer is not None]
        if not people:
            return ()
        seconds = int(self._pen.policy.relay.delay.total_seconds())
        names = ", ".join(each.name or each.address for each in people)
        said = Phrase("goes out in", people=names, seconds=seconds) if seconds else Phrase("goes out", people=names)
        return (Result(*self._line_of(Answer), said),)

    def _line_of(self, kind: type[Command]) -> tuple[int, str]:
        """The line that said where her text goes, if one did."""
        lines = ((each.line, each.text) for each in self._reading.commands if isinstance(each.command, kind))
        return next(lines, (0, ""))

    def _tell(self, results: tuple[Result, ...], page: str, since: Earlier | None = None) -> None:
        others = (Result(0, "", Phrase("not there", ticket=each), ok=False) for each in self._it.elsewhere)
        results = in_order((*results, *others))
        delayed = any(each.due is not None and not each.held for each in self._pen.drafts)
        links = (*LINKS, "undo") if delayed else LINKS
        telling = Telling(results=results, page=page, wrote_since=since, links=links)
        answers = self._it.signed is None or self._it.signed.purpose != "n"
        self._letters.answer_agent(self._it.agent, RESULT, telling, answers=answers)


def _mistake(said: str) -> Mistake:
    return Mistake(0, "", said, None)


def _name(author: Mailbox) -> str:
    return author.name or author.address


def refused_orders(plan: Plan) -> str:
    """What was said against the commands of an agent's mail; empty where nothing was."""
    effects = (done.effect for done in plan.effects)
    return next((each.text for each in effects if isinstance(each, Remark) and each.event == COMMAND_REFUSED), "")


__all__ = ["AgentsMail", "Done", "decide_agents_mail"]
