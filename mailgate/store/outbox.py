"""The outbox: composed mail on its way out, and what rules call. T3 (claim, lease) and T4 (result) of DESIGN.md 5."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa

from mailgate.decision.deadness import is_gone
from mailgate.decision.plan import OutsideCall
from mailgate.ids import Ids
from mailgate.mail.reply_meaning import quoted_status
from mailgate.notify.outgoing import OutgoingMail
from mailgate.store import addresses, history
from mailgate.store.insert import insert_or_ignore
from mailgate.store.tables import CALL_KINDS, OUTBOX_OPEN, blobs, outbox, tickets

LEASE = timedelta(minutes=15)  # longer than any SMTP command takes (RFC 5321 4.5.3.2); renewed meanwhile
MAX_OUTPUT = 4_000  # characters of what a call said, in the history


@dataclass(frozen=True, slots=True)
class Due:
    """A mail whose turn it is to be sent, or a call; `call` as `call_row` writes it."""

    id: int
    reverse_path: str | None
    recipient: str
    content: bytes
    message_id: str
    attempts: int
    created_at: datetime
    call: str | None = None


@dataclass(frozen=True, slots=True)
class Attempted:
    """What came of one attempt. `again` is the time of the next one where the verdict is "deferred"."""

    id: int
    verdict: Literal["sent", "deferred", "failed"]
    reply: str
    again: datetime | None = None
    counts: bool = True  # False: the smarthost itself was out of reach
    is_call: bool = False  # what became of it stands on its ticket, good or bad


def outbox_row(ticket: int | None, mail: OutgoingMail, now: datetime) -> dict[str, Any]:
    """The row of a mail that was just composed."""
    return {
        "ticket_id": ticket,
        "article_id": mail.article,
        "kind": mail.kind,
        "template": mail.template,
        "reverse_path": mail.reverse_path,
        "recipient": mail.recipient,
        "subject": mail.subject,
        "message_id": mail.message_id,
        "content": mail.content,
        "state": "held" if mail.held else "waiting" if mail.due is None else "delayed",
        "attempts": 0,
        "next_attempt_at": mail.due or now,
        "last_reply": mail.reason or None,
        "created_at": now,
        "tail": mail.tail.sha256 or None,
        "call": None,
    }


def keep_tails(connection: sa.Connection, mails: Iterable[OutgoingMail]) -> None:
    """Store the attachments of composed mail, once for all copies; base64 hardly shrinks, so it stays as it is."""
    tails = {mail.tail.sha256: mail.tail.content for mail in mails if mail.tail.content}
    rows = [{"sha256": digest, "codec": 0, "size": len(tail), "content": tail} for digest, tail in tails.items()]
    insert_or_ignore(connection, blobs, rows)


def enqueue(connection: sa.Connection, ticket: int | None, mails: Sequence[OutgoingMail], now: datetime) -> None:
    """Put composed mail into the outbox, outside of a plan."""
    if mails:
        keep_tails(connection, mails)
        connection.execute(sa.insert(outbox), [outbox_row(ticket, mail, now) for mail in mails])


def call_row(ticket: int | None, call: OutsideCall, now: datetime) -> dict[str, Any]:
    """The row of a call that a rule asks for; its columns are those of `outbox_row`."""
    form = {
        "method": call.method,
        "event": call.event,
        "rule": call.rule,
        "timeout": call.timeout.total_seconds(),
        "retries": call.retries,
    }
    return {
        "ticket_id": ticket,
        "article_id": None,
        "kind": call.kind,
        "template": call.name,
        "reverse_path": None,
        "recipient": call.target,
        "subject": f"{call.event}, rule {call.rule}",
        "message_id": call.key,
        "content": call.content,
        "state": "waiting",
        "attempts": 0,
        "next_attempt_at": now,
        "last_reply": None,
        "created_at": now,
        "tail": None,
        "call": json.dumps(form | {"kind": call.kind, "name": call.name}),
    }


def any_due(connection: sa.Connection, now: datetime, *, calls: bool = False) -> bool:
    """Whether `claim` would find anything: a read, so that an idle desk writes nothing."""
    return bool(connection.execute(sa.select(sa.select(outbox.c.id).where(*_due(now, calls)).exists())).scalar())


def claim(connection: sa.Connection, owner: str, now: datetime, limit: int, *, calls: bool = False) -> list[Due]:
    """Lease the mails (or the calls) that are due; each is leased to one worker at a time, on any number of nodes."""
    due = (
        sa.select(outbox.c.id)
        .where(*_due(now, calls))
        .order_by(outbox.c.next_attempt_at, outbox.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")  # evaluated once; a subquery may be run again for each row, past its limit
    )
    rows = connection.execute(
        sa.update(outbox)
        .where(outbox.c.id.in_(sa.select(due.c.id)))
        .values(state="sending", lease_owner=owner, lease_until=now + LEASE)
        .returning(
            outbox.c.id,
            outbox.c.reverse_path,
            outbox.c.recipient,
            outbox.c.content,
            outbox.c.message_id,
            outbox.c.attempts,
            outbox.c.created_at,
            outbox.c.tail,
            outbox.c.call,
        )
    ).all()
    tails = _tails(connection, {bytes(row.tail) for row in rows if row.tail is not None})
    return [
        Due(
            r.id,
            r.reverse_path,
            r.recipient,
            bytes(r.content) + (tails[bytes(r.tail)] if r.tail is not None else b""),
            r.message_id,
            r.attempts,
            r.created_at,
            r.call,
        )
        for r in sorted(rows, key=lambda row: row.id)
    ]


def _tails(connection: sa.Connection, wanted: set[bytes]) -> dict[bytes, bytes]:
    if not wanted:
        return {}
    rows = connection.execute(sa.select(blobs.c.sha256, blobs.c.content).where(blobs.c.sha256.in_(wanted)))
    return {bytes(row.sha256): bytes(row.content) for row in rows}


def _due(now: datetime, calls: bool) -> tuple[sa.ColumnElement[bool], ...]:
    free = sa.or_(outbox.c.lease_until.is_(None), outbox.c.lease_until < now)
    kind = outbox.c.kind.in_(CALL_KINDS) if calls else outbox.c.kind.not_in(CALL_KINDS)
    return (OUTBOX_OPEN, outbox.c.next_attempt_at <= now, free, kind)


def renew(connection: sa.Connection, owner: str, ids: Sequence[int], now: datetime) -> frozenset[int]:
    """Prolong leases; those that are still `owner`'s."""
    rows = connection.execute(
        sa.update(outbox)
        .where(outbox.c.id.in_(ids), outbox.c.lease_owner == owner, outbox.c.state == "sending")
        .values(lease_until=now + LEASE)
        .returning(outbox.c.id)
    )
    return frozenset(rows.scalars())


def release(connection: sa.Connection, owner: str, ids: Sequence[int]) -> None:
    """Give mails back that were claimed and not tried."""
    connection.execute(
        sa.update(outbox)
        .where(outbox.c.id.in_(ids), outbox.c.lease_owner == owner, outbox.c.state == "sending")
        .values(state="waiting", lease_owner=None, lease_until=None)
    )


_RECORD = (
    sa.update(outbox)
    .where(outbox.c.id == sa.bindparam("mail"), outbox.c.lease_owner == sa.bindparam("owner"))
    .values(
        state=sa.bindparam("new_state"),
        attempts=outbox.c.attempts + sa.bindparam("counted"),
        next_attempt_at=sa.func.coalesce(
            sa.bindparam("again", type_=outbox.c.next_attempt_at.type), outbox.c.next_attempt_at
        ),
        last_reply=sa.bindparam("reply"),
        done_at=sa.bindparam("done"),
        lease_owner=None,
        lease_until=None,
    )
)
_STATE = {"sent": "sent", "deferred": "waiting", "failed": "failed"}


def record(connection: sa.Connection, owner: str, results: Sequence[Attempted], now: datetime, ids: Ids) -> None:
    """T4. A result whose lease was lost is not recorded: its holder will say. Failures and calls stand on the
    ticket."""
    held = _held(connection, owner, [each.id for each in results])
    ours = [each for each in results if each.id in held]
    if not ours:
        return
    connection.execute(
        _RECORD,
        [
            {
                "mail": each.id,
                "owner": owner,
                "new_state": _STATE[each.verdict],
                "counted": 1 if each.counts else 0,
                "again": each.again,
                "reply": each.reply[:500],
                "done": None if each.verdict == "deferred" else now,
            }
            for each in ours
        ],
    )
    for each in ours:
        if each.verdict == "failed" or (each.is_call and each.verdict == "sent"):
            _tell_ticket(connection, each, now, ids)


def _held(connection: sa.Connection, owner: str, ids: Sequence[int]) -> frozenset[int]:
    """Those mails whose lease is still `owner`'s, locked."""
    rows = connection.execute(
        sa.select(outbox.c.id)
        .where(outbox.c.id.in_(ids), outbox.c.lease_owner == owner, outbox.c.state == "sending")
        .order_by(outbox.c.id)
        .with_for_update()
    )
    return frozenset(rows.scalars())


def try_again(connection: sa.Connection, outbox_id: int, now: datetime) -> bool:
    """The operator's word: due at once, from the first attempt; True if there was such a mail.

    What its author recalled stays recalled: she may have written it anew, and its attachments may be gone. What is held
    waits for a decision, not for another try: `let_go`.
    """
    result = connection.execute(
        sa.update(outbox)
        .where(outbox.c.id == outbox_id, outbox.c.state.in_(("waiting", "failed", "delayed")))
        .values(
            state="waiting",
            attempts=0,
            next_attempt_at=now,
            created_at=now,
            done_at=None,
            lease_owner=None,
            lease_until=None,
        )
    )
    return result.rowcount == 1


@dataclass(frozen=True, slots=True)
class Held:
    """A mail that waits for a word. `answer`: the article whose copy it is, where an agent wrote it."""

    id: int
    ticket: int | None
    number: str | None  # the ticket's
    answer: int | None
    kind: str
    recipient: str
    reason: str


def held(connection: sa.Connection, outbox_id: int) -> Held | None:
    """A held mail; None where there is none of that number, or it is not held."""
    row = connection.execute(
        sa.select(outbox, tickets.c.number)
        .outerjoin(tickets, tickets.c.id == outbox.c.ticket_id)
        .where(outbox.c.id == outbox_id, outbox.c.state == "held")
    ).first()
    if row is None:
        return None
    answer = row.article_id if row.kind == "customer" else None
    return Held(row.id, row.ticket_id, row.number, answer, row.kind, row.recipient, row.last_reply or "")


def let_go(connection: sa.Connection, outbox_id: int, now: datetime) -> bool:
    """A held mail goes out; True if it was held."""
    held_one = sa.update(outbox).where(outbox.c.id == outbox_id, outbox.c.state == "held")
    values = {"state": "waiting", "next_attempt_at": now, "last_reply": None}
    return connection.execute(held_one.values(**values)).rowcount == 1


def drop(connection: sa.Connection, outbox_id: int, now: datetime) -> bool:
    """A held mail does not go out; it stays in the list. True if it was held."""
    held_one = sa.update(outbox).where(outbox.c.id == outbox_id, outbox.c.state == "held")
    return connection.execute(held_one.values(state="cancelled", done_at=now)).rowcount == 1


def _tell_ticket(connection: sa.Connection, done: Attempted, now: datetime, ids: Ids) -> None:
    columns = (outbox.c.ticket_id, outbox.c.article_id, outbox.c.recipient, outbox.c.kind, outbox.c.template)
    row = connection.execute(sa.select(*columns).where(outbox.c.id == done.id)).one()
    reply = done.reply[:500]
    # Our own smarthost's word on a customer's address counts at once; agents' notifications are not its business.
    dead = row.kind in ("customer", "auto-reply") and is_gone(quoted_status(reply))
    if dead:
        addresses.bounced(connection, row.recipient, row.article_id or 0, reply, True, now)
    if row.ticket_id is None:
        return
    if done.is_call:
        event = f"{row.kind}.{'done' if done.verdict == 'sent' else 'failed'}"
        detail = {"outbox": done.id, "name": row.template, "reply": done.reply[:MAX_OUTPUT]}
    else:
        event = "delivery.failed"
        detail = {"outbox": done.id, "to": row.recipient, "kind": row.kind, "reply": reply}
        detail |= {"address_dead": True} if dead else {}
    history.append(connection, row.ticket_id, now, "mailgate", event, detail, ids)
