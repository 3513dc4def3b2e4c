from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.message import Mailbox
from mailgate.notify.compose import Headers, compose, compose_parts
from mailgate.notify.enclosed import NOTHING, Enclosed, File
from mailgate.notify.rendered import Rendered
from mailgate.notify.scrub import scrub_line, scrub_text

ANYTHING = st.text(st.characters(codec=None, exclude_categories=[]), max_size=600)
PIECES = "From me|From |.|..|\n|\r|\r\n| |\t|=|=3D|\0|--=_|Subject: x|\u2028|a|日本|\U0001f600|\ud800".split("|")
LONG_PIECES = ["x" * 70, "x" * 72, "x" * 75, "y" * 999, "é" * 40]
AWKWARD = st.lists(st.sampled_from([*PIECES, *LONG_PIECES]), max_size=30).map("".join)
TEXT = ANYTHING | AWKWARD

HEADERS = Headers(
    sender=Mailbox("Support", "support@example.com"),
    to=Mailbox("Ana Silva", "ana@acme.example"),
    reply_to=Mailbox("Support", "support+1042.ra.5571.abcdefghijklmnopq@example.com"),
    subject="[Ticket#1042] Invoice 4711 is wrong",
    message_id="<mg.5571.abcdefghijklmnopq@example.com>",
    in_reply_to="<parent@acme.example>",
    references=("<root@acme.example>",),
    date=datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
    automatic="auto-replied",
    suppress_all=True,
    list_id="billing tickets <billing.support.example.com>",
    extra=(("X-Mailgate-Ticket", "1042"),),
    language="en",
)
RENDERED = Rendered("unused", "Hello Ana,\n", "<p>Hello Ana,</p>\n", "auto-reply", "en")


def parse(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)


def content(message: EmailMessage, subtype: str) -> str:
    part = message.get_body((subtype,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def assert_quoted_printable_keeps_to_76(raw: bytes) -> None:
    for part in message_from_bytes(raw).walk():
        if part["content-transfer-encoding"] == "quoted-printable":
            assert max(len(line) for line in str(part.get_payload()).splitlines()) <= 76


def expected(text: str) -> str:
    clean = scrub_text(text)
    return clean if clean.endswith("\n") else clean + "\n"


def assert_fit_for_the_wire(raw: bytes) -> None:
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert raw.endswith(b"\r\n")
    lines = raw.split(b"\r\n")
    assert max(map(len, lines)) <= 998
    assert b"." not in lines
    assert not [line for line in lines[1:] if line.startswith(b"From ")]


@given(TEXT, TEXT, TEXT, TEXT)
def test_any_values_make_a_mail_that_reads_back_the_same(subject: str, name: str, text: str, html: str) -> None:
    headers = replace(HEADERS, subject=subject, to=Mailbox(name, "ana@acme.example"))
    raw = compose(headers, replace(RENDERED, text=text, html=html))
    assert_fit_for_the_wire(raw)
    assert_quoted_printable_keeps_to_76(raw)
    message = parse(raw)
    assert message.get_all("subject") == [scrub_line(subject)]
    assert [each.addr_spec for each in message["to"].addresses] == ["ana@acme.example"]
    assert content(message, "plain") == expected(text)
    if html:
        assert content(message, "html") == expected(html)
        assert message.get_content_type() == "multipart/alternative"
    else:
        assert message.get_content_type() == "text/plain"
    assert not message.defects
    assert not [part for part in message.walk() if part.defects]


@given(TEXT, TEXT, TEXT, TEXT)
def test_no_value_can_add_a_header(subject: str, name: str, address: str, extra: str) -> None:
    box = Mailbox(name, address)
    headers = replace(
        HEADERS,
        sender=box,
        to=box,
        reply_to=box,
        subject=subject,
        in_reply_to=address,
        references=(address, name),
        list_id=extra,
        extra=(("X-Mailgate-Event", extra),),
        language=name,
    )
    names = [name.lower() for name in message_from_bytes(compose(headers, RENDERED))]
    assert set(names) <= {
        *("from", "to", "reply-to", "subject", "date", "message-id", "in-reply-to", "references", "auto-submitted"),
        *(
            "x-auto-response-suppress",
            "list-id",
            "x-mailgate-event",
            "content-language",
            "mime-version",
            "content-type",
        ),
    }
    assert len(names) == len(set(names))


def test_the_headers_that_an_automatic_answer_needs() -> None:
    message = parse(compose(HEADERS, RENDERED))
    assert message["auto-submitted"] == "auto-replied"
    assert message["x-auto-response-suppress"] == "All"
    assert message["in-reply-to"] == "<parent@acme.example>"
    assert message["references"] == "<root@acme.example> <parent@acme.example>"
    assert message["reply-to"] == "Support <support+1042.ra.5571.abcdefghijklmnopq@example.com>"
    assert message["list-id"] == "billing tickets <billing.support.example.com>"
    assert message["content-language"] == "en"
    assert message["x-mailgate-ticket"] == "1042"
    assert message["message-id"] == HEADERS.message_id
    assert message["date"].datetime == HEADERS.date


def test_what_a_person_wrote_bears_no_mark_of_a_machine() -> None:
    headers = replace(HEADERS, automatic=None, suppress_all=False, list_id=None, extra=(), reply_to=None, language=None)
    names = set(parse(compose(headers, RENDERED)).keys())
    assert names == {
        *("From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "MIME-Version", "Content-Type")
    }


def test_the_message_id_of_outlook_is_answered_byte_for_byte() -> None:
    long = "<" + "AM0PR08MB" * 9 + "=@eurprd08.prod.outlook.com>"
    assert len(long) > 95
    raw = compose(replace(HEADERS, in_reply_to=long), RENDERED)
    assert f"\r\nIn-Reply-To: {long}\r\n".encode() in raw
    assert f"\r\n {long}\r\n".encode() in raw


def test_references_keep_the_first_and_the_last_ten() -> None:
    ids = tuple(f"<{number}@x.example>" for number in range(40))
    message = parse(compose(replace(HEADERS, references=ids, in_reply_to=ids[-1]), RENDERED))
    assert str(message["references"]).split() == [ids[0], *ids[-10:]]


def test_an_id_with_a_line_break_is_left_out_of_the_thread() -> None:
    message = parse(compose(replace(HEADERS, in_reply_to="<a b\x00@x>", references=("<a\r\nBcc: v@x>",)), RENDERED))
    assert message["in-reply-to"] is None
    assert message["references"] is None


def test_the_same_values_make_the_same_bytes() -> None:
    assert compose(HEADERS, RENDERED) == compose(replace(HEADERS), replace(RENDERED))


def test_a_text_that_holds_the_boundary_does_not_end_the_part() -> None:
    boundary = parse(compose(HEADERS, RENDERED)).get_boundary()
    text = f"before\n--{boundary}--\nafter\n"
    message = parse(compose(HEADERS, replace(RENDERED, text=text)))
    assert content(message, "plain") == text


def test_short_ascii_goes_as_it_is_and_everything_else_quoted_printable() -> None:
    def encoding(text: str) -> str:
        part = parse(compose(HEADERS, replace(RENDERED, text=text))).get_body(("plain",))
        assert part is not None
        return str(part["content-transfer-encoding"])

    assert encoding("Hello\n") == "7bit"
    assert encoding("x" * 998) == "7bit"
    assert encoding("x" * 999) == "quoted-printable"
    assert encoding("é") == "quoted-printable"
    assert encoding("a\n.\nb") == "quoted-printable"
    assert encoding("a\nFrom b") == "quoted-printable"


def test_a_local_part_beyond_ascii_is_raw_utf_8() -> None:
    raw = compose(replace(HEADERS, to=Mailbox("Jürgen", "jürgen@bücher.example")), RENDERED)
    assert "<jürgen@xn--bcher-kva.example>\r\n".encode() in raw


@pytest.mark.parametrize("name", ["Subject", "bcc", "X Evil", "X-Evil:", "", "X-\r\nBcc"])
def test_an_extra_field_is_never_one_of_ours_or_no_name_at_all(name: str) -> None:
    with pytest.raises(ValueError, match="extra field"):
        compose(replace(HEADERS, extra=((name, "x"),)), RENDERED)


def test_a_bad_message_id_of_our_own_is_refused() -> None:
    with pytest.raises(ValueError, match="Message-ID"):
        compose(replace(HEADERS, message_id="mg.1@x"), RENDERED)


EVERY_OCTET = bytes(range(256)) * 5
PDF = File("Rechnung Nr. 4711.pdf", "application/pdf", None, EVERY_OCTET)
SHOT = File("shot.png", "image/png", "shot@x", b"\x89PNG" + EVERY_OCTET)
FILES = Enclosed((SHOT,), (PDF, File("notes.txt", "text/plain", None, b"a\n.\nFrom b\r")))


def octets(part: EmailMessage) -> bytes:
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload


def test_files_travel_byte_for_byte_in_the_structure_that_every_reader_knows() -> None:
    raw = compose(HEADERS, RENDERED, FILES)
    assert_fit_for_the_wire(raw)
    mixed = parse(raw)
    assert [part.get_content_type() for part in mixed.walk()] == [
        *("multipart/mixed", "multipart/related", "multipart/alternative", "text/plain", "text/html", "image/png"),
        *("application/pdf", "text/plain"),
    ]
    image, *attached = [part for part in mixed.walk() if part.get_filename()]
    assert (image["content-id"], image.get_content_disposition(), octets(image)) == (
        *("<shot@x>", "inline"),
        SHOT.octets,
    )
    assert [octets(each) for each in attached] == [each.octets for each in FILES.attached]
    assert [each.get_filename() for each in attached] == ["Rechnung Nr. 4711.pdf", "notes.txt"]
    assert {each.get_content_disposition() for each in attached} == {"attachment"}
    assert not [part for part in mixed.walk() if part.defects]


@pytest.mark.parametrize(
    ("enclosed", "html", "kinds"),
    [
        (Enclosed((SHOT,)), "<p>x</p>", ["related", "alternative", "plain", "html", "png"]),
        (Enclosed((), (PDF,)), "<p>x</p>", ["mixed", "alternative", "plain", "html", "pdf"]),
        (Enclosed((SHOT,), (PDF,)), "", ["mixed", "plain", "png", "pdf"]),
        (NOTHING, "", ["plain"]),
    ],
)
def test_there_are_only_the_levels_that_are_needed(enclosed: Enclosed, html: str, kinds: list[str]) -> None:
    message = parse(compose(HEADERS, replace(RENDERED, html=html), enclosed))
    assert [part.get_content_subtype() for part in message.walk()] == kinds
    assert content(message, "plain") == "Hello Ana,\n"


def test_all_copies_of_an_article_share_the_tail() -> None:
    other = replace(HEADERS, to=Mailbox("", "bob@x.example"), reply_to=None)
    boundary = parse(compose(HEADERS, RENDERED, FILES)).get_boundary()
    mine, his = (
        compose_parts(headers, replace(RENDERED, text=text), FILES)
        for headers, text in ((HEADERS, "Hello"), (other, f"--{boundary}--\né"))
    )
    assert mine.tail == his.tail
    assert mine.content != his.content
    assert content(parse(his.content + his.tail), "plain") == f"--{boundary}--\né\n"
    assert compose_parts(HEADERS, RENDERED, FILES, mine.tail) == compose_parts(HEADERS, RENDERED, FILES)
    assert compose_parts(HEADERS, RENDERED, NOTHING).tail == b""


@given(TEXT, TEXT, TEXT, st.binary(max_size=500))
def test_any_file_makes_a_sound_mail_and_comes_back_whole(name: str, kind: str, cid: str, data: bytes) -> None:
    file = File(name, kind, cid, data)
    raw = compose(HEADERS, RENDERED, Enclosed((file,), (file,)))
    assert_fit_for_the_wire(raw)
    parts = [part for part in parse(raw).walk() if part.get_content_disposition()]
    assert [octets(part) for part in parts] == [data, data]
    assert [part.get_content_disposition() for part in parts] == ["inline", "attachment"]
    assert not {name.lower() for part in parts for name in part} - {
        *("content-type", "content-transfer-encoding", "content-disposition", "content-id")
    }


def test_several_recipients_stand_in_to_and_cc() -> None:
    people = (Mailbox("Ana Silva", "ana@acme.example"), Mailbox("J\u00fcrgen, Dr.", "j@x.example"))
    raw = compose(replace(HEADERS, to=people, cc=(*people, Mailbox("", "c@x.example"))), RENDERED)
    assert_fit_for_the_wire(raw)
    message = parse(raw)
    assert [each.addr_spec for each in message["to"].addresses] == ["ana@acme.example", "j@x.example"]
    assert [each.display_name for each in message["cc"].addresses] == ["Ana Silva", "J\u00fcrgen, Dr.", ""]
    assert replace(HEADERS, to=people).mailboxes == (HEADERS.sender, *people, HEADERS.reply_to)
    assert HEADERS.recipients == (HEADERS.to,)
    assert parse(compose(replace(HEADERS, to=()), RENDERED))["to"] is None
