"""Does what is due without a mail, where this node leads: decided and applied like a mail's plan, one ticket at a time.

A ticket that changed meanwhile is looked at again with the next tick. What the rules or a template defeat is done
without rules; what defeats us even then is told to the log, tried again later, and stops no other.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import sqlalchemy as sa
import structlog

from mailgate.clock import Clock
from mailgate.decision.alarm import ADMIN
from mailgate.decision.decide import without_rules
from mailgate.decision.due import FailedAnswer, answer_failed, is_over, pending_is_over
from mailgate.decision.facts import Facts, TicketWanted, receipt_key, told_key
from mailgate.decision.plan import Allotment, Plan
from mailgate.decision.policy import Policy
from mailgate.decision.process_due import process_is_due
from mailgate.decision.timed import closed_for_silence, is_to_close
from mailgate.errors import Conflict, Outage
from mailgate.ids import Ids
from mailgate.mail.message import NO_MESSAGE
from mailgate.notify.digest import digest
from mailgate.service.active import ActiveSet
from mailgate.service.preparation import composed
from mailgate.service.timed import TimedWork
from mailgate.store import counters, due
from mailgate.store.apply import Prepared, apply
from mailgate.store.engine import Store
from mailgate.store.epoch import check_epoch
from mailgate.store.known import facts_of_ticket
from mailgate.store.outbox import enqueue
from mailgate.tickets.model import Agent, Ticket

log = structlog.get_logger("mailgate.due")

AT_ONCE = 50
AGAIN_AFTER = timedelta(minutes=10)  # what could not be done

_LONG_AGO = datetime.min.replace(tzinfo=UTC)

Also = Callable[[sa.Connection, bool], None]  # whether a plan was applied
Decide = Callable[[Ticket, Facts, Policy, Allotment, datetime], Plan | None]


class DueWork:
    """`epoch()` is that of this node's lead, 0 while another leads; `mail_composed` wakes the delivery."""

    def __init__(
        self,
        store: Store,
        active: Callable[[], ActiveSet],
        epoch: Callable[[], int],
        clock: Clock,
        ids: Ids,
        mail_composed: Callable[[], None],
    ) -> None:
        self._store, self._active, self._epoch = store, active, epoch
        self._clock, self._ids, self._mail_composed = clock, ids, mail_composed
        self._again: dict[tuple[str, int | str], datetime] = {}  # what could not be done, and when it is tried again
        self._timed = TimedWork(store, clock, ids, self._one, self._guarded)

    async def tick(self) -> None:
        """Everything that is due now. Raises Outage."""
        now, epoch = self._clock.now(), self._epoch()
        if not epoch:
            return
        rang = await self._timed.tick(self._active(), epoch)
        if await self._store.read(lambda c: due.anything_due(c, now)):
            await self._all(now, epoch)
        elif rang:
            self._mail_composed()

    async def _all(self, now: datetime, epoch: int) -> None:
        self._again = {what: at for what, at in self._again.items() if at > now}
        most = AT_ONCE + len(self._again)  # what could not be done stands first, and must not keep the others away
        for ticket in await self._store.read(lambda c: due.pending_due(c, now, most)):
            await self._guarded(("ticket", ticket), partial(self._pending, ticket, epoch))
        for ticket in await self._store.read(lambda c: due.closing(c, now, most)):
            await self._guarded(("closing", ticket), partial(self._close, ticket, epoch))
        for ticket in await self._store.read(lambda c: due.processes_due(c, now, most)):
            await self._guarded(("process", ticket), partial(self._process, ticket, epoch))
        for failed in await self._store.read(lambda c: due.untold(c, most)):
            await self._guarded(("mail", failed.id), partial(self._failed, failed, epoch))
        for agent, list_of in (await self._store.read(lambda c: due.due_digests(c, now))).items():
            await self._guarded(("list", agent), partial(self._digest, agent, list_of, epoch))
        self._mail_composed()

    async def _guarded(self, what: tuple[str, int | str], work: Callable[[], Awaitable[None]]) -> bool:
        """Whether it was done."""
        if self._again.get(what, _LONG_AGO) > self._clock.now():
            return False
        try:
            await work()
            return True
        except Outage:
            raise
        except Conflict as conflict:
            log.info("it changed while it was due; again with the next tick", what=what, cause=str(conflict))
        except Exception as error:
            self._again[what] = self._clock.now() + AGAIN_AFTER
            log.error("what was due could not be done", what=what, error=f"{type(error).__name__}: {error}")
        return False

    async def _pending(self, ticket: int, epoch: int) -> None:
        await self._one(ticket, _pending_is_over, epoch)

    async def _close(self, ticket: int, epoch: int) -> None:
        await self._one(ticket, _closed_for_silence, epoch)

    async def _process(self, ticket: int, epoch: int) -> None:
        await self._one(ticket, process_is_due, epoch)

    async def _failed(self, failed: due.Untold, epoch: int) -> None:
        def decide(ticket: Ticket, facts: Facts, policy: Policy, allotment: Allotment, now: datetime) -> Plan:
            answer = FailedAnswer(failed.recipient, failed.reply, failed.author, failed.text, failed.size)
            return answer_failed(ticket, answer, facts, policy, allotment, now)

        def told(connection: sa.Connection, planned: bool) -> None:
            if planned:
                due.told(connection, failed.id, self._clock.now())

        await self._one(failed.ticket, decide, epoch, told)

    async def _one(self, number: int, decide: Decide, epoch: int, also: Also | None = None) -> None:
        """Decide and apply; `also` is done in the same transaction, whether or not there is anything to apply."""
        active, now = self._active(), self._clock.now()
        rules, agents = active.policy.rules, active.policy.agents
        keys = (*map(told_key, agents), *map(receipt_key, agents))
        articles = tuple(await self._store.write(lambda c: counters.reserve(c, "article", rules.articles_each)))
        allotment = Allotment(0, articles, tuple(self._ids.nonce() for _ in range(len(articles) + 1)))
        asked = frozenset[str]()
        while True:
            ask = partial(facts_of_ticket, ticket=number, keys=keys, now=now, needs=rules.needs)
            facts = await self._store.read(partial(ask, intervals=rules.templates_with_interval, asked=asked))
            ticket = facts.ticket(number)
            if ticket is None:
                raise LookupError(f"there is no ticket {number}")
            try:
                prepared = _prepared(partial(_decided, decide, ticket, facts, allotment, now), active)
                break
            except TicketWanted as wanted:
                asked |= {wanted.number}
        if prepared is None and also is None:
            return

        def done(connection: sa.Connection) -> None:
            check_epoch(connection, epoch)
            apply(connection, [] if prepared is None else [prepared], epoch, self._ids)
            if also is not None:
                also(connection, prepared is not None)

        await self._store.write(done)

    async def _digest(self, agent: str, list_of: due.Digest, epoch: int) -> None:
        active, now = self._active(), self._clock.now()
        reader = _reader(agent, active.policy)
        mails = []
        if reader is not None:  # else she left, and nobody is to be told
            mails = [digest(reader, list_of.lines, active.policy, active.templates, self._ids.nonce(), now)]

        def send(connection: sa.Connection) -> None:
            check_epoch(connection, epoch)
            due.take_digest(connection, list_of)
            enqueue(connection, None, mails, now)

        await self._store.write(send)


def _reader(name: str, policy: Policy) -> Agent | None:
    """Whose list it is: an agent's, or an admin's who is told in the site's language."""
    if name.startswith(ADMIN) and (address := name.removeprefix(ADMIN)) in policy.site.admins:
        return Agent("", "", address)
    return policy.agents.get(name)


def _decided(
    decide: Decide, ticket: Ticket, facts: Facts, allotment: Allotment, now: datetime, policy: Policy
) -> Plan | None:
    return decide(ticket, facts, policy, allotment, now)


def _pending_is_over(ticket: Ticket, facts: Facts, policy: Policy, allotment: Allotment, now: datetime) -> Plan | None:
    return pending_is_over(ticket, facts, policy, allotment, now) if is_over(ticket, now) else None


def _closed_for_silence(
    ticket: Ticket, facts: Facts, policy: Policy, allotment: Allotment, now: datetime
) -> Plan | None:
    return closed_for_silence(ticket, facts, policy, allotment, now) if is_to_close(ticket, now) else None


def _prepared(decide: Callable[[Policy], Plan | None], active: ActiveSet) -> Prepared | None:
    """The plan with its mails; without rules where they or their templates are defeated by it."""
    try:
        return _composed(decide(active.policy), active.policy, active)
    except TicketWanted:
        raise  # the facts are asked again
    except Exception as error:
        log.error("what is due is done without rules", error=f"{type(error).__name__}: {error}")
        bare = without_rules(active.policy)
        return _composed(decide(bare), bare, active)


def _composed(plan: Plan | None, policy: Policy, active: ActiveSet) -> Prepared | None:
    return None if plan is None else composed(plan, NO_MESSAGE, policy, active.templates)
