"""parse and fallback: any bytes give a Message (spec/mail.md 1; spec/safety.md T5 to T15)."""

import re
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
from tests.mail.conftest import SAMPLE

HEAD = b"From: ana@acme.example\r\nTo: support@example.com\r\nSubject: x\r\n"
FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
SECONDS = 2.0


def assert_whole(message: Message) -> None:
    """What is promised of every message, whatever it was made of."""
    boxes = (*message.authors, *message.sender, *message.reply_to, *message.to, *message.cc)
    shown = [message.subject, *(value for _, value in message.headers), *(name for name, _ in message.headers)]
    shown += [text for box in boxes for text in (box.name, box.address)]
    shown += [each.filename for each in message.attachments] + [each.content_id or "" for each in message.attachments]
    shown += list(message.defects) + list(message.automatic.reasons)
    if message.bounce:
        shown += [text for each in message.bounce.recipients for text in (each.address, each.diagnostic)]
    assert [text for text in shown if FORBIDDEN.search(text)] == []
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


@given(mutated())
def test_a_damaged_mail_gives_a_message(raw: bytes) -> None:
    assert_whole(parse(raw))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=150)
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


def test_t8_nested_messages_are_one_attachment() -> None:
    raw = HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 1000 + b"Subject: inner\r\n\r\nhello"
    (attachment,) = parse(raw).attachments
    assert attachment.content_type == "message/rfc822"


def test_t9_parts_are_read_to_the_cap_and_the_defect_names_it() -> None:
    part = b"--b\r\nContent-Type: image/png\r\n\r\nx\r\n"
    raw = HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + part * 20_000 + b"--b--\r\n"
    message = parse(raw)
    assert len(message.attachments) == 1000
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

    monkeypatch.setattr(mailparser, "parse_from_bytes", broken)
    message = parse(sample)
    assert (message.subject, message.body.new_text) == ("Invoice", "Hello,\nwhere is it?")
    assert message.ambiguous_author
    assert "mail-parser failed (MailParserRecursionError)" in message.defects


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
    assert (message.body.text, message.attachments) == ("", ())
    assert message.automatic.kind == "auto-reply"
    assert not message.automatic.may_answer
    assert message.defects == ("not read: it took too much time or memory",)
