"""The processor: spool -> read -> decide -> apply, one leader at a time (DESIGN.md 5), in spool order but for mail that
takes long to read (slow_lane).

An outage is waited out and counts against nobody. A mail's own error is tried again alone, then with an empty policy,
then the mail is quarantined and the admins are told; other mail goes on.
"""

import asyncio
import contextlib
import traceback
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import structlog

from mailgate.clock import Clock
from mailgate.decision.decide import Mail
from mailgate.decision.facts import TicketWanted, lookup
from mailgate.errors import Conflict, InDoubt, Outage
from mailgate.ids import Ids
from mailgate.service.active import ActiveSet
from mailgate.service.batches import Batch, Batches
from mailgate.service.preparation import Failed, Job, prepare
from mailgate.service.quarantine import set_aside
from mailgate.service.reader import Read, Reader
from mailgate.store import spool
from mailgate.store.apply import Prepared, apply
from mailgate.store.engine import Store
from mailgate.store.known import gather
from mailgate.store.lead import take_lead

log = structlog.get_logger("mailgate.processor")

SCAN_SECONDS = 1.0  # the wake-up is a hint; the scan is the truth
OUTAGE_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0)
AGAIN_AFTER = timedelta(seconds=2)
CONFLICTS = 5
MOST_ASKED = 4  # tickets that rules name: a batch with more is decided one by one
TRIES_WITH_RULES = 2  # the third is made with an empty policy
TRIES = 3


class Processor:
    """See the module. `lead()` says whether this node may process; `mail_composed` wakes the delivery."""

    def __init__(
        self,
        store: Store,
        reader: Reader,
        active: Callable[[], ActiveSet],
        lead: Callable[[], bool],
        clock: Clock,
        ids: Ids,
        node: str,
        first_ticket: int,
        mail_composed: Callable[[], None],
    ) -> None:
        self._store, self._active, self._lead = store, active, lead
        self._clock, self._ids, self._node, self._mail_composed = clock, ids, node, mail_composed
        self._batches = Batches(store, reader, active, clock, ids, node, first_ticket, self.wake, mail_composed)
        self._wake = asyncio.Event()
        self._stopping = False
        self._epoch = 0
        self.processed = 0

    @property
    def epoch(self) -> int:
        """That of this node's lead; 0 while it does not lead."""
        return self._epoch

    def wake(self) -> None:
        """A hint that there is mail."""
        self._wake.set()

    async def run(self) -> None:
        """Process until `stop`."""
        failures = 0
        while not self._stopping:
            try:
                if not await asyncio.to_thread(self._lead):
                    self._epoch = 0
                    await self._rest()
                    continue
                self._epoch = await self._store.write(lambda c: take_lead(c, self._node, self._clock.now()))
                failures = 0
                await self._serve()
            except Outage as error:
                pause = OUTAGE_SECONDS[min(failures, len(OUTAGE_SECONDS) - 1)]
                failures += 1
                log.warning("processing waits", cause=str(error), seconds=pause)
                if not self._stopping:  # a hint from before the outage is no reason to try at once, and at once again
                    self._wake.clear()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), pause)

    async def stop(self) -> None:
        """Finish the batch in hand; `run` returns."""
        self._stopping = True
        self._wake.set()

    async def _serve(self) -> None:
        """Batch after batch; the next one is claimed and read while this one is decided."""
        ahead = asyncio.create_task(self._next_batch())
        try:
            while not self._stopping:
                batch = await ahead
                ahead = asyncio.create_task(self._next_batch())
                if batch.reads:
                    await self._process(batch)
                elif not await asyncio.to_thread(self._lead):
                    raise Outage("the lead was lost")
            await self._batches.give_back(await ahead)
        finally:
            ahead.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):  # what ended us is already on its way
                await ahead
            await self._batches.forget()

    async def _next_batch(self) -> Batch:
        """The next mails, read; none after a scan that found none."""
        if not self._stopping:
            self._wake.clear()
            batch = await self._batches.following(self._epoch)
            if batch is not None:
                return batch
            await self._rest()
        return Batch(self._active())

    async def _rest(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), SCAN_SECONDS)

    async def _process(self, batch: Batch) -> None:
        try:
            await self._process_all(batch)
        finally:
            self._batches.settled(batch)

    async def _process_all(self, batch: Batch) -> None:
        jobs: list[Job] = []
        for read, article_ids in batch.reads:
            if read.message is None:
                await self._failed(read, "the reading process died over it", "", last=read.mail.alone)
            elif read.mail.attempts >= TRIES:
                await self._failed(read, "the daemon died over it, three times", "", last=True)
            else:
                jobs.append(self._job(read, article_ids, batch.active))
        reads = {read.mail.id: read for read, _ in batch.reads}
        ids = [job.mail.spool_id for job in jobs]
        alone, counted = any(reads[number].mail.alone for number in ids), False
        try:
            if alone:
                await self._store.write(lambda c: spool.suspect(c, ids[0]))
                counted = True
            await self._decide(jobs, reads, batch.active)
        except Outage:
            with contextlib.suppress(Outage):
                await self._store.write(lambda c: spool.release(c, self._node, ids, alone=alone, counted=counted))
            raise

    def _job(self, read: Read, article_ids: tuple[int, ...], active: ActiveSet) -> Job:
        if read.message is None:
            raise ValueError("an unread mail cannot be decided")
        policy, envelope = active.policy, read.mail.envelope
        nonces = tuple(self._ids.nonce() for _ in range(len(article_ids) + 1))
        mail = Mail(read.mail.id, read.message, envelope, lookup(read.message, envelope, policy))
        return Job(mail, article_ids, nonces, read.mail.attempts >= TRIES_WITH_RULES, lambda: read.mail.raw)

    async def _decide(self, jobs: list[Job], reads: dict[int, Read], active: ActiveSet) -> None:
        """The whole batch in one transaction; where that cannot be, one mail at a time."""
        try:
            await self._attempt(jobs, reads, active)
        except Outage:
            raise
        except Exception as error:
            log.info("deciding one by one", cause=str(error))
            for job in jobs:
                await self._one_by_one(job, reads, active)

    async def _one_by_one(self, job: Job, reads: dict[int, Read], active: ActiveSet) -> None:
        """A conflict is decided again; what the database itself refuses is the mail's own error."""
        cause = details = ""
        for _ in range(CONFLICTS):
            try:
                return await self._attempt([job], reads, active)
            except Outage:
                raise
            except Conflict as conflict:
                cause = f"could not be applied: {conflict}"
            except Exception as error:
                cause, details = f"{type(error).__name__}: {error}"[:500], traceback.format_exc()
                break
        await self._failed(reads[job.mail.spool_id], cause, details)

    async def _attempt(self, jobs: list[Job], reads: dict[int, Read], active: ActiveSet) -> None:
        if not jobs:
            return
        now, epoch = self._clock.now(), self._epoch
        lookups = [job.mail.lookup for job in jobs]
        bare = all(job.bare for job in jobs)  # no rule will ask, and what they ask may be what failed
        needs = frozenset() if bare else active.policy.rules.needs
        stock, asked, results = self._batches.tickets, frozenset[str](), None
        while results is None:
            facts = await self._store.read(partial(gather, lookups=lookups, now=now, needs=needs, asked=asked))
            try:
                results = await asyncio.to_thread(lambda f: list(prepare(jobs, stock, f, active, now)), facts)
            except TicketWanted as wanted:
                asked |= {wanted.number}
                if len(asked) > MOST_ASKED and len(jobs) > 1:
                    raise Conflict("the rules name too many tickets for one batch") from wanted
        prepared = [each for each in results if isinstance(each, Prepared)]
        opened = [each.plan.ticket.id for each in prepared if each.plan.ticket is not None and each.plan.before is None]
        try:
            if prepared:
                await self._store.write(lambda c: apply(c, prepared, epoch, self._ids))
        except InDoubt:  # there may be tickets of these ids now
            self._batches.use_up(opened)
            raise
        self._batches.use_up(opened)
        self.processed += len(prepared)
        if any(each.mails for each in prepared):
            self._mail_composed()
        for each in results:
            if isinstance(each, Failed):
                await self._failed(reads[each.spool_id], each.error, each.details)

    async def _failed(self, read: Read, error: str, details: str, *, last: bool = False) -> None:
        """The mail's own failure: again, then aside."""
        mail, now = read.mail, self._clock.now()
        tried = mail.attempts + 1
        log.error("a mail could not be processed", mail=f"S{mail.id}", attempt=tried, error=error, details=details)
        if last or tried >= TRIES:
            active = self._active()
            await self._store.write(lambda c: set_aside(c, mail.id, error, details, active, self._ids, now))
            self._mail_composed()
        else:
            await self._store.write(lambda c: spool.defer(c, mail.id, error, now + AGAIN_AFTER, tried))
