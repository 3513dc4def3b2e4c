"""Receipts (RFC 8098) and complaints (RFC 5965): of which mail of ours, who, and what."""

import pytest

from mailgate.mail.inspect import as_json
from mailgate.mail.message import Message, Notice
from mailgate.mail.parse import parse

OURS = "<mg.17.ab@desk.example>"


def notice(kind: str, fields: str, returned: str = "", head: str = "", text: str = "Was read.") -> Message:
    below = f"--b\nContent-Type: message/rfc822\n\n{returned}\n" if returned else ""
    return parse(
        (
            f"From: Ana <ana@acme.example>\nTo: support@desk.example\nSubject: Read: Invoice\n{head}MIME-Version: 1.0\n"
            f"Content-Type: multipart/report; report-type={kind}; boundary=b\n\n--b\nContent-Type: text/plain\n\n"
            f"{text}\n"
            f"--b\nContent-Type: message/{kind}\n\n{fields}\n{below}--b--\n"
        ).encode()
    )


@pytest.mark.parametrize(
    ("disposition", "kind"),
    [
        ("manual-action/MDN-sent-manually; displayed", "read"),
        ("automatic-action/MDN-sent-automatically; deleted", "deleted"),
        ("automatic-action/MDN-sent-automatically; dispatched", "processed"),
        ("manual-action/MDN-sent-manually;displayed/error (odd)", "read"),
    ],
)
def test_a_receipt_says_what_became_of_which_mail(disposition: str, kind: str) -> None:
    fields = f"Final-Recipient: rfc822;ana@acme.example\nOriginal-Message-ID: {OURS}\n\nDisposition: {disposition}\n"
    message = notice("disposition-notification", fields)
    assert message.notice is not None
    assert (message.notice.kind, message.notice.original_message_id, message.notice.recipient) == (
        kind,
        OURS,
        "ana@acme.example",
    )
    assert (message.automatic.kind, message.automatic.may_answer, message.bounce) == ("disposition", False, None)


def test_a_complaint_names_the_mail_and_the_recipient() -> None:
    fields = "Feedback-Type: abuse\nUser-Agent: x/1\nVersion: 1\nOriginal-Rcpt-To: <ana@acme.example>\n"
    message = notice("feedback-report", fields, f"Message-ID: {OURS}\nTo: x@acme.example\n\nHello")
    assert message.notice == Notice("complaint", OURS, "ana@acme.example", "abuse")
    assert message.automatic.kind == "feedback"


def test_a_complaint_without_a_recipient_is_of_whom_the_mail_was_written_to() -> None:
    message = notice("feedback-report", "Feedback-Type: abuse\n", f"Message-ID: {OURS}\nTo: ana@acme.example\n\nHello")
    assert message.notice == Notice("complaint", OURS, "ana@acme.example", "abuse")


def test_the_complaints_that_microsoft_passes_on_are_some() -> None:
    raw = (
        "From: staff@hotmail.example\nX-HmXmrOriginalRecipient: ana@hotmail.example\nSubject: complaint about "
        "message from "
        f"192.0.2.1\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\nMessage-ID: "
        f"{OURS}\n\nx\n--b--"
    )
    message = parse(raw.encode())
    assert message.automatic.kind == "feedback"
    assert message.notice == Notice("complaint", OURS, "ana@hotmail.example", "abuse")


def test_receipts_and_complaints_are_inspected_as_reports_of_a_delivered_mail() -> None:
    fields = f"Final-Recipient: rfc822;ana@acme.example\nOriginal-Message-ID: {OURS}\nDisposition: m/s; displayed\n"
    recipient = {
        "address": "ana@acme.example", "action": "delivered", "status": None, "permanent": False,
        "diagnostic": "m/s; displayed",
    }  # fmt: skip
    found = as_json(notice("disposition-notification", fields))
    assert found["bounce"] == {"original_message_id": OURS, "recipients": [recipient]}
    assert found["automatic"]["kind"] == "disposition"
    complaint = as_json(
        notice("feedback-report", "Feedback-Type: abuse\n", f"To: a@b.example\nMessage-ID: {OURS}\n\nx")
    )
    assert complaint["bounce"]["recipients"][0]["address"] == "a@b.example"


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Your message to <ana@acme.example> was automatically rejected:\nQuota exceeded", "5.2.2"),
        ("Your message was refused by the recipient's filter.", "5.7.1"),
    ],
)
def test_a_receipt_by_which_a_filter_refuses_the_mail_is_a_bounce(text: str, status: str) -> None:
    fields = (
        f"Final-Recipient: rfc822; ana@acme.example\nOriginal-Message-ID: {OURS}\nDisposition: "
        "automatic-action/MDN-sent-automatically; deleted\n"
    )
    message = notice("disposition-notification", fields, text=text)
    assert message.notice is None
    assert message.automatic.kind == "bounce"
    assert message.bounce is not None
    assert message.bounce.original_message_id == OURS
    (recipient,) = message.bounce.recipients
    assert (recipient.address, recipient.action, recipient.status) == ("ana@acme.example", "failed", status)
    assert notice("disposition-notification", fields, text="Deleted without being read.").bounce is None


def test_a_complaint_of_hotmail_bears_its_mark_in_the_mail_it_gives_back() -> None:
    raw = (
        "From: <staff@hotmail.example>\nSubject: complaint about message from 192.0.2.7\nContent-Type: "
        "multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\nX-HmXmrOriginalRecipient: "
        f"ana@hotmail.example\nMessage-ID: {OURS}\n\nx\n--b--"
    )
    message = parse(raw.encode())
    assert message.automatic.kind == "feedback"
    assert message.notice == Notice("complaint", OURS, "ana@hotmail.example", "abuse")
