"""Does what is due without a mail, where this node leads: decided and applied like a mail's plan, one ticket at a time.

A ticket that changed meanwhile is looked at again with the next tick; one that cannot be decided is told to the log and
stops no other.
"""

from collections.abc import Callable

import sqlalchemy as sa
import structlog

from mailgate.clock import Clock
from mailgate.decision.due import FailedAnswer, answer_failed, pending_is_over
from mailgate.decision.facts import Facts, told_key
from mailgate.decision.plan import Allotment, Plan
from mailgate.errors import Conflict, Outage
from mailgate.ids import Ids
from mailgate.notify.digest import digest
from mailgate.notify.write import Writer
from mailgate.rules.situation import NO_MESSAGE
from mailgate.service.active import ActiveSet
from mailgate.store import counters, due
from mailgate.store.apply import Prepared, apply
from mailgate.store.engine import Store
from mailgate.store.epoch import check_epoch
from mailgate.store.known import facts_of_ticket
from mailgate.store.outbox import enqueue

log = structlog.get_logger("mailgate.due")

AT_ONCE = 50


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

    async def tick(self) -> None:
        """Everything that is due now. Raises Outage."""
        now, epoch = self._clock.now(), self._epoch()
        if not epoch or not await self._store.read(lambda c: due.anything_due(c, now)):
            return
        for ticket in await self._store.read(lambda c: due.pending_due(c, now, AT_ONCE)):
            await self._guarded(ticket, lambda f, a: self._pending(ticket, f, a), epoch)  # noqa: B023 - awaited here
        for failed in await self._store.read(lambda c: due.untold(c, AT_ONCE)):
            await self._guarded(failed.ticket, lambda f, a: self._failed(failed, f, a), epoch, failed.id)  # noqa: B023 - awaited here
        await self._digests(epoch)
        self._mail_composed()

    def _pending(self, ticket: int, facts: Facts, allotment: Allotment) -> Plan:
        return pending_is_over(facts.tickets[ticket], facts, self._active().policy, allotment, self._clock.now())

    def _failed(self, failed: due.Untold, facts: Facts, allotment: Allotment) -> Plan:
        answer = FailedAnswer(failed.recipient, failed.reply, failed.author, failed.text)
        ticket = facts.tickets[failed.ticket]
        return answer_failed(ticket, answer, facts, self._active().policy, allotment, self._clock.now())

    async def _guarded(
        self, ticket: int, decide: Callable[[Facts, Allotment], Plan], epoch: int, told: int | None = None
    ) -> None:
        try:
            await self._one(ticket, decide, epoch, told)
        except Outage:
            raise
        except Conflict as conflict:
            log.info("a ticket changed while it was due; again with the next tick", cause=str(conflict))
        except Exception as error:
            log.error("what was due could not be done", ticket=ticket, error=f"{type(error).__name__}: {error}")

    async def _one(self, ticket: int, decide: Callable[[Facts, Allotment], Plan], epoch: int, told: int | None) -> None:
        active, now = self._active(), self._clock.now()
        each = active.policy.rules.articles_each
        keys = tuple(map(told_key, active.policy.agents))
        needs = active.policy.rules.needs
        articles = await self._store.write(lambda c: counters.reserve(c, "article", each))
        facts = await self._store.read(lambda c: facts_of_ticket(c, ticket, keys, now, needs))
        allotment = Allotment(0, tuple(articles), tuple(self._ids.nonce() for _ in range(each + 1)))
        plan = decide(facts, allotment)
        writer = Writer(plan, NO_MESSAGE, active.policy, active.templates)
        prepared = Prepared(plan, tuple(writer.write(draft) for draft in plan.drafts))

        def done(connection: sa.Connection) -> None:
            apply(connection, [prepared], epoch, self._ids)
            if told is not None:
                due.told(connection, told, now)

        await self._store.write(done)

    async def _digests(self, epoch: int) -> None:
        active, now = self._active(), self._clock.now()
        policy, templates = active.policy, active.templates
        nonces = {name: self._ids.nonce() for name in policy.agents}

        def send(connection: sa.Connection) -> None:
            check_epoch(connection, epoch)
            for name, lines in due.take_digests(connection, now).items():
                if (agent := policy.agents.get(name)) is not None:
                    mail = digest(agent, lines, policy, templates, nonces[name], now)
                    enqueue(connection, None, [mail], now)

        await self._store.write(send)
