"""An attached message that is passed on."""

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
