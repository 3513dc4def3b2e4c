"""The spool: accepted mail and what became of it. T0 (accept) and T1 (claim) of DESIGN.md 5."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from mailgate.mail.envelope import Envelope, Submission
from mailgate.store import packing
from mailgate.store.counters import reserve
from mailgate.store.epoch import check_epoch
from mailgate.store.insert import insert_or_ignore
from mailgate.store.soundness import Damaged, due_and_sound, set_aside
from mailgate.store.tables import SPOOL_NEW, blobs, spool

BATCH_OCTETS = 32 << 20  # of mail in one claim: a batch of the largest mails fits into memory
# The statements of every batch, made once: putting one together costs more than running it.
_ACCEPT = sa.insert(spool)
_DUE = (
    sa.select(spool)
    .where(
        SPOOL_NEW,
        spool.c.lease_owner.is_(None),
        sa.or_(~spool.c.alone, spool.c.next_attempt_at <= sa.bindparam("now")),
    )
    .order_by(spool.c.id)
    .limit(sa.bindparam("limit"))
)
_CONTENTS = sa.select(blobs.c.sha256, blobs.c.codec, blobs.c.content).where(
    blobs.c.sha256.in_(sa.bindparam("digests", expanding=True))
)
_MARK = (
    sa.update(spool)
    .where(spool.c.id.in_(sa.bindparam("ids", expanding=True)))
    .values(
        lease_owner=sa.bindparam("owner"),
        alone=True,  # until its outcome is recorded: should we die meanwhile, it comes alone
    )
)
_SET_ASIDE = spool.c.state.in_(("quarantined", "discarded"))


@dataclass(frozen=True, slots=True)
class Packed:
    """Raw bytes made ready outside the transaction: their hash, and compressed where that pays."""

    submission: Submission
    sha256: bytes
    codec: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Claimed:
    """A mail whose turn it is. `attempts` counts the tries that failed, or that the daemon did not survive."""

    id: int
    envelope: Envelope
    codec: int
    content: bytes
    attempts: int
    alone: bool

    @property
    def raw(self) -> bytes:
        return packing.unpack(self.codec, self.content)


@dataclass(frozen=True, slots=True)
class Claim:
    """Mails, and the ids and numbers set aside for them in the same commit. `damaged`: what was set aside instead."""

    mails: tuple[Claimed, ...]
    tickets: range
    articles: range
    damaged: tuple[Damaged, ...] = ()


def pack(submission: Submission) -> Packed:
    """Hash and compress; costs CPU, so it is done before anything waits for the database."""
    return Packed(submission, hashlib.sha256(submission.raw).digest(), *packing.pack(submission.raw))


def accept(connection: sa.Connection, packed: Packed) -> int:
    """T0: the mail is ours once this is committed. Returns its number in the spool."""
    envelope = packed.submission.envelope
    size = len(packed.submission.raw)
    insert_or_ignore(
        connection, blobs, [{"sha256": packed.sha256, "codec": packed.codec, "size": size, "content": packed.content}]
    )
    row = connection.execute(
        _ACCEPT,
        {
            "received_at": envelope.received_at,
            "source": envelope.source,
            "reverse_path": envelope.reverse_path,
            "forward_paths": list(envelope.forward_paths),
            "peer": envelope.peer,
            "helo": envelope.helo,
            "protocol": envelope.protocol,
            "authenticated_as": envelope.authenticated_as,
            "size": size,
            "blob": packed.sha256,
            "state": "new",
            "attempts": 0,
            "alone": False,
            "next_attempt_at": envelope.received_at,
        },
    )
    key = row.inserted_primary_key
    if key is None:
        raise RuntimeError("the database gave the mail no number")
    return int(key[0])


def claim(
    connection: sa.Connection,
    owner: str,
    now: datetime,
    limit: int,
    articles_each: int,
    tickets_in_stock: int = 0,
    first_ticket: int = 1,
    epoch: int | None = None,
) -> Claim:
    """T1: the next mails in order, marked as `owner`'s, with the ids they may need.

    A mail whose processing went wrong before comes alone, so that it can take nobody with it. Who is marked stays
    marked until an outcome, a release, or the next leader's `release_all`: only one processor leads at a time, and
    with its `epoch` one who was paused marks nothing (LeadLost). Mail that never failed is due whatever the clock says.
    """
    if epoch is not None:
        check_epoch(connection, epoch)
    rows, damaged = due_and_sound(connection, _DUE, {"now": now, "limit": limit})
    together = _together(rows)
    contents = {
        bytes(row.sha256): (row.codec, bytes(row.content))
        for row in connection.execute(_CONTENTS, {"digests": list({row.blob for row in together})})
    }
    for row in together:
        if bytes(row.blob) not in contents:
            damaged += (set_aside(connection, row.id, "its content is not in the database any more", now),)
    together = [row for row in together if bytes(row.blob) in contents]
    if not together:
        return Claim((), range(0), range(0), damaged)
    connection.execute(_MARK, {"owner": owner, "ids": [row.id for row in together]})
    count = len(together)
    return Claim(
        tuple(_claimed(row, *contents[bytes(row.blob)]) for row in together),
        reserve(connection, "ticket", max(0, count - tickets_in_stock), first_ticket),
        reserve(connection, "article", count * articles_each),
        damaged,
    )


def claimed(connection: sa.Connection, owner: str, spool_id: int) -> Claimed | None:
    """A mail that `owner` claimed before; None where it is no longer his."""
    row = connection.execute(
        sa.select(spool, blobs.c.codec, blobs.c.content)
        .join(blobs, spool.c.blob == blobs.c.sha256)
        .where(spool.c.id == spool_id, spool.c.state == "new", spool.c.lease_owner == owner)
    ).first()
    return None if row is None else _claimed(row, row.codec, bytes(row.content))


def suspect(connection: sa.Connection, spool_id: int) -> None:
    """Just before a mail that comes alone is decided: should the daemon die of it, that counts against it.

    Only this moment counts: being claimed or read when somebody kills the daemon is nobody's fault.
    """
    connection.execute(sa.update(spool).where(spool.c.id == spool_id).values(attempts=spool.c.attempts + 1))


def release(
    connection: sa.Connection, owner: str, ids: Sequence[int], *, alone: bool = False, counted: bool = False
) -> None:
    """Give back what `owner` still has of these mails, untouched: an outage or the daemon's end is not their fault.

    `alone`: they came alone and are still to. `counted`: undoes `suspect`.
    """
    attempts = spool.c.attempts - (1 if counted else 0)
    connection.execute(
        sa.update(spool)
        .where(spool.c.id.in_(ids), spool.c.state == "new", spool.c.lease_owner == owner)
        .values(lease_owner=None, alone=alone, attempts=sa.case((spool.c.attempts > 0, attempts), else_=0))
    )


def release_all(connection: sa.Connection) -> None:
    """When a processor takes the lead: whoever led before is dead or fenced off, its marks mean nothing."""
    connection.execute(
        sa.update(spool).where(spool.c.state == "new", spool.c.lease_owner.is_not(None)).values(lease_owner=None)
    )


def defer(connection: sa.Connection, spool_id: int, cause: str, again: datetime, attempts: int) -> None:
    """The mail's own error: noted, and tried again alone."""
    connection.execute(
        sa.update(spool)
        .where(spool.c.id == spool_id, spool.c.state == "new")
        .values(cause=cause, attempts=attempts, next_attempt_at=again, lease_owner=None, alone=True)
    )


def quarantine(connection: sa.Connection, spool_id: int, cause: str, now: datetime) -> bool:
    """Set aside with its cause; True if it was not already."""
    result = connection.execute(
        sa.update(spool)
        .where(spool.c.id == spool_id, spool.c.state == "new")
        .values(state="quarantined", outcome="quarantined", cause=cause, processed_at=now, lease_owner=None)
    )
    return result.rowcount == 1


def let_through(connection: sa.Connection, spool_id: int, who: str, now: datetime) -> bool:
    """The operator lets mail that was set aside or dropped pass the gate, this once; True if there was any."""
    said = connection.execute(sa.select(spool.c.cause).where(spool.c.id == spool_id, _SET_ASIDE)).first()
    if said is None:
        return False
    cause = (said.cause or "").partition("\n")[0]
    return put_back(connection, spool_id, now, released=f"let through by {who}; before: {cause}"[:500])


def drop(connection: sa.Connection, spool_id: int, who: str, now: datetime) -> bool:
    """The operator's word for mail that was set aside: it is not processed. It stays as long as any other mail."""
    cause = sa.func.substr(sa.func.coalesce(spool.c.cause, ""), 1, 500)
    result = connection.execute(
        sa.update(spool)
        .where(spool.c.id == spool_id, spool.c.state == "quarantined")
        .values(
            state="discarded",
            outcome="discarded",
            cause=sa.literal(f"dropped by {who}; before: ") + cause,
            processed_at=now,
        )
    )
    return result.rowcount == 1


def put_back(connection: sa.Connection, spool_id: int, now: datetime, *, released: str | None = None) -> bool:
    """Mail that was set aside or dropped is tried once more, from the beginning; True if there was any.

    `released`: no rule of the gate is asked this time, and why.
    """
    result = connection.execute(
        sa.update(spool)
        .where(spool.c.id == spool_id, spool.c.state.in_(("quarantined", "discarded", "new")))
        .values(
            state="new",
            outcome=None,
            cause=None,
            processed_at=None,
            attempts=0,
            alone=True,
            lease_owner=None,
            next_attempt_at=now,
            released=released,
        )
    )
    return result.rowcount == 1


def raw(connection: sa.Connection, spool_id: int) -> bytes | None:
    """The mail as it came."""
    row = connection.execute(
        sa.select(blobs.c.codec, blobs.c.content)
        .join(spool, spool.c.blob == blobs.c.sha256)
        .where(spool.c.id == spool_id)
    ).first()
    return None if row is None else packing.unpack(row.codec, bytes(row.content))


def envelope(connection: sa.Connection, spool_id: int) -> Envelope | None:
    """The envelope in which a mail came."""
    row = connection.execute(sa.select(spool).where(spool.c.id == spool_id)).first()
    return None if row is None else envelope_of(row)


def _together(rows: Sequence[Any]) -> Sequence[Any]:
    """The longest run from the front that may be processed in one batch."""
    if rows and rows[0].alone:
        return rows[:1]
    octets = 0
    for place, row in enumerate(rows):
        octets += row.size
        if row.alone or (place and octets > BATCH_OCTETS):
            return rows[:place]
    return rows


def _claimed(row: Any, codec: int, content: bytes) -> Claimed:
    return Claimed(row.id, envelope_of(row), codec, content, row.attempts, row.alone)


def envelope_of(row: Any) -> Envelope:
    return Envelope(
        reverse_path=row.reverse_path,
        forward_paths=tuple(row.forward_paths),
        source=row.source,
        received_at=row.received_at,
        peer=row.peer,
        helo=row.helo,
        protocol=row.protocol,
        authenticated_as=row.authenticated_as,
        resumes=row.resumes,
        resumed_from=row.resumed_from,
        released=row.released or "",
    )
