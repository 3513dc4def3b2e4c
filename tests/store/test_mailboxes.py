"""What is known of IMAP folders: mail and memory in one transaction, a folder's lives apart."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from mailgate.mail.envelope import Envelope, Submission
from mailgate.store import mailboxes, spool
from mailgate.store.engine import Store
from mailgate.store.mailboxes import FolderKey, Known
from mailgate.store.reports import depth

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
KEY = FolderKey("alice@imap.example.com", "INBOX", 7)
ANOTHER_LIFE = FolderKey("alice@imap.example.com", "INBOX", 8)
ANOTHER_FOLDER = FolderKey("alice@imap.example.com", "Sent", 7)
ANOTHER_ACCOUNT = FolderKey("bob@imap.example.com", "INBOX", 7)


def packed(raw: bytes = b"Subject: x\r\n\r\nx\r\n", at: datetime = AT) -> spool.Packed:
    return spool.pack(Submission(Envelope("ana@acme.example", (), "support", at), raw))


def accept(store: Store, key: FolderKey, uid: int, at: datetime = AT) -> int | None:
    return store.write_now(lambda c: mailboxes.accept(c, packed(b"Subject: %d\r\n\r\n" % uid, at), key, uid))


def known(store: Store, key: FolderKey) -> Known:
    return store.read_now(lambda c: mailboxes.known(c, key))


def in_spool(store: Store) -> int:
    return int(store.read_now(lambda c: depth(c, AT))["spool"]["new"])


def test_a_folder_never_seen_is_new(store: Store) -> None:
    assert known(store, KEY) == Known(None)


def test_what_was_taken_is_known_and_undone_until_it_is_done(store: Store) -> None:
    store.write_now(lambda c: mailboxes.begin(c, KEY, 10))
    assert [accept(store, KEY, uid) is not None for uid in (10, 11, 12)] == [True] * 3
    assert known(store, KEY) == Known(10, frozenset((10, 11, 12)), frozenset((10, 11, 12)))
    store.write_now(lambda c: mailboxes.done(c, KEY, {10, 12}))
    assert known(store, KEY) == Known(10, frozenset((10, 11, 12)), frozenset((11,)))


def test_a_mail_is_accepted_once_however_often_it_is_brought(store: Store) -> None:
    store.write_now(lambda c: mailboxes.begin(c, KEY, 1))
    assert accept(store, KEY, 5) is not None
    assert accept(store, KEY, 5) is None
    assert in_spool(store) == 1


@pytest.mark.asyncio
async def test_two_nodes_that_bring_the_same_mail_at_once_leave_one(store: Store) -> None:
    await store.write(lambda c: mailboxes.begin(c, KEY, 1))
    bringing = (store.write(lambda c: mailboxes.accept(c, packed(), KEY, 5)) for _ in range(8))
    numbers = await asyncio.gather(*bringing)
    assert len([number for number in numbers if number is not None]) == 1
    assert in_spool(store) == 1


@pytest.mark.parametrize("other", [ANOTHER_LIFE, ANOTHER_FOLDER, ANOTHER_ACCOUNT])
def test_the_same_uid_elsewhere_is_another_mail(store: Store, other: FolderKey) -> None:
    for key in (KEY, other):
        store.write_now(lambda c, key=key: mailboxes.begin(c, key, 1))  # type: ignore[misc]  # bound in the loop
        assert accept(store, key, 5) is not None
    store.write_now(lambda c: mailboxes.done(c, KEY, [5]))
    assert known(store, other).undone == {5}


def test_when_a_mail_cannot_be_accepted_it_is_not_remembered_either(store: Store) -> None:
    store.write_now(lambda c: mailboxes.begin(c, KEY, 1))

    def broken(connection: object) -> None:
        mailboxes.accept(connection, packed(), KEY, 5)  # type: ignore[arg-type]  # it is a connection
        raise RuntimeError("the disk is full")

    with pytest.raises(RuntimeError):
        store.write_now(broken)
    assert known(store, KEY).taken == frozenset()
    assert in_spool(store) == 0


def test_mail_set_aside_and_mail_that_is_not_ours_is_taken_and_never_undone(store: Store) -> None:
    store.write_now(lambda c: mailboxes.begin(c, KEY, 3, [4, 6]))
    store.write_now(lambda c: mailboxes.set_aside(c, KEY, 9))
    store.write_now(lambda c: mailboxes.set_aside(c, KEY, 9))
    assert known(store, KEY) == Known(3, frozenset((4, 6, 9)), frozenset())


def test_the_first_start_of_a_folder_stands(store: Store) -> None:
    store.write_now(lambda c: mailboxes.begin(c, KEY, 3))
    store.write_now(lambda c: mailboxes.begin(c, KEY, 99))
    assert known(store, KEY).start_uid == 3


def test_a_new_life_of_a_folder_knows_that_it_lived_before_and_since_when(store: Store) -> None:
    store.write_now(lambda c: mailboxes.begin(c, KEY, 1))
    accept(store, KEY, 5, AT + timedelta(days=1))
    accept(store, KEY, 6, AT)
    assert known(store, ANOTHER_LIFE) == Known(None, before=True, first_mail_at=AT)
    assert known(store, ANOTHER_FOLDER) == Known(None)


def test_what_lies_below_the_start_is_forgotten(store: Store) -> None:
    store.write_now(lambda c: mailboxes.begin(c, KEY, 1))
    for uid in range(1, 6):
        accept(store, KEY, uid)
    store.write_now(lambda c: mailboxes.done(c, KEY, range(1, 6)))
    store.write_now(lambda c: mailboxes.advance(c, KEY, 4))
    assert known(store, KEY) == Known(4, frozenset((4, 5)))


def test_thousands_of_mails_can_be_done_at_once(store: Store) -> None:
    store.write_now(lambda c: mailboxes.begin(c, KEY, 1))
    accept(store, KEY, 2500)
    store.write_now(lambda c: mailboxes.done(c, KEY, range(1, 40_000)))
    assert not known(store, KEY).undone
