"""An attached message that is passed on."""

import pytest

from mailgate.mail.message import Mailbox
from mailgate.mail.parse import parse

INNER = "From: Bob <bob@b.example>\nSubject: Broken\n\nIt does not print.\n"


def mail(subject: str, inner: str = INNER, count: int = 1) -> bytes:
    attached = f"--b\nContent-Type: message/rfc822\n\n{inner}" * count
    head = f"From: a@b.example\nSubject: {subject}\nContent-Type: multipart/mixed; boundary=b\n\n"
    return f"{head}--b\n\nsee\n{attached}--b--".encode()


def test_the_attached_message_of_a_forward_is_read() -> None:
    forward = parse(mail("Fwd: Broken")).forward
    assert forward is not None
    assert (forward.author, forward.subject, forward.text, forward.attached) == (
        Mailbox("Bob", "bob@b.example"), "Broken", "It does not print.", True,
    )  # fmt: skip


def test_an_attached_message_alone_makes_no_forward() -> None:
    assert parse(mail("Two questions")).forward is None
    assert parse(mail("Fwd: both", count=2)).forward is None
    assert parse(b"Subject: Fwd: nothing\r\n\r\nx").forward is None


def test_a_broken_attached_message_is_no_obstacle() -> None:
    forward = parse(mail("WG: x", inner="\n\n")).forward
    assert forward is not None
    assert (forward.author, forward.subject) == (Mailbox("", ""), "")


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Fwd: x", "see\n\n----- Forwarded message -----\nFrom: Bo <bo@b.example>\nDate: Mon\nSubject: Broken\n\nHelp"),
        ("WG: Broken", "siehe\n\nVon: Bo <bo@b.example>\nGesendet: Montag 10:00\nAn: mir\nBetreff: Broken\n\nHelp"),
        ("Fwd: x", "> Begin forwarded message:\n> \n> From: Bo <bo@b.example>\n> Subject: Broken\n> \n> Help"),
        ("Tr : x", "---- Message transféré ----\nSujet : Broken\nDe : Bo <bo@b.example>\nPour : moi\n\nHelp"),
        ("no word", "----- Mensaje reenviado -----\nDe: Bo [mailto:bo@b.example]\nAsunto: Broken\n\nHelp"),
        ("Fwd: x", "see\n\n> From: Bo <bo@b.example>\n> Date: Mon, 2 Mar 2026\n> Subject: Broken\n> \n> Help"),
        ("RV: x", "________\nDe: Bo <bo@b.example>\nEnviado: lunes\nPara: mí\nAsunto: Broken\n\nHelp"),
    ],
)  # fmt: skip
def test_a_forward_that_stands_in_the_text_is_read(subject: str, text: str) -> None:
    forward = parse(
        f"From: a@b.example\nSubject: {subject}\nContent-Type: text/plain; charset=utf-8\n\n{text}".encode()
    ).forward
    assert forward is not None
    assert (forward.author.address, forward.subject, forward.text) == ("bo@b.example", "Broken", "Help")
    assert not forward.attached


def test_a_forward_whose_head_is_one_line_is_read() -> None:
    text = '-------- Forwarded message --------\n02.03.2026, 07:00, "Bo" <bo@b.example>:\n\nHelp'
    forward = parse(f"From: a@b.example\nSubject: Fwd: Broken\n\nsee\n\n{text}".encode()).forward
    assert forward is not None
    assert (forward.author, forward.subject, forward.text) == (Mailbox("Bo", "bo@b.example"), "", "Help")


@pytest.mark.parametrize("subject", ["Re: Broken", "AW: Broken", "Broken"])
def test_an_answer_is_no_forward(subject: str) -> None:
    text = "Yes.\n\nFrom: Bo <bo@b.example>\nSent: today\nTo: me\nSubject: Broken\n\nHelp"
    assert parse(f"From: a@b.example\nSubject: {subject}\n\n{text}".encode()).forward is None


def test_a_head_in_the_text_gives_no_control_to_the_subject_or_the_name() -> None:
    head = "From: Ana\x9b\x1b Silva <ana@acme.example>\nSubject: In\x9bvoice\u202e 7\nDate: Mon\nTo: us@x.example"
    mail = f"Subject: Fwd: x\nContent-Type: text/plain; charset=utf-8\n\n---- Forwarded Message ----\n{head}\n\nhello\n"
    forward = parse(mail.encode()).forward
    assert forward is not None
    assert (forward.author.name, forward.subject) == ("Ana Silva", "In voice 7")
