"""What rules call, seen from the other side: at least once, with one key, whatever is killed and whenever."""

import json
import socket
import sys
from contextlib import suppress
from pathlib import Path

from tests.blackbox.conftest import Desk
from tests.support.daemon import wait_until
from tests.support.sink_process import Sink
from tests.support.smtp import send
from tests.support.web_server import WebServer

MAIL = b"From: ana@acme.example\r\nTo: support@example.test\r\nSubject: Help\r\n\r\nHello\r\n"
RULES = """
rules:
  - name: call
    when: ticket.created
    do: [{webhook: erp}, {run: note-it}]
"""


def never(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.recv(1)


def test_a_daemon_that_dies_between_a_call_and_its_record_calls_again_with_the_same_key(
    desk: Desk, sink: Sink, database_url: str, tmp_path: Path
) -> None:
    noted = tmp_path / "noted"
    program = f"import os, sys; open({str(noted)!r}, 'a').write(os.environ['MAILGATE_IDEMPOTENCY_KEY'] + chr(10))"
    with WebServer(never) as server:
        options = {
            "webhooks.erp": {"url": server.url(), "allow_networks": ["127.0.0.1"]},
            "programs.note-it": {"command": [sys.executable, "-c", program]},
        }
        daemon = desk(started=False, smarthost=sink.port, database_url=database_url, options=options)
        (daemon.directory / "rules/90-call.yaml").write_text(RULES)
        (daemon.directory / "mail.eml").write_bytes(MAIL)
        daemon.start()
        foreseen = daemon.run("explain", "--mail", "mail.eml")
        assert f"webhook erp: POST {server.url()}" in " ".join(foreseen.stdout.split()), foreseen.stdout
        assert server.connections == 0
        assert daemon.cli("outbox", "list") == []
        assert send(daemon.port, MAIL).code == 250
        wait_until(lambda: server.requests, what="the first call")
        daemon.kill9()
        daemon.start()
        daemon.settle(delivered=True)
        first, second = server.requests
    assert first.fields["idempotency-key"] == second.fields["idempotency-key"]
    assert first.body == second.body
    assert json.loads(first.body)["event"] == "ticket.created"
    assert len({*noted.read_text().split()}) == 1
    kinds = {each["kind"]: each["state"] for each in daemon.cli("outbox", "list")}
    assert (kinds["webhook"], kinds["program"]) == ("sent", "sent")
