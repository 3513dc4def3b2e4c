"""Who leads: one at a time, free the moment the leader dies, and a paused leader is fenced off."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from mailgate.errors import CannotStart, LeadLost
from mailgate.store.engine import Store
from mailgate.store.epoch import check_epoch
from mailgate.store.lead import AdvisoryLock, FileLock, take_lead
from mailgate.store.tables import epochs
from tests.support.eventually import eventually

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def test_each_lead_has_an_epoch_of_its_own_and_its_holder_is_named(store: Store) -> None:
    taken = [store.write_now(partial(take_lead, holder=who, now=AT)) for who in "aba"]
    assert taken == [1, 2, 3]
    assert store.read_now(lambda c: c.execute(sa.select(epochs.c.holder)).scalar()) == "a"


def test_an_older_epoch_does_not_pass(store: Store) -> None:
    old = store.write_now(lambda c: take_lead(c, "a", AT))
    store.write_now(lambda c: check_epoch(c, old))
    store.write_now(lambda c: take_lead(c, "b", AT))
    with pytest.raises(LeadLost):
        store.write_now(lambda c: check_epoch(c, old))


def test_before_anybody_leads_no_epoch_passes(store: Store) -> None:
    with pytest.raises(LeadLost):
        store.write_now(lambda c: check_epoch(c, 0))


def test_a_second_session_does_not_get_the_lead(postgres_url: str) -> None:
    first, second = (AdvisoryLock(sa.make_url(postgres_url), owner) for owner in "ab")
    try:
        assert first.held()
        assert first.held()
        assert not second.held()
        first.release()
        assert eventually(second.held)  # the server ends a session in its own time
        assert not first.held()
    finally:
        first.release()
        second.release()


def test_the_lead_is_free_when_its_session_dies_and_the_old_leader_notices(postgres_url: str) -> None:
    first, second = (AdvisoryLock(sa.make_url(postgres_url), owner) for owner in "ab")
    try:
        assert first.held()
        with psycopg.connect(postgres_url.replace("+psycopg", ""), autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks "
                "WHERE locktype = 'advisory' "
                "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            )
        assert eventually(second.held)
        assert not first.held()
        assert not first.held()
    finally:
        first.release()
        second.release()


def test_no_database_is_no_lead() -> None:
    from tests.support.postgres import free_port

    lock = AdvisoryLock(sa.make_url(f"postgresql+psycopg://x@127.0.0.1:{free_port()}/x"), "a")
    assert not lock.held()
    lock.release()


def test_a_second_daemon_on_a_file_is_refused_with_the_holders_name(tmp_path: Path) -> None:
    database = tmp_path / "mailgate.db"
    held, refused = FileLock(database), FileLock(database)
    held.take()
    with pytest.raises(CannotStart, match=f"process {os.getpid()}") as refusal:
        refused.take()
    assert refusal.value.code == 75
    held.release()
    refused.take()
    refused.release()
    refused.release()


def test_another_name_of_the_same_file_is_the_same_lock(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "mailgate.db").touch()
    (tmp_path / "link.db").symlink_to(tmp_path / "real" / "mailgate.db")
    held = FileLock(tmp_path / "real" / "mailgate.db")
    held.take()
    with pytest.raises(CannotStart):
        FileLock(tmp_path / "link.db").take()
    held.release()


def test_a_lock_ends_with_its_process_however_it_ends(tmp_path: Path) -> None:
    program = (
        "import sys,pathlib; from mailgate.store.lead import FileLock; "
        "lock = FileLock(pathlib.Path(sys.argv[1])); lock.take(); print('held', flush=True); sys.stdin.read()"
    )
    database = tmp_path / "mailgate.db"
    with subprocess.Popen(
        [sys.executable, "-c", program, str(database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        lock = FileLock(database)
        with pytest.raises(CannotStart, match=f"process {process.pid}"):
            lock.take()
        process.kill()
        process.wait()
        lock.take()
        lock.release()


def test_a_directory_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match=r"cannot write .*\.lock"):
        FileLock(tmp_path / "nowhere" / "mailgate.db").take()
