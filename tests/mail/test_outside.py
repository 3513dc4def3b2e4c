"""What stands in a multipart outside of its parts: never a lost word (spec/mail.md 1)."""

import pytest

from mailgate.mail.message import Message
from mailgate.mail.outside import TOLD
from mailgate.mail.parse import parse


def mail(before: str = "", after: str = "", part: str = "Hello.") -> Message:
    head = "From: Ana <ana@acme.example>\nContent-Type: multipart/mixed; boundary=b\n\n"
    return parse(f"{head}{before}\n--b\n\n{part}\n--b--\n{after}".encode())


@pytest.mark.parametrize(
    ("before", "after"),
    [("Read this first.", ""), ("", "Lost below."), ("A multi-part message.\n\nRead this first.", "")],
)
def test_words_outside_the_parts_are_put_away_and_told(before: str, after: str) -> None:
    message = mail(before, after)
    words = after or "Read this first."
    assert message.body.new_text == "Hello."
    assert message.body.quoted_text == f"[outside the parts: {words}]"
    assert TOLD in message.defects


@pytest.mark.parametrize(
    "before",
    [
        "",
        "This is a multi-part message in MIME format.",
        "This is a MIME-encapsulated message.",
        "Dies ist eine mehrteilige Nachricht im MIME-Format.",
        "If you can read this, your mail reader does not know attachments.",
        "--b2--\n_____ . _____",
    ],
)
def test_what_programs_write_there_is_nothing(before: str) -> None:
    message = mail(before, "\n--old--\n)")
    assert (message.body.text, message.defects) == ("Hello.", ())


def test_words_outside_are_the_text_of_a_mail_without_another() -> None:
    message = mail("Read this first.", part="")
    assert message.body.new_text == "Read this first."
    assert TOLD in message.defects


def test_a_footer_between_nested_multiparts_is_found() -> None:
    inner = "Content-Type: multipart/mixed; boundary=i\n\n--i\n\ninner\n--i--\nFooter of a list"
    head = "From: Ana <ana@acme.example>\nContent-Type: multipart/mixed; boundary=b\n\n"
    message = parse(f"{head}--b\n{inner}\n--b\n\nouter\n--b--\n".encode())
    assert message.body.quoted_text == "[outside the parts: Footer of a list]"
