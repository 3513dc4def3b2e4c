"""Where IMAP doors leave mail: nothing without room, large mail like small, a hint for each."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailgate.errors import Outage, Refusal
from mailgate.mail.envelope import Envelope, Submission
from mailgate.service.mailboxes import Mailboxes
from mailgate.store import spool
from mailgate.store.engine import Store
from mailgate.store.mailboxes import FolderKey, Known
from mailgate.store.migrations import migrate

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
KEY = FolderKey("alice@imap.example.com", "INBOX", 7)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'mailgate.db'}")
    opened.write_now(lambda c: migrate(c, AT))
    yield opened
    opened.close()


def submission(raw: bytes) -> Submission:
    return Submission(Envelope("ana@acme.example", (), "support", AT), raw)


@pytest.mark.asyncio
@pytest.mark.parametrize("octets", [10, 200_000])
async def test_mail_of_any_size_is_kept_as_it_is_and_hinted_at(store: Store, octets: int) -> None:
    hints: list[None] = []
    deposit = Mailboxes(store, lambda: hints.append(None))
    raw = os.urandom(octets)
    await deposit.begin(KEY, 1)
    await deposit.accept(submission(raw), KEY, 1)
    assert await store.read(lambda c: spool.raw(c, 1)) == raw
    assert len(hints) == 1


@pytest.mark.asyncio
async def test_without_room_the_mail_stays_in_its_mailbox(store: Store) -> None:
    asked: list[int] = []

    def room(octets: int) -> Refusal | None:
        asked.append(octets)
        return Refusal.NO_ROOM

    deposit = Mailboxes(store, lambda: None, room)
    await deposit.begin(KEY, 1)
    with pytest.raises(Outage, match="free some space"):
        await deposit.accept(submission(b"x" * 10), KEY, 1)
    assert asked == [10]
    assert await deposit.known(KEY) == Known(1)
