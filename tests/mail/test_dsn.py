"""Bounces, delays, receipts and complaints (RFC 3464, 8098, 5965), and the free text of a MAILER-DAEMON."""

import json
from base64 import b64encode
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.message import BouncedRecipient, Message
from mailgate.mail.parse import parse

OURS = "<mg.17.ab@example.com>"


def report(
    status: str, returned: str = f"Message-ID: {OURS}\nSubject: x\n", kind: str = "delivery-status", text: str = "sorry"
) -> Message:
    return parse(
        (
            "From: Mail Delivery System <MAILER-DAEMON@mx.example>\nSubject: Undelivered Mail Returned to Sender\n"
            f"Content-Type: multipart/report; report-type={kind}; boundary=b\n\n"
            f"--b\nContent-Type: text/plain\n\n{text}\n"
            f"--b\nContent-Type: message/{kind}\n\n{status}\n--b\nContent-Type: message/rfc822\n\n{returned}\n\n--b--\n"
        ).encode()
    )


HARD = (
    "Reporting-MTA: dns; mx.example\n\nOriginal-Recipient: rfc822;bob@gone.example\n"
    "Final-Recipient: rfc822; bob@gone.example\nAction: failed\nStatus: 5.1.1\n"
    "Diagnostic-Code: smtp; 550 5.1.1 <bob@gone.example>: User unknown\n"
)


def test_a_failure_report_names_our_mail_the_recipient_and_the_reason() -> None:
    message = report(HARD)
    assert message.bounce is not None
    assert message.bounce.original_message_id == OURS
    assert message.bounce.recipients == (
        BouncedRecipient("bob@gone.example", "failed", "5.1.1", True, "550 5.1.1 <bob@gone.example>: User unknown"),
    )
    assert (message.automatic.kind, message.automatic.may_answer) == ("bounce", False)


@pytest.mark.parametrize(
    ("action", "status", "permanent"),
    [
        ("failed", "5.1.1", True),
        ("failed", "4.4.1", False),
        ("failed", "", True),
        ("delayed", "4.4.1", False),
        ("delivered", "2.0.0", False),
        ("relayed", "2.0.0", False),
        ("Failed (really)", "5.0.0", True),
        ("nonsense", "5.0.0", True),
    ],
)
def test_only_a_failure_without_a_passing_status_is_for_good(action: str, status: str, permanent: bool) -> None:
    message = report(f"\nFinal-Recipient: rfc822; a@b.example\nAction: {action}\nStatus: {status}\n")
    assert message.bounce is not None
    (recipient,) = message.bounce.recipients
    assert (recipient.permanent, recipient.status) == (permanent, status or None)


def test_a_status_that_says_nothing_gives_way_to_the_reply_that_is_quoted() -> None:
    message = report(
        "\nFinal-Recipient: rfc822; a@b\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 5.7.1 no\n"
    )
    assert message.bounce is not None
    assert message.bounce.recipients[0].status == "5.7.1"


def test_a_reason_that_only_the_prose_gives_is_told_with_its_status() -> None:
    text = "not delivered:\n\n  bob@gone.example\n    host mx said: 550 5.1.1 <bob@gone.example>:\n    unknown\n\nBye"
    bare = "\nFinal-Recipient: rfc822; bob@gone.example\nAction: failed\nStatus: 5.0.0\n"
    bounce = report(bare, text=text).bounce
    assert bounce is not None
    (recipient,) = bounce.recipients
    assert recipient.status == "5.1.1"
    assert recipient.diagnostic == "host mx said: 550 5.1.1 <bob@gone.example>: unknown"


def test_the_prose_does_not_overrule_the_fields() -> None:
    text = "bob@gone.example: 450 4.2.2 mailbox full"
    bounce = report("\nFinal-Recipient: rfc822; bob@gone.example\nAction: failed\nStatus: 5.0.0\n", text=text).bounce
    assert bounce is not None
    assert (bounce.recipients[0].status, bounce.recipients[0].permanent) == ("5.0.0", True)


def test_an_address_of_the_systems_inside_gives_way_to_the_one_that_was_written_to() -> None:
    bounce = report(
        "\nOriginal-Recipient: rfc822;bob@gone.example\nFinal-Recipient: rfc822;@store.example:35065@lmtp-daemon\n"
        "Action: failed\nStatus: 4.2.2\n"
    ).bounce
    assert bounce is not None
    assert bounce.recipients[0].address == "bob@gone.example"


def test_every_recipient_is_told() -> None:
    second = HARD.partition("\n\n")[2].replace("bob@", "eve@")
    bounce = report(f"{HARD}\n{second}").bounce
    assert bounce is not None
    assert [each.address for each in bounce.recipients] == ["bob@gone.example", "eve@gone.example"]


def test_a_returned_header_alone_is_enough() -> None:
    raw = (
        "From: MAILER-DAEMON@x.example\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
        f"--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: {OURS}\n--b--\n"
    )
    bounce = parse(raw.encode()).bounce
    assert bounce is not None
    assert (bounce.original_message_id, bounce.recipients) == (OURS, ())


@pytest.mark.parametrize(
    ("kind", "meaning"),
    [("disposition-notification", "disposition"), ("feedback-report", "feedback")],
)
def test_receipts_and_complaints_are_no_bounces(kind: str, meaning: str) -> None:
    message = report("Final-Recipient: rfc822; a@b.example\nDisposition: manual-action; displayed", kind=kind)
    assert (message.automatic.kind, message.bounce, message.automatic.may_answer) == (meaning, None, False)


QMAIL = (
    "Hi. This is the qmail-send program at x.example.\nI'm afraid I wasn't able to deliver your message.\n\n"
    "<bob@gone.example>:\n192.0.2.1 does not like recipient.\nRemote host said: 550 5.1.1 user unknown\nGiving up.\n\n"
    f"--- Below this line is a copy of the message.\n\nReturn-Path: <a@b.example>\nMessage-ID: {OURS}\nTo: x@y\n"
)


def test_the_free_text_of_qmail_is_read() -> None:
    message = parse(f"From: MAILER-DAEMON@x.example\nSubject: failure notice\n\n{QMAIL}".encode())
    assert message.automatic.kind == "bounce"
    assert message.bounce is not None
    assert message.bounce.original_message_id == OURS
    (recipient,) = message.bounce.recipients
    assert (recipient.address, recipient.status, recipient.permanent) == ("bob@gone.example", "5.1.1", True)


def test_the_failed_recipients_field_of_exim_and_gmail_is_read() -> None:
    raw = (
        "From: Mail Delivery Subsystem <mailer-daemon@x.example>\nX-Failed-Recipients: bob@gone.example\n"
        "Subject: Delivery Status Notification (Failure)\n\n"
        "Your message to bob@gone.example was refused:\n550 no such user\n"
    )
    bounce = parse(raw.encode()).bounce
    assert bounce is not None
    assert [(each.address, each.action, each.permanent) for each in bounce.recipients] == [
        ("bob@gone.example", "failed", True)
    ]


def test_a_delay_is_not_for_good() -> None:
    raw = "From: MAILER-DAEMON@x.example\nSubject: Warning: message delayed 4 hours\n\n<bob@gone.example>:\n  timeout\n"
    bounce = parse(raw.encode()).bounce
    assert bounce is not None
    assert [(each.action, each.permanent) for each in bounce.recipients] == [("delayed", False)]


@pytest.mark.parametrize(
    ("sender", "subject"),
    [
        ("ana@acme.example", "Undelivered Mail Returned to Sender"),
        ("ana@acme.example", "failure notice"),
        ("postmaster@x.example", "Your mailbox is nearly full"),
    ],
)
def test_a_persons_mail_about_a_bounce_is_none(sender: str, subject: str) -> None:
    assert parse(f"From: {sender}\nSubject: {subject}\n\n{QMAIL}".encode()).bounce is None


@given(st.binary(max_size=300))
def test_a_broken_report_is_still_a_report(status: bytes) -> None:
    raw = (
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: message/delivery-status\r\n\r\n" + status + b"\r\n--b--\r\n"
    )
    message = parse(raw)
    assert message.automatic.kind == "bounce"


def test_the_reports_of_the_corpus_name_their_recipients(corpus: Path) -> None:
    checked = 0
    for facts in corpus.glob("*/facts.json"):
        for each in json.loads(facts.read_text(encoding="utf-8")):
            wanted = [row["recipient"] for row in each["expect"].get("dsn", ()) if "recipient" in row]
            if wanted:
                bounce = parse((facts.parent / each["file"]).read_bytes()).bounce
                assert bounce is not None, each["file"]
                assert set(wanted) <= {recipient.address for recipient in bounce.recipients}, each["file"]
                checked += 1
    assert checked


ROW = ("a@b.example", "failed", "5.1.1", True)


@pytest.mark.parametrize(
    ("status", "read"),
    [
        pytest.param(
            "Reporting-MTA: dns; mx\nFinal-Recipient: rfc822;a@b.example\nAction: failed\nStatus: 5.1.1\n"
            "Final-Recipient: rfc822;c@b.example\nAction: failed\nStatus: 5.2.2\n",
            [ROW, ("c@b.example", "failed", "5.2.2", True)],
            id="no blank lines",
        ),
        pytest.param(
            "Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822;a@b.example\n\nAction: failed\n\nStatus: 5.1.1\n",
            [ROW],
            id="blank lines within a group",
        ),
        pytest.param(
            "Reporting-MTA: dns; mx\n\nAction: failed\nStatus: 5.1.1\nFinal-Recipient: rfc822;a@b.example\n\n"
            "Action: delayed\nStatus: 4.4.1\nFinal-Recipient: rfc822;c@b.example\n",
            [ROW, ("c@b.example", "delayed", "4.4.1", False)],
            id="the recipient last",
        ),
        pytest.param(
            "\nOriginal-Recipient: rfc822;a@b.example\nAction: failed\nStatus: 5.1.1\n", [ROW], id="the original alone"
        ),
        pytest.param(
            "\nFinal-Recipient: LOCAL;bob\nX-Actual-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1\n",
            [ROW],
            id="the actual one",
        ),
        pytest.param(
            "\nFinal-Recipient: X400; /PN=x/\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 "
            "<a@b.example> unknown\n",
            [ROW],
            id="in the reply alone",
        ),
        pytest.param(
            "\nFinal-Recipient: utf-8; j\\x{f6}rg@b.example\nAction: failed\nStatus: 5.1.1\n",
            [("jörg@b.example", "failed", "5.1.1", True)],
            id="RFC 6533, escaped",
        ),
        pytest.param(
            "\nFinal-Recipient: utf-8; jörg@b.example\nAction: failed\nStatus: 5.1.1\n",
            [("jörg@b.example", "failed", "5.1.1", True)],
            id="RFC 6533",
        ),
        pytest.param(
            "\nfinal-recipient:rfc822;<a@b.example>\nACTION:Failed\nstatus:5.1.1 (bad mailbox)\n", [ROW], id="any case"
        ),
        pytest.param(
            "\nFinal-Recipient: rfc822;a@b.example\nAction: failed\nDiagnostic-Code: smtp; 550\nno such user here\n",
            [ROW],
            id="no status, and a reply that is not folded",
        ),
        pytest.param(
            "\nFinal-Recipient: rfc822;a@b.example\nAction: relayed\nStatus: 2.1.9\n",
            [("a@b.example", "relayed", "2.1.9", False)],
            id="relayed",
        ),
        pytest.param(
            "\nFinal-Recipient: rfc822;a@b.example\nAction: expanded\nStatus: 2.0.0\n",
            [("a@b.example", "expanded", "2.0.0", False)],
            id="expanded",
        ),
    ],
)
def test_a_broken_or_unusual_report_is_read(status: str, read: list[tuple[str, str, str, bool]]) -> None:
    bounce = report(status).bounce
    assert bounce is not None
    assert [(each.address, each.action, each.status, each.permanent) for each in bounce.recipients] == read


def test_the_address_before_it_was_passed_on_is_kept() -> None:
    fields = "Original-Recipient: rfc822;info@acme.example\nFinal-Recipient: rfc822;bob@gone.example"
    bounce = report(f"\n{fields}\nAction: failed\nStatus: 5.1.1\n").bounce
    assert bounce is not None
    assert [(each.address, each.original) for each in bounce.recipients] == [("bob@gone.example", "info@acme.example")]


def test_a_report_whose_status_part_says_nothing_is_read_in_its_prose() -> None:
    bounce = report("Reporting-MTA: dns; mx.example\n", text="<bob@gone.example>:\n550 5.1.1 user unknown").bounce
    assert bounce is not None
    assert [(each.address, each.status) for each in bounce.recipients] == [("bob@gone.example", "5.1.1")]


def test_the_mail_may_be_named_in_the_status_part_alone() -> None:
    bounce = report(f"Reporting-MTA: dns; mx\nX-Original-Message-ID: {OURS}\n\n{HARD}", returned="Subject: x").bounce
    assert bounce is not None
    assert bounce.original_message_id == OURS


def test_the_parts_of_a_report_that_a_person_passes_on_make_none() -> None:
    raw = (
        "From: Ana Silva <ana@acme.example>\nSubject: FW: Undeliverable: Your order\nContent-Type: multipart/mixed; "
        "boundary=b\n\n"
        f"--b\nContent-Type: text/plain\n\nWhat is this?\n--b\nContent-Type: message/delivery-status\n\n{HARD}\n--b--\n"
    )
    message = parse(raw.encode())
    assert (message.bounce, message.automatic.may_answer) == (None, True)


def test_a_reply_that_stands_in_the_status_field_is_read() -> None:
    status = (
        "Final-Recipient: rfc822;bob@gone.example\nAction: failed\nStatus: 553 Exceeded maximum inbound message size\n"
    )
    bounce = report(status).bounce
    assert bounce is not None
    assert (bounce.recipients[0].status, bounce.recipients[0].permanent) == ("5.3.4", True)
    assert bounce.recipients[0].diagnostic == "553 Exceeded maximum inbound message size"


def test_the_number_of_a_program_is_no_status() -> None:
    status = "Final-Recipient: rfc822;bob@gone.example\nAction: failed\n"
    bounce = report(status, text="<bob@gone.example>: sent by Listmaster version 5.1.2, v4.2.1 or 2.0.12").bounce
    assert bounce is not None
    assert bounce.recipients[0].status is None
    told = report(status, text="<bob@gone.example>: the status is 5.1.1.").bounce
    assert told is not None
    assert told.recipients[0].status == "5.1.1"


@pytest.mark.parametrize("text", ["", "This mail is confidential."])
def test_a_report_that_a_gateway_wraps_in_another_mail_is_read(text: str) -> None:
    inner = (
        f"From: MAILER-DAEMON@mx.example\nMessage-ID: <7@mx.example>\nContent-Type: multipart/report; "
        f"report-type=delivery-status; boundary=i\n\n--i\nContent-Type: message/delivery-status\n\n{HARD}\n--i\n"
        f"Content-Type: message/rfc822\n\nMessage-ID: {OURS}\n\nx\n--i--"
    )
    raw = (
        "From: postmaster@gw.example\nSubject: Delivery Status Notification (Failure)\nContent-Type: multipart/mixed; "
        f"boundary=b\n\n--b\nContent-Type: message/rfc822\n\n{inner}\n--b\n\n{text}\n--b--\n"
    )
    bounce = parse(raw.encode()).bounce
    assert bounce is not None
    assert bounce.original_message_id == OURS
    assert [(each.address, each.status) for each in bounce.recipients] == [("bob@gone.example", "5.1.1")]


def test_fields_of_a_recipient_that_a_gateway_encoded_are_read() -> None:
    encoded = b64encode(HARD.encode()).decode()
    status = f"Reporting-MTA: dns; mx.example\nContent-Transfer-Encoding: base64\nContent-length: 9\n\n{encoded}\n"
    bounce = report(status, text="Sorry").bounce
    assert bounce is not None
    assert [(each.address, each.status) for each in bounce.recipients] == [("bob@gone.example", "5.1.1")]
