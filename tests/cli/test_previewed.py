"""A real ticket in a preview: its own words, and the sample's where it has none."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mailgate.cli.previewed import of_ticket
from mailgate.config.read import load
from mailgate.config.settings import Config
from mailgate.notify.samples import ORDINARY
from mailgate.notify.templates import Templates
from mailgate.tickets.model import Agent

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SHIPPED = Path(__file__).resolve().parents[2] / "templates"


@pytest.fixture
def config(tmp_path: Path) -> Config:
    for name in ("rules", "templates"):
        (tmp_path / name).mkdir()
    (tmp_path / "config.toml").write_text(
        '[site]\ndomain = "example.com"\n[queues.support]\naddresses = ["support@example.com"]\n'
        '[[in]]\nname = "smtp"\ntype = "smtp"\n[out]\nhost = "smtp.example.com"\n'
    )
    config = load(tmp_path / "config.toml", {}, offline=True)
    return replace(config, agents={"nina": Agent("nina", "Nina Costa", "nina@example.com", signature="Nina")})


def article(sender: str, text: str, **more: Any) -> dict[str, Any]:
    made = {
        **{"at": "2026-03-02T09:30:00Z", "sender_type": sender, "visibility": "public", "verified": True},
        **{"from": f"{sender} <x@acme.example>", "subject": "Invoice", "text": text, "new_text": text},
        "attachments": [{"filename": "a.pdf", "size": 5}],
    }
    return made | more


def ticket(*articles: dict[str, Any], **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = {
        **{"number": "77", "subject": "Invoice", "queue": "support", "state": "open", "priority": "high"},
        **{"owner": "nina", "tags": ["vip"], "created": "2026-03-02T09:30:00Z", "articles": list(articles)},
        **{"type": None, "fields": {"order": "4711"}},
        "customer": {"name": "Ana", "address": "ana@acme.example"},
    }
    return made | more


def test_the_last_customers_mail_is_the_message_and_the_others_are_earlier(config: Config) -> None:
    shown = ticket(
        article("customer", "first"),
        article("agent", "asked"),
        article("agent", "hidden", visibility="internal"),
        article("customer", "second"),
        article("system", ""),
    )
    seen = of_ticket(shown, config, NOW)
    assert (seen.ticket.fields["order"], seen.ticket.type) == ("4711", "")
    assert (seen.ticket.number, seen.ticket.tag, seen.customer.name) == ("77", "[Ticket#77]", "Ana")
    assert (seen.message.new_text, seen.message.attachments[0].filename) == ("second", "a.pdf")
    assert [(each.text, each.internal) for each in seen.earlier] == [
        *(("hidden", True), ("asked", False), ("first", False))
    ]
    assert (seen.answer.text, seen.signature, seen.agent.name) == ("asked", "Nina", "nina")
    assert seen.quoted is not None
    assert seen.quoted.text == "second"


def test_an_empty_ticket_of_a_queue_that_is_gone_still_shows(config: Config) -> None:
    seen = of_ticket(ticket(customer=None, owner=None, queue="gone"), config, NOW)
    assert (seen.queue.name, seen.quoted, seen.earlier) == ("support", None, ())
    assert seen.answer == ORDINARY.answer
    templates = Templates.load(SHIPPED, SHIPPED)
    for name in templates.names:
        assert templates.render(name, "es", seen).text
