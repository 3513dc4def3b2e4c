"""The decision: what will happen to one mail. `decide(...)` is pure and says everything; `store.apply` does it.

Production, dry run, explain and rule tests all call this one function (DESIGN.md 1).
"""

from dataclasses import replace
from datetime import datetime

from mailgate.commands.block import find_block
from mailgate.decision.absence import away_until
from mailgate.decision.agents_mail import AgentsMail, decide_agents_mail
from mailgate.decision.alarm import AT_MOST, COUNTER, Alarm, alarm_of
from mailgate.decision.approvals import APPROVES, vote_of
from mailgate.decision.bounced import DELAYED, note_report
from mailgate.decision.cascade import Cascade
from mailgate.decision.case import Case, Mail
from mailgate.decision.cause import Cause, by_a_machine
from mailgate.decision.draughtsman import Draughtsman
from mailgate.decision.effects import ComeBack, Done, GoAway, Remark, SplitOff
from mailgate.decision.evidence import find_thread, joined, no_ticket_to_join, proven_addresses
from mailgate.decision.facts import Facts
from mailgate.decision.filing import actor_of, append_article, evidence_of, open_ticket
from mailgate.decision.gate import OPEN, Gate
from mailgate.decision.leak import Leak
from mailgate.decision.letters import Letters
from mailgate.decision.plan import Allotment, Elsewhere, Outcome, OutcomeKind, Plan
from mailgate.decision.policy import Policy
from mailgate.decision.process_effects import CastVote
from mailgate.decision.routing import forwarded_elsewhere
from mailgate.decision.sender import authenticity_of
from mailgate.decision.standing import party_of_agent, writer
from mailgate.decision.unproven import is_in_doubt, tell_of_doubt
from mailgate.mail.authenticity import Authenticity
from mailgate.mail.message import Message
from mailgate.mail.occasion import occasion
from mailgate.mail.signature import is_proven
from mailgate.rules.situation import AuthFacts
from mailgate.rules.trace import Trace
from mailgate.tickets.model import Agent, Ticket
from mailgate.tickets.thanks import is_only_thanks
from mailgate.tickets.threading import Evidence, Placement, Thread, place

_REPORTS = ("bounce", "disposition", "feedback")
_OUR_MAIL = ("signed address", "our message-id")  # what a bounce must name: a number in its text is nothing (R47)


def decide(
    mail: Mail, facts: Facts, policy: Policy, allotment: Allotment, now: datetime, leaks: tuple[Leak, ...] = ()
) -> Plan:
    """Everything that will happen because of `mail`. Raises only what the rules or the mail's own content raise.

    `leaks`: why the last search of the finished answer held it back; the mail is decided again with them.
    """
    if duplicate := facts.seen.get(mail.lookup.identity.digest):
        article, ticket = duplicate
        return Plan(mail.spool_id, now, Outcome("duplicate", ticket, article, "the same mail again"))
    checked = authenticity_of(mail.message, mail.envelope, policy)
    passage = mail.lookup.passage if policy.rules.enabled else OPEN  # of a mail that defeats the rules none is asked
    if passage.outcome is not None:
        return _stopped(mail, passage, passage.outcome, facts, policy, checked.verdict, now)
    pen = Draughtsman(facts, policy, allotment, now)
    pen.traces += _passed(passage, facts)
    return _Decision(mail, _established(mail, pen, checked, passage), pen, leaks).plan()


def _stopped(
    mail: Mail, passage: Gate, outcome: Outcome, facts: Facts, policy: Policy, verdict: str, now: datetime
) -> Plan:
    """The gate keeps it; what a rule sets aside is told to the admins."""
    alarm: Alarm | None = None
    charges: tuple[str, ...] = ()
    if passage.by is not None and policy.site.admins:
        quiet = not facts.within(COUNTER, AT_MOST, now.timestamp())
        alarm = alarm_of(passage.by, mail.spool_id, policy, now, quiet=quiet)
        charges = () if quiet else (COUNTER,)
    return Plan(mail.spool_id, now, outcome, charges=charges, traces=passage.traces, authenticity=verdict, alarm=alarm)


def _passed(passage: Gate, facts: Facts) -> tuple[Trace, ...]:
    """The traces of the gate, with what came of the ticket that a rule there named."""
    reason, by = no_ticket_to_join(passage, facts), passage.joined_by
    if by is None or not reason:
        return passage.traces
    return tuple(each.amended(by.rule, by.place, f"nothing: {reason}") for each in passage.traces)


def _established(mail: Mail, pen: Draughtsman, checked: Authenticity, passage: Gate) -> Case:
    """What is known of the mail before anything is done."""
    facts, policy, message = pen.facts, pen.policy, mail.message
    again = _taken_up(mail, facts)
    proven = proven_addresses(mail.lookup, facts, policy.keys)
    thread = again or joined(passage, facts) or find_thread(mail.lookup, facts, policy.keys, proven)
    signed = proven[0][0] if proven else None
    return Case(
        thread=thread,
        signed=signed,
        who=writer(message, mail.envelope, thread.ticket, signed, checked.verdict, policy, pen.now),
        verdict=checked.verdict,
        auth=AuthFacts(checked.spf, checked.dkim, checked.dmarc),
        by_machine=by_a_machine(message, mail.envelope),
        bounced=message.automatic.kind in _REPORTS and thread.won is not None and thread.won.kind in _OUR_MAIL,
        opened=again is not None and _opened_the_ticket(mail, facts, again),
    )


def _taken_up(mail: Mail, facts: Facts) -> Thread | None:
    """A mail that is taken up again stays on the ticket where it waited."""
    known = facts.seen.get(mail.message.identity.digest) if mail.envelope.resumes is not None else None
    ticket = facts.ticket(known[1]) if known is not None else None
    if ticket is None:
        return None
    return Thread(ticket, Evidence("taken up again", f"({mail.envelope.resumes})", ticket.id))


def _opened_the_ticket(mail: Mail, facts: Facts, thread: Thread) -> bool:
    """Whether the ticket's first article is this very mail."""
    its_own = facts.ids.get(mail.lookup.own_id or "", ())
    root = thread.ticket.root_article if thread.ticket is not None else None
    return any(not each.names and each.article == root for each in its_own)


class _Decision:
    """One mail's decision, everything about it known."""

    def __init__(self, mail: Mail, case: Case, pen: Draughtsman, leaks: tuple[Leak, ...]) -> None:
        self._mail, self._case, self._pen, self._leaks = mail, case, pen, leaks
        self._policy, self._facts = pen.policy, pen.facts

    def plan(self) -> Plan:
        case = self._case
        placement = Placement(case.thread.ticket, reason="a bounce") if case.bounced else self._place()
        if case.agent is not None and placement.ticket is not None:
            self._pen.resume(placement.ticket)
            self._welcome_back(case.agent)
            return self._agents_plan(case.agent)
        return self._filed(placement)

    def _welcome_back(self, agent: Agent) -> None:
        """She writes herself: she is here."""
        if agent.name in self._pen.facts.away:
            self._pen.effect(f"agent:{agent.name}", ComeBack(agent.name))

    def _place(self) -> Placement:
        mail, case = self._mail, self._case
        ticket = case.thread.ticket
        if ticket is None:
            return Placement(None, reason="no evidence")
        if mail.envelope.resumes is not None:
            return Placement(ticket, reason="taken up again")
        queue = self._policy.queue(ticket.queue)
        return place(
            case.thread,
            case.who.standing,
            queue,
            self._pen.now,
            automatic=mail.message.automatic.is_automatic,
            thanks_only=not queue.thank_you_reopens and _only_thanks(mail.message),
            forwarded_elsewhere=forwarded_elsewhere(mail.message, mail.envelope, case.thread, self._policy),
            an_agents_address=case.who.agent is not None,
        )

    def _agents_plan(self, agent: Agent) -> Plan:
        letters, cascade = self._letters(self._cause(agent))
        done = decide_agents_mail(self._agents_mail(agent, opened=self._case.opened), self._pen, letters, cascade)
        articles = self._pen.articles
        kind: OutcomeKind = "article" if articles and articles[0].spool_id else "command"
        first = articles[0].id if kind == "article" else None
        return self._finished(Outcome(kind, self._pen.ticket.id, first, done.detail), None, done.orders)

    def _agents_mail(self, agent: Agent, *, opened: bool) -> AgentsMail:
        evidence = evidence_of(self._case.thread) or "taken up again"
        signed = None if opened else self._case.signed_for(agent)
        elsewhere = self._elsewhere(agent) if signed is not None else ()
        return AgentsMail(self._mail, agent, signed, self._case.verdict, evidence, self._leaks, opened, elsewhere)

    def _elsewhere(self, agent: Agent) -> tuple[str, ...]:
        proven = proven_addresses(self._mail.lookup, self._facts, self._policy.keys)
        hers = (self._facts.ticket(each.id) for signed, each in proven if signed.party == party_of_agent(agent))
        return tuple(dict.fromkeys(each.number for each in hers if each and each.id != self._pen.ticket.id))

    def _cause(self, agent: Agent | None = None, *, from_customer: bool = False) -> Cause:
        mail, case = self._mail, self._case
        claimed = case.who.agent if agent is None else None
        return Cause(
            mail.message,
            mail.envelope,
            mail.lookup,
            case.verdict,
            agent,
            from_customer=from_customer,
            echo=case.echo,
            claimed=claimed.name if claimed else "",
        )

    def _letters(self, cause: Cause, also: tuple[str, ...] = ()) -> tuple[Letters, Cascade]:
        letters = Letters(self._pen, cause, also)
        return letters, Cascade(self._pen, letters, cause, self._case.auth)

    def _filed(self, placement: Placement) -> Plan:
        """A mail that is nobody's of ours: an article, and the rules."""
        mail, pen, case = self._mail, self._pen, self._case
        also: tuple[str, ...] = ()
        absent = None
        if placement.ticket is None:
            also = open_ticket(pen, mail, placement)
            by = mail.lookup.passage.joined_by
            if by is not None and (reason := no_ticket_to_join(mail.lookup.passage, self._facts)):
                pen.effect(f"rule:{by.rule}", Remark("join.failed", f"{reason}: a new one"))
        else:
            append_article(pen, mail, case, placement)
            absent = self._note_absence()
        delayed = note_report(pen, mail, case) if case.bounced else ()
        cause = self._cause(case.agent, from_customer=True)
        letters, cascade = self._letters(cause, also)
        if case.agent is not None:
            self._welcome_back(case.agent)
            return self._agents_own_request(case.agent, letters, cascade, placement)
        if (decided := self._approvers_word(letters, cascade)) is not None:
            return self._finished(Outcome("article", pen.ticket.id, pen.articles[0].id, decided), placement)
        # First: whom we ask about the mail need not be told of it.
        orders = tell_of_doubt(pen, letters, cause, case) if is_in_doubt(case.who) else ""
        self._run_rules(letters, cascade, placement)
        if cascade.split_by and placement.ticket is not None:
            return self._split(cascade.split_by, placement.ticket)
        if delayed:
            cascade.not_delivered(DELAYED, delayed)
        if absent is not None:
            self._letters(self._cause())[1].absent(*absent)
        bounced = case.bounced and mail.message.bounce is not None
        outcome = Outcome("bounce" if bounced else "article", pen.ticket.id, pen.articles[0].id)
        return self._finished(outcome, placement, orders)

    def _approvers_word(self, letters: Letters, cascade: Cascade) -> str | None:
        """The mail to an address that approves or denies is a decision, where it counts; None where it is a mail."""
        pen, case = self._pen, self._case
        if pen.before is None or case.signed is None or case.signed.purpose not in APPROVES:
            return None
        vote, running = vote_of(self._mail, case, pen), pen.ticket.running
        if isinstance(vote, str) or running is None:
            pen.effect("mailgate", Remark("approval.refused", str(vote)))
            return None
        letters.words = vote.reason
        pen.effect(f"approver:{vote.who}", CastVote(running.process, running.step, vote))
        cascade.follow()
        cascade.steps.acknowledge(vote)
        return "approved" if vote.granted else "denied"

    def _split(self, rule: str, ticket: Ticket) -> Plan:
        """The mail as a new request of its own. Nothing of what else was drawn up for the ticket counts."""
        pen = self._pen
        self._pen = Draughtsman(self._facts, self._policy, pen.allotment, pen.now)
        self._pen.traces += (each.without_effect(f"rule {rule} split the mail off", "split") for each in pen.traces)
        plan = self._filed(Placement(None, ticket, reason=f"split off by rule {rule}"))
        said = Elsewhere(ticket.id, Done(f"rule:{rule}", SplitOff(self._pen.ticket.number)))
        return replace(plan, elsewhere=(*plan.elsewhere, said))

    def _agents_own_request(self, agent: Agent, letters: Letters, cascade: Cascade, placement: Placement) -> Plan:
        """A proven agent's new mail: a request like anybody's, and her commands count for it."""
        cascade.run("ticket.created", "customer")
        detail = ""
        if find_block(self._mail.message.body.new_text).lines:
            detail = decide_agents_mail(self._agents_mail(agent, opened=True), self._pen, letters, cascade).detail
        outcome = Outcome("article", self._pen.ticket.id, self._pen.articles[0].id, detail)
        return self._finished(outcome, placement)

    def _note_absence(self) -> tuple[str, datetime] | None:
        """A proven agent's vacation program answered one of our mails: she is away. That is an event where it is news:
        two programs that answer each other's notifications would go on for ever."""
        mail, case, policy = self._mail, self._case, self._policy
        if case.who.standing != "agent" or case.who.agent is None or mail.message.automatic.kind != "auto-reply":
            return None
        default, zone = policy.agents_policy.away_for, policy.site.timezone
        until = away_until(mail.message.body.new_text, self._pen.now, zone, default)
        name, away = case.who.agent.name, self._pen.facts.away
        if away.get(name) == until:
            return None
        self._pen.effect(f"agent:{name}", GoAway(name, until))
        self._pen.facts = replace(self._pen.facts, away={**away, name: until})
        return None if name in away else (name, until)

    def _run_rules(self, letters: Letters, cascade: Cascade, placement: Placement) -> None:
        """The rules of a customer's mail. Where nobody replied there are none: a note, or our own mail come back."""
        case = self._case
        quiet = case.bounced or case.who.standing == "agent" or (case.echo and case.by_machine)
        if placement.ticket is not None and quiet:
            return
        if placement.refused:
            letters.refuse_follow_up()
        verified = self._pen.articles[0].verified
        event, actor = "ticket.created", "customer"
        if placement.ticket is not None:
            person = case.who.person
            of_another = verified and person is not None and person.role != "requester"
            event, actor = "third_party.replied" if of_another else "customer.replied", actor_of(case.who)
        cascade.run(event, actor, only_tell=not verified)

    def _finished(self, outcome: Outcome, placement: Placement | None, orders: str = "") -> Plan:
        linked = placement.linked_to if placement is not None else None
        if released := self._mail.envelope.released:
            self._pen.effect("operator", Remark("mail.released", released))
        return self._pen.plan(
            self._mail.spool_id,
            outcome,
            thread=self._case.thread,
            linked_to=None if linked is None or linked.id == self._pen.ticket.id else linked.id,
            binds=self._mail.lookup.identity,
            authenticity=self._case.verdict,
            orders=orders,
        )


def _only_thanks(message: Message) -> bool:
    files = [each for each in message.attachments if not (each.inline and each.content_type.startswith("image/"))]
    writer = occasion(message.authors, message.subject, named=True)
    return not files and is_only_thanks(message.body.new_text) and is_proven(message.body.signature, writer)


def without_rules(policy: Policy) -> Policy:
    """The empty policy for a mail that the rules or templates cannot take: a bare article, no reply, nobody told."""
    return replace(policy, rules=policy.rules.empty())


__all__ = ["Mail", "decide", "without_rules"]
