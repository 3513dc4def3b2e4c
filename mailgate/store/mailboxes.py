"""What is known of IMAP folders and their mail: by (account, folder, UIDVALIDITY, UID), which names a mail for ever
(RFC 9051 2.3.1.1). Each function is one unit of work."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from mailgate.store import spool
from mailgate.store.insert import insert, insert_or_ignore
from mailgate.store.tables import imap_folders, imap_mails
from mailgate.store.tables import spool as spool_table

_BATCH = 1_000
# Made once: putting a statement together costs more than running it.
_FILL_PLACE = (
    sa.update(imap_mails)
    .where(
        imap_mails.c.account == sa.bindparam("of_account"),
        imap_mails.c.folder == sa.bindparam("of_folder"),
        imap_mails.c.uidvalidity == sa.bindparam("of_life"),
        imap_mails.c.uid == sa.bindparam("of_uid"),
    )
    .values(spool_id=sa.bindparam("number"))
)


@dataclass(frozen=True, slots=True)
class FolderKey:
    """A folder, in one of its lives: a new UIDVALIDITY means that no UID of before counts."""

    account: str
    folder: str
    uidvalidity: int


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a folder. `start_uid` None: this life of it is new to us.

    `taken`: mail that is in the spool or set aside. `undone`: the part of it that is in the spool, and has still to be
    moved, flagged or deleted in the mailbox. `before`: it was read under another UIDVALIDITY. `first_mail_at`: when,
    under any, the first mail was taken from it.
    """

    start_uid: int | None
    taken: frozenset[int] = frozenset()
    undone: frozenset[int] = frozenset()
    before: bool = False
    first_mail_at: datetime | None = None


def known(connection: sa.Connection, key: FolderKey) -> Known:
    """What is known of the folder, from its `start_uid` on."""
    folders = connection.execute(
        sa.select(imap_folders.c.uidvalidity, imap_folders.c.start_uid).where(*_same_folder(imap_folders, key))
    ).all()
    start = next((row.start_uid for row in folders if row.uidvalidity == key.uidvalidity), None)
    if start is None:
        first = sa.select(sa.func.min(spool_table.c.received_at)).where(
            spool_table.c.id == imap_mails.c.spool_id, *_same_folder(imap_mails, key)
        )
        return Known(None, before=bool(folders), first_mail_at=connection.execute(first).scalar())
    rows = connection.execute(
        sa.select(imap_mails.c.uid, imap_mails.c.done).where(*_same_life(key), imap_mails.c.uid >= start)
    ).all()
    return Known(start, frozenset(row.uid for row in rows), frozenset(row.uid for row in rows if not row.done))


def begin(connection: sa.Connection, key: FolderKey, start_uid: int, not_ours: Collection[int] = ()) -> None:
    """First sight: mail below `start_uid`, and `not_ours` above it, is left where it is."""
    folder = {"account": key.account, "folder": key.folder, "uidvalidity": key.uidvalidity, "start_uid": start_uid}
    insert_or_ignore(connection, imap_folders, [folder])
    insert_or_ignore(connection, imap_mails, [_row(key, uid, None, done=True) for uid in not_ours])


def accept(connection: sa.Connection, packed: spool.Packed, key: FolderKey, uid: int) -> int | None:
    """The mail and where it came from; its number in the spool, None where it was there already.

    The place is taken first: another node that reads the same folder waits for us, and then leaves the mail alone.
    """
    row = _row(key, uid, None, done=False)
    if connection.execute(_take_place(connection.dialect.name), row).first() is None:
        return None
    number = spool.accept(connection, packed)
    place = {"of_account": key.account, "of_folder": key.folder, "of_life": key.uidvalidity, "of_uid": uid}
    connection.execute(_FILL_PLACE, {**place, "number": number})
    return number


def done(connection: sa.Connection, key: FolderKey, uids: Collection[int]) -> None:
    """These were moved, flagged or deleted: nothing is left to do in the mailbox."""
    remaining = sorted(uids)
    while remaining:
        batch, remaining = remaining[:_BATCH], remaining[_BATCH:]
        connection.execute(sa.update(imap_mails).where(*_same_life(key), imap_mails.c.uid.in_(batch)).values(done=True))


def set_aside(connection: sa.Connection, key: FolderKey, uid: int) -> None:
    """This mail stays in the mailbox and is not tried again."""
    insert_or_ignore(connection, imap_mails, [_row(key, uid, None, done=True)])


def advance(connection: sa.Connection, key: FolderKey, start_uid: int) -> None:
    """Nothing below `start_uid` is of interest any more."""
    connection.execute(
        sa.update(imap_folders)
        .where(*_same_folder(imap_folders, key), imap_folders.c.uidvalidity == key.uidvalidity)
        .values(start_uid=start_uid)
    )


@cache
def _take_place(dialect: str) -> Any:
    return insert(dialect, imap_mails).on_conflict_do_nothing().returning(imap_mails.c.uid)


def _row(key: FolderKey, uid: int, spool_id: int | None, *, done: bool) -> dict[str, object]:
    return {
        "account": key.account,
        "folder": key.folder,
        "uidvalidity": key.uidvalidity,
        "uid": uid,
        "spool_id": spool_id,
        "done": done,
    }


def _same_folder(table: sa.Table, key: FolderKey) -> tuple[sa.ColumnElement[bool], ...]:
    return (table.c.account == key.account, table.c.folder == key.folder)


def _same_life(key: FolderKey) -> tuple[sa.ColumnElement[bool], ...]:
    return (*_same_folder(imap_mails, key), imap_mails.c.uidvalidity == key.uidvalidity)
