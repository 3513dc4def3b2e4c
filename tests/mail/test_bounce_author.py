"""Who writes bounces in prose: daemons, postmasters, gateways, and what tells them from people."""

import pytest

from mailgate.mail.message import Message
from mailgate.mail.parse import parse
from tests.mail.prose_bounces import HEADER, OURS

TOLD = "Could not deliver the message to the following recipient:\n\nbob@gone.example\n550 5.1.1 no such user\n"
BELOW = f"\n------- Returned message follows -------\n\n{HEADER}"


def mail(author: str, subject: str, text: str, path: str = "") -> Message:
    return parse(f"{path}From: {author}\nTo: support@desk.example\nSubject: {subject}\n\n{text}".encode())


@pytest.mark.parametrize(
    ("author", "subject"),
    [
        ("E500_SMTP_Mail_Service@x.example", "Returned Mail - Error During Delivery"),
        ("AntiVirus_for_SMTP_Gateways@x.example", "Delivery failure notification"),
        ("imss@x.example", "Mail could not be delivered"),
        ("admin@x.example", "Non-Delivery: Your order"),
        ('"System Administrator"@x.example', "Delivery Failure"),
        ("Content-filter at mx.x.example <filter@x.example>", "Undeliverable mail, MTA-BLOCKED"),
    ],
)
@pytest.mark.parametrize("below", ["", BELOW])
def test_a_gateway_is_believed_where_subject_and_words_say_so(author: str, subject: str, below: str) -> None:
    message = mail(author, subject, TOLD + below)
    assert message.automatic.kind == "bounce"
    assert message.bounce is not None
    assert [(each.address, each.status) for each in message.bounce.recipients] == [("bob@gone.example", "5.1.1")]


def test_anybody_is_believed_who_gives_the_mail_back_and_writes_as_no_person_does() -> None:
    bounce = mail("info@x.example", "Undelivered mail", TOLD + BELOW).bounce
    assert bounce is not None
    assert bounce.original_message_id == OURS


@pytest.mark.parametrize(
    "text",
    [
        "Hi, your mail to Bob could not be delivered, see below.\n" + BELOW,
        "I cannot reach bob@gone.example: delivery failed.\n" + BELOW,
        "Why was this mail returned to sender?\n" + BELOW,
        "Die Mail konnte nicht zugestellt werden, bitte prüfen.\n" + BELOW,
        TOLD,
    ],
)
def test_a_person_who_tells_of_a_bounce_is_a_person(text: str) -> None:
    message = mail("Ana Silva <ana@acme.example>", "Undelivered mail", text)
    assert (message.bounce, message.automatic.kind) == (None, None)


def test_a_gateway_that_speaks_of_something_else_sends_no_bounce() -> None:
    assert mail("mail-service@x.example", "Your mail quota report", "You have used 20 % of 2 GB.").bounce is None
    assert mail("admin@x.example", "Delivery of your order failed", "The parcel is back with us.").bounce is None


def test_a_path_that_a_server_wrote_for_the_null_path_counts_as_one() -> None:
    message = mail("relay@x.example", "Undelivered mail", TOLD + BELOW, "Return-Path: <MAILER-DAEMON>\n")
    assert message.automatic.kind == "bounce"


def test_a_gateway_to_phones_answers_the_mail_itself() -> None:
    text = "Error: Invalid user address\n\n550 - no such user here\n\n  RCPT TO: bob@gone.example\n"
    bounce = mail("post_master@phones.example", "Re:Your order", text).bounce
    assert bounce is not None
    assert [(each.address, each.status) for each in bounce.recipients] == [("bob@gone.example", "5.1.1")]
    assert mail("postmaster@x.example", "Re: Your order", "Error 550 is gone now, please try again.").bounce is None


@pytest.mark.parametrize(
    ("subject", "kind"),
    [("Nachricht nicht zugestellt", "bounce"), ("Hello", "auto-generated")],
)
def test_with_a_null_path_subject_and_words_are_enough(subject: str, kind: str) -> None:
    text = "Ihre Nachricht an bob@gone.example konnte nicht zugestellt werden: 550 5.1.1 User unknown"
    assert mail("robot@x.example", subject, text, path="Return-Path: <>\n").automatic.kind == kind
