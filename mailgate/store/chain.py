"""The hash chain of a ticket's history: what was recorded cannot be changed unseen, and can be erased.

hash = SHA-256(previous hash, ticket, seq, at, actor, event, detail hash); detail hash = SHA-256(salt, detail).
Erasure deletes detail and salt: the chain still verifies, and nobody can guess the detail back from its hash.
"""

import hashlib
from datetime import UTC, datetime

GENESIS = bytes(32)


def detail_hash(salt: bytes, detail: str) -> bytes:
    return hashlib.sha256(salt + detail.encode()).digest()


def link(previous: bytes, ticket: int, seq: int, at: datetime, actor: str, event: str, hashed_detail: bytes) -> bytes:
    """The hash of one entry."""
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    said = "\0".join((str(ticket), str(seq), moment, actor, event))
    return hashlib.sha256(previous + said.encode() + b"\0" + hashed_detail).digest()
