"""One folder's mail on its way to the spool: search, fetch, commit, and only then move it away (safety.md R49).

A chunk is fetched while the one before it is committed. What broke off is made good in the next conversation: the
memory of what was taken lies in the database, beside the mail. A mail that fails again and again is tried alone and
last, so that it hinders no other; nothing that was not committed is ever touched in the mailbox.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Protocol

from mailgate.clock import Clock
from mailgate.config.settings import ImapSettings
from mailgate.errors import Outage
from mailgate.intake.imap_envelope import envelope_of
from mailgate.intake.imap_errors import Lost, Refused, TooMuch
from mailgate.intake.imap_mailbox import Mailbox, Opened
from mailgate.intake.imap_replies import chunks
from mailgate.mail.envelope import Submission
from mailgate.store.mailboxes import FolderKey, Known

log = logging.getLogger(__name__)

_WINDOW = 500  # mails that are looked at together
_CHUNK = 100  # mails in one FETCH
_CHUNK_OCTETS = 4 << 20
_COMMITS_TRIED = 3  # of a mail that the database refuses for what it is
_FETCHES_TRIED = 10  # of a mail whose octets are more than the server said
_REMEMBERED = 4_000  # mails of a folder, before the oldest are forgotten
_STILL_REMEMBERED = 2_000  # a server that shows mail out of order is forgiven so far
_UNCERTAIN = timedelta(days=2)  # between our clock and a server's dates


def account_of(settings: ImapSettings) -> str:
    """The account that a door reads, by whatever name the door goes."""
    return f"{settings.user}@{settings.host.lower()}"


class Deposit(Protocol):
    """Where mail goes, and what is remembered of it. Outage: not now."""

    async def known(self, key: FolderKey) -> Known: ...

    async def begin(self, key: FolderKey, start_uid: int, not_ours: Collection[int] = ()) -> None: ...

    async def accept(self, submission: Submission, key: FolderKey, uid: int) -> None:
        """Mail and memory in one transaction."""
        ...

    async def done(self, key: FolderKey, uids: Collection[int]) -> None: ...

    async def set_aside(self, key: FolderKey, uid: int) -> None: ...

    async def advance(self, key: FolderKey, start_uid: int) -> None: ...


class Intake:
    """Lives as long as its door; `begin` at each conversation, then `take_in` as often as there may be mail.

    `say(words)` is for the admins. `message_limit` in octets: larger mail stays in the mailbox.
    `stop`: begin nothing more; what is in hand is finished.
    """

    def __init__(
        self,
        settings: ImapSettings,
        deposit: Deposit,
        say: Callable[[str], Awaitable[object]],
        clock: Clock,
        queue_address: str | None,
        message_limit: int,
        stop: asyncio.Event,
    ) -> None:
        self._settings, self._deposit, self._say, self._clock = settings, deposit, say, clock
        self._queue_address, self._limit = queue_address, message_limit
        self._key = FolderKey("", "", 0)
        self._peer = ""
        self._start_uid = self._uidnext = 1
        self._taken: set[int] = set()
        self._undone: set[int] = set()
        self._failures: Counter[int] = Counter()
        self._cannot_finish = False
        self._stop = stop
        self.accepted = 0
        self.last_mail: datetime | None = None

    # --- the start of a conversation ------------------------------------------------------------------------------

    async def begin(self, mailbox: Mailbox, opened: Opened) -> None:
        """Remember what is known of the folder; at first sight, settle what of it is ours."""
        settings = self._settings
        # By account, not by door: a door that is renamed goes on, one that is pointed elsewhere starts afresh.
        key = FolderKey(account_of(settings), settings.folder, opened.uidvalidity)
        if key != self._key:
            self._key = key
            self._failures.clear()
        self._peer, self._uidnext = opened.peer, opened.uidnext
        known = await self._deposit.known(key)
        if known.start_uid is None:
            await self._first_sight(mailbox, opened, known)
            known = await self._deposit.known(key)
        self._start_uid = known.start_uid or 1
        self._taken, self._undone = set(known.taken), set(known.undone)

    async def _first_sight(self, mailbox: Mailbox, opened: Opened, known: Known) -> None:
        """Where to start. After a change of UIDVALIDITY everything is new by its UID, and what we have is found to be
        a duplicate by its identity; with `start = "now"` mail that is surely older than our first stays left alone, and
        where we cannot know, all of it is taken: a ticket too many is better than one too few."""
        start = self._settings.start
        if known.before:
            log.warning("%s: the folder was made anew (UIDVALIDITY); all of it is read again", self._settings.name)
            if start == "now":
                start = (known.first_mail_at - _UNCERTAIN).date() if known.first_mail_at else "all"
        if start == "all":
            await self._deposit.begin(self._key, 1)
        elif start == "now":
            await self._deposit.begin(self._key, opened.uidnext)
        else:
            ours = await mailbox.mails_since(start, opened.uidnext)
            first = min(ours, default=opened.uidnext)
            there = await mailbox.mails(first, opened.uidnext) if ours else []
            older = [uid for uid in there if uid not in ours and uid < opened.uidnext]
            await self._deposit.begin(self._key, first, older)

    # --- one pass -------------------------------------------------------------------------------------------------

    async def take_in(self, mailbox: Mailbox) -> bool:
        """Everything that is there and not ours yet; whether there was any that could be taken."""
        before = self.accepted
        found = await mailbox.mails(self._start_uid, self._uidnext)
        await self._make_good(mailbox, found)
        new = sorted((uid for uid in found if uid not in self._taken), key=lambda uid: (self._failures[uid], uid))
        committing: asyncio.Task[list[int]] | None = None
        too_big: dict[int, int] = {}
        try:
            for window in chunks(new, _WINDOW):
                if self._stop.is_set():
                    break
                sizes = await mailbox.sizes(window)
                too_big |= {uid: size for uid, size in sizes.items() if size > self._limit}
                for chunk in self._planned(window, sizes):
                    if self._stop.is_set():
                        break
                    bodies = await self._fetch(mailbox, chunk)
                    if committing is not None:
                        await self._finish(mailbox, await committing)
                    committing = asyncio.create_task(self._commit(bodies))
            if committing is not None:
                await self._finish(mailbox, await committing)
        finally:
            if committing is not None:
                await asyncio.gather(committing, return_exceptions=True)
        await self._leave_too_big(mailbox, too_big)
        await self._forget(found)
        return self.accepted > before

    def _planned(self, uids: Collection[int], sizes: Mapping[int, int]) -> Iterator[list[int]]:
        """What is fetched together: never much, and the less the more often it failed."""
        chunk: list[int] = []
        octets = 0
        for uid in uids:
            size, failures = sizes.get(uid, 0), self._failures[uid]
            if size > self._limit:
                continue
            full = len(chunk) >= max(1, _CHUNK >> failures) or octets + size > min(_CHUNK_OCTETS, self._limit)
            if chunk and (full or failures != self._failures[chunk[-1]]):
                yield chunk
                chunk, octets = [], 0
            chunk.append(uid)
            octets += size
        if chunk:
            yield chunk

    async def _fetch(self, mailbox: Mailbox, chunk: list[int]) -> dict[int, bytes]:
        try:
            bodies = await mailbox.bodies(chunk, self._limit)
        except Refused as error:
            log.warning("%s: %d mails cannot be fetched now: %s", self._settings.name, len(chunk), error)
            bodies = {}
        except Lost as error:
            self._failures.update(chunk)
            if isinstance(error, TooMuch) and len(chunk) == 1 and self._failures[chunk[0]] >= _FETCHES_TRIED:
                await self._set_aside(chunk[0])
                await self._say(
                    f"a mail (UID {chunk[0]}) stays in {self._settings.folder}: each time it was fetched the server"
                    f" sent more than limits.message allows ({error}); look at it there"
                )
            raise
        self._failures.update(uid for uid in chunk if uid not in bodies)
        return bodies

    async def _commit(self, bodies: Mapping[int, bytes]) -> list[int]:
        """Accept these mails, all at once; those that are ours now. Raises Outage when all is tried."""
        results = await asyncio.gather(*(self._accept(uid, raw) for uid, raw in bodies.items()), return_exceptions=True)
        ours: list[int] = []
        outage: BaseException | None = None
        for uid, result in zip(bodies, results, strict=True):
            if result is None:
                ours.append(uid)
            elif isinstance(result, Exception) and not isinstance(result, Outage):
                await self._defeated(uid, result)
            else:
                outage = result
        self.accepted += len(ours)
        self._taken.update(ours)
        self._undone.update(ours)
        if ours:
            self.last_mail = self._clock.now()
        if outage is not None:
            raise outage
        return ours

    async def _accept(self, uid: int, raw: bytes) -> None:
        settings = self._settings
        envelope = envelope_of(raw, settings.name, settings.host, self._peer, self._clock.now(), self._queue_address)
        await self._deposit.accept(Submission(envelope, raw), self._key, uid)
        self._failures.pop(uid, None)

    async def _defeated(self, uid: int, error: Exception) -> None:
        """A mail that the database refuses for what it is: after some tries it stays in the mailbox."""
        self._failures[uid] += 1
        log.error("%s: a mail (UID %d) could not be stored", self._settings.name, uid, exc_info=error)
        if self._failures[uid] >= _COMMITS_TRIED:
            await self._set_aside(uid)
            await self._say(
                f"a mail (UID {uid}) stays in {self._settings.folder}: it cannot be stored"
                f" ({type(error).__name__}, see the log); read it there, and report this as a fault of mailgate"
            )

    # --- afterwards -----------------------------------------------------------------------------------------------

    async def _make_good(self, mailbox: Mailbox, found: Collection[int]) -> None:
        """What was committed and not moved, flagged or deleted, because something broke off or the server refused."""
        if not self._undone:
            return
        there = set(found)
        gone = self._undone - there
        if gone:
            await self._deposit.done(self._key, gone)
            self._undone -= gone
        for chunk in chunks(sorted(self._undone), _CHUNK):
            if not await self._finish(mailbox, chunk):
                return

    async def _finish(self, mailbox: Mailbox, uids: Collection[int]) -> bool:
        """Move, flag or delete mail that is ours; whether the server did."""
        if not uids:
            return True
        try:
            await mailbox.finish(uids, self._settings.after)
        except Refused as error:
            await self._tell_unfinished(error)
            return False
        self._cannot_finish = False
        await self._deposit.done(self._key, uids)
        self._undone.difference_update(uids)
        return True

    async def _tell_unfinished(self, error: Refused) -> None:
        if self._cannot_finish:
            return
        self._cannot_finish = True
        after = self._settings.after
        wanted = f"{after.action}:{after.argument}" if after.argument else after.action
        words = (
            f'mail is taken in, but after = "{wanted}" does not work: {error}; it stays in {self._settings.folder}'
            " and is tried again at each poll; give the account the right to do it, or change after"
        )
        log.warning("%s: %s", self._settings.name, words)
        await self._say(words)

    async def _leave_too_big(self, mailbox: Mailbox, sizes: Mapping[int, int]) -> None:
        """Mail over the limit stays, marked where the server lets us, and is told of once."""
        for uid in sizes:
            await mailbox.mark_set_aside(uid)
            await self._set_aside(uid)
        if sizes:
            uid, size = max(sizes.items(), key=lambda pair: pair[1])
            those = "a mail stays" if len(sizes) == 1 else f"{len(sizes)} mails stay"
            words = (
                f"{those} in {self._settings.folder}: larger than limits.message ({self._limit:,} octets), the largest"
                f" is UID {uid} with {size:,}; read what stays there, or raise the limit, restart, and move it out of"
                " the folder and back"
            )
            log.warning("%s: %s", self._settings.name, words)
            await self._say(words)

    async def _set_aside(self, uid: int) -> None:
        await self._deposit.set_aside(self._key, uid)
        self._taken.add(uid)
        self._failures.pop(uid, None)

    async def _forget(self, found: Collection[int]) -> None:
        """A folder's mail of years need not be remembered once all of it is done with."""
        if len(self._taken) <= _REMEMBERED or self._undone or any(uid not in self._taken for uid in found):
            return
        kept = sorted(self._taken)[-_STILL_REMEMBERED:]
        await self._deposit.advance(self._key, kept[0])
        self._start_uid, self._taken = kept[0], set(kept)
