"""The oracle: what must be true of a desk whatever was killed and whenever (invariants I1 to I5, spec/safety.md 4).

It compares the sender's story, the sink's, the command line's and the database's. It shares no code with the product:
hashes, chains and the reading of Message-IDs are its own. Each function returns the breaches it found, in words; I6
(ready again by itself) is `Daemon.start` after each crash.
"""

import hashlib
import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from tests.support.daemon import Daemon
from tests.support.sink_process import Delivered
from tests.support.smtp import Attempt, Letter

_MESSAGE_ID = re.compile(rb"^Message-ID:\s*(<[^>\r\n]*>)", re.IGNORECASE | re.MULTILINE)
BLAMED, BLAMED_AT_MOST = "the daemon died over it", 1
"""Three kills in a row may hit the work on one mail. It is set aside then, as a poisonous one, and the admins are told
(ADR 0005): an outcome, and where the sender sent it again, the other copy is the article. A rare chance: one a run."""
OUTCOMES = ("article", "duplicate", "bounce", "command", "quarantined", "discarded")


def message_id(content: bytes) -> str:
    """The Message-ID in the head of a mail."""
    head = content.partition(b"\r\n\r\n")[0] if b"\r\n\r\n" in content else content.partition(b"\n\n")[0]
    found = _MESSAGE_ID.search(head)
    assert found, f"a mail without Message-ID: {head[:200]!r}"
    return found[1].decode("ascii", "replace")


def one_outcome_each(spool: Sequence[dict[str, Any]], attempts: Iterable[Attempt]) -> list[str]:
    """I1, first half: what was answered 250 is in the spool, with an outcome that is one of the words we know."""
    rows = {row["id"]: row for row in spool}
    breaches = []
    for attempt in attempts:
        if attempt.reply is None or attempt.reply.code != 250:
            continue
        row = rows.get(attempt.reply.spool_id or "")
        if row is None:
            breaches.append(f"I1: answered {attempt.reply}, but not in the spool")
        elif row["state"] == "new" or not str(row["outcome"]).startswith(OUTCOMES):
            breaches.append(f"I1: {row['id']} is {row['state']} with the outcome {row['outcome']}")
    return breaches


def each_content_once(connection: sa.Connection, letters: Sequence[Letter], attempts: Iterable[Attempt]) -> list[str]:
    """I1, second half, and I2: unique content is one article, other deliveries are duplicates, refused ones nothing.

    Every letter must have been answered 250 once at least. How often it may lie in the spool: as often as it was
    answered 250, and once more for each time that the connection broke after the final dot.
    """
    promised, doubtful = Counter[int](), Counter[int]()
    for attempt in attempts:
        promised[attempt.letter] += attempt.reply is not None and attempt.reply.code == 250
        doubtful[attempt.letter] += attempt.in_doubt
    rows: dict[str, list[Any]] = defaultdict(list)
    query = "SELECT s.*, b.codec, b.content FROM spool s JOIN blobs b ON b.sha256 = s.blob"
    for row in connection.execute(sa.text(query)):
        rows[message_id(_unpacked(row.codec, row.content))].append(row)
    articles = Counter(connection.execute(sa.text("SELECT message_id FROM articles WHERE direction = 'in'")).scalars())
    breaches, blamed = [], 0
    for number, letter in enumerate(letters):
        name = message_id(letter.content)
        found = rows.pop(name, [])
        aside = sum(row.state == "quarantined" and BLAMED in row.cause for row in found)
        blamed += aside
        kinds = Counter("duplicate" if row.state == "duplicate" else "one" for row in found)
        is_as_promised = articles[name] == 1 and kinds["one"] - aside == 1
        is_aside_alone = aside == 1 and articles[name] == 0 and kinds["one"] == 1
        if not (is_as_promised or is_aside_alone) or blamed > BLAMED_AT_MOST:
            became = ", ".join(f"S{row.id} {row.state} after {row.attempts} attempts, {row.cause}" for row in found)
            breaches.append(f"I1: {name} is {articles[name]} articles: {became}")
        least, most = promised[number], promised[number] + doubtful[number]
        if not least <= len(found) <= most:
            breaches.append(
                f"I2: {name} lies {len(found)} times in the spool; answered 250 {least} times, at most {most}"
            )
    return breaches + [f"I2: nobody sent {name}" for name in rows]


def delivered_once(
    connection: sa.Connection, taken: Sequence[Delivered], *, crashes: int, connections: int
) -> list[str]:
    """I3: each outbox row reached the sink; all copies are one Message-ID and the same octets; few copies more."""
    copies: dict[tuple[str, str], list[bytes]] = defaultdict(list)
    for mail in taken:
        for path in mail.forward_paths:
            copies[message_id(mail.content), path].append(mail.content)
    breaches, extra = [], 0
    for row in connection.execute(sa.text("SELECT id, message_id, recipient, state, last_reply FROM outbox")):
        found = copies.pop((row.message_id, row.recipient), [])
        if row.state != "sent" or not found:
            breaches.append(f"I3: outbox {row.id} is {row.state} ({row.last_reply}), {len(found)} copies arrived")
            continue
        if len(set(found)) != 1:
            breaches.append(f"I3: the copies of outbox {row.id} differ")
        if len(found) > 1 + crashes:
            breaches.append(f"I3: outbox {row.id} was sent {len(found)} times in {crashes} crashes")
        extra += len(found) - 1
    if extra > crashes * connections:
        breaches.append(f"I3: {extra} copies too many in {crashes} crashes with {connections} connections")
    return breaches + [f"I3: {name} to {path} arrived, but is not in the outbox" for name, path in copies]


def never_answered_twice(taken: Sequence[Delivered]) -> list[str]:
    """I4: the automatic mails that answer one mail are one mail (copies after a crash have its Message-ID)."""
    answers: dict[tuple[str, str], set[str]] = defaultdict(set)
    for mail in taken:
        if mail.header("Auto-Submitted").startswith("auto-replied"):
            for path in mail.forward_paths:
                answers[mail.header("In-Reply-To"), path].add(message_id(mail.content))
    return [
        f"I4: {name} was answered {len(ids)} times to {path}" for (name, path), ids in answers.items() if len(ids) > 1
    ]


def sound(connection: sa.Connection) -> list[str]:
    """I5: the database is whole, every blob is what its name says, every history chain verifies."""
    breaches = []
    if connection.dialect.name == "sqlite":
        whole = list(connection.exec_driver_sql("PRAGMA integrity_check").scalars())
        breaches += [f"I5: {line}" for line in whole if line != "ok"]
        breaches += [f"I5: foreign key {tuple(row)}" for row in connection.exec_driver_sql("PRAGMA foreign_key_check")]
    for row in connection.execute(sa.text("SELECT sha256, codec, size, content FROM blobs")):
        octets = _unpacked(row.codec, row.content)
        if hashlib.sha256(octets).digest() != bytes(row.sha256) or len(octets) != row.size:
            breaches.append(f"I5: blob {bytes(row.sha256).hex()} is something else")
    lost = connection.execute(sa.text("SELECT count(*) FROM spool WHERE blob NOT IN (SELECT sha256 FROM blobs)"))
    if count := lost.scalar_one():
        breaches.append(f"I5: {count} spool rows without their mail")
    return breaches + _broken_chains(connection)


def _broken_chains(connection: sa.Connection) -> list[str]:
    """hash = SHA-256(previous, ticket \\0 seq \\0 at \\0 actor \\0 event \\0, SHA-256(salt, detail)), from 32 zeros."""
    heads = {row.id: row for row in connection.execute(sa.text("SELECT id, history_seq, history_head FROM tickets"))}
    ends: dict[int, tuple[int, bytes]] = {}
    breaches = []
    for row in connection.execute(sa.text("SELECT * FROM history ORDER BY ticket_id, seq")):
        seq, previous = ends.get(row.ticket_id, (0, bytes(32)))
        detail = bytes(row.detail_hash)
        if row.salt is not None and hashlib.sha256(bytes(row.salt) + row.detail.encode()).digest() != detail:
            breaches.append(f"I5: ticket {row.ticket_id} entry {row.seq}: the detail was changed")
        at = datetime.fromisoformat(row.at) if isinstance(row.at, str) else row.at
        moment = at.astimezone(UTC).isoformat(timespec="microseconds")
        said = "\0".join((str(row.ticket_id), str(row.seq), moment, row.actor, row.event)).encode()
        head = hashlib.sha256(previous + said + b"\0" + detail).digest()
        if (row.seq, bytes(row.hash)) != (seq + 1, head):
            breaches.append(f"I5: ticket {row.ticket_id} entry {row.seq}: the chain is broken")
        ends[row.ticket_id] = (row.seq, bytes(row.hash))
    for ticket, row in heads.items():
        if ends.get(ticket, (0, bytes(32))) != (row.history_seq, bytes(row.history_head)):
            breaches.append(f"I5: the history of ticket {ticket} does not end where the ticket says")
    return breaches


def breaches(
    daemon: Daemon,
    letters: Sequence[Letter],
    attempts: Sequence[Attempt],
    taken: Sequence[Delivered],
    *,
    crashes: int = 0,
    connections: int = 4,
) -> list[str]:
    """I1 to I5 of a desk that has come to rest; empty when it kept its promises."""
    found = one_outcome_each(daemon.cli("spool", "list"), attempts)
    engine = sa.create_engine(daemon.database_url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        found += each_content_once(connection, letters, attempts)
        found += delivered_once(connection, taken, crashes=crashes, connections=connections)
        found += sound(connection)
    engine.dispose()
    return found + never_answered_twice(taken)


def _unpacked(codec: int, content: bytes) -> bytes:
    return zlib.decompress(content) if codec == 1 else bytes(content)
