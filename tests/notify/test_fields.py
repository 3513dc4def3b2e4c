import re
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_string, policy
from email.header import decode_header, make_header
from email.utils import parseaddr, parsedate_to_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.message import Mailbox
from mailgate.notify import fields
from mailgate.notify.scrub import scrub_line

ANYTHING = st.text(st.characters(codec=None, exclude_categories=[]), max_size=400)
WORDS = st.text(st.sampled_from('ab é日\U0001f600"\\,.=?_<>@()\t\r\n\x00\u202e'), max_size=300)


def read(field: str, name: str) -> str:
    return str(message_from_string(field + "\r\n", policy=policy.default)[name])


@given(ANYTHING | WORDS)
def test_free_text_comes_back_as_it_was_scrubbed_from_lines_of_no_more_than_78(text: str) -> None:
    field = fields.unstructured("Subject", text)
    clean = scrub_line(text)
    if not clean:
        assert field == ""
        return
    assert read(field, "subject") == clean
    assert field.isascii()
    assert field.endswith("\r\n")
    assert all(len(line) <= fields.FOLD for line in field.split("\r\n"))
    assert all(line.startswith(" ") for line in field.split("\r\n")[1:-1])


def test_a_plain_subject_is_not_encoded() -> None:
    assert fields.unstructured("Subject", "[Ticket#1042] Invoice 4711") == "Subject: [Ticket#1042] Invoice 4711\r\n"


def test_a_long_plain_subject_is_folded_at_its_blanks() -> None:
    field = fields.unstructured("Subject", "word " * 40)
    assert "=?" not in field
    assert field.count("\r\n ") == 2


def test_what_looks_like_an_encoded_word_stays_literal() -> None:
    trap = "=?utf-8?q?Bcc:_victim=40x?="
    assert trap not in fields.unstructured("Subject", trap)
    assert read(fields.unstructured("Subject", trap), "subject") == trap


@given(ANYTHING | WORDS)
def test_a_display_name_comes_back_and_names_nobody_else(name: str) -> None:
    field = fields.address_field("To", Mailbox(name, "ana@acme.example"))
    header = message_from_string(field + "\r\n", policy=policy.default)["to"]
    assert [each.addr_spec for each in header.addresses] == ["ana@acme.example"]
    phrase, address = parseaddr(field.removeprefix("To: ").replace("\r\n", ""))
    assert address == "ana@acme.example"
    assert str(make_header(decode_header(phrase))) == scrub_line(name, fields.MAX_NAME)
    assert all(len(line) <= 998 for line in field.split("\r\n"))


@given(ANYTHING | WORDS)
def test_a_hostile_address_names_one_mailbox_at_most_and_ends_no_field(address: str) -> None:
    field = fields.address_field("To", Mailbox("x", address))
    assert all(line.startswith(" ") for line in field.split("\r\n")[1:-1])
    assert field.count("<") == field.count(">") == 1
    assert len(field.encode()) <= 998
    assert "," not in field or '"' in field


@pytest.mark.parametrize(
    ("address", "wire"),
    [
        ("ana@acme.example", "ana@acme.example"),
        ("ana@bücher.example", "ana@xn--bcher-kva.example"),
        ("jürgen@bücher.example", "jürgen@xn--bcher-kva.example"),
        ("ana@straße.example", "ana@straße.example"),  # IDNA 2003 would name another domain
        ("ana@" + "ü" * 64 + ".example", "ana@" + "ü" * 64 + ".example"),
        ('"ana silva"@acme.example', '"ana silva"@acme.example'),
        ('"ana" silva"@acme.example', "anasilva@acme.example"),
        ("ana@[192.0.2.1]", "ana@[192.0.2.1]"),
        ("ana@a.example>\r\nBcc: <v@x", "ana@a.exampleBccv@x"),
        ("a@b, c@d", "a@bc@d"),
        ("postmaster", "postmaster"),
    ],
)
def test_addresses_on_the_wire(address: str, wire: str) -> None:
    assert fields.wire_address(address) == wire


def test_a_message_id_of_95_characters_is_neither_encoded_nor_folded() -> None:
    long = "<" + "A" * 90 + "=@x.example>"
    assert fields.message_id_field("In-Reply-To", (long,)) == f"In-Reply-To: {long}\r\n"


@pytest.mark.parametrize(
    "text",
    [
        "<a b@x>",
        "<a@x\r\nBcc: v@x>",
        "<a\x00@x>",
        "a@x",
        "<>",
        "<@>",
        "<a@x> <b@x>",
        "<=?utf-8?q?=0D?=@x>",
        "<é@x>",
        "",
    ],
)
def test_what_is_no_strict_message_id_is_not_echoed(text: str) -> None:
    assert not fields.is_message_id(text)
    assert fields.message_id_field("In-Reply-To", (text,)) == ""


@given(ANYTHING)
def test_any_list_id_makes_one_field_with_one_identifier(value: str) -> None:
    field = fields.list_id(value)
    if field:
        assert field.startswith("List-Id: ")
        assert field.isascii()
        assert re.fullmatch(r"[A-Za-z0-9._-]+>\r\n", field.rpartition("<")[2])
        assert all(line.startswith(" ") for line in field.split("\r\n")[1:-1])


def test_a_list_id_has_its_title_and_its_identifier() -> None:
    assert fields.list_id("billing tickets <billing.support.example.com>") == (
        "List-Id: billing tickets\r\n <billing.support.example.com>\r\n"
    )
    assert fields.list_id("<q.example.com>") == "List-Id: <q.example.com>\r\n"
    assert fields.list_id("no identifier <>") == ""


@given(
    st.datetimes(min_value=datetime(1900, 1, 1)),  # noqa: DTZ001  # the zone is added below
    st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)
def test_a_date_is_read_back_to_the_second(moment: datetime, zone: timezone) -> None:
    moment = moment.replace(tzinfo=zone, microsecond=0)
    assert parsedate_to_datetime(fields.date_field(moment).removeprefix("Date: ")) == moment


def test_a_date_is_written_as_rfc_5322_has_it() -> None:
    assert fields.date_field(datetime(2026, 3, 2, 9, 5, 1, tzinfo=UTC)) == "Date: Mon, 02 Mar 2026 09:05:01 +0000\r\n"
    with pytest.raises(ValueError, match="time zone"):
        fields.date_field(datetime(2026, 3, 2))  # noqa: DTZ001  # the mistake that is refused
