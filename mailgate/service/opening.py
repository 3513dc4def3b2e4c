"""Opening the desk: database, keys, templates, rules, in the order in which each can say what is wrong with it."""

from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError

from mailgate import keyfile
from mailgate.clock import Clock
from mailgate.config.policy import policy as make_policy
from mailgate.config.policy import vocabulary
from mailgate.config.settings import Config
from mailgate.errors import CannotStart, Outage
from mailgate.ids import Ids
from mailgate.notify.templates import Templates
from mailgate.rules import ruleset
from mailgate.service.active import ActiveSet
from mailgate.store import identity
from mailgate.store.engine import Store
from mailgate.store.lead import FileLock
from mailgate.store.location import sqlite_file
from mailgate.store.migrations import check_schema, migrate
from mailgate.tickets.signed import Keyring


@dataclass(frozen=True, slots=True)
class Desk:
    """An open desk."""

    config: Config
    store: Store
    active: ActiveSet
    lock: FileLock | None

    def close(self) -> None:
        self.store.close()
        if self.lock is not None:
            self.lock.release()


def open_desk(config: Config, clock: Clock, ids: Ids, packaged_templates: Path | None) -> Desk:
    """Open for the daemon. Raises FilesRejected or CannotStart; nothing stays open then."""
    templates = Templates.load(config.templates_dir, packaged_templates)
    rules = ruleset.load(config.rules_dir, vocabulary(config, templates.names))
    lock = _lock(config)
    store = None
    try:
        store = Store(config.database_url)
        now = clock.now()
        store.write_now(lambda c: migrate(c, now))
        ring = _keys(config, store, clock, ids)
        store.write_now(lambda c: identity.check_keys(c, ring, now))
        numbers = store.write_now(lambda c: identity.number_agents(c, config.agents))
        store.write_now(lambda c: identity.remember_ruleset(c, rules.hash, rules.files, now))
    except (Outage, ArgumentError) as error:
        _undo(store, lock)
        raise CannotStart(f"cannot open {_hidden(config.database_url)}: {error}") from None
    except BaseException:
        _undo(store, lock)
        raise
    return Desk(config, store, ActiveSet(make_policy(config, rules, ring, numbers, templates), templates), lock)


def open_store(config: Config) -> Store:
    """Open the database for a command beside (or without) the daemon. Raises CannotStart."""
    path = sqlite_file(config.database_url)
    if path is not None and not path.exists():
        raise CannotStart(f"there is no database at {path}: start the daemon once with `mailgate serve`", 78)
    store = Store(config.database_url)
    try:
        store.read_now(check_schema)
    except Outage as error:
        store.close()
        raise CannotStart(f"cannot open {_hidden(config.database_url)}: {error}") from None
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
