"""A mail that is passed on: byte for byte where it may go so, and never with what belongs to another."""

from base64 import b64encode
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from mailgate.notify.outgoing import OutgoingMail
from mailgate.notify.templates import Templates
from mailgate.notify.write import Writer
from mailgate.service.preparation import composed
from mailgate.tickets.model import Ticket
from tests.support.desk import (
    ANA,
    decided,
    hers,
    knowing,
    make_envelope,
    make_mail,
    make_policy,
    make_raw,
    make_ticket,
    signed_address,
)

VENDOR = "parts@vendor.example"
WITH_FILE = (
    b"From: Ana Silva <ana@acme.example>\r\nTo: support@example.com\r\nSubject: Broken\r\n"
    b'Message-ID: <f@acme.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n'
    b"Content-Type: text/plain\r\n\r\nThe fan is broken.\r\n--b\r\nContent-Type: application/pdf\r\n"
    b'Content-Disposition: attachment; filename="fan.pdf"\r\nContent-Transfer-Encoding: base64\r\n'
    b"\r\nJVBERg==\r\n--b--\r\n"
)

SHIPPED = Path(__file__).resolve().parents[2] / "templates"


@pytest.fixture(scope="module")
def templates() -> Templates:
    return Templates.load(SHIPPED, SHIPPED)


def passed_on(raw: bytes, templates: Templates, more: str = "", *tickets: Ticket) -> tuple[OutgoingMail, EmailMessage]:
    events = "ticket.created, customer.replied"
    desk = make_policy(f"rules: [{{name: f, when: [{events}], do: [{{forward: {{to: {VENDOR}{more}}}}}]}}]")
    mail = make_mail(raw, desk, make_envelope(ANA))
    plan = decided(mail, desk, knowing(*tickets))
    made = Writer(plan, mail.message, desk, templates, lambda: raw).write(plan.drafts[0])
    parsed = message_from_bytes(made.content + made.tail.content, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return made, parsed


def test_as_attachment_the_mail_goes_byte_for_byte(templates: Templates) -> None:
    made, parsed = passed_on(WITH_FILE, templates)
    text, attached = parsed.iter_parts()
    assert attached.get_content_type() == "message/rfc822"
    assert WITH_FILE in made.content + made.tail.content
    assert "passes the attached mail on" in str(text)
    assert not made.held


def test_a_mail_of_eight_bits_goes_byte_for_byte_as_a_file(templates: Templates) -> None:
    raw = make_raw(text="Grüße")
    _, parsed = passed_on(raw, templates)
    (attached,) = (part for part in parsed.walk() if part.get_filename() == "message.eml")
    assert attached.get_payload(decode=True) == raw


def test_inline_its_words_are_quoted_below_the_fields_and_its_files_travel(templates: Templates) -> None:
    _, parsed = passed_on(WITH_FILE, templates, ", as: inline")
    body = parsed.get_body(("plain",))
    assert body is not None
    assert "From: Ana Silva <ana@acme.example>\nTo: support@example.com\nSubject: Broken\n\n> The fan is broken.\n" in (
        body.get_content().replace("\r\n", "\n")
    )
    assert [part.get_filename() for part in parsed.iter_attachments()] == ["fan.pdf"]
    assert [part.get_content() for part in parsed.iter_attachments()] == [b"%PDF"]


def test_without_attachments_none_travels(templates: Templates) -> None:
    made, parsed = passed_on(WITH_FILE, templates, ", strip: attachments")
    assert (list(parsed.iter_attachments()), made.tail.content) == ([], b"")


def test_it_says_that_a_machine_sent_it_and_where_an_answer_goes(templates: Templates) -> None:
    made, parsed = passed_on(make_raw(), templates)
    assert (parsed["From"], parsed["To"], parsed["Auto-Submitted"]) == (
        "Support <support@example.com>",
        VENDOR,
        "auto-generated",
    )
    assert parsed["Subject"] == "Fwd: [Ticket#2000] Invoice"
    assert parsed["Reply-To"].addresses[0].username.startswith("support+2000.re.")  # party 2
    assert str(parsed["Message-ID"]).startswith(f"<mg.{made.article}.")
    assert made.reverse_path is not None
    assert made.reverse_path.startswith("support+2000.be.")
    assert str(parsed["In-Reply-To"]).startswith("<mg.")  # of our own: the customer's is not his to know


@pytest.mark.parametrize("where", ["to", "text", "encoded", "agent's footer"])
def test_what_holds_anothers_address_or_our_footer_is_quoted_without_it(where: str, templates: Templates) -> None:
    ticket = make_ticket()
    token = signed_address(ticket, hers() if where == "text" else 2)
    quoted = f"My words.\n\nOn Monday Support wrote:\n> {token}\n> -- below this line: for agents only ----\n"
    fields: dict[str, Any] = {"in_reply_to": "<first@acme.example>", "message_id": "<2@acme.example>"}
    match where:
        case "to":
            raw = make_raw(text="My words.", to=token, **fields)
        case "text":
            raw = make_raw(text=quoted, **fields)
        case "encoded":
            raw = make_raw(text=b64encode(quoted.encode()).decode(), **fields, content_transfer_encoding="base64")
        case _:
            raw = make_raw(text=quoted.replace(token, ""), **fields)
    made, parsed = passed_on(raw, templates, "", ticket)
    whole = (made.content + made.tail.content).decode()
    assert "> My words." in made.text
    assert token.partition("+")[2].partition("@")[0] not in whole
    assert "for agents only" not in whole
    assert (made.held, list(parsed.iter_attachments())) == (False, [])


def test_an_attached_text_with_anothers_address_holds_the_mail(templates: Templates) -> None:
    token = signed_address(make_ticket(), hers()).encode()
    raw = WITH_FILE.replace(b"application/pdf", b"text/plain").replace(b"JVBERg==", b64encode(token))
    made, _ = passed_on(raw, templates)
    assert (made.held, [each.file for each in made.leaks]) == (True, ["fan.pdf"])


def test_the_article_keeps_what_was_sent_and_a_note_what_its_template_says(templates: Templates) -> None:
    do = f"[{{forward: {{to: {VENDOR}, as: inline}}}}, {{note: {{template: agent_new}}}}]"
    desk = make_policy(f"rules: [{{name: f, when: ticket.created, do: {do}}}]")
    raw = make_raw()
    mail = make_mail(raw, desk)
    made = composed(decided(mail, desk), mail.message, desk, templates, lambda: raw)
    _, forward, note = made.plan.articles
    assert "> Hello, please help." in forward.new_text
    assert forward.message_id == made.mails[0].message_id
    assert "Hello, please help." in note.new_text
    assert [each.kind for each in made.mails] == ["forward"]
