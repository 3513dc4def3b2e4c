"""Mailboxes of address fields, and addresses compared (RFC 5322 3.4; R14, R15; T15)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.address import bare, domain_of, is_beyond_doubt, normalise, read_addresses, read_fields
from mailgate.mail.message import Mailbox

PLAIN = [
    ("ana@acme.example", "", "ana@acme.example"),
    ("<ana@acme.example>", "", "ana@acme.example"),
    ("Ana Silva <ana@acme.example>", "Ana Silva", "ana@acme.example"),
    ('"Silva, Ana" <ana@acme.example>', "Silva, Ana", "ana@acme.example"),
    ("ana@acme.example (Ana (the boss))", "Ana (the boss)", "ana@acme.example"),
    ("'Ana' <ana@acme.example>", "Ana", "ana@acme.example"),
    (r'"A \"B\" C" <a@b.example>', 'A "B" C', "a@b.example"),
    ("=?utf-8?q?M=C3=BCller=2C_J?= <j@b.example>", "Müller, J", "j@b.example"),
    ('"=?utf-8?q?M=C3=BCller?=" <j@b.example>', "Müller", "j@b.example"),
    ("=?utf-8?Q?Foo,_Bar?= <a@b.example>", "Foo, Bar", "a@b.example"),
    ("O'Neil <o'neil@b.example>", "O'Neil", "o'neil@b.example"),
    ('"john doe"@b.example', "", '"john doe"@b.example'),
    ("root@[192.0.2.1]", "", "root@[192.0.2.1]"),
    ("<@relay.example,@other.example:a@b.example>", "", "a@b.example"),
    ("ana@acme.example,", "", "ana@acme.example"),
    ("Ana <ana@acme.example.>", "Ana", "ana@acme.example"),
    ('"ana@acme.example" <ana@acme.example>', "ana@acme.example", "ana@acme.example"),
]


@pytest.mark.parametrize(("text", "name", "address"), PLAIN)
def test_one_mailbox_is_read(text: str, name: str, address: str) -> None:
    found = read_addresses(text)
    assert found.mailboxes == (Mailbox(name, address),)
    assert not found.odd


ODD = [
    ("a@b.example <c@d.example>", [("a@b.example", "c@d.example")]),
    ('"a@b.example" <c@d.example>', [("a@b.example", "c@d.example")]),
    ('"agent＠ours.example" <c@d.example>', [("agent＠ours.example", "c@d.example")]),
    ("=?utf-8?q?=22a=40b.example=22?= <c@d.example>", [("a@b.example", "c@d.example")]),
    ("alice@example.org)bob@evil.example", [("alice@example.org)bob@evil.example", "")]),
    ("<a@b.example> <c@d.example>", [("", "a@b.example"), ("", "c@d.example")]),
    ("Ana <a@b.example> Bob <c@d.example>", [("Ana", "a@b.example"), ("Bob", "c@d.example")]),
    ("Ana <Ana> <a@b.example>", [("Ana", "a@b.example")]),
    ("Ana <a@b.example <a@b.example>>", [("Ana", "a@b.example")]),
    ("=?utf-8?B?IkFuYSIgPGFAYi5leGFtcGxlPg==?=, c@d.example", [("Ana", "a@b.example"), ("", "c@d.example")]),
    ("Team: a@b.example, c@d.example;", [("", "a@b.example"), ("", "c@d.example")]),
    ("a@b.example; c@d.example", [("", "a@b.example"), ("", "c@d.example")]),
    ('"never closed <a@b.example>', [("never closed", "a@b.example")]),
    ("Ana (never closed <a@b.example>", [("Ana never closed", "a@b.example")]),
    ("Ana Silva ana@acme.example", [("Ana Silva", "ana@acme.example")]),
    ("Silva, Ana <ana@acme.example>", [("Silva, Ana", "ana@acme.example")]),
    ("=?utf-8?q?Ana?= (ana@acme.example)", [("Ana", "ana@acme.example")]),
    ("Ana <ana @acme.example>", [("Ana", "ana@acme.example")]),
    ("Pete (a chap) <pete(his account)@silly.example>", [("Pete", "pete@silly.example")]),
    ("jdoe@test   . example", [("", "jdoe@test.example")]),
    ("Ana <mailto:a@b.example>", [("Ana", "a@b.example")]),
    ("Ana [mailto:a@b.example]", [("Ana", "a@b.example")]),
    ("[a@b.example]", [("", "a@b.example")]),
    ("a@b.example>", [("", "a@b.example")]),
    ("'a@b.example'", [("", "a@b.example")]),
    ("Ana <<a@b.example>>", [("Ana", "a@b.example")]),
    ('Ana <"a@b.example">', [("Ana", "a@b.example")]),
    ("Ana: Silva <a@b.example>", [("Ana: Silva", "a@b.example")]),
    ("a@@b.example", [("", "a@b.example")]),
    ("=?utf-8?q?Ana_=3Ca=40b=2Eexample=3E?=", [("Ana", "a@b.example")]),
    ("Ana <>", [("Ana", "")]),
    ("MAILER-DAEMON (Mail Delivery System)", [("Mail Delivery System", "MAILER-DAEMON")]),
    ("undisclosed-recipients:;", []),
    ("a@b@c.example", [("a@b@c.example", "")]),
]


@pytest.mark.parametrize(("text", "mailboxes"), ODD)
def test_what_is_not_beyond_doubt_is_read_and_marked(text: str, mailboxes: list[tuple[str, str]]) -> None:
    found = read_addresses(text)
    assert [(each.name, each.address) for each in found.mailboxes] == mailboxes
    assert found.odd


def test_several_mailboxes_are_kept_in_order() -> None:
    found = read_addresses('Ana <a@b.example>, "Bob, B" <b@b.example>, c@b.example (Cy)')
    assert [str(each) for each in found.mailboxes] == ["Ana <a@b.example>", "Bob, B <b@b.example>", "Cy <c@b.example>"]
    assert not found.odd


def test_a_repeated_field_is_read_as_one() -> None:
    assert [each.address for each in read_fields(["a@b.example", "Nobody", "c@d.example"]).mailboxes] == [
        "a@b.example",
        "c@d.example",
    ]
    assert read_fields([]).mailboxes == ()


def test_an_encoded_word_never_becomes_part_of_an_address() -> None:
    (mailbox,) = read_addresses("<=?utf-8?q?evil?=@b.example>").mailboxes
    assert mailbox.address == "=?utf-8?q?evil?=@b.example"


@given(st.text(alphabet='"(),:;<>\\[]@=?.ab \té\ud800\x00', max_size=200))
def test_any_field_is_read(text: str) -> None:
    for mailbox in read_addresses(text).mailboxes:
        assert mailbox.address == "" or "@" in mailbox.address
        assert not set("\x00\ud800<> \t") & set(mailbox.address.rpartition("@")[2])


def test_addresses_compare_without_case_and_without_unicode_folding() -> None:
    assert normalise(" Ana@ACME.Example. ") == "ana@acme.example"
    assert normalise("\u212aim@acme.example") != normalise("kim@acme.example")
    assert normalise("stra\u00dfe@acme.example") != normalise("strasse@acme.example")
    assert normalise("JÜRGEN@acme.example") == "jÜrgen@acme.example"
    assert normalise("") == ""


@given(st.text())
def test_normalise_is_settled_after_once(address: str) -> None:
    assert normalise(normalise(address)) == normalise(address)


def test_bare_drops_the_detail_only() -> None:
    assert bare("support+1042.x@example.com") == "support@example.com"
    assert bare("support+a+b@example.com") == "support@example.com"
    assert bare("+x@example.com") == "+x@example.com"
    assert bare("support@ex+ample.com") == "support@ex+ample.com"
    assert bare('"a+b"@example.com') == '"a+b"@example.com'
    assert bare("postmaster") == "postmaster"
    assert bare("") == ""


def test_the_domain_stands_behind_the_last_at_sign() -> None:
    assert domain_of('"a@b"@Example.COM') == "example.com"
    assert domain_of("postmaster") == ""


@pytest.mark.parametrize(
    "text",
    [
        "Ana Silva <ana.silva+x@acme.example>",
        "<ana@acme.example>",
        '"Silva, Ana" <ana@acme.example>',
        "=?utf-8?q?Jos=C3=A9?= =?utf-8?q?Tanaka?= <jose@acme.example>",
    ],
)
def test_a_plain_mailbox_is_beyond_doubt(text: str) -> None:
    assert is_beyond_doubt(text)
    assert [each.address for each in read_addresses(text).mailboxes] == [text[text.index("<") + 1 : -1]]


@pytest.mark.parametrize(
    "text",
    [
        "ana@acme.example <eve@evil.example>",
        "Ana <ana@acme.example>, Eve <eve@evil.example>",
        "Ana <ana@acme.example> (eve@evil.example)",
        '"ana@acme.example" <eve@evil.example>',
        "=?utf-8?q?=22ana=40acme.example=22?=, <eve@evil.example>",
        "Ana <ana@acme.example",
        "Ana <.ana@acme.example>",
        "Ana <ana@acme.example.>",
        "Ana < ana@acme.example>",
        "Ana: <ana@acme.example>;",
        "Ana <ana@acme.example>\n",
    ],
)
def test_what_two_programs_may_read_differently_is_not(text: str) -> None:
    assert not is_beyond_doubt(text)
