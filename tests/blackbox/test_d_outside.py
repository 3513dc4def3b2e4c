"""What a rule calls lies where the configuration says, and nowhere else (spec/safety.md D24, A21, R54)."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.blackbox.conftest import Desk
from tests.support.daemon import Daemon, wait_until
from tests.support.sink_process import Sink
from tests.support.smtp import send
from tests.support.web_server import WebServer

LITERALS = ("127.0.0.1", "[::ffff:127.0.0.1]", "[::1]", "127.1", "2130706433", "0x7f000001", "0.0.0.0", "[::]")
MAIL = b"From: ana@acme.example\r\nTo: support@example.test\r\nSubject: Help\r\n\r\nHello\r\n"
METADATA = ("http://169.254.169.254/", "http://[::ffff:169.254.169.254]/", "http://[fd00:ec2::254]/")


@pytest.fixture
def server() -> Iterator[WebServer]:
    with WebServer() as running:
        yield running


def with_rule(daemon: Daemon, *actions: str) -> Daemon:
    """The first action stands in line 5."""
    listed = "".join(f"      - {each}\n" for each in actions)
    text = f"rules:\n  - name: call\n    when: ticket.created\n    do:\n{listed}"
    (daemon.directory / "rules/90-call.yaml").write_text(text)
    return daemon


def test_d24_a_url_in_a_rule_that_leads_inside_is_refused_with_its_line(desk: Desk, server: WebServer) -> None:
    daemon = desk(started=False, options={"webhooks.erp": {"url": "https://erp.example.com/hook"}})
    urls = (*(server.url(host=host) for host in LITERALS), *METADATA)
    checked = with_rule(daemon, *(f"webhook: '{url}'" for url in urls)).run("rules", "check")
    assert checked.returncode == 1
    for line, url in enumerate(urls, 5):
        assert f"90-call.yaml:{line}:" in checked.stdout + checked.stderr, url
    assert (checked.stdout + checked.stderr).count("error[MG141]") == len(urls)
    assert server.connections == 0


def test_d24_a_url_in_the_configuration_that_leads_inside_is_refused_with_its_line(
    desk: Desk, server: WebServer
) -> None:
    options = {f"webhooks.n{n}": {"url": server.url(host=host)} for n, host in enumerate(LITERALS)}
    checked = desk(started=False, options=options).run("check")
    assert checked.returncode == 1
    assert (checked.stdout + checked.stderr).count("config.toml:") >= len(LITERALS)
    assert server.connections == 0


def test_d24_a_name_that_resolves_to_loopback_is_refused_when_it_is_called(
    desk: Desk, server: WebServer, sink: Sink
) -> None:
    options = {"webhooks.erp": {"url": server.url(host="localhost")}}
    daemon = with_rule(desk(started=False, smarthost=sink.port, options=options), "webhook: erp").start()
    assert send(daemon.port, MAIL).code == 250
    wait_until(lambda: calls(daemon, "failed"), what="the call is refused")
    (call,) = calls(daemon, "failed")
    assert "localhost is not called: " in call["last_reply"]
    assert "a loopback address" in call["last_reply"]
    assert server.connections == 0
    history = daemon.cli("ticket", "show", call["ticket"])["history"]
    assert [each["event"] for each in history if each["event"].startswith("webhook.")] == [
        "webhook.queued",
        "webhook.failed",
    ]


def calls(daemon: Daemon, state: str) -> list[dict[str, Any]]:
    return [each for each in daemon.cli("outbox", "list", "--state", state) if each["kind"] in ("webhook", "program")]
