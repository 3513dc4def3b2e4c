"""Message-IDs (RFC 5322 3.6.4; T10, T11)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.message_ids import in_reply_to, is_message_id, message_id, references

OUTLOOK = "<AM0PR04MB" + "A" * 60 + "=xyz@AM0PR04MB1234.eurprd04.prod.outlook.com>"


@pytest.mark.parametrize(
    "text", ["<a@b>", "<a.b+c$d=e@x.example>", "<a@b@c>", "<a@[192.0.2.1]>", "<mg.1.ab@x>", OUTLOOK]
)
def test_real_ids_are_ids(text: str) -> None:
    assert is_message_id(text)
    assert message_id(text.encode()) == text


@pytest.mark.parametrize(
    "text",
    ["", "<>", "<@>", "<a@>", "<@b>", "a@b", "<a b@c>", "<a@b", "<a\x00@b>", "<a@b\r\n>", "<ä@b>", "<a@[b>", "<a>b@c>",
     f"<{'a' * 900}@b>", "<a@b> "],
)  # fmt: skip
def test_what_is_not_safe_to_write_back_is_none(text: str) -> None:
    assert not is_message_id(text)


def test_long_ids_survive_folding_and_encoding() -> None:
    folded = OUTLOOK.replace("=xyz", " =xyz").encode()
    assert references(b"<first@x> " + folded) == ("<first@x>", OUTLOOK)
    assert in_reply_to(b"=?utf-8?q?=3CAAAA=40b=2Eexample=3E?=") == ("<AAAA@b.example>",)


def test_an_id_that_looks_encoded_is_that_id_and_no_other() -> None:
    assert message_id(b"<=?utf-8?q?a?=@x>") == "<=?utf-8?q?a?=@x>"
    assert references(b"<=?utf-8?q?a?=@x> =?utf-8?q?=3CA=40b=3E?=") == ("<=?utf-8?q?a?=@x>", "<A@b>")


def test_ids_are_found_in_prose_without_brackets_and_once() -> None:
    assert in_reply_to(b'Your message of "Mon, 2 Mar" <a@b> <a@b>') == ("<a@b>",)
    assert in_reply_to(b"a@b.example") == ("<a@b.example>",)
    assert in_reply_to(b"no id at all") == ()


def test_of_too_many_references_the_oldest_and_newest_stay() -> None:
    found = references(b" ".join(b"<%d@x>" % n for n in range(1000)))
    assert len(found) == 200
    assert (found[:2], found[-1]) == (("<0@x>", "<1@x>"), "<999@x>")


@given(st.binary(max_size=300))
def test_any_octets_give_only_strict_ids(octets: bytes) -> None:
    assert all(is_message_id(each) and each.isascii() for each in (*references(octets), *in_reply_to(octets)))
