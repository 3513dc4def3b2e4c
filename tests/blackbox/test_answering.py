"""Whom the acknowledgement goes to, seen from outside (D27, D49, D50)."""

import pytest

from tests.blackbox.conftest import Desk
from tests.support.sink_process import Sink
from tests.support.smtp import send

PLAIN = b"""\
From: Ana Silva <ana@acme.example>\r
To: support@example.test\r
Subject: Printer\r
Message-ID: <1@acme.example>\r
"""
TEXT = b"\r\nIt is on fire.\r\n"


@pytest.mark.parametrize("field", [b"", b"Auto-Submitted: No (really)\r\n", b'Auto-Submitted: no; by="a person"\r\n'])
def test_a_person_gets_one_acknowledgement_and_the_agent_is_told(desk: Desk, sink: Sink, field: bytes) -> None:
    daemon = desk(smarthost=sink.port)
    assert send(daemon.port, PLAIN + field + TEXT).code == 250
    daemon.settle(delivered=True)
    (answer,) = sink.to("ana@acme.example")
    assert answer.header("Auto-Submitted").startswith("auto-replied")
    assert answer.header("In-Reply-To") == "<1@acme.example>"
    assert answer.reverse_path == ""
    assert sink.to("nina@staff.example")


@pytest.mark.parametrize(
    "field",
    [
        b"List-Id: Printers <printers.lists.example>\r\nPrecedence: list\r\n",
        b"Precedence: bulk\r\n",
        b"Auto-Submitted: auto-replied\r\n",
        b"Auto-Submitted: AUTO-Notified\r\n",
        b"X-Auto-Response-Suppress: DR, OOF, AutoReply\r\n",
        b"X-Loop: somebody\r\n",
    ],
)
def test_a_list_or_a_machine_gets_a_ticket_and_no_answer(desk: Desk, sink: Sink, field: bytes) -> None:
    daemon = desk(smarthost=sink.port)
    assert send(daemon.port, field + PLAIN + TEXT).code == 250
    daemon.settle(delivered=True)
    assert len(daemon.cli("ticket", "list")) == 1
    assert sink.to("ana@acme.example") == []
    assert sink.to("nina@staff.example"), "the agent is told all the same"


def test_the_same_delivery_twice_is_one_article_and_one_acknowledgement(desk: Desk, sink: Sink) -> None:
    daemon = desk(smarthost=sink.port)
    for address in ("support@example.test", "help@example.test"):
        assert send(daemon.port, PLAIN + TEXT, to=(address,)).code == 250
    daemon.settle(delivered=True)
    assert sorted(row["state"] for row in daemon.cli("spool", "list")) == ["done", "duplicate"]
    assert [ticket["articles"] for ticket in daemon.cli("ticket", "list")] != []
    assert len(sink.to("ana@acme.example")) == 1
