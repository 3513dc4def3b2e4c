"""One list instead of many mails."""

from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from mailgate.notify.digest import digest
from mailgate.notify.templates import Templates
from tests.support.desk import NINA, NOW, make_policy

SHIPPED = Path(__file__).resolve().parents[2] / "templates"

TOKEN = f"1042.rc.5571.a{'b' * 16}"


@pytest.fixture(scope="module")
def templates() -> Templates:
    return Templates.load(SHIPPED, SHIPPED)


def test_a_list_names_every_ticket_and_belongs_to_none(templates: Templates) -> None:
    lines = [(NOW + timedelta(minutes=n), str(1_000 + n), f"agent_new: Ana: Invoice {n}") for n in range(30)]
    mail = digest(NINA, lines, make_policy(), templates, b"n" * 12, NOW)
    read = message_from_bytes(mail.content, policy=policy.default)
    text = read.get_body(("plain",)).get_content()  # type: ignore[union-attr]  # of policy.default
    assert (mail.kind, mail.recipient, mail.article, mail.template) == ("agent", NINA.address, None, "digest")
    assert "30" in read["Subject"]
    assert all(f"Invoice {n}" in text and str(1_000 + n) in text for n in range(30))
    assert (read["Auto-Submitted"], read["Reply-To"]) == ("auto-generated", None)
    assert read["Message-ID"] == f"<notice.{(b'n' * 12).hex()}@example.com>"


def test_what_a_customer_hides_in_his_subject_is_not_passed_on(templates: Templates) -> None:
    line = f"agent_new: Ana: support+{TOKEN}@example.com\r\nBcc: x@evil.example"
    mail = digest(NINA, [(NOW, "1042", line)], make_policy(), templates, b"n" * 12, NOW)
    read = message_from_bytes(mail.content, policy=policy.default)
    assert TOKEN.encode() not in mail.content
    assert read["Bcc"] is None


@pytest.mark.parametrize("language", ["en", "de", "es"])
def test_it_is_in_her_language(templates: Templates, language: str) -> None:
    mail = digest(replace(NINA, language=language), [(NOW, "", "x")], make_policy(), templates, b"n" * 12, NOW)
    assert f"Content-Language: {language}\r\n".encode() in mail.content
