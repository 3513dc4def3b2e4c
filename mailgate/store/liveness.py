"""Whether the holder of a lease still lives, so that its mail need not wait for the lease to end.

On SQLite one daemon serves a file: every other holder is dead. On PostgreSQL each daemon keeps an advisory lock of its
own name for as long as its session lives; a name whose lock can be had belongs to nobody.
"""

import hashlib

import sqlalchemy as sa

from mailgate.store.tables import OUTBOX_OPEN, outbox


def lock_of(owner: str) -> int:
    """The advisory lock that says that `owner` lives."""
    return int.from_bytes(hashlib.sha256(b"mailgate owner\0" + owner.encode()).digest()[:8], signed=True)


def release_dead(connection: sa.Connection, me: str) -> int:
    """End the outbox leases of daemons that are gone; how many mails are due again."""
    holders = connection.execute(
        sa.select(outbox.c.lease_owner)
        .where(OUTBOX_OPEN, outbox.c.state == "sending", outbox.c.lease_owner != me)
        .distinct()
    ).scalars()
    dead = [holder for holder in holders if not _lives(connection, holder)]
    if not dead:
        return 0
    result = connection.execute(
        sa.update(outbox)
        .where(OUTBOX_OPEN, outbox.c.state == "sending", outbox.c.lease_owner.in_(dead))
        .values(state="waiting", lease_owner=None, lease_until=None)
    )
    return result.rowcount


def _lives(connection: sa.Connection, owner: str) -> bool:
    if connection.dialect.name == "sqlite":
        return False
    # Held to the end of this transaction: nobody can be born under that name in between.
    got = connection.execute(sa.text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": lock_of(owner)})
    return not got.scalar_one()
