"""The sets that ever ran, by hash, and which of them is THE active one: every node takes it from here (rules.md 1.11).

A set is the texts of config.toml, of the rules with their lists, and of the templates, by name; a picture's text is its
base64. No secret is in them: config.toml only says where secrets lie (config.secrets).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from mailgate.store.insert import insert_or_add, insert_or_ignore, insert_or_replace
from mailgate.store.tables import active_set, limits, sets

_THE_ONE = 1
_TOLD = "reload failed:"
_ACTIVE = sa.select(active_set.c.hash).where(active_set.c.id == _THE_ONE)


def hash_of(files: Mapping[str, str]) -> str:
    """Twelve hex digits over all names and texts."""
    digest = hashlib.sha256()
    for name in sorted(files):
        for part in (name.encode("utf-8", "surrogateescape"), files[name].encode()):
            digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()[:12]


def active(connection: sa.Connection) -> str | None:
    """The hash of THE set; None where no daemon ever started on this database."""
    return connection.execute(_ACTIVE).scalar()


def files_of(connection: sa.Connection, digest: str) -> dict[str, str] | None:
    """The texts of a set by name; None for a hash that never ran."""
    found = connection.execute(sa.select(sets.c.files).where(sets.c.hash == digest)).scalar()
    return None if found is None else dict(found)


@dataclass(frozen=True, slots=True)
class KnownSet:
    """A set that ran. `whole`: it holds the configuration too; the oldest hold rules alone, and cannot run again."""

    hash: str
    first_used: datetime
    active: bool
    whole: bool


def known(connection: sa.Connection, most: int) -> list[KnownSet]:
    """The sets that ever ran, the newest first."""
    now = active(connection)
    rows = connection.execute(
        sa.select(sets.c.hash, sets.c.first_used, sets.c.files)
        .order_by(sets.c.first_used.desc(), sets.c.hash)
        .limit(most)
    )
    return [KnownSet(row.hash, row.first_used, row.hash == now, "config.toml" in row.files) for row in rows]


def named(connection: sa.Connection, beginning: str) -> list[str]:
    """The hashes that begin so."""
    rows = connection.execute(sa.select(sets.c.hash).where(sets.c.hash.startswith(beginning, autoescape=True)).limit(5))
    return sorted(rows.scalars())


def activate(connection: sa.Connection, files: Mapping[str, str], now: datetime) -> str | None:
    """Keep the set and make it THE active one. Returns the hash of the one before; None where there was none."""
    if connection.dialect.name == "postgresql":  # two nodes may start at once
        connection.execute(sa.text("LOCK TABLE active_set IN EXCLUSIVE MODE"))
    before, digest = active(connection), hash_of(files)
    insert_or_ignore(connection, sets, [{"hash": digest, "first_used": now, "files": dict(files)}])
    if digest != before:
        insert_or_replace(connection, active_set, [{"id": _THE_ONE, "hash": digest, "since": now}])
    return before


def go_back(connection: sa.Connection, taken: str, before: str, now: datetime) -> None:
    """Make the set before THE active one again, unless somebody activated another one meanwhile."""
    connection.execute(
        sa.update(active_set)
        .where(active_set.c.id == _THE_ONE, active_set.c.hash == taken)
        .values(hash=before, since=now)
    )


def was_told(connection: sa.Connection, failure: str) -> bool:
    """Whether the admins heard of this failure since the last reload that succeeded."""
    return connection.execute(sa.select(limits.c.key).where(limits.c.key == _key(failure))).first() is not None


def is_first_time(connection: sa.Connection, failure: str, now: datetime) -> bool:
    """The opposite, and from now on they did."""
    if was_told(connection, failure):
        return False
    bucket = int(now.timestamp())
    insert_or_add(connection, limits, "count", [{"key": _key(failure), "bucket": bucket, "count": 1}])
    return True


def forget_failures(connection: sa.Connection) -> None:
    """A reload succeeded: whatever fails from now on is news."""
    connection.execute(sa.delete(limits).where(limits.c.key.startswith(_TOLD)))


def _key(failure: str) -> str:
    return _TOLD + hashlib.sha256(failure.encode("utf-8", "replace")).hexdigest()[:24]
