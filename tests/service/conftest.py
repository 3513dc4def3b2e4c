"""A desk opened as the daemon opens it, on both databases, with its processor but without sockets."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mailgate.clock import SystemClock
from mailgate.config.read import parse
from mailgate.ids import SystemIds
from mailgate.mail.envelope import Envelope, Submission
from mailgate.service.opening import Desk, open_desk
from mailgate.service.processor import Processor
from mailgate.service.reader import Reader
from mailgate.store import reports, spool

ROOT = Path(__file__).resolve().parents[2]

CONFIG = """
[site]
name = "Desk"
domain = "example.com"
trust_unverified = true
admins = ["ops@staff.example"]
[database]
url = "{url}"
[keys]
file = "keys"
[rules]
dir = "{rules}"
[templates]
dir = "{root}/templates"
[[in]]
name = "smtp"
type = "smtp"
listen = "127.0.0.1:0"
[out]
paused = true
automatic = {{ per_address = "", per_ticket = "", per_domain = "", total = "" }}
[queues.support]
addresses = ["support@example.com"]
team = "first-line"
[teams]
first-line = ["nina"]
[agents.nina]
name = "Nina Costa"
email = "nina@staff.example"
"""

# A reading process with buttons: it dies of DIE, hangs on HANG, waits at GATE until there is a file `open` beside it,
# and reads everything else as the real one does.
TOUCHY = """
import os, signal, sys, time
from mailgate.service import reading
real = reading.read
def read(raw, reverse_path):
    if b"DIE" in raw: os.kill(os.getpid(), signal.SIGKILL)
    if b"HANG" in raw: time.sleep(600)
    while b"GATE" in raw and not os.path.exists(os.path.join(sys.path[0], "open")): time.sleep(0.01)
    return real(raw, reverse_path)
reading.read = read
reading.main()
"""


@pytest.fixture
def touchy(tmp_path: Path) -> list[str]:
    program = tmp_path / "touchy.py"
    program.write_text(TOUCHY)
    return [sys.executable, str(program)]


class Working:
    """An open desk whose processor runs."""

    def __init__(self, desk: Desk, processor: Processor) -> None:
        self.desk, self.processor = desk, processor
        self.store = desk.store

    async def accept(self, raw: bytes, sender: str | None = "ana@acme.example") -> int:
        envelope = Envelope(sender, ("support@example.com",), "smtp", datetime.now(UTC))
        packed = spool.pack(Submission(envelope, raw))
        number = await self.store.write(lambda c: spool.accept(c, packed), urgent=True)
        self.processor.wake()
        return number

    async def done(self, *numbers: int) -> list[dict[str, Any]]:
        """The spool when these mails have an outcome, whatever the others have."""
        while True:
            rows = {row["id"]: row for row in await self.store.read(reports.spool_list)}
            if all(rows[f"S{number}"]["state"] != "new" for number in numbers):
                return list(rows.values())
            await asyncio.sleep(0.05)

    async def settled(self) -> list[dict[str, Any]]:
        """The spool when nothing is new any more."""
        while True:
            rows = await self.store.read(reports.spool_list)
            if all(row["state"] != "new" for row in rows):
                return rows
            await asyncio.sleep(0.05)


Open = Callable[..., AbstractAsyncContextManager[Working]]


@pytest.fixture
def working(migrated_url: str, tmp_path: Path) -> Open:
    """`async with working(...) as desk`: opens, processes, drains and closes; again on the same database if asked."""

    @asynccontextmanager
    async def opened(
        reader: Reader | None = None, rules: Path = ROOT / "rules", lead: Callable[[], bool] = lambda: True
    ) -> AsyncIterator[Working]:
        text = CONFIG.format(url=migrated_url, root=ROOT, rules=rules)
        clock, ids = SystemClock(), SystemIds()
        desk = open_desk(parse(text, tmp_path / "config.toml", {}), clock, ids, ROOT / "templates")
        reader = reader or Reader()
        processor = Processor(desk.store, reader, lambda: desk.active, lead, clock, ids, "test", 1001, lambda: None)
        running = asyncio.create_task(processor.run())
        try:
            yield Working(desk, processor)
        finally:
            await processor.stop()
            await running
            await reader.close()
            desk.close()

    return opened
