"""The prose of the big systems, one sample each, and what people write about bounces."""

import pytest

from mailgate.mail.parse import parse
from tests.mail.prose_bounces import HEADER, OURS, SYSTEMS


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_prose_of_a_mail_system_names_the_recipient_the_status_and_the_mail(system: str) -> None:
    sample = SYSTEMS[system]
    message = parse(sample.raw())
    assert message.automatic.kind == "bounce"
    assert message.bounce is not None
    read = tuple((each.address, each.action, each.status, each.permanent) for each in message.bounce.recipients)
    assert read == sample.read
    if OURS in sample.raw().decode():
        assert message.bounce.original_message_id == OURS
    assert all(each.diagnostic for each in message.bounce.recipients)


@pytest.mark.parametrize(
    ("author", "subject", "text"),
    [
        (
            "Ana Silva <ana@acme.example>",
            "Undelivered Mail Returned to Sender",
            "I got this, what does it mean?\n\n" + HEADER,
        ),
        ("Ana Silva <ana@acme.example>", "Fwd: failure notice", "<bob@gone.example>:\n550 5.1.1 User unknown\n"),
        ("postmaster@acme.example", "Re: Undeliverable: Your order", "We have created the mailbox, please try again."),
        ("postmaster@acme.example", "Maintenance on Monday", "Mail will be delayed a little on Monday morning."),
        ("Ana Silva <ana@acme.example>", "My parcel", "The parcel was not delivered. Tracking says: user unknown."),
        ("shop@acme.example", "Delivery failed", "Your parcel could not be delivered to bob@gone.example."),
    ],
)
def test_what_people_write_about_bounces_is_none(author: str, subject: str, text: str) -> None:
    message = parse(f"From: {author}\nSubject: {subject}\n\n{text}".encode())
    assert message.bounce is None
    assert message.automatic.kind is None


def test_the_text_of_a_bounce_may_be_html_alone() -> None:
    html = (
        "<html><body><p>Delivery has failed to these recipients or groups:</p><p><a "
        "href='mailto:bob@gone.example'>Bob</a> "
        "(bob@gone.example)</p><p>The recipient's mailbox is full.</p></body></html>"
    )
    raw = f"From: postmaster@gone.example\nSubject: Undeliverable: x\nContent-Type: text/html\n\n{html}"
    bounce = parse(raw.encode()).bounce
    assert bounce is not None
    assert [(each.address, each.status) for each in bounce.recipients] == [("bob@gone.example", "5.2.2")]


def test_a_notice_that_names_nobody_speaks_of_whom_the_mail_was_written_to() -> None:
    raw = (
        "From: System Administrator <postmaster@gone.example>\nSubject: Undeliverable: Your order\nMIME-Version: 1.0\n"
        "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nYour message did not reach "
        "Bob Gone. The "
        f"recipient was not found.\n--b\nContent-Type: message/rfc822\n\n{HEADER}\n--b--\n"
    )
    bounce = parse(raw.encode()).bounce
    assert bounce is not None
    assert bounce.original_message_id == OURS
    assert [(each.address, each.status) for each in bounce.recipients] == [("bob@gone.example", "5.1.1")]


def test_who_writes_and_who_is_written_to_is_no_failed_recipient() -> None:
    raw = (
        "From: MAILER-DAEMON@relay.example\nTo: support@desk.example\nSubject: failure notice\n\nYour message from\n"
        "support@desk.example\ncould not be delivered. Please contact\npostmaster@relay.example\n\n"
        "<bob@gone.example>:\n550 no\n"
    )
    bounce = parse(raw.encode()).bounce
    assert bounce is not None
    assert [each.address for each in bounce.recipients] == ["bob@gone.example"]


@pytest.mark.parametrize("fields", [f"In-Reply-To: {OURS}\n", f"References: <root@x.example> {OURS}\n"])
def test_the_mail_may_be_named_in_the_header_of_the_notice_alone(fields: str) -> None:
    raw = f"From: MAILER-DAEMON@relay.example\n{fields}Subject: failure notice\n\n<bob@gone.example>:\n550 no\n"
    bounce = parse(raw.encode()).bounce
    assert bounce is not None
    assert bounce.original_message_id == OURS
