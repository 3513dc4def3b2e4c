"""parse and fallback: any bytes give a Message (spec/mail.md 1; spec/safety.md T5 to T15)."""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import mailparser
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mailgate.mail.message import Mailbox, Message
from mailgate.mail.parse import fallback, parse
from mailgate.mail.parts import WHOLE, contents
from tests.mail.conftest import SAMPLE
from tests.mail.hostile import shown_values, unfit

HEAD = b"From: ana@acme.example\r\nTo: support@example.com\r\nSubject: x\r\n"
SECONDS = 2.0


def assert_whole(message: Message) -> None:
    """What is promised of every message, whatever it was made of."""
    assert unfit(shown_values(message)) is None
    body = message.body
    for text in (body.text, body.new_text, body.quoted_text, body.signature):
        assert "\0" not in text
        text.encode("utf-8")
    parts = Counter(body.new_text.split()) + Counter(body.quoted_text.split()) + Counter(body.signature.split())
    assert parts == Counter(body.text.split())
    assert len(message.identity.digest) == 32
    assert message.date is None or message.date.tzinfo is not None


def test_an_ordinary_mail_is_read(sample: bytes) -> None:
    message = parse(sample)
    assert message.author == Mailbox("Ana Silva", "ana@acme.example")
    assert message.to == (Mailbox("Support", "support@example.com"),)
    assert (message.subject, message.message_id) == ("Invoice", "<m1@acme.example>")
    assert message.date == datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert message.date.utcoffset() == timedelta(hours=1)
    assert (message.body.new_text, message.body.signature) == ("Hello,\nwhere is it?", "-- \nAna")
    (attachment,) = message.attachments
    assert (attachment.filename, attachment.size, attachment.part) == ("a.pdf", 11, "2")
    assert (message.ambiguous_author, message.hops, message.size, message.defects) == (False, 1, len(sample), ())


@settings(deadline=None)
@given(st.binary(max_size=4000))
@example(b"")
@example(b"\0")
@example(b"From: \xff\xfe")
@example(b"Content-Type: multipart/mixed; boundary=\r\n\r\n--\r\n")
def test_any_bytes_give_a_message(raw: bytes) -> None:
    assert_whole(parse(raw))
    assert_whole(fallback(raw))


TOKENS = (
    b"From: ", b"Subject: ", b"To: ", b"Content-Type: ", b"multipart/mixed; boundary=b", b"message/rfc822",
    b"text/html",
    b"multipart/report; report-type=delivery-status; boundary=b", b"message/delivery-status", b"text/plain; charset=",
    b"utf-8", b"iso-2022-jp", b"utf-7", b"x-unknown", b"Content-Transfer-Encoding: ", b"base64", b"quoted-printable",
    b"x-uuencode", b"Content-Disposition: attachment; filename=", b"filename*0*=utf-8''%E2", b"--b", b"--b--", b"\r\n",
    b"\n", b"\r", b"\r\n\r\n", b"=?utf-8?q?=0D=0A?=", b"=?utf-8?b?", b"?=", b"<", b">", b"(", b")", b'"', b"\\",
    b";", b":",
    b"@", b",", b"a@b.example", b"Message-ID: <", b"Date: ", b"1 Jan 99999999999", b"Final-Recipient: rfc822;", b"\0",
    b"\xff", b"\xe2\x80\xae", b"> ", b"-- \r\n", b"On Monday wrote:", b"<table><tr><td>", b"<!--", b"</div>", b"=00",
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(st.sampled_from(TOKENS), max_size=80).map(b"".join))
def test_any_pile_of_mail_syntax_gives_a_message(raw: bytes) -> None:
    assert_whole(parse(raw))


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """The sample with a few stretches cut out, doubled or overwritten."""
    raw = bytearray(SAMPLE)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(raw)))
        length = draw(st.integers(0, 60))
        raw[at : at + length] = draw(st.one_of(st.just(b""), st.binary(max_size=20), st.sampled_from(TOKENS)))
    return bytes(raw)


@settings(deadline=None)
@given(mutated())
def test_a_damaged_mail_gives_a_message(raw: bytes) -> None:
    assert_whole(parse(raw))


@settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=150
)
@given(data=st.data())
def test_damaged_real_mail_gives_a_message(corpus_mails: list[tuple[str, bytes]], data: st.DataObject) -> None:
    small = [raw for _, raw in corpus_mails if len(raw) < 30_000]
    raw = bytearray(data.draw(st.sampled_from(small)))
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(raw)))
        raw[at : at + data.draw(st.integers(0, 200))] = data.draw(st.sampled_from(TOKENS))
    assert_whole(parse(bytes(raw)))


def in_time(mails: Iterator[tuple[str, bytes]]) -> int:
    count = 0
    for name, raw in mails:
        begun = time.process_time()
        assert_whole(parse(raw))
        assert time.process_time() - begun < SECONDS, name
        count += 1
    return count


def test_every_mail_of_the_corpus_is_read_in_time(corpus_mails: list[tuple[str, bytes]]) -> None:
    assert in_time(iter(corpus_mails)) == 318


def test_every_mail_of_a_public_list_is_read_in_time(thread_mails: Iterator[tuple[str, bytes]]) -> None:
    assert in_time(thread_mails) == 2000


# --- line ends and junk ---


@pytest.mark.parametrize(("old", "new"), [(b"\r\n", b"\n"), (b"\r\n", b"\r"), (b"\r\n", b"\r\r\n")])
def test_line_ends_of_every_kind_are_read_alike(sample: bytes, old: bytes, new: bytes) -> None:
    message, other = parse(sample), parse(sample.replace(old, new))
    assert replace(other, size=message.size) == message


def test_an_mbox_line_and_blank_lines_above_the_header_are_passed_over(sample: bytes) -> None:
    assert parse(b"\r\n\nFrom ana@acme.example Mon Mar  2 10:00:00 2026\n" + sample).subject == "Invoice"


def test_raw_eight_bit_headers_are_utf8_else_the_charset_of_the_mail_else_windows_1252() -> None:
    assert parse("Subject: Grüße\r\n\r\n".encode()).subject == "Grüße"
    assert parse("Subject: Grüße €\r\n\r\n".encode("cp1252")).subject == "Grüße €"
    chinese = "Subject: 转发：整体\r\nContent-Type: text/plain; charset=gb2312\r\n\r\n".encode("gb18030")
    assert parse(chinese).subject == "转发：整体"


def test_nuls_are_stripped_and_nothing_else_of_the_text() -> None:
    assert parse(HEAD + b"\r\na\0b").body.text == "ab"


# --- T5 to T15 ---


def test_t5_an_encoded_line_break_in_a_subject_stays_in_the_subject() -> None:
    long = b"a" * 80
    message = parse(b"Subject: =?utf-8?q?" + long + b"=0D=0AEvil:_y=C2=85=E2=80=A8z?=\r\n\r\nx")
    assert message.subject == f"{'a' * 80} Evil: y z"
    assert message.header("evil") == ()


def test_t6_an_encoded_line_break_in_a_display_name_stays_in_the_name() -> None:
    message = parse(b"From: =?utf-8?b?eA0KWC1FdmlsOiAx?= <a@b.example>\r\n\r\nx")
    assert message.author == Mailbox("x X-Evil: 1", "a@b.example")


@pytest.mark.parametrize(
    "field",
    [
        b"From: " + b"(" * 2000,
        b"From: " + b"(" * 5000 + b"\r\nMessage-ID: <>\r\nDate: 1 Jan 99999999999",
        b"Message-ID: <>",
        b"Message-ID: <@>",
        b"Message-ID: <a@[b",
        b"Date: 1 Jan 99999999999 00:00:00 +0000",
        b"Date: Mon, 31 Dec 9999 23:59:59 -9900",
        b'Content-Type: ; charset="',
        b"Content-Disposition: attachment; filename*=utf-8'%ff",
    ],
)
def test_t7_fields_that_break_the_standard_library_give_a_message(field: bytes) -> None:
    message = parse(b"Subject: still here\r\n" + field + b"\r\n\r\ntext")
    assert message.subject == "still here"
    assert message.message_id is None
    assert message.date is None
    assert_whole(message)


def nested(levels: int) -> bytes:
    each = (b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(levels))
    return HEAD + b"".join(each) + b"Content-Type: text/plain\r\n\r\nhello\r\n"


def test_t8_nesting_is_read_to_the_cap_and_the_defect_names_it() -> None:
    assert parse(nested(100)).body.text.strip() == "hello"
    deep = parse(nested(1500))
    assert (deep.subject, deep.author.address) == ("x", "ana@acme.example")
    assert "nested deeper than 100 levels: the rest is not read" in deep.defects


OVER_A_CAP = {
    "nested deeper": lambda: nested(1500),
    "more than 1,000 parts": lambda: (
        HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 1500
    ),
    "header over 256 KB": lambda: HEAD + b"X-Long: " + b"y" * 300_000 + b"\r\n\r\nx",
    "more than 2,000 header fields": lambda: HEAD + b"A: b\r\n" * 3000 + b"\r\nx",
    "too many addresses in Cc": lambda: HEAD + b"Cc: " + b"u@x.example, " * 4000 + b"\r\n\r\nx",
}


@pytest.mark.parametrize("cap", OVER_A_CAP)
def test_over_a_cap_the_mail_itself_is_attached_and_the_defect_says_which(cap: str) -> None:
    raw = OVER_A_CAP[cap]()
    message = parse(raw)
    assert any(cap in defect for defect in message.defects)
    whole = message.attachments[-1]
    assert (whole.filename, whole.content_type, whole.size) == ("message.eml", "application/octet-stream", len(raw))
    assert contents(raw, [whole.part]) == {whole.part: raw}
    assert (message.subject, message.author.address) == ("x", "ana@acme.example")


def test_t8_nested_messages_are_one_attachment() -> None:
    raw = HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 1000 + b"Subject: inner\r\n\r\nhello"
    (attachment,) = parse(raw).attachments
    assert attachment.content_type == "message/rfc822"


def test_t9_parts_are_read_to_the_cap_and_the_defect_names_it() -> None:
    part = b"--b\r\nContent-Type: image/png\r\n\r\nx\r\n"
    raw = HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + part * 20_000 + b"--b--\r\n"
    message = parse(raw)
    assert [each.part for each in message.attachments] == [*(str(n) for n in range(1, 1001)), WHOLE]
    assert "more than 1,000 parts: the rest is not read" in message.defects


def test_t9_addresses_are_read_to_the_cap_and_the_defect_names_it() -> None:
    message = parse(b"From: a@b.example\r\nTo: " + b", ".join(b"u%d@x.example" % n for n in range(4000)) + b"\r\n\r\nx")
    assert len(message.to) == 1000
    assert "too many addresses in To: cut" in message.defects


def test_t9_header_octets_are_read_to_the_cap_and_the_body_stays() -> None:
    message = parse(HEAD + b"X-Long: " + b"y" * 300_000 + b"\r\nCc: late@x.example\r\n\r\nthe text")
    assert (message.subject, message.cc, message.body.text) == ("x", (), "the text")
    assert "header over 256 KB: cut" in message.defects


HOSTILE = {
    "parameters": HEAD + b"Content-Type: text/plain" + b"; a=b" * 40_000 + b"\r\n\r\nx",
    "local part": b"From: " + b"a." * 120_000 + b"@x\r\n\r\nx",
    "quotes": b"From: " + b'"\\"' * 80_000 + b"\r\n\r\nx",
    "encoded words": b"Subject: " + b"=?utf-8?q?a?= " * 15_000 + b"\r\n\r\nx",
    "half encoded words": b"Subject: " + b"=?" * 120_000 + b"\r\n\r\nx",
    "prefixes": b"Subject: " + b"Re: " * 60_000 + b"\r\n\r\nx",
    "blanks": b"Subject: " + b" " * 250_000 + b"x\r\n\r\nx",
    "folds": b"Subject: " + b"\r\n " * 80_000 + b"x\r\n\r\nx",
    "junk lines": HEAD + b"junk junk\r\n" * 20_000 + b"From: z@z\r\n\r\nx",
    "references": HEAD + b"References: " + b"<a@b> " * 40_000 + b"\r\n\r\nx",
    "dashes": HEAD + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\n" + b"--\r\n" * 200_000,
    "half parts": HEAD + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\nA: " * 100_000,
    "quoted lines": HEAD + b"\r\n" + b"> x\r\n" * 200_000,
    "from lines": HEAD + b"\r\n" + b"From: a\r\n" * 19_000,
    "attribution": HEAD + b"\r\n" + b"On Mon " * 200_000 + b":\r\n> x\r\n",
    "one line": HEAD + b"\r\n" + b"a" * 4_000_000,
    "nested html": HEAD + b"Content-Type: text/html\r\n\r\n" + b"<div>" * 50_000 + b"hello",
    "open comments": HEAD + b"Content-Type: text/html\r\n\r\n" + b"<!--" * 200_000,
    "open styles": HEAD + b"Content-Type: text/html\r\n\r\n" + b"<style>" * 140_000,
    "cells": HEAD + b"Content-Type: text/html\r\n\r\n<table>" + (b"<tr>" + b"<td>x" * 300) * 300,
    "broken base64": HEAD + b"Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b"=a" * 900_000,
    "recipients": HEAD
    + b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
    + b"--b\r\nContent-Type: message/delivery-status\r\n\r\n"
    + b"Final-Recipient: rfc822; a@b\r\nAction: failed\r\n\r\n" * 100_000,
    "daemon": b"From: MAILER-DAEMON@x\r\nSubject: failure notice\r\n\r\n" + b"<a@b.c>:\r\n" * 100_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_parser_bomb_costs_less_than_two_seconds(name: str) -> None:
    begun = time.process_time()
    message = parse(HOSTILE[name])
    assert time.process_time() - begun < SECONDS
    assert_whole(message)


def test_t11_an_id_that_is_not_safe_to_write_back_is_no_id() -> None:
    message = parse(b"Message-ID: <a(b\x00@c d>\r\nIn-Reply-To: <good@x.example> <b\xc3\xa4d@x>\r\n\r\nx")
    assert message.message_id is None
    assert message.in_reply_to == ("<good@x.example>",)
    assert "Message-ID is no msg-id" in message.defects


@pytest.mark.parametrize("charset", [b"unknown-8bit", b"rot13", b"idna", b"undefined", b"unicode_escape", b"punycode"])
def test_t13_charsets_outside_the_table_never_rewrite_the_text(charset: bytes) -> None:
    text = b"Hello \\u0041 xn--bcher-kva caf\xc3\xa9"
    assert parse(HEAD + b"Content-Type: text/plain; charset=" + charset + b"\r\n\r\n" + text).body.text == text.decode()


def test_t14_file_names_are_harmless() -> None:
    raw = HEAD + b'Content-Type: application/x; name="=?utf-8?q?..=2F..=2Fx?="\r\n\r\nx'
    assert [each.filename for each in parse(raw).attachments] == ["x"]


def test_t15_an_ambiguous_author_is_marked() -> None:
    for field in (b"a@b.example <c@d.example>", b"alice@example.org)bob@x.example", b"a@b.example, c@d.example", b""):
        assert parse(b"From: " + field + b"\r\n\r\nx").ambiguous_author, field
    assert parse(b"From: a@b.example\r\nFrom: c@d.example\r\n\r\nx").ambiguous_author
    assert parse(b"Subject: no author\r\n\r\nx").ambiguous_author
    assert not parse(b'From: "a@b.example" <a@b.example>\r\n\r\nx').ambiguous_author
    assert not parse("From: Jürgen <jürgen@müller.example>\r\n\r\nx".encode()).ambiguous_author


@pytest.mark.parametrize("local", ["a..b", "a.", ".a", "..", "a...b."])
def test_dots_that_mobile_operators_gave_out_make_nobody_ambiguous(local: str) -> None:
    for author in (f"{local}@docomo.example", f"Ken <{local}@docomo.example>"):
        message = parse(f"From: {author}\r\n\r\nHello\r\n".encode())
        assert (message.author.address, message.ambiguous_author) == (f"{local}@docomo.example", False)
    for odd in (
        f'"nina@example.com" <{local}@evil.example>',
        f"nina@example.com, {local}@evil.example",
        f"a: {local}@x;",
    ):
        assert parse(f"From: {odd}\r\n\r\nHello\r\n".encode()).ambiguous_author


def test_several_mailboxes_with_a_sender_stay_ambiguous() -> None:
    raw = b"From: a@b.example, c@d.example\r\nSender: a@b.example\r\n\r\nx"
    assert parse(raw).ambiguous_author


# --- when reading fails ---


def test_a_failing_mail_parser_costs_neither_header_nor_body(sample: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: bytes) -> None:
        raise mailparser.exceptions.MailParserRecursionError("too deep")

    structured = sample.replace(b"MIME-Version: 1.0", b"MIME-Version: 1.0 (never read before)", 1)
    monkeypatch.setattr(mailparser, "parse_from_bytes", broken)
    message = parse(structured)
    assert (message.subject, message.body.new_text) == ("Invoice", "Hello,\nwhere is it?")
    assert message.ambiguous_author
    assert "mail-parser failed (MailParserRecursionError)" in message.defects
    monkeypatch.undo()
    assert not parse(structured).defects, "a failure is not remembered"


def test_a_fault_of_our_own_leaves_the_header(sample: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("our own mistake")

    monkeypatch.setattr("mailgate.mail.parse.read_body", broken)
    message = parse(sample)
    assert (message.subject, message.author.address) == ("Invoice", "ana@acme.example")
    assert message.defects[0] == "could not be read whole (RuntimeError)"
    assert not message.automatic.may_answer


def test_the_last_resort_holds(sample: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("our own mistake")

    monkeypatch.setattr("mailgate.mail.parse.read_fields", broken)
    message = parse(sample)
    assert (message.authors, message.subject, message.size) == ((), "", len(sample))
    assert not message.automatic.may_answer
    assert_whole(message)


def test_fallback_reads_the_header_and_has_the_same_identity(sample: bytes) -> None:
    raw = sample.replace(b"Subject", b"References: <m0@acme.example>\r\nAuto-Submitted: auto-replied\r\nSubject")
    message, whole = fallback(raw), parse(raw)
    assert (message.author, message.subject, message.message_id) == (whole.author, whole.subject, whole.message_id)
    assert message.references == ("<m0@acme.example>",)
    assert message.identity == whole.identity
    assert (message.body.text, [each.part for each in message.attachments]) == ("", [WHOLE])
    assert message.automatic.kind == "auto-reply"
    assert not message.automatic.may_answer
    assert message.defects == ("not read: it took too much time or memory",)


# --- broken mail that people send ---

PART = b"Content-Type: text/plain\r\n\r\nHello there\r\n"
BROKEN = {
    "a boundary on a line of its own without its blank": (
        b'Content-Type: multipart/mixed;\r\nboundary="b"\r\n\r\n--b\r\n' + PART + b"--b--\r\n"
    ),
    "no boundary named": b"Content-Type: multipart/mixed\r\n\r\n--seen\r\n" + PART + b"--seen--\r\n",
    "a boundary named that is not there": (
        b"Content-Type: multipart/mixed; boundary=a\r\n\r\n--seen\r\n" + PART + b"--seen--\r\n"
    ),
    "a boundary named and no part at all": (
        b"Content-Type: multipart/mixed; boundary=a\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nHello=20there"
    ),
    "a boundary of 300 characters": (
        b"Content-Type: multipart/mixed; boundary=" + b"b" * 300 + b"\r\n\r\n--" + b"b" * 300 + b"\r\n" + PART
    ),
    "an encoding on the multipart": (
        b"Content-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: base64\r\n\r\n--b\r\n" + PART
    ),
    "a disposition that is no token": b"Content-Disposition: =?utf-8?q?x?=\r\n\r\nHello there",
    "a text with a name, and no other": (
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
        b"Content-Type: text/plain; name=a.txt\r\n\r\nHello there"
    ),
    "text that is no base64": b"Content-Transfer-Encoding: base64\r\n\r\nHello there, you of support.",
    "base64 with a footer that a list added": (
        b"Content-Transfer-Encoding: base64\r\n\r\nSGVsbG8gdGhlcmU=\r\n____\r\nTo leave this list, write to us.\r\n"
    ),
    "blanks behind a soft line break": b"Content-Transfer-Encoding: quoted-printable\r\n\r\nHello=  \r\n there",
    "an encoding in other spelling": b"Content-Transfer-Encoding: Quoted_Printable;\r\n\r\nHello=20there",
    "text/enriched": b"Content-Type: text/enriched\r\n\r\n<bold>Hello</bold>\r\n<color><param>red</param>there</color>",
    "a stub beside HTML": (
        b"Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\nSee our web page.\r\n"
        b"--b\r\nContent-Type: text/html\r\n\r\n<p>Hello there" + b" and so on" * 300 + b"</p>\r\n--b--"
    ),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_the_text_of_a_broken_mail_is_read(fault: str) -> None:
    message = parse(HEAD + b"MIME-Version: 1.0\r\n" + BROKEN[fault])
    assert " ".join(message.body.text.split()).startswith("Hello there")


def test_a_quotation_that_the_plain_text_leaves_out_is_no_new_text() -> None:
    raw = (
        HEAD + b"In-Reply-To: <1@e.example>\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n"
        b"--b\r\n\r\nThanks, it works again.\r\n"
        b"--b\r\nContent-Type: text/html\r\n\r\n<p>Thanks, it works again.</p><blockquote type=cite>"
        + b"old words " * 300 + b"\r\n--b--"
    )  # fmt: skip
    assert parse(raw).body.new_text == "Thanks, it works again."


def test_a_file_in_utf_16_is_read_as_the_mail_that_it_is(sample: bytes) -> None:
    assert parse(sample.decode().encode("utf-16")).body == parse(sample).body


def test_a_long_field_name_ends_no_header() -> None:
    message = parse(HEAD + b"X-" + b"Long-" * 400 + b": 1\r\nCc: late@x.example\r\n\r\nHello")
    assert (message.body.text, [each.address for each in message.cc]) == ("Hello", ["late@x.example"])
    assert_whole(message)


def test_uuencoded_files_in_the_text_are_attachments_and_yenc_is_left_alone() -> None:
    raw = HEAD + b"\r\nHello\r\nbegin 644 a.txt\r\n#86)C\r\n`\r\nend\r\nBye\r\n"
    message = parse(raw)
    assert message.body.text.split() == ["Hello", "Bye"]
    assert [(each.filename, each.size, each.part) for each in message.attachments] == [("a.txt", 3, "1.u1")]
    assert contents(raw, ["1.u1"]) == {"1.u1": b"abc"}
    message = parse(HEAD + b"\r\n=ybegin line=128 size=3 name=a.bin\r\nxyz\r\n=yend size=3\r\n")
    assert "=ybegin" in message.body.text
    assert "part 1: yEnc is not read: it stays in the text" in message.defects


def test_an_invitation_is_told_in_the_text_and_kept() -> None:
    event = b"BEGIN:VEVENT\r\nSUMMARY:Review\r\nDTSTART:20260302T090000Z\r\nEND:VEVENT\r\n"
    message = parse(HEAD + b"Content-Type: text/calendar; method=REQUEST\r\n\r\nMETHOD:REQUEST\r\n" + event)
    assert message.body.text == "Invitation: Review\nWhen: 2026-03-02 09:00 UTC"
    assert [each.content_type for each in message.attachments] == ["text/calendar"]


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        (b"Content-Disposition: attachment filename=x.pdf", "x.pdf"),
        (b"Content-Disposition: filename=x.pdf", "x.pdf"),
        (b"Content-Disposition: attachment; (say) filename=x.pdf", "x.pdf"),
        (b"Content-Disposition: attachment; filename='a b.pdf'", "a b.pdf"),
        (b'Content-Disposition: attachment; filename="C:\\Temp\\x.pdf"', "x.pdf"),
        (b"Content-Type: application/pdf name=x.pdf", "x.pdf"),
        (b'Content-Type: application/pdf; filename="x.pdf"', "x.pdf"),
        (b'Content-Type: "application/pdf"; name=x.pdf', "x.pdf"),
        (b"Content-Type: application/pdf;\r\nname=x.pdf", "x.pdf"),
        (b"Content-Type: application/pdf\r\nContent-Description: x.pdf", "x.pdf"),
        (b"Content-Type: image/gif\r\nContent-Location: http://a.example/b/x.gif?c=d", "x.gif"),
        (b"Content-Type: application/pdf\r\nContent-Description: what we spoke of", "part-1.pdf"),
    ],
)
def test_the_name_of_a_file_is_found_where_mailers_put_it(fields: bytes, name: str) -> None:
    typed = b"" if b"-Type" in fields else b"Content-Type: application/octet-stream\r\n"
    (attachment,) = parse(
        HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + typed + fields + b"\r\n\r\nx\r\n--b--"
    ).attachments
    assert attachment.filename == name


def test_every_guessed_charset_of_a_header_is_told() -> None:
    raw = "Subject: Grüße\r\nFrom: Jörg <a@b.example>\r\nTo: c@d.example\r\n\r\nx".encode("cp1252")
    told = "in a charset that nobody names: read as windows-1252"
    assert parse(raw).defects == (f"Subject: {told}", f"From: {told}")
    assert parse("Subject: Grüße\r\nFrom: a@b.example\r\n\r\nx".encode()).defects == ()


def test_the_guessed_charset_of_a_file_name_is_told() -> None:
    field = 'Content-Disposition: attachment; filename="Größe.pdf"'.encode("cp1252")
    message = parse(HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + field + b"\r\n\r\nx\r\n--b--")
    assert message.attachments[0].filename == "Größe.pdf"
    assert "a field of a part: in a charset that nobody names: read as windows-1252" in message.defects


@pytest.mark.parametrize("more", [b"", b"Content-Transfer-Encoding: base64\r\n"])
def test_a_broken_structure_is_told_in_our_own_words(more: bytes) -> None:
    for defect in parse(HEAD + b"Content-Type: multipart/mixed\r\n" + more + b"\r\nx").defects:
        assert "Defect" not in defect


@pytest.mark.parametrize(
    "written", ["text/html Content-Transfer-Encoding: 8bit", "text / html", "text/html charset utf-8"]
)
def test_a_type_with_something_behind_it_is_that_type(written: str) -> None:
    assert parse(HEAD + b"Content-Type: %s\r\n\r\n<p>Hello" % written.encode()).body.text == "Hello"
