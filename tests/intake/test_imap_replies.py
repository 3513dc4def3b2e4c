"""Reading an IMAP server's replies: what was asked for is found, everything else passed over."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.intake.imap_replies import (
    Fetched,
    FolderState,
    capabilities,
    chunks,
    fetched,
    folder_state,
    found,
    is_keyword,
    quoted,
    readable,
    response_code,
    uid_set,
)


@pytest.mark.parametrize(
    ("lines", "mails"),
    [
        ([b"1 FETCH (UID 5 RFC822.SIZE 99)", b"done"], [Fetched(5, 99, None)]),
        ([b"1 FETCH (RFC822.SIZE 99 UID 5)"], [Fetched(5, 99, None)]),
        ([b"1 FETCH (UID 5 BODY[] {2}", bytearray(b"hi"), b")", b"done"], [Fetched(5, None, b"hi")]),
        ([b"1 FETCH (BODY[] {2}", bytearray(b"hi"), b" UID 5)"], [Fetched(5, None, b"hi")]),
        ([b"1 FETCH (UID 5 BODY[] {0}", bytearray(b""), b")"], [Fetched(5, None, b"")]),
        ([b'1 FETCH (UID 5 BODY[] "a \\"b\\" \\\\ UID 6 ")'], [Fetched(5, None, b'a "b" \\ UID 6 ')]),
        ([b'1 FETCH (BODY[] "( UID 6 )" UID 5)'], [Fetched(5, None, b"( UID 6 )")]),
        ([b"1 FETCH (UID 5 BODY[] NIL)"], [Fetched(5, None, None)]),
        ([b"1 fetch (uid 5 body[] {1}", bytearray(b"x"), b")"], [Fetched(5, None, b"x")]),
        ([b"1 FETCH (FLAGS (\\Seen))", b"2 FETCH (UID 6 RFC822.SIZE 1)"], [Fetched(6, 1, None)]),
        ([b"3 EXPUNGE", b"2 EXISTS", b"OK hello"], []),
        ([b"1 FETCH (UID 99999999999 RFC822.SIZE 1)", b"1 FETCH (UID 0 RFC822.SIZE 1)"], []),
        ([bytearray(b"1 FETCH (UID 5 RFC822.SIZE 1)")], []),
    ],
)
def test_what_a_fetch_said(lines: list[bytes | bytearray], mails: list[Fetched]) -> None:
    assert list(fetched(lines)) == mails


def test_a_mail_that_looks_like_a_reply_is_only_a_mail() -> None:
    body = bytearray(b"2 FETCH (UID 6 BODY[] {3}")
    lines: list[bytes | bytearray] = [
        b"1 FETCH (UID 5 BODY[] {25}",
        body,
        b")",
        b"2 FETCH (UID 6 BODY[] {1}",
        bytearray(b"y"),
        b")",
    ]
    assert [(each.uid, each.body) for each in fetched(lines)] == [(5, bytes(body)), (6, b"y")]


@given(st.lists(st.one_of(st.binary(max_size=60), st.binary(max_size=60).map(bytearray)), max_size=20))
def test_no_reply_is_an_error(lines: list[bytes | bytearray]) -> None:
    list(fetched(lines))
    found(lines)
    folder_state(lines)
    capabilities(lines)


def test_what_a_search_found() -> None:
    lines = [b"SEARCH 3 1", b"SEARCH", b"2 EXISTS", b"search 7 x 99999999999 0 4294967295", b"done"]
    assert found(lines) == [3, 1, 7, 4294967295]


def test_the_state_of_a_folder() -> None:
    assert folder_state([b"OK [UIDVALIDITY 7] x", b"3 EXISTS", b"OK [uidnext 9] x"]) == FolderState(7, 9, 3)
    assert folder_state([b"OK [UIDVALIDITY 0] x", b"OK [UIDNEXT 99999999999] x"]) == FolderState(None, None)


def test_what_a_server_can_do() -> None:
    assert capabilities([b"OK x", b"CAPABILITY IMAP4rev1 idle"]) == {"IMAP4REV1", "IDLE"}


@pytest.mark.parametrize(
    ("text", "code"), [("[TRYCREATE] no such folder", "TRYCREATE"), ("no", ""), ("[UIDVALIDITY 3] x", "UIDVALIDITY")]
)
def test_a_response_code(text: str, code: str) -> None:
    assert response_code(text) == code


@given(st.sets(st.integers(1, 4_294_967_295), min_size=1))
def test_a_set_names_exactly_these_uids(uids: set[int]) -> None:
    named: set[int] = set()
    for piece in uid_set(uids).split(","):
        first, _, last = piece.partition(":")
        named |= set(range(int(first), int(last or first) + 1))
    assert named == uids


def test_neighbours_are_written_as_a_range() -> None:
    assert uid_set([7, 1, 2, 3]) == "1:3,7"


def test_a_quoted_string_cannot_be_left() -> None:
    assert quoted('a"b\\c') == '"a\\"b\\\\c"'


@pytest.mark.parametrize("char", ["\r", "\n", "\0", "\x7f"])
def test_what_would_end_a_command_is_not_sent(char: str) -> None:
    with pytest.raises(ValueError, match="control character"):
        quoted(f"a{char}b")


def test_a_keyword_is_one_word() -> None:
    assert is_keyword("$MailgateDone")
    assert not any(map(is_keyword, ("", r"\Seen", "a b", "a)", "ä")))


def test_a_servers_words_are_one_short_line() -> None:
    assert readable(b"a\x1b[2J\r\n b\xff" + b"x" * 1000) == ("a [2J b\ufffd" + "x" * 1000)[:200]


def test_chunks_hold_everything_once_and_in_order() -> None:
    assert list(chunks(range(5), 2)) == [[0, 1], [2, 3], [4]]
    assert list(chunks([], 2)) == []
