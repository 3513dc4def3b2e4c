"""Attached files: their content is untouched, their type is a type."""

import pytest

from mailgate.notify.enclosed import File, part

KEY = b"0123456789"
MAIL = b"From: a@x.example\r\nSubject: hello\r\n\r\ntext\r\n"


def made(file: File, inline: bool = False) -> str:
    return b"".join(part(file, inline, KEY)).decode("ascii")


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("application/pdf", "application/pdf"),
        ("IMAGE/PNG", "image/png"),
        ("text/plain", "text/plain"),
        ("application/vnd.ms-excel+x.y", "application/vnd.ms-excel+x.y"),
        ("", "application/octet-stream"),
        ("pdf", "application/octet-stream"),
        ("text/html; charset=utf-7", "application/octet-stream"),
        ("text/plain\r\nX: y", "application/octet-stream"),
        ("multipart/mixed", "application/octet-stream"),
        ("message/partial", "application/octet-stream"),
        ("message/external-body", "application/octet-stream"),
        ("a" * 70 + "/x", "application/octet-stream"),
    ],
)
def test_a_content_type_is_of_the_strict_form_or_octets(given: str, written: str) -> None:
    assert made(File("a", given, None, b"x")).startswith(f"Content-Type: {written}\r\n")


def test_text_beyond_ascii_says_that_it_is_utf_8_where_it_is() -> None:
    assert "text/csv; charset=utf-8\r\n" in made(File("a", "text/csv", None, "é".encode()))
    assert "text/csv\r\n" in made(File("a", "text/csv", None, "é".encode("latin-1")))


def test_a_mail_that_passes_everywhere_goes_as_a_mail() -> None:
    assert made(File("old", "message/rfc822", None, MAIL)) == (
        "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: 7bit\r\n"
        'Content-Disposition: attachment;\r\n filename="old.eml"\r\n\r\n' + MAIL.decode()
    )


@pytest.mark.parametrize(
    "trouble",
    [
        b"\xe9\r\n",
        b"a\n",
        b"a\rb\r\n",
        b".\r\n",
        b"From me\r\n",
        b"x" * 999 + b"\r\n",
        b"\0\r\n",
        b"--=_m" + KEY + b"\r\n",
    ],
)
def test_a_mail_that_would_be_changed_on_the_way_goes_as_a_file(trouble: bytes) -> None:
    written = made(File("", "message/rfc822", None, MAIL + trouble))
    assert written.startswith("Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n")
    assert 'filename="attachment.eml"' in written


@pytest.mark.parametrize(
    ("given", "field"), [("a@x", "<a@x>"), ("<a@x>", "<a@x>"), ("a b", None), ("a>\r\nX: y", None)]
)
def test_a_content_id_is_one_or_there_is_none(given: str, field: str | None) -> None:
    written = made(File("a", "image/png", given, b"x"), inline=True)
    assert (f"\r\nContent-ID: {field}\r\n" in written) == bool(field)
    assert "X: y" not in written
    assert "Content-ID" not in made(File("a", "image/png", "a@x", b"x"))


def test_base64_lines_have_76_characters_over_the_seams_too() -> None:
    lines = made(File("a", "application/pdf", None, b"x" * 2_000_000)).partition("\r\n\r\n")[2].split("\r\n")
    assert {len(line) for line in lines[:-1]} == {76}
    assert 0 < len(lines[-1]) <= 76
