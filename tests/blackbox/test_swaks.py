"""Mail from swaks, the tool that everybody reaches for first, and what it is told (D27)."""

import subprocess

import pytest

from tests.blackbox.conftest import Desk, need
from tests.support.daemon import Daemon
from tests.support.sink_process import Sink


def swaks(daemon: Daemon, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [need("swaks"), "--server", "127.0.0.1", "--port", str(daemon.port), "--helo", "client.example"]
    return subprocess.run([*command, *arguments], capture_output=True, text=True, check=False, timeout=60)


def test_a_mail_becomes_a_ticket_with_text_and_attachment(desk: Desk) -> None:
    daemon = desk()
    sent = swaks(
        daemon,
        *("--to", "support@example.test", "--from", "ana@acme.example"),
        *("--header", "Subject: Invoice 4711 is wrong", "--body", "It says 12, it should say 21."),
        *("--attach-name", "note.txt", "--attach-type", "text/plain", "--attach", "see the second line"),
    )
    assert sent.returncode == 0, sent.stdout
    daemon.settle()
    (ticket,) = daemon.cli("ticket", "list")
    assert (ticket["subject"], ticket["customer"]) == ("Invoice 4711 is wrong", "ana@acme.example")
    shown = daemon.cli("ticket", "show", ticket["number"])
    article = shown["articles"][0]
    assert "It says 12, it should say 21." in article["new_text"]
    assert [each["filename"] for each in article["attachments"]] == ["note.txt"]
    assert article["spool_id"] in sent.stdout


@pytest.mark.parametrize(
    ("address", "answer"), [("nobody@example.test", "550 5.1.1"), ("x@other.example", "550 5.7.1")]
)
def test_an_unknown_address_and_a_relay_attempt_are_refused_at_rcpt(desk: Desk, address: str, answer: str) -> None:
    daemon = desk()
    sent = swaks(daemon, "--to", address, "--from", "ana@acme.example")
    assert sent.returncode == 24, sent.stdout  # swaks: no recipient was accepted
    assert answer in sent.stdout
    assert daemon.cli("spool", "list") == []


@pytest.mark.parametrize("address", ["postmaster@example.test", "PostMaster"])
def test_postmaster_is_always_taken(desk: Desk, address: str) -> None:
    daemon = desk()
    sent = swaks(daemon, "--to", address, "--from", "ana@acme.example")
    assert sent.returncode == 0, sent.stdout
    daemon.settle()
    assert [row["outcome"] for row in daemon.cli("spool", "list")] == ["article"]


def test_mail_with_the_null_reverse_path_is_taken_and_never_answered(desk: Desk, sink: Sink) -> None:
    daemon = desk(smarthost=sink.port)
    sent = swaks(daemon, "--to", "support@example.test", "--from", "<>", "--header", "From: robot@acme.example")
    assert sent.returncode == 0, sent.stdout
    daemon.settle(delivered=True)
    assert len(daemon.cli("ticket", "list")) == 1
    assert sink.to("robot@acme.example") == []
    assert sink.to("nina@staff.example"), "the agent is told all the same"
