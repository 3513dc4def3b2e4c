"""A rehearsal: mails go the way of every mail, on a database in memory and by a clock that stands until it is moved.

spool -> read -> decide -> compose -> apply -> outbox, and what is due (service.due); only the network is left out: what
would go out lies in the mailboxes of its recipients. Nothing is random, so that it goes the same way every time.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import chain

import sqlalchemy as sa

from mailgate.clock import ManualClock
from mailgate.decision.agents_mail import refused_orders
from mailgate.decision.cases import CALLS, Happened, Mailed, Withheld
from mailgate.decision.decide import Mail
from mailgate.decision.facts import TicketWanted, lookup
from mailgate.decision.plan import Plan
from mailgate.decision.policy import Door
from mailgate.ids import SeededIds
from mailgate.mail.address import normalise
from mailgate.mail.envelope import Envelope, Submission
from mailgate.mail.parse import parse
from mailgate.rules.actions import Reject
from mailgate.rules.events import GATE
from mailgate.rules.ruleset import Ruleset
from mailgate.rules.scenario import AgentsLetter, ApproversLetter, Letter, Refusing, Wait, What
from mailgate.rules.trace import Step, Trace
from mailgate.service.active import ActiveSet
from mailgate.service.correspondence import (
    BORDER,
    Got,
    Unplayable,
    as_plain,
    by_a_customer,
    by_an_agent,
    by_an_approver,
    recipients_of,
)
from mailgate.service.dry_run import refusal_of
from mailgate.service.due import DueWork
from mailgate.service.preparation import Failed, Job, prepare
from mailgate.store import due, outbox, rule_timers, spool
from mailgate.store.apply import apply
from mailgate.store.happened import ComposedMail, Place, came_since, templates_of
from mailgate.store.known import gather, load_tickets
from mailgate.store.lead import take_lead
from mailgate.store.memory import MemoryStore
from mailgate.tickets.model import Agent, Ticket

DOOR = "rehearsal"
NODE = "rehearsal"
AT_ONCE = 100
MOST_PAUSES = 24  # within one wait; what is due by no known moment is looked for then
SHORTEST_PAUSE = timedelta(hours=1)


class Rehearsal:
    """One desk, from its first mail on. Use it as a context: it keeps an event loop for what is due."""

    def __init__(self, active: ActiveSet, store: MemoryStore, now: datetime) -> None:
        self.active, self._store, self._clock, self._ids = with_door(active), store, ManualClock(now), SeededIds()
        store.clear()
        self._epoch = store.write_now(lambda c: take_lead(c, NODE, now))
        self._due = DueWork(store, lambda: self.active, lambda: self._epoch, self._clock, self._ids, lambda: None)
        self._got: list[Got] = []
        self._refusing: dict[str, str] = {}
        self._letters = 0
        self._ticket: int | None = None  # the one that was touched last
        self._refusals: list[Trace] = []
        self._place = Place()
        self._runner = asyncio.Runner()

    def __enter__(self) -> "Rehearsal":
        return self

    def __exit__(self, *_exception: object) -> None:
        self._runner.close()

    def play(self, what: What) -> Happened:
        """One step, and everything that came of it. Raises Unplayable."""
        plans: list[Plan] = []
        refused = ""
        self._refusals.clear()
        match what:
            case Wait(time):
                self._pass_until(self._clock.now() + time)
            case Refusing(replies):
                self._refusing |= replies
            case Letter() | AgentsLetter() | ApproversLetter():
                refused = self._accept(what)
                if not refused:
                    while (plan := self._process()) is not None:
                        plans.append(plan)
                    self._happen()
        return self._happened(plans, refused)

    # --- mail -----------------------------------------------------------------------------------------------------

    def _accept(self, letter: Letter | AgentsLetter | ApproversLetter) -> str:
        """Into the spool; the door's words where it refuses."""
        self._letters += 1
        now = self._clock.now()
        if isinstance(letter, AgentsLetter):
            agent = self._agent(letter)
            raw = by_an_agent(letter, agent, self._letters, now, self.active, self._got)
            return self._take(raw, agent.address, (), "127.0.0.1", agent.name)
        if isinstance(letter, ApproversLetter):
            raw, author = by_an_approver(letter, self._letters, now, self.active, self._got)
            return self._take(raw, author, (), "192.0.2.1", None)
        raw = by_a_customer(letter, self._letters, now, self.active, self._got)
        return self._take(raw, letter.reverse_path, letter.forward_paths, letter.peer, letter.login)

    def _take(
        self, raw: bytes, reverse_path: str | None, forward_paths: tuple[str, ...], peer: str, login: str | None
    ) -> str:
        message, now = parse(raw), self._clock.now()
        sender = message.author.address if reverse_path is None else reverse_path
        paths = forward_paths or recipients_of(message, self.active)
        envelope = Envelope(sender or None, paths, DOOR, now, peer, authenticated_as=login)
        refused = {path: self._refusal(path, envelope, len(raw)) for path in paths}
        left = tuple(path for path, why in refused.items() if not why)
        if not left:
            return refused[paths[0]]
        packed = spool.pack(Submission(replace(envelope, forward_paths=left), raw))
        self._store.write_now(lambda c: spool.accept(c, packed))
        return ""

    def _refusal(self, path: str, envelope: Envelope, octets: int) -> str:
        policy = self.active.policy
        said = refusal_of(path, envelope, octets, policy)
        if said is None:
            return ""
        told = f"{said.code} {said.enhanced} {said.text}"
        self._refusals.append(refusal_trace(said, told, policy.rules))
        return f"{told} (rule {said.by})"

    def _agent(self, letter: AgentsLetter) -> Agent:
        """Who writes: the one that is named, else the one that was told last."""
        if letter.by is not None:
            return self.active.policy.agents[letter.by]
        for each in reversed(self._got):
            agent = self.active.policy.agents_at.get(normalise(each.recipient))
            if agent is not None and letter.answers in ("", each.template):
                return agent
        raise Unplayable("no agent was told anything, so there is nobody who could answer")

    def _process(self) -> Plan | None:
        """The next mail of the spool: what the processor does, without its patience. Raises Unplayable."""
        store, active, now = self._store, self.active, self._clock.now()
        each, first = active.policy.rules.articles_each, active.config.number_start
        claim = store.write_now(lambda c: spool.claim(c, NODE, now, 1, each, 0, first, self._epoch))
        if not claim.mails:
            return None
        mail = claim.mails[0]
        message = parse(mail.raw, mail.envelope.reverse_path or "")
        asked = lookup(message, mail.envelope, active.policy)
        nonces = tuple(self._ids.nonce() for _ in range(each + 1))
        job = Job(Mail(mail.id, message, mail.envelope, asked), tuple(claim.articles), nonces, raw=lambda: mail.raw)
        named = frozenset[str]()
        while True:
            ask = partial(gather, lookups=[asked], now=now, needs=active.policy.rules.needs, asked=named)
            try:
                [prepared] = prepare([job], claim.tickets, store.read_now(ask), active, now)
                break
            except TicketWanted as wanted:
                named |= {wanted.number}
        if isinstance(prepared, Failed):
            raise Unplayable(f"rules or templates fail on this mail: {prepared.error}")
        store.write_now(lambda c: apply(c, [prepared], self._epoch, self._ids))
        return prepared.plan

    # --- time -----------------------------------------------------------------------------------------------------

    def _pass_until(self, end: datetime) -> None:
        """What falls due on the way is done at its own time."""
        pause = max(SHORTEST_PAUSE, (end - self._clock.now()) / MOST_PAUSES)
        while (now := self._clock.now()) < end:
            following = self._store.read_now(partial(self._next_moment, now=now))
            self._clock.advance(min(end, now + pause, following or end) - now)
            self._happen()

    def _next_moment(self, connection: sa.Connection, now: datetime) -> datetime | None:
        timers = [rule.timer for rule in self.active.policy.rules.timed if rule.timer is not None]
        moments = (due.next_moment(connection, now), rule_timers.next_moment(connection, timers, now))
        return min((each for each in moments if each is not None), default=None)

    def _happen(self) -> None:
        """What is due, and what goes out of it; what comes back at once is told."""
        self._runner.run(self._due.tick())
        if self._deliver():
            self._runner.run(self._due.tick())
            self._deliver()

    def _deliver(self) -> bool:
        """Send what can go; whether a server refused any of it."""
        store, now = self._store, self._clock.now()
        if not store.read_now(lambda c: outbox.any_due(c, now)):
            return False
        results = []
        mails = store.write_now(lambda c: outbox.claim(c, NODE, now, AT_ONCE))
        templates = store.read_now(lambda c: templates_of(c, [mail.id for mail in mails]))
        for mail in mails:
            reply = self._refusing.get(mail.recipient.lower(), "")
            results.append(outbox.Attempted(mail.id, "failed" if reply else "sent", reply or "250 2.0.0 Ok"))
            if not reply:
                self._got.append(Got(mail.recipient, templates[mail.id], as_plain(mail.content)))
        store.write_now(lambda c: outbox.record(c, NODE, results, now, self._ids))
        return any(each.verdict == "failed" for each in results)

    # --- what came of it ------------------------------------------------------------------------------------------

    def _happened(self, plans: Sequence[Plan], refused: str) -> Happened:
        came = self._store.read_now(lambda c: came_since(c, self._place))
        self._place = came.place
        touched = [plan.ticket.id for plan in plans if plan.ticket is not None]
        touched += [ticket for ticket, _ in came.due if ticket is not None]
        self._ticket = touched[0] if touched else self._ticket
        ticket = self._loaded(self._ticket)
        into = self._loaded(ticket.merged_into) if ticket else None
        return Happened(
            ticket=ticket,
            merged_into=into.number if into else "",
            watchers=tuple(self._name(each.address) or each.address for each in ticket.watchers) if ticket else (),
            notes=came.notes,
            mails=tuple(map(self._mailed, came.mails)),
            withheld=tuple(Withheld(*each) for each in came.withheld),
            traces=tuple(chain(self._refusals, *(plan.traces for plan in plans), *(traces for _, traces in came.due))),
            outcome=plans[0].outcome.kind if plans else "",
            refused=refused,
            refused_orders=tuple(filter(None, map(refused_orders, plans))),
            at=self._clock.now(),
        )

    def _loaded(self, ticket: int | None) -> Ticket | None:
        return None if ticket is None else self._store.read_now(lambda c: load_tickets(c, (ticket,))).get(ticket)

    def _name(self, address: str) -> str:
        """Of an agent; empty where it is nobody of ours."""
        agent = self.active.policy.agents_at.get(normalise(address))
        return agent.name if agent else ""

    def _mailed(self, mail: ComposedMail) -> Mailed:
        if mail.kind in CALLS:
            return Mailed(mail.kind, mail.template, mail.recipient, "", "", "", mail.content.decode("utf-8", "replace"))
        message = as_plain(mail.content)
        return Mailed(
            kind=mail.kind,
            template=mail.template,
            recipient=mail.recipient,
            agent=self._name(mail.recipient),
            sender=message.author.address,
            subject=message.subject,
            body=message.body.text,
            held=mail.held,
            reason=mail.reason,
        )


def refusal_trace(said: Reject, told: str, rules: Ruleset) -> Trace:
    """What ran at RCPT, where production keeps no trace: the mail never came."""
    name = said.by.partition(" (")[0]
    rule = next(each for each in rules.at_rcpt if each.name == name)
    cases = (number for number, case in enumerate(rule.cases, 1) if any(_says(task.what, said) for task in case.tasks))
    step = Step(rule.name, rule.file, rule.mark.line, "match", next(cases, 0), actions=(f"reject {told}",))
    return Trace(GATE, rules.hash, (step,))


def _says(what: object, said: Reject) -> bool:
    return isinstance(what, Reject) and replace(what, by=said.by) == said


def with_door(active: ActiveSet) -> ActiveSet:
    """The set with one more door: whose word about senders counts in a rehearsal."""
    doors = {**active.policy.doors, DOOR: Door(DOOR, (BORDER,))}
    return replace(active, policy=replace(active.policy, doors=doors))
