from pathlib import Path

import pytest

from mailgate.service.acceptance import FreeSpace
from mailgate.service.fitness import unfit
from mailgate.store.engine import Store

ROOM = FreeSpace(None, 0)


@pytest.mark.asyncio
async def test_what_keeps_mail_out_is_said_and_nothing_otherwise(migrated_url: str, tmp_path: Path) -> None:
    store = Store(migrated_url)
    assert await unfit(store, ROOM) == ""
    assert await unfit(store, FreeSpace(tmp_path, 10**18)) == (
        f"less than 1000000000GB free at {tmp_path} ([limits] free_space): mail is refused for now (452)"
    )
    store.close()
    assert await unfit(store, ROOM) == "the store is closed: mail is refused for now (451)"


@pytest.mark.asyncio
async def test_a_database_that_takes_no_writing_is_found_out(migrated_url: str) -> None:
    store = Store(migrated_url, read_only=True)
    assert (await unfit(store, ROOM)).endswith(": mail is refused for now (451)")
    store.close()
