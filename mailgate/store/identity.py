"""What a database knows of the desk that uses it: key fingerprints and agents' numbers."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from mailgate.errors import CannotStart
from mailgate.store.insert import insert_or_ignore
from mailgate.store.tables import agents, keys, spool
from mailgate.tickets.signed import Keyring


def is_empty(connection: sa.Connection) -> bool:
    """Whether this database never took a mail and never signed anything: only then may new keys be made for it."""
    used = connection.execute(sa.select(sa.exists(sa.select(keys)), sa.exists(sa.select(spool)))).one()
    return not any(used)


def check_keys(connection: sa.Connection, ring: Keyring, now: datetime) -> None:
    """Record the keys in use. Raises CannotStart where the database has seen one that the key file lacks."""
    have = {key.fingerprint for key in ring.keys}
    for row in connection.execute(sa.select(keys).order_by(keys.c.first_used)):
        if row.fingerprint not in have:
            raise CannotStart(
                f'the key file lacks key "{row.letter}" ({row.fingerprint[:8]}...), '
                f"in use since {row.first_used:%Y-%m-%d}: "
                "restore it from your copy, or answers to mail that it signed would not be recognised",
                78,
            )
    rows = [{"fingerprint": key.fingerprint, "letter": key.letter, "first_used": now} for key in ring.keys]
    insert_or_ignore(connection, keys, rows)


def numbers_of(connection: sa.Connection, names: Iterable[str]) -> dict[str, int]:
    """Every agent's number; those of new names are what `number_agents` would give them now."""
    known = {row.name: row.number for row in connection.execute(sa.select(agents))}
    following = max(known.values(), default=0) + 1
    fresh = [name for name in sorted(names) if name not in known]
    return known | {name: number for number, name in enumerate(fresh, following)}


def number_agents(connection: sa.Connection, names: Iterable[str]) -> dict[str, int]:
    """Every agent's number; new names get the next free one, and nobody's number is ever given again."""
    if connection.dialect.name == "postgresql":  # two nodes may start at once
        connection.execute(sa.text("LOCK TABLE agents IN EXCLUSIVE MODE"))
    numbers = numbers_of(connection, names)
    insert_or_ignore(connection, agents, [{"name": name, "number": number} for name, number in numbers.items()])
    return numbers
