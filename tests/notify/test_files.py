"""Files of a mail that came in, for one that goes out: byte for byte, and only those that are meant."""

import base64

import pytest

from mailgate.mail.message import Message
from mailgate.mail.parse import parse
from mailgate.mail.pictures import SMALLEST_PICTURE
from mailgate.mail.text_html import html_of_text
from mailgate.notify.enclosed import NOTHING, Enclosed
from mailgate.notify.files import files_of_answer, files_of_notification, no_raw

PDF = bytes(range(256)) * 3 + b"\r\n.\r\nFrom x\n"
BIG, SMALL = b"\x89PNG" + b"p" * SMALLEST_PICTURE, b"\x89PNG tiny"
TEXT = "See the picture."


def part(content_type: str, octets: bytes, disposition: str, more: str = "") -> str:
    coded = base64.encodebytes(octets).decode()
    head = (
        f"Content-Type: {content_type}\nContent-Transfer-Encoding: base64\nContent-Disposition: {disposition}\n{more}"
    )
    return f"--b\n{head}\n{coded}"


def mail(*parts: str) -> tuple[Message, bytes]:
    head = "From: nina@example.com\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
    text = f"--b\nContent-Type: text/plain\n\n{TEXT}\n"
    raw = (head + text + "".join(parts) + "--b--\n").replace("\n", "\r\n").encode()
    return parse(raw), raw


FILE = part("application/pdf", PDF, 'attachment; filename="a b.pdf"')
PICTURE = part("image/png", BIG, "inline", "Content-ID: <big@x>\n")
LOGO = part("image/png", SMALL, "inline", "Content-ID: <logo@x>\n")


def answer(html: str, *parts: str) -> Enclosed:
    message, raw = mail(*parts)
    return files_of_answer(message, lambda: raw, html, TEXT)


def test_what_she_attached_travels_byte_for_byte() -> None:
    (file,) = answer("<p>See the picture.</p>", FILE).attached
    assert (file.filename, file.content_type, file.octets) == ("a b.pdf", "application/pdf", PDF)


@pytest.mark.parametrize("source", ["cid:big@x", "cid:big%40x", "cid:big&#64;x"])
def test_an_image_that_her_answer_shows_goes_inside_and_one_of_the_quotation_not_at_all(source: str) -> None:
    found = answer(f'<p>See <img width="1" src="{source}"></p>', PICTURE, LOGO, FILE)
    assert [file.content_id for file in found.inline] == ["big@x"]
    assert [file.content_type for file in found.attached] == ["application/pdf"]


def test_where_the_html_was_made_anew_pictures_go_as_files_and_logos_not() -> None:
    found = answer(html_of_text(TEXT), PICTURE, LOGO)
    assert (found.inline, [len(file.octets) for file in found.attached]) == ((), [len(BIG)])


def test_images_of_a_quotation_alone_are_not_sent() -> None:
    assert answer("<p><b>See</b> the picture.</p>", PICTURE) == NOTHING


def test_an_image_without_an_id_is_a_file() -> None:
    found = answer("<p>x</p>", part("image/png", BIG, 'inline; filename="x.png"'))
    assert [file.filename for file in found.attached] == ["x.png"]


@pytest.mark.parametrize("kind", ["application/pkcs7-signature", "application/pgp-signature", "application/ms-tnef"])
def test_what_her_mail_program_added_stays_with_us(kind: str) -> None:
    assert answer("<p>x</p>", part(kind, b"nina@example.com", 'attachment; filename="smime.p7s"')) == NOTHING


def test_a_mail_without_files_is_not_even_read_again() -> None:
    message, _ = mail()

    def never() -> bytes:
        raise AssertionError("it was read")

    assert files_of_answer(message, never, "", TEXT) == NOTHING
    assert files_of_notification(message, never, 1_000_000) == NOTHING
    assert no_raw() == b""


def test_a_notification_brings_all_files_or_none() -> None:
    message, raw = mail(FILE, PICTURE, LOGO)
    found = files_of_notification(message, lambda: raw, 1_000_000)
    assert [file.octets for file in found.attached] == [PDF, BIG]
    assert files_of_notification(message, lambda: raw, len(PDF)) == NOTHING


def test_a_mail_whose_raw_bytes_are_gone_has_no_files() -> None:
    message, _ = mail(FILE)
    assert files_of_answer(message, no_raw, "", TEXT).attached == ()
