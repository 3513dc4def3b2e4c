"""What goes out because of an event: automatic answers to the customer, notifications to agents, word to the admins.

Each is either drawn up as a Draft or withheld, with the reason in the history; nothing is dropped silently.
"""

from dataclasses import replace
from datetime import timedelta
from functools import cached_property

from mailgate.decision.addressees import Addressee, addressees
from mailgate.decision.answering import Answer, may_answer, too_soon
from mailgate.decision.cause import Cause, by_a_machine
from mailgate.decision.conversation import newest_of_the_customer, public_ids
from mailgate.decision.deadness import why_dead
from mailgate.decision.draughtsman import Draughtsman
from mailgate.decision.effects import SendMail, TellLater, Withhold
from mailgate.decision.facts import echo_key, receipt_key, reply_key, told_key
from mailgate.decision.forwarding import FORWARD, forwarded, reason_against
from mailgate.decision.past import NO_RECORD, Record, record_of
from mailgate.decision.plan import Draft
from mailgate.decision.process_told import NO_PROCESS
from mailgate.decision.requester import requester_verdict
from mailgate.decision.standing import may_see, may_see_queue, same_person
from mailgate.decision.telling import NOTHING_MORE, Earlier, LinkName, Telling
from mailgate.decision.without_effect import (
    HER_OWN,
    OURS,
    TOLD_ELSEWISE,
    PassedOver,
    came_of_notify,
    means_nobody,
    told_by,
)
from mailgate.mail.address import normalise
from mailgate.mail.footer import without_mobile_footer
from mailgate.mail.message import Mailbox
from mailgate.rate import Rate
from mailgate.rules import actions
from mailgate.rules.events import AWAY
from mailgate.tickets.model import Agent, Participant

BREAKER_NOTICE = "notice:breaker"
BREAKER_NOTICE_EVERY = Rate(1, 86_400)
ECHO_EVERY = Rate(1, 3_600)  # spec/agents.md 1: once an hour and agent
TOLD_AT_MOST = Rate(20, 600)  # R27: above it they join one digest
RECEIPTS_AT_MOST = Rate(60, 600)  # more than people send
DIGEST_AFTER = timedelta(minutes=10)
NOT_ACCEPTED = "not_accepted"
LIMIT_REACHED = "limit_reached"
COPY = "agent_answered"
LINKS: tuple[LinkName, ...] = ("take", "note", "close", "pending", "reopen", "history")


class Letters:
    """For one cause and all that follows from it: nobody is told twice, and no answer is given twice.

    `event`: whose rules are running. `words`: what was said, where that is not what stands in the mail. `about`: what
    every notification of this cause tells.
    """

    def __init__(self, pen: Draughtsman, cause: Cause, also: tuple[str, ...] = ()) -> None:
        self._pen, self._cause, self._also, self._policy = pen, cause, also, pen.policy
        self._told: dict[str, str] = {normalise(cause.agent.address): HER_OWN} if cause.agent else {}  # and why so
        self._replied: set[str] = set()
        self._passed_on: set[str] = set()
        self._answer: Answer | None = None
        self.event = ""
        self.old_owner = ""  # who had the ticket before that event
        self.words: str | None = None
        self.about = NOTHING_MORE
        self._in_process = False
        self.process = NO_PROCESS  # where the ticket stands in its process

    def in_process(self, yes: bool) -> None:
        """Whether a step of a process speaks from now on: it may write where an automatic answer may not."""
        self._in_process, self._answer = yes, None

    def refuse_follow_up(self) -> None:
        """A follow-up to a closed ticket of a queue that takes none: the writer is told, under the usual limits."""
        self.reply("mailgate", actions.Reply(NOT_ACCEPTED))

    def withhold(self, actor: str, template: str, reason: str) -> None:
        self._pen.effect(actor, Withhold(template, self._customer, reason))

    def keep_back(self, actor: str, to: str, reason: str) -> None:
        """A mail that is not passed on."""
        self._pen.effect(actor, Withhold(FORWARD, to, reason))

    def forward(self, actor: str, action: actions.Forward) -> None:
        """Pass the customer's mail on, if it may go; once a cause to each address."""
        cause, address = self._cause, normalise(action.to)
        if not cause.from_customer or cause.agent is not None or cause.lookup is None:
            reason = "an agent wrote the mail"
        elif address in self._passed_on:
            reason = "he has got it already"
        else:
            reason = reason_against(action.to, cause.message, self._pen)
        if reason:
            return self.keep_back(actor, action.to, reason)
        self._passed_on.add(address)
        self._send(actor, forwarded(actor, action, self._pen))

    def note(self, actor: str, template: str) -> None:
        """An internal note that a template writes."""
        self._pen.note(actor, "")
        note = self._pen.articles[-1]
        nobody = Mailbox("", "")
        language = self._policy.site.language
        self._pen.notes.append(
            Draft("agent", template, language, nobody, note.id, note.nonce, words=self.words, process=self.process)
        )

    def reply(self, actor: str, action: actions.Reply) -> str:
        """An automatic answer to the customer, if one may go out; why not, where no effect says so."""
        template = action.template
        if template in self._replied:  # RFC 5230 4.7: one answer of a kind in one event
            return f'"{template}" was asked for already'
        self._replied.add(template)
        answer = self._verdict()
        sent = self._policy.neutral_forms.get(template) if answer.neutral else template
        reason = self._reason_against(action, answer, sent)
        if answer.recipient is None or sent is None or reason:
            address = answer.recipient.address if answer.recipient else self._customer
            self._pen.effect(actor, Withhold(template, address, reason))
            if answer.tripped:
                self._tell_admins()
            return ""
        if action.every is not None:
            self._pen.charge(reply_key(template, answer.recipient.address))
        self._pen.charge(*answer.charges)
        self._answer = None
        self._send_answer(actor, sent, answer.recipient, answer.neutral)
        return ""

    def _reason_against(self, action: actions.Reply, answer: Answer, sent: str | None) -> str:
        """Why this answer must not go out; empty where it may."""
        pen, recipient = self._pen, answer.recipient
        if sent is None:
            return f"nothing is known of the sender, and {action.template} has no neutral form"
        if recipient is not None and too_soon(action.template, action.every, recipient.address, pen.facts, pen.now):
            return f"{action.template} went to this person within the interval of the rule"
        if recipient is not None and (dead := pen.facts.dead(recipient.address)) is not None:
            return why_dead(recipient.address, dead)
        follows_up = self._cause.from_customer and pen.before is not None
        writer = self._participant(self._cause.message.author.address)
        if follows_up and writer is None:
            return "the writer has no part in the ticket"  # though he may hold somebody's signed address
        if follows_up and writer is not None and writer.role == "third-party":
            return "the writer is a third party"
        return answer.reason

    @property
    def _customer(self) -> str:
        """The address of the customer whom it is about."""
        requester = self._pen.ticket.requester
        if self._cause.from_customer or requester is None:
            return self._cause.message.author.address
        return requester.address

    def notify(self, actor: str, action: actions.Notify) -> str:
        """Mail to agents: each person once per cause, whatever her roles, and never of her own action.

        Says whom it passes over and why, where no effect does.
        """
        ticket, policy, away = self._pen.ticket, self._policy, frozenset(self._pen.facts.away)
        meant = addressees(action, ticket, policy, self._also, self.old_owner, away)
        passed: list[PassedOver] = []
        for each in meant:
            address = normalise(each.box.address)
            if why := self._told.get(address) or (OURS if address in policy.ours.addresses else ""):
                passed.append(PassedOver(each.agent.name if each.agent is not None else each.box.address, why))
                continue
            self._told[address] = told_by(actor)
            self._tell(actor, action.template, each)
        nobody = "" if meant else means_nobody(action, ticket, policy, self.old_owner)
        return came_of_notify(len(passed) < len(meant), passed, nobody)

    def _tell(self, actor: str, template: str, one: Addressee) -> None:
        if one.agent is not None and not self._may_tell(actor, template, one.agent):
            return
        draft = self._to_agent(template, one.box, one.agent, self.about, self._answers_customer())
        if one.agent is not None:
            self._pen.count(told_key(one.agent.name))
        self._send(actor, replace(draft, reason=one.reason, stands_in=one.stands_in))

    def answer_agent(self, agent: Agent, template: str, telling: Telling, *, answers: bool = False) -> None:
        """An answer to what an agent sent: at once, with a Message-ID of its own.

        `answers`: text in a reply to it goes to the customer; else it is a note. Who answers us faster than people can
        is a program: it gets a line of a list.
        """
        self.has_heard(agent)
        if not self._pen.within(receipt_key(agent.name), RECEIPTS_AT_MOST):
            self._later("mailgate", agent, f"{template}: {self._pen.ticket.subject}")
            return
        self._pen.count(receipt_key(agent.name))
        draft = self._to_agent(template, Mailbox(agent.title, agent.address), agent, telling, answers, receipt=True)
        if not may_see(agent, self._pen.ticket, self._policy):
            draft = replace(draft, telling=replace(telling, outsider=True, links=()))
        self._send("mailgate", replace(draft, notice=draft.notice or self._pen.spare_nonce()))

    def copy_to(self, agent: Agent, text: str) -> None:
        """Her own answer as it goes out, where she wants it (`agents_policy.copy_self`); a reply to it is a note."""
        if not self._policy.agents_policy.copy_self:
            return
        draft = self._to_agent(COPY, Mailbox(agent.title, agent.address), agent, self.about, answers=False)
        self._send("mailgate", replace(draft, words=text))

    def has_heard(self, agent: Agent) -> None:
        """No rule needs to tell her of this cause."""
        self._told[normalise(agent.address)] = TOLD_ELSEWISE

    def _to_agent(
        self,
        template: str,
        box: Mailbox,
        agent: Agent | None,
        telling: Telling,
        answers: bool,
        *,
        receipt: bool = False,
    ) -> Draft:
        """A mail to somebody inside. It has a Message-ID of its own where no article came: that of an older one is that
        of an older mail, and servers drop the second of two. A receipt repeats nothing of what was said."""
        pen = self._pen
        earlier = telling.earlier or (() if receipt else self._earlier)
        article, nonce = self._subject()
        return Draft(
            "agent",
            template,
            (agent.language if agent else None) or self._policy.site.language,
            box,
            article,
            nonce,
            agent=agent,
            answers=answers,
            telling=replace(
                telling,
                links=telling.links or LINKS,
                earlier=earlier,
                record=NO_RECORD if receipt or agent is None else self._record(agent),
            ),
            words=self.words,
            receipt=receipt,
            notice=None if pen.articles else pen.spare_nonce(),
            reason="author",
            process=self.process,
            actor=self._cause.agent.title if self._cause.agent is not None else "",
        )

    def _send(self, actor: str, draft: Draft) -> None:
        self._pen.drafts.append(draft)
        self._pen.effect(actor, SendMail(draft.kind, draft.template, draft.recipient.address))

    def _later(self, actor: str, agent: Agent, line: str) -> None:
        self._pen.effect(actor, TellLater(agent.name, line, self._pen.now + DIGEST_AFTER))

    def _answers_customer(self) -> bool:
        """What a reply will do: answer the customer, unless this is about what colleagues said (spec/agents.md 2)."""
        return self.event not in ("note.added", "agent.replied", AWAY) and self._pen.ticket.requester is not None

    def _subject(self) -> tuple[int, bytes]:
        """The article whose Message-ID the mail carries: the one that set it off, or the ticket's newest."""
        if self._pen.articles:
            return self._pen.articles[0].id, self._pen.articles[0].nonce
        return self._pen.ticket.last_article, self._pen.ticket.last_nonce

    @cached_property
    def _earlier(self) -> tuple[Earlier, ...]:
        """What a person said last before this, proven to be his."""
        said = self._pen.facts.said.get(self._pen.ticket.id, ())
        people = (each for each in reversed(said) if each.template is None and each.verified)
        last = next((each for each in people if each.text != self.words), None)  # what is told now is not earlier
        if last is None or self._pen.before is None:
            return ()
        who, text = last.author.name or last.author.address, without_mobile_footer(last.text)
        return (Earlier(last.at, who, text, last.is_an_internal_note, last.waits, last.was_not_sent),)

    def _record(self, agent: Agent) -> Record:
        """What she may know of the customer's other tickets."""
        past, policy = self._pen.facts.pasts.get(self._customer.lower(), ()), self._policy
        hidden = frozenset(each.queue for each in past if not may_see_queue(agent, each.queue, policy))
        return record_of(past, self._pen.ticket.id, hidden)

    def _send_answer(self, actor: str, template: str, recipient: Mailbox, neutral: bool) -> None:
        cause, message = self._cause, self._cause.message
        article = self._pen.append(self._pen.own_article(template=template, to=(recipient,)))
        parent, references = message.message_id, message.references
        if not cause.from_customer:  # what an agent wrote, and under which id, is not the customer's to know
            said = self._pen.facts.said.get(self._pen.ticket.id, ())
            newest = newest_of_the_customer(said)
            parent, references = newest.message_id if newest else None, public_ids(said, newest)
        draft = Draft(
            "auto-reply",
            template,
            self._language(),
            recipient,
            article.id,
            article.nonce,
            participant=self._participant(recipient.address) or self._participant(self._customer),
            neutral=neutral,
            parent=parent,
            references=() if neutral else references,  # ids of any words; a stranger's are not passed on (R32)
            words=None if cause.from_customer else "",
            process=self.process,
        )
        self._send(actor, draft)

    def _participant(self, address: str) -> Participant | None:
        people = self._pen.ticket.people
        return next((each for each in people if same_person(each.address, address, self._policy)), None)

    def _may_tell(self, actor: str, template: str, agent: Agent) -> bool:
        """Whether an agent may be told now; what may be a robot's at her address is told once an hour."""
        own, key = agent.name == self._cause.claimed, echo_key(agent.name)
        reason = ""
        if own or self._cause.echo:
            if own and by_a_machine(self._cause.message, self._cause.envelope):
                reason = "a machine at this very address wrote it"
            elif not self._pen.within(key, ECHO_EVERY):
                reason = "told within the hour of mail that may be a robot's at an agent's address"
            else:
                self._pen.count(key)
        if reason:
            self._pen.effect(actor, Withhold(template, agent.address, reason))
            return False
        if not self._pen.within(told_key(agent.name), TOLD_AT_MOST):
            said = self._pen.articles[0].author if self._pen.articles else Mailbox("", "")
            self._later(actor, agent, f"{template}: {said.name or said.address}: {self._pen.ticket.subject}")
            return False
        return True

    def _tell_admins(self) -> None:
        """The global breaker holds automatic mail back: the admins hear of it once a day, tickets flow on."""
        if not self._pen.within(BREAKER_NOTICE, BREAKER_NOTICE_EVERY):
            return
        self._pen.charge(BREAKER_NOTICE)
        about, nonce = self._subject()
        for admin in self._policy.site.admins:
            box = Mailbox("", admin)
            language = self._policy.site.language
            self._pen.drafts.append(Draft("report", LIMIT_REACHED, language, box, about, nonce))
            self._pen.effect("mailgate", SendMail("report", LIMIT_REACHED, admin))

    def _verdict(self) -> Answer:
        if self._answer is None:
            cause = self._cause
            if cause.from_customer and cause.lookup is not None:
                self._answer = may_answer(
                    cause.message,
                    cause.envelope,
                    cause.lookup,
                    self._pen.facts,
                    self._policy,
                    cause.authenticity,
                    self._pen.ticket.id,
                    self._pen.now,
                    in_process=self._in_process,
                )
            else:
                self._answer = requester_verdict(cause, self._pen, in_process=self._in_process)
        return self._answer

    def _language(self) -> str:
        if self._cause.from_customer and self._cause.message.body.language != "und":
            return self._cause.message.body.language
        if self._pen.ticket.language != "und":
            return self._pen.ticket.language
        return self._policy.queue(self._pen.ticket.queue).language or self._policy.site.language
