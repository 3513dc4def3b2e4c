"""The decision: what will happen to one mail. `decide(...)` is pure and says everything; `store.apply` does it.

Production, dry run, explain and rule tests all call this one function (DESIGN.md 1).
"""

from dataclasses import dataclass, replace
from datetime import datetime

from mailgate.commands.block import find_block
from mailgate.decision.agents_mail import AgentsMail, decide_agents_mail
from mailgate.decision.cascade import Cascade
from mailgate.decision.draughtsman import Draughtsman
from mailgate.decision.evidence import find_thread, joined, proven_address
from mailgate.decision.facts import Facts, Lookup
from mailgate.decision.filing import append_article, evidence_of, open_ticket
from mailgate.decision.gate import Gate, gate
from mailgate.decision.letters import Cause, Letters, by_a_machine
from mailgate.decision.plan import Allotment, Outcome, OutcomeKind, Plan
from mailgate.decision.policy import Policy
from mailgate.decision.routing import forwarded_elsewhere
from mailgate.decision.sender import authenticity_of
from mailgate.decision.standing import Writer, agent_of, writer
from mailgate.decision.unproven import is_in_doubt, tell_of_doubt
from mailgate.mail.envelope import Envelope
from mailgate.mail.message import Message
from mailgate.rules.situation import AuthFacts
from mailgate.tickets.model import Agent
from mailgate.tickets.signed import SignedAddress
from mailgate.tickets.thanks import is_only_thanks
from mailgate.tickets.threading import Placement, Thread, place

_OUR_MAIL = ("signed address", "our message-id")  # what a bounce must name: a number in its text is nothing (R47)


@dataclass(frozen=True, slots=True)
class Mail:
    """One accepted mail on its way through the decision."""

    spool_id: int
    message: Message
    envelope: Envelope
    lookup: Lookup


def decide(mail: Mail, facts: Facts, policy: Policy, allotment: Allotment, now: datetime, hold: str = "") -> Plan:
    """Everything that will happen because of `mail`. Raises only what the rules or the mail's own content raise.

    `hold`: why the last search of the finished answer held it back; the mail is decided again with it.
    """
    if duplicate := facts.seen.get(mail.lookup.identity.digest):
        article, ticket = duplicate
        return Plan(mail.spool_id, now, Outcome("duplicate", ticket, article, "the same mail again"))
    checked = authenticity_of(mail.message, mail.envelope, policy)
    passage = gate(mail.message, mail.envelope, policy)
    if passage.outcome is not None:
        return Plan(mail.spool_id, now, passage.outcome, traces=passage.traces, authenticity=checked.verdict)
    thread = joined(passage, facts) or find_thread(mail.lookup, facts, policy.keys)
    auth = AuthFacts(checked.spf, checked.dkim, checked.dmarc)
    signed = proven_address(mail.lookup, facts, policy.keys)
    who = writer(mail.message, mail.envelope, thread.ticket, signed, checked.verdict, policy, now)
    return _Decision(
        mail, facts, policy, allotment, now, thread, signed, who, checked.verdict, auth, passage, hold
    ).plan()


class _Decision:
    """One mail's decision, everything about it known."""

    def __init__(
        self,
        mail: Mail,
        facts: Facts,
        policy: Policy,
        allotment: Allotment,
        now: datetime,
        thread: Thread,
        signed: SignedAddress | None,
        who: Writer,
        verdict: str,
        auth: AuthFacts,
        passage: Gate,
        hold: str,
    ) -> None:
        self._mail, self._policy, self._allotment, self._now = mail, policy, allotment, now
        self._thread, self._signed, self._who, self._verdict, self._hold = thread, signed, who, verdict, hold
        self._by_machine = by_a_machine(mail.message, mail.envelope)
        self._echo = who.standing == "stranger" and signed is not None and signed.is_an_agents
        bounce = mail.message.automatic.kind == "bounce"
        self._bounced = bounce and thread.won is not None and thread.won.kind in _OUR_MAIL
        self._pen = Draughtsman(facts, policy, allotment, now)
        self._pen.traces += passage.traces
        self._auth = auth

    def plan(self) -> Plan:
        ticket, agent = self._thread.ticket, self._proven_agent()
        if agent is not None and ticket is not None:
            self._pen.resume(ticket)
            return self._agents_plan(agent)
        placement = Placement(ticket, reason="a bounce") if self._bounced else self._place()
        return self._filed(placement)

    def _proven_agent(self) -> Agent | None:
        """The agent who wrote it; what her vacation program wrote is not hers."""
        return self._who.agent if self._who.standing == "agent" and not self._by_machine else None

    def _agents_plan(self, agent: Agent) -> Plan:
        mail = self._mail
        cause = Cause(mail.message, mail.envelope, mail.lookup, self._verdict, agent, from_customer=False)
        letters = Letters(self._pen, cause)
        cascade = Cascade(self._pen, letters, cause, self._auth)
        done = decide_agents_mail(self._agents_mail(agent, opened=False), self._pen, letters, cascade)
        articles = self._pen.articles
        kind: OutcomeKind = "article" if articles and articles[0].spool_id else "command"
        first = articles[0].id if kind == "article" else None
        return self._finished(Outcome(kind, self._pen.ticket.id, first, done.detail), None, done.orders)

    def _agents_mail(self, agent: Agent, *, opened: bool) -> AgentsMail:
        mail = self._mail
        return AgentsMail(
            spool_id=mail.spool_id,
            message=mail.message,
            envelope=mail.envelope,
            lookup=mail.lookup,
            agent=agent,
            signed=None if opened else self._signed,
            authenticity=self._verdict,
            evidence=evidence_of(self._thread),
            hold=self._hold,
            opened=opened,
        )

    def _place(self) -> Placement:
        mail, thread = self._mail, self._thread
        if thread.ticket is None:
            return Placement(None, reason="no evidence")
        queue = self._policy.queue(thread.ticket.queue)
        return place(
            thread,
            self._who.standing,
            queue,
            self._now,
            automatic=mail.message.automatic.is_automatic,
            thanks_only=not queue.thank_you_reopens and _only_thanks(mail.message),
            forwarded_elsewhere=forwarded_elsewhere(mail.message, mail.envelope, thread, self._policy),
            an_agents_address=self._who.agent is not None,
        )

    def _filed(self, placement: Placement) -> Plan:
        mail, pen, who = self._mail, self._pen, self._who
        claimed = None if who.standing == "agent" else agent_of(mail.message, self._policy)
        cause = Cause(
            mail.message,
            mail.envelope,
            mail.lookup,
            self._verdict,
            echo=self._echo,
            claimed=claimed.name if claimed else "",
        )
        also: tuple[str, ...] = ()
        if placement.ticket is None:
            also = open_ticket(
                pen,
                mail.spool_id,
                mail.message,
                mail.envelope,
                mail.lookup,
                placement,
                self._allotment,
                self._now,
            )
            if (agent := self._proven_agent()) is not None:
                return self._agents_own_request(agent, cause, placement, also)
        else:
            append_article(
                pen,
                mail.spool_id,
                mail.message,
                mail.envelope,
                mail.lookup,
                placement,
                self._thread,
                who,
                self._bounced,
            )
        letters = Letters(pen, cause, also)
        self._run_rules(letters, cause, placement)
        orders = tell_of_doubt(pen, letters, cause, who, self._signed) if is_in_doubt(who) else ""
        outcome = Outcome("bounce" if self._bounced else "article", pen.ticket.id, pen.articles[0].id)
        return self._finished(outcome, placement, orders)

    def _agents_own_request(self, agent: Agent, cause: Cause, placement: Placement, also: tuple[str, ...]) -> Plan:
        """A proven agent's new mail: a request like anybody's, and her commands count for it."""
        letters = Letters(self._pen, cause, also)
        cascade = Cascade(self._pen, letters, cause, self._auth)
        cascade.run("ticket.created", "customer")
        detail = ""
        if find_block(self._mail.message.body.new_text).lines:
            detail = decide_agents_mail(self._agents_mail(agent, opened=True), self._pen, letters, cascade).detail
        outcome = Outcome("article", self._pen.ticket.id, self._pen.articles[0].id, detail)
        return self._finished(outcome, placement)

    def _run_rules(self, letters: Letters, cause: Cause, placement: Placement) -> None:
        """The rules of a customer's mail. Where nobody replied there are none: a note, or our own mail come back."""
        echo_of_ours = self._echo and self._by_machine
        quiet = self._bounced or self._who.standing == "agent" or echo_of_ours
        if placement.ticket is not None and quiet:
            return
        if placement.refused:
            letters.refuse_follow_up()
        event = "ticket.created" if placement.ticket is None else "customer.replied"
        actor = "customer" if self._pen.articles[0].verified else "stranger"
        Cascade(self._pen, letters, cause, self._auth).run(event, actor, only_tell=not self._pen.articles[0].verified)

    def _finished(self, outcome: Outcome, placement: Placement | None, orders: str = "") -> Plan:
        linked = placement.linked_to if placement is not None else None
        return self._pen.plan(
            self._mail.spool_id,
            outcome,
            thread=self._thread,
            linked_to=None if linked is None or linked.id == self._pen.ticket.id else linked.id,
            binds=self._mail.lookup.identity,
            authenticity=self._verdict,
            orders=orders,
        )


def _only_thanks(message: Message) -> bool:
    return is_only_thanks(message.body.new_text) and all(each.inline for each in message.attachments)


def without_rules(policy: Policy) -> Policy:
    """The empty policy for a mail that the rules or templates cannot take: a bare article, no reply, nobody told."""
    return replace(policy, rules=policy.rules.empty())


__all__ = ["Mail", "decide", "without_rules"]
