"""Writing and verifying the history of a ticket: append-only, chained (mailgate.store.chain)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from mailgate.ids import Ids
from mailgate.store.chain import GENESIS, detail_hash, link
from mailgate.store.tables import history, tickets

_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(slots=True)
class Chain:
    """Where a ticket's history stands; `entry` moves it on."""

    seq: int = 0
    head: bytes = GENESIS


def entry(
    chain: Chain, ticket: int, at: datetime, actor: str, event: str, detail: Mapping[str, Any], salt: bytes
) -> dict[str, Any]:
    """The row of the next entry of a ticket's chain."""
    text = _json(detail)
    hashed = detail_hash(salt, text)
    chain.seq += 1
    chain.head = link(chain.head, ticket, chain.seq, at, actor, event, hashed)
    return {
        "ticket_id": ticket,
        "seq": chain.seq,
        "at": at,
        "actor": actor,
        "event": event,
        "detail": text,
        "salt": salt,
        "detail_hash": hashed,
        "hash": chain.head,
    }


def append(
    connection: sa.Connection,
    ticket: int,
    at: datetime,
    actor: str,
    event: str,
    detail: Mapping[str, Any],
    ids: Ids,
) -> None:
    """Record one event on a ticket, outside of a plan; its version moves, so a plan in flight decides again."""
    row = connection.execute(
        sa.select(tickets.c.history_seq, tickets.c.history_head).where(tickets.c.id == ticket).with_for_update()
    ).one()
    chain = Chain(row.history_seq, bytes(row.history_head))
    connection.execute(sa.insert(history), entry(chain, ticket, at, actor, event, detail, ids.nonce()))
    connection.execute(
        sa.update(tickets)
        .where(tickets.c.id == ticket)
        .values(history_seq=chain.seq, history_head=chain.head, version=tickets.c.version + 1)
    )


def broken_chains(connection: sa.Connection) -> list[str]:
    """What is wrong with the histories, one line each; empty when every chain verifies. Reads row by row."""
    joined = tickets.outerjoin(history, history.c.ticket_id == tickets.c.id)
    columns = (tickets.c.id, tickets.c.history_seq, tickets.c.history_head, *history.c)
    rows = connection.execution_options(yield_per=500).execute(
        sa.select(*columns).select_from(joined).order_by(tickets.c.id, history.c.seq)
    )
    found: list[str] = []
    for (ticket, seq, head), entries in groupby(rows, lambda row: (row[0], row[1], bytes(row[2]))):
        chain = Chain()
        for row in entries:
            if row.seq is not None:
                found += _wrong(chain, ticket, row)
        if (chain.seq, chain.head) != (seq, head):
            found.append(f"ticket {ticket}: its history does not end where the ticket says")
    return found


def _wrong(chain: Chain, ticket: int, row: Any) -> list[str]:
    """What is wrong with one entry; the chain moves on over it. Erased is an entry that lacks detail and salt."""
    found, hashed = [], bytes(row.detail_hash)
    erased = row.detail is None and row.salt is None
    if not erased and (row.detail is None or row.salt is None or detail_hash(bytes(row.salt), row.detail) != hashed):
        found.append(f"ticket {ticket} entry {row.seq}: the detail was changed")
    chain.seq += 1
    chain.head = link(chain.head, ticket, chain.seq, row.at, row.actor, row.event, hashed)
    if chain.seq != row.seq or chain.head != bytes(row.hash):
        found.append(f"ticket {ticket} entry {row.seq}: the chain is broken")
    return found
