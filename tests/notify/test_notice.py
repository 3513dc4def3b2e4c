"""Notices to the operator: their own Message-ID, no ticket, no way to answer."""

from email import message_from_bytes, policy
from pathlib import Path

from mailgate.notify.notice import notice
from mailgate.notify.templates import Templates
from tests.support.desk import NOW, make_policy

SHIPPED = Path(__file__).resolve().parents[2] / "templates"


def test_a_notice_names_the_mail_and_the_cause_and_is_marked_automatic() -> None:
    templates = Templates.load(SHIPPED, SHIPPED)
    facts = ("S4711", "ValueError: no\r\nBcc: victim@evil.example")
    mail = notice("quarantined", "root@example.com", facts, make_policy(), templates, b"n" * 8, NOW)
    read = message_from_bytes(mail.content, policy=policy.default)
    assert mail.article is None
    assert (mail.kind, mail.recipient, read["To"]) == ("report", "root@example.com", "root@example.com")
    assert "S4711" in read["Subject"]
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["Bcc"] is None
    assert read["Reply-To"] is None
    assert read["Message-ID"] == f"<notice.{(b'n' * 8).hex()}@example.com>"
