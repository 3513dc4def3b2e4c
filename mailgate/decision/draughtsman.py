"""Draws up one plan: keeps the ticket as it will be, the articles, the effects and the mails, in order.

The only mutable thing of the decision; it lives for one call of `decide` and leaves a frozen Plan.
"""

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from mailgate.decision.addressees import addressees
from mailgate.decision.answering import Answer, may_answer, too_soon
from mailgate.decision.change import changed
from mailgate.decision.effects import (
    AddTags,
    AppendNote,
    ChangePriority,
    ChangeState,
    Done,
    Effect,
    MoveToQueue,
    Remark,
    SendMail,
    SetFields,
    Withhold,
)
from mailgate.decision.facts import MOST_TICKETS_AN_ID, Facts, Lookup, StoredId, echo_key, reply_key
from mailgate.decision.plan import Allotment, Draft, NewArticle, Outcome, Plan
from mailgate.decision.policy import Policy
from mailgate.decision.standing import same_person
from mailgate.mail.address import normalise
from mailgate.mail.envelope import Envelope
from mailgate.mail.message import Mailbox, Message
from mailgate.rate import Rate
from mailgate.rules import actions
from mailgate.rules.trace import Trace
from mailgate.tickets.model import Agent, Participant, Ticket
from mailgate.tickets.threading import Thread

BREAKER_NOTICE = "notice:breaker"
BREAKER_NOTICE_EVERY = Rate(1, 86_400)
ECHO_EVERY = Rate(1, 3_600)  # spec/agents.md 1: once an hour and agent
NOT_ACCEPTED = "not_accepted"
LIMIT_REACHED = "limit_reached"


class Draughtsman:
    """See the module. Every method adds to the plan in the order of the calls."""

    def __init__(
        self,
        message: Message,
        envelope: Envelope,
        lookup: Lookup,
        facts: Facts,
        policy: Policy,
        allotment: Allotment,
        authenticity: str,
        now: datetime,
    ) -> None:
        self._message, self._envelope, self._lookup, self._facts = message, envelope, lookup, facts
        self._policy, self._allotment, self._authenticity, self._now = policy, allotment, authenticity, now
        self._before: Ticket | None = None
        self._ticket: Ticket | None = None
        self._answer: Answer | None = None
        self._trace: Trace | None = None
        self._also: tuple[str, ...] = ()
        self._told: set[str] = set()
        self._echo, self._sender = False, ""
        self._replied: set[str] = set()
        self._effects: list[Done] = []
        self._drafts: list[Draft] = []
        self._charges: list[str] = []
        self.articles: list[NewArticle] = []

    @property
    def ticket(self) -> Ticket:
        if self._ticket is None:
            raise ValueError("no ticket yet: open or resume comes first")
        return self._ticket

    def beware(self, echo: bool, sender: Agent | None) -> None:
        """What must not go round for ever (R28): a robot at an agent's address may answer every notification.

        `echo`: a stranger wrote to an agent's signed address. `sender`: the agent whom From names, unproven.
        """
        self._echo, self._sender = echo, sender.name if sender else ""

    def open(self, ticket: Ticket) -> None:
        self._ticket = ticket

    def resume(self, ticket: Ticket) -> None:
        self._before = self._ticket = ticket

    def effect(self, actor: str, effect: Effect) -> None:
        self._ticket = changed(self.ticket, effect, self._now)
        self._effects.append(Done(actor, effect))

    def unknown_to(self, ticket: Ticket, message_ids: tuple[str, ...]) -> tuple[str, ...]:
        """Those Message-IDs that the ticket does not have yet; what many tickets name leads nowhere and is left out."""
        return tuple(each for each in message_ids if self._is_news(ticket, self._facts.ids.get(each, ())))

    @staticmethod
    def _is_news(ticket: Ticket, known: tuple[StoredId, ...]) -> bool:
        naming = sum(each.names for each in known)
        return naming < MOST_TICKETS_AN_ID and all(each.ticket != ticket.id for each in known)

    def append(self, article: NewArticle) -> NewArticle:
        """Give the article its id and nonce and make it the ticket's newest."""
        place = len(self.articles)
        made = replace(
            article,
            id=self._allotment.articles[place],
            nonce=self._allotment.nonces[place + 1],
            ticket_id=self.ticket.id,
        )
        self.articles.append(made)
        ticket = self.ticket
        if not ticket.root_article:
            ticket = replace(ticket, root_article=made.id, root_nonce=made.nonce)
        self._ticket = replace(
            ticket,
            last_article=made.id,
            last_nonce=made.nonce,
            articles=ticket.articles + 1,
            updated_at=self._now,
        )
        return made

    def traced(self, trace: Trace) -> None:
        self._trace = trace

    def carry_out(self, fired: actions.Fired) -> None:
        """One action of a rule, as effects."""
        actor, ticket, action = f"rule:{fired.rule}", self.ticket, fired.action
        match action:
            case actions.SetQueue(queue):
                if queue != ticket.queue:
                    self.effect(actor, MoveToQueue(ticket.queue, queue))
            case actions.SetPriority(priority):
                if priority != ticket.priority:
                    self.effect(actor, ChangePriority(ticket.priority, priority))
            case actions.SetState(state):
                if state != ticket.state:
                    self.effect(actor, ChangeState(ticket.state, state))
            case actions.AddTags(tags):
                if fresh := tuple(tag for tag in tags if tag not in ticket.tags):
                    self.effect(actor, AddTags(fresh))
            case actions.SetFields(fields):
                self.effect(actor, SetFields(fields))
            case actions.AddNote(text):
                self._note(actor, text)
            case actions.Reply():
                self._reply(actor, action)
            case actions.Notify():
                self._notify(actor, action)
            case _:
                assert_never(action)

    def only_tell(self, fired: actions.Fired) -> None:
        """A stranger's mail moves nothing and is answered by nobody; agents are told (R34)."""
        if isinstance(fired.action, actions.Notify):
            self._notify(f"rule:{fired.rule}", fired.action)
        elif isinstance(fired.action, actions.Reply):
            reason = "the writer has no part in the ticket"
            self.effect(f"rule:{fired.rule}", Withhold(fired.action.template, self._message.author.address, reason))

    def refuse_follow_up(self) -> None:
        """A follow-up to a closed ticket of a queue that takes none: the writer is told, under the usual limits."""
        self._reply("mailgate", actions.Reply(NOT_ACCEPTED))

    def plan(self, spool_id: int, outcome: Outcome, thread: Thread, linked_to: int | None) -> Plan:
        return Plan(
            spool_id=spool_id,
            at=self._now,
            outcome=outcome,
            before=self._before,
            ticket=replace(self.ticket, version=self.ticket.version + 1),
            articles=tuple(self.articles),
            effects=tuple(self._effects),
            drafts=tuple(self._drafts),
            charges=tuple(self._charges),
            linked_to=linked_to,
            binds=self._lookup.identity,
            won=thread.won,
            lost=thread.lost,
            trace=self._trace,
            authenticity=self._authenticity,
        )

    def also_for(self, queues: tuple[str, ...]) -> None:
        """One mail to several of our queues is one ticket: the others are noted on it, and their teams are told too."""
        self._also = queues
        for queue in queues:
            self.effect("mailgate", Remark("also.addressed", queue))
        if queues:
            self._note("mailgate", f"Also addressed to: {', '.join(queues)}")

    def _note(self, actor: str, text: str) -> None:
        article = self.append(self._own_article(text=text))
        self.effect(actor, AppendNote(article.id))

    def _reply(self, actor: str, action: actions.Reply) -> None:
        template = action.template
        if template in self._replied:  # RFC 5230 4.7: one answer of a kind in one event
            return
        self._replied.add(template)
        answer = self._verdict()
        recipient = answer.recipient
        reason = answer.reason
        if self._before is not None and self._participant(self._message.author.address) is None:
            reason = "the writer has no part in the ticket"  # though he may hold somebody's signed address
        if recipient is not None and too_soon(template, action.every, recipient.address, self._facts, self._now):
            reason = f"{template} went to this person within the interval of the rule"
        sent = self._policy.neutral_forms.get(template) if answer.neutral else template
        if sent is None:
            reason = f"nothing is known of the sender, and {template} has no neutral form"
        if recipient is None or sent is None or reason:
            address = recipient.address if recipient else self._message.author.address
            self.effect(actor, Withhold(template, address, reason))
            if answer.tripped:
                self._tell_admins()
            return
        if action.every is not None:
            self._charge(reply_key(template, recipient.address))
        self._charge(*answer.charges)
        self._send_answer(actor, sent, recipient, answer.neutral)

    def _send_answer(self, actor: str, template: str, recipient: Mailbox, neutral: bool) -> None:
        article = self.append(self._own_article(template=template, to=(recipient,), direction="out", public=True))
        participant = self._participant(recipient.address) or self._participant(self._message.author.address)
        self._drafts.append(
            Draft(
                "auto-reply",
                template,
                self._language(),
                recipient,
                article.id,
                article.nonce,
                participant=participant,
                neutral=neutral,
            )
        )
        self.effect(actor, SendMail("auto-reply", template, recipient.address))

    def _participant(self, address: str) -> Participant | None:
        people = self.ticket.participants
        return next((each for each in people if same_person(each.address, address, self._policy)), None)

    def _notify(self, actor: str, action: actions.Notify) -> None:
        about = self.articles[0]
        for each in addressees(action, self.ticket, self._policy, self._also):
            address = normalise(each.box.address)
            if address in self._told or address in self._policy.ours.addresses:
                continue
            self._told.add(address)
            if each.agent is not None and not self._may_tell(actor, action, each.agent):
                continue
            language = each.agent.language if each.agent else None
            self._drafts.append(
                Draft(
                    "agent",
                    action.template,
                    language or self._policy.site.language,
                    each.box,
                    about.id,
                    about.nonce,
                    agent=each.agent,
                )
            )
            self.effect(actor, SendMail("agent", action.template, each.box.address))

    def _may_tell(self, actor: str, action: actions.Notify, agent: Agent) -> bool:
        """Whether an agent may be told of this mail; of what may be a robot's at her address once an hour."""
        own, key = agent.name == self._sender, echo_key(agent.name)
        if not (own or self._echo):
            return True
        reason = ""
        if own and by_a_machine(self._message, self._envelope):
            reason = "a machine at this very address wrote it"
        elif not self._facts.within(key, ECHO_EVERY, self._now.timestamp()):
            reason = "told within the hour of mail that may be a robot's at an agent's address"
        if reason:
            self.effect(actor, Withhold(action.template, agent.address, reason))
        else:
            self._charge(key)
        return not reason

    def _tell_admins(self) -> None:
        """The global breaker holds automatic mail back: the admins hear of it once a day, tickets flow on."""
        if not self._facts.within(BREAKER_NOTICE, BREAKER_NOTICE_EVERY, self._now.timestamp()):
            return
        self._charge(BREAKER_NOTICE)
        about = self.articles[0]
        for admin in self._policy.site.admins:
            box = Mailbox("", admin)
            language = self._policy.site.language
            self._drafts.append(Draft("report", LIMIT_REACHED, language, box, about.id, about.nonce))
            self.effect("mailgate", SendMail("report", LIMIT_REACHED, admin))

    def _charge(self, *keys: str) -> None:
        """Count what goes out, for the next answer of this very event too."""
        self._charges += keys
        self._facts = self._facts.charged(keys, self._now)
        self._answer = None

    def _verdict(self) -> Answer:
        if self._answer is None:
            self._answer = may_answer(
                self._message,
                self._envelope,
                self._lookup,
                self._facts,
                self._policy,
                self._authenticity,
                self.ticket.id,
                self._now,
            )
        return self._answer

    def _language(self) -> str:
        if self._message.body.language != "und":
            return self._message.body.language
        return self._policy.queue(self.ticket.queue).language or self._policy.site.language

    def _own_article(
        self,
        *,
        text: str = "",
        template: str | None = None,
        to: tuple[Mailbox, ...] = (),
        direction: str = "none",
        public: bool = False,
    ) -> NewArticle:
        return NewArticle(
            id=0,
            ticket_id=0,
            nonce=b"",
            at=self._now,
            sender_type="system",
            direction="out" if direction == "out" else "none",
            visibility="public" if public else "internal",
            verified=True,
            author=self._policy.sender_of(self.ticket.queue),
            to=to,
            text=text,
            new_text=text,
            template=template,
        )


def by_a_machine(message: Message, envelope: Envelope) -> bool:
    """Whether nobody typed it: it says so, or it came without a reverse-path."""
    return message.automatic.is_automatic or envelope.reverse_path is None
