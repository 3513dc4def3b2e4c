"""The leaves of a mail, their contents, and the names of files (T14, R17)."""

import hashlib
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.parse import parse
from mailgate.mail.part import LONGEST_FILENAME, safe_filename
from mailgate.mail.parts import content, tree

NESTED = (
    b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=o\r\n\r\n"
    b"--o\r\nContent-Type: multipart/alternative; boundary=i\r\n\r\n"
    b"--i\r\n\r\nplain\r\n--i\r\nContent-Type: text/html\r\n\r\n<p>html\r\n--i--\r\n"
    b"--o\r\nContent-Type: message/rfc822\r\n\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=: a/b\r\n\r\ninner\r\n"
    b"--o\r\nContent-Type: image/png\r\nContent-ID: <logo@x>\r\nContent-Transfer-Encoding: base64\r\n\r\nAAEC\r\n"
    b"--o--\r\n"
)


def test_leaves_are_named_as_imap_names_them() -> None:
    assert [(part.path, part.content_type) for part in tree(NESTED)] == [
        ("1.1", "text/plain"),
        ("1.2", "text/html"),
        ("2", "message/rfc822"),
        ("3", "image/png"),
    ]


def test_attachments_are_read_again_from_the_raw_mail() -> None:
    message, image = parse(NESTED).attachments
    for attachment in (message, image):
        octets = content(NESTED, attachment.part)
        assert (len(octets), hashlib.sha256(octets).hexdigest()) == (attachment.size, attachment.sha256)
    assert content(NESTED, "3") == b"\x00\x01\x02"
    assert content(NESTED, "2") == b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=: a/b\r\n\r\ninner"


def test_a_part_that_is_not_there_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        content(NESTED, "9")


def test_an_attached_message_keeps_its_octets_and_takes_its_name_from_its_subject() -> None:
    message, image = parse(NESTED).attachments
    assert (message.filename, message.content_type) == ("Grüße_ a-b.eml", "message/rfc822")
    assert (image.filename, image.content_id, image.inline) == ("image-3.png", "logo@x", True)


def test_every_attachment_of_the_corpus_is_read_again(corpus_mails: list[tuple[str, bytes]]) -> None:
    for name, raw in corpus_mails:
        for attachment in parse(raw).attachments[:3]:
            assert hashlib.sha256(content(raw, attachment.part)).hexdigest() == attachment.sha256, name


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("invoice.pdf", "invoice.pdf"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("C:\\Users\\ana\\a.doc", "a.doc"),
        ("../../etc/cron.d/x\x00.txt", "x .txt"),
        ("..", ""),
        (".", ""),
        ("/", ""),
        ("", ""),
        ("\u200b.htaccess", "htaccess"),
        (".\u200b.\u200b/x", "x"),
        ("evil\u202efdp.exe", "evilfdp.exe"),
        ("a\r\nX-Evil: 1.txt", "a X-Evil_ 1.txt"),
        ("u\u0308ber.txt", "über.txt"),
        ("報告書.txt", "報告書.txt"),
        ("a<b>|c?.txt", "a_b_c_.txt"),
    ],
)
def test_file_names_are_for_display_only(written: str, name: str) -> None:
    assert safe_filename(written) == name


def test_a_long_name_keeps_its_extension() -> None:
    assert safe_filename("a" * 5000 + ".pdf").endswith("a.pdf")
    assert len(safe_filename("a" * 5000 + ".pdf")) == LONGEST_FILENAME
    assert len(safe_filename("a." + "b" * 5000)) == LONGEST_FILENAME


@given(st.text(st.characters(codec=None)))
def test_no_name_leaves_its_folder_or_hides(written: str) -> None:
    name = safe_filename(written)
    assert not set(name) & set("/\\\0\r\n")
    assert not name.startswith(".")
    assert name not in (".", "..")
    assert len(name) <= LONGEST_FILENAME
    assert not any(unicodedata.category(char) in ("Cc", "Cs") for char in name)
    assert safe_filename(name) == name


@given(st.text(max_size=300), st.sampled_from(["", ".", ". ", ".pdf", f"{'x' * 140} y.{'z' * 20}"]))
def test_a_harmless_name_stays_as_it_is(name: str, end: str) -> None:
    safe = safe_filename(name + end)
    assert safe_filename(safe) == safe
    assert len(safe) <= LONGEST_FILENAME


@pytest.mark.parametrize(("written", "meant"), [("plain/text", "text/plain"), ("html/text", "text/html")])
def test_a_type_written_the_wrong_way_round_is_the_text(written: str, meant: str) -> None:
    raw = f"From: a@b.example\r\nContent-Type: {written}; charset=utf-8\r\n\r\nhello".encode()
    assert [part.content_type for part in tree(raw)] == [meant]
    assert parse(raw).body.text == "hello"


def test_a_location_is_an_address_and_its_name_is_decoded() -> None:
    raw = (
        b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\n\r\nhi\r\n--o\r\n"
        b"Content-Type: image/png\r\nContent-Location: https://b.example/my%20photo.png?s=1\r\n\r\nx\r\n--o--\r\n"
    )
    assert [each.filename for each in parse(raw).attachments] == ["my photo.png"]
