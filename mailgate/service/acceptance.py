"""The last step of every door: raw bytes and envelope are committed and synced, then the mail is ours (T0)."""

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path

from mailgate.errors import Refusal
from mailgate.mail.envelope import Submission
from mailgate.size import size_text
from mailgate.store import spool
from mailgate.store.engine import Store

_SMALL = 128 * 1024  # octets that are hashed and packed in half a millisecond: handing them to a thread costs as much


class Acceptance:
    """Takes submissions for one daemon; `accepted` is the hint that there is mail to process."""

    def __init__(self, store: Store, accepted: Callable[[], None]) -> None:
        self._store, self._accepted = store, accepted

    async def accept(self, submission: Submission) -> str:
        """Commit a mail; returns its name, "S4711". Raises Outage where the database cannot take it now."""
        if len(submission.raw) < _SMALL:
            packed = spool.pack(submission)
        else:
            packed = await asyncio.to_thread(spool.pack, submission)
        number = await self._store.write(lambda c: spool.accept(c, packed), urgent=True)
        self._accepted()
        return f"S{number}"


class FreeSpace:
    """The floor below which no mail is taken: better refused now than lost half-way (F3)."""

    def __init__(self, directory: Path | None, floor: int) -> None:
        self._directory, self._floor = directory, floor

    def __str__(self) -> str:
        return f"less than {size_text(self._floor)} free at {self._directory} ([limits] free_space)"

    def room(self, announced: int) -> Refusal | None:
        """Whether a mail of `announced` octets may come; Postfix's rule of 1.5 times its size above the floor."""
        if self._directory is None:
            return None
        free = shutil.disk_usage(self._directory).free
        return Refusal.NO_ROOM if free < self._floor + announced * 3 // 2 else None
