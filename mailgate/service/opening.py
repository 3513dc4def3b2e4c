"""Opening the desk: database, keys, templates, rules, in the order in which each can say what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import ArgumentError

from mailgate import keyfile
from mailgate.clock import Clock
from mailgate.config.settings import Config
from mailgate.errors import CannotStart, Outage
from mailgate.ids import Ids, SeededIds
from mailgate.service.active import ActiveSet, CheckedSet
from mailgate.service.snapshot import checked, take, take_texts
from mailgate.store import identity, sets
from mailgate.store.engine import Store
from mailgate.store.lead import FileLock
from mailgate.store.location import sqlite_file
from mailgate.store.memory import MemoryStore
from mailgate.store.migrations import check_schema, migrate, schema_of
from mailgate.tickets.signed import Key, Keyring

log = structlog.get_logger("mailgate")


@dataclass(slots=True)
class Desk:
    """An open desk. `config` is what this node was started with; `active` is swapped by a reload, and `wanted` is the
    configuration of that set with the sections in it that wait for a restart."""

    config: Config
    wanted: Config
    store: Store
    ring: Keyring
    active: ActiveSet
    lock: FileLock | None

    def close(self) -> None:
        self.store.close()
        if self.lock is not None:
            self.lock.release()


def open_desk(config: Config, clock: Clock, ids: Ids, packaged_templates: Path | None) -> Desk:
    """Open for the daemon; its files become THE active set. Raises FilesRejected or CannotStart; nothing stays open
    then."""
    made = checked(take(config), packaged_templates)
    lock = _lock(config)
    store = None
    try:
        store = Store(config.database_url)
        now = clock.now()
        store.write_now(lambda c: migrate(c, now))
        ring = _keys(config, store, clock, ids)
        store.write_now(lambda c: identity.check_keys(c, ring, now))
        numbers = store.write_now(lambda c: identity.number_agents(c, config.agents))
        before = store.write_now(lambda c: sets.activate(c, made.files, now))
    except (Outage, ArgumentError) as error:
        _undo(store, lock)
        raise CannotStart(f"cannot open {_hidden(config.database_url)}: {error}") from None
    except BaseException:
        _undo(store, lock)
        raise
    if before not in (None, made.hash):
        log.info("the files on disk are the active set now", rules=made.hash, before=before)
    return Desk(config, config, store, ring, made.joined(ring, numbers), lock)


def running_set(connection: sa.Connection, path: Path, environ: Mapping[str, str], packaged: Path | None) -> ActiveSet:
    """THE active set, as a command beside (or without) the daemon sees it: nothing is written, no secret is read.

    Raises CannotStart where none is stored, or FilesRejected where this program cannot read it.
    """
    digest = sets.active(connection)
    files = None if digest is None else sets.files_of(connection, digest)
    if files is None:
        raise CannotStart("no set of rules is active yet: start the daemon once with `mailgate serve`")
    made = checked(take_texts(files, path, environ, offline=True), packaged)
    return joined_with(connection, made)


def joined_with(connection: sa.Connection, made: CheckedSet) -> ActiveSet:
    """A set with the keys and numbers of this desk; nothing is written. Raises CannotStart."""
    return made.joined(keyfile.read(made.config.keys_file), identity.numbers_of(connection, made.config.agents))


def never_started(config: Config) -> bool:
    """Whether no daemon ever opened this database: there is none, or it is empty. Raises CannotStart where it cannot be
    opened."""
    path = sqlite_file(config.database_url)
    if path is not None and not path.exists():
        return True
    store = Store(config.database_url)
    try:
        return store.read_now(schema_of) == 0
    except Outage as error:
        raise CannotStart(f"cannot open {_hidden(config.database_url)}: {error}") from None
    finally:
        store.close()


def unstarted(config: Config, packaged: Path | None, now: datetime) -> tuple[Store, ActiveSet]:
    """A desk that was never started, as it would be: an empty database, and the files. Raises FilesRejected."""
    made = checked(take(config), packaged)
    if config.keys_file.exists():
        ring = keyfile.read(config.keys_file)
    else:
        ring = Keyring((Key("a", now.date(), SeededIds().key()),))
    numbers = {name: number for number, name in enumerate(sorted(config.agents), 1)}
    return MemoryStore(now), made.joined(ring, numbers)


def open_store(config: Config, *, read_only: bool = False) -> Store:
    """Open the database for a command beside (or without) the daemon. Raises CannotStart."""
    return open_database(config.database_url, read_only=read_only)


def open_database(url: str, *, read_only: bool = False) -> Store:
    """The same by its URL."""
    path = sqlite_file(url)
    if path is not None and not path.exists():
        raise CannotStart(f"there is no database at {path}: start the daemon once with `mailgate serve`", 78)
    store = Store(url, read_only=read_only)
    try:
        store.read_now(check_schema)
    except Outage as error:
        store.close()
        raise CannotStart(f"cannot open {_hidden(url)}: {error}") from None
    except BaseException:
        store.close()
        raise
    return store


def _lock(config: Config) -> FileLock | None:
    path = sqlite_file(config.database_url)
    if path is None:
        return None
    if not path.parent.is_dir():
        raise CannotStart(
            f"the directory {path.parent} of the database does not exist; make it or change database.url", 78
        )
    lock = FileLock(path)
    lock.take()
    return lock


def _keys(config: Config, store: Store, clock: Clock, ids: Ids) -> Keyring:
    """The key file; a new one only for a database that never signed anything."""
    if config.keys_file.exists():
        return keyfile.read(config.keys_file)
    if not store.read_now(identity.is_empty):
        raise CannotStart(
            f"the key file {config.keys_file} is missing, and this database was used with keys: "
            "restore it from your copy",
            78,
        )
    return keyfile.create(config.keys_file, ids, clock.now().date())


def _undo(store: Store | None, lock: FileLock | None) -> None:
    if store is not None:
        store.close()
    if lock is not None:
        lock.release()


def _hidden(url: str) -> str:
    """The URL without its password."""
    try:
        return sa.make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return "the database"
