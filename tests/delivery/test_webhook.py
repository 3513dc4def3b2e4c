"""mailgate.delivery.webhook, with a real web server on the loopback (which each test's configuration allows)."""

import asyncio
import hashlib
import hmac
import json
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest

from mailgate.clock import ManualClock
from mailgate.config.settings import Secret, WebhookSettings
from mailgate.delivery.caller import Caller
from mailgate.delivery.carrier import LeaseLost
from mailgate.delivery.result import DeliveryResult, Parcel
from mailgate.delivery.webhook import retry_after
from mailgate.ids import SeededIds
from mailgate.rules.web_address import parse_web_address
from tests.support.parcels import BORN, ours
from tests.support.tls import authority
from tests.support.web_server import WebServer, answer

LOOPBACK = (ip_network("127.0.0.0/8"),)
BODY = b'{"event":"ticket.created"}'


def caller(url: str, clock: ManualClock | None = None, **settings: object) -> Caller:
    usual = WebhookSettings("erp", parse_web_address(url), allow_networks=LOOPBACK)
    webhook = replace(usual, **settings)  # type: ignore[arg-type]
    return Caller({"erp": webhook}, {}, clock or ManualClock(BORN), SeededIds())


def parcel(url: str, method: str = "POST", timeout: float = 5, retries: int = 8, attempts: int = 0) -> Parcel:
    call = {
        "kind": "webhook",
        "name": "erp",
        "event": "ticket.created",
        "rule": "r",
        "timeout": timeout,
        "retries": retries,
        "method": method,
    }
    return Parcel(1, None, url, b"" if method == "GET" else BODY, "key-of-it", attempts, BORN, json.dumps(call))


async def called(server: WebServer, **form: object) -> DeliveryResult:
    url = server.url()
    return await caller(url).deliver(parcel(url, **form), ours)  # type: ignore[arg-type]


@pytest.mark.asyncio
async def test_a_call_carries_its_key_its_body_and_the_signature_of_both_ends() -> None:
    with WebServer() as server:
        url = server.url("/orders/1?a=b")
        carrier = caller(url, secret=Secret("hush"), signed=True)
        result = await carrier.deliver(parcel(url), ours)
        (asked,) = server.requests
    assert (result.verdict, result.text) == ("sent", "204 No Content")
    assert (asked.method, asked.target, asked.body) == ("POST", "/orders/1?a=b", BODY)
    assert asked.fields["host"] == f"127.0.0.1:{server.port}"
    assert asked.fields["idempotency-key"] == "key-of-it"
    assert asked.fields["content-type"] == "application/json"
    seconds = str(int(BORN.timestamp()))
    digest = hmac.new(b"hush", f"{seconds}.".encode() + BODY, hashlib.sha256).hexdigest()
    assert asked.fields["x-mailgate-signature"] == f"t={seconds},v1={digest}"


@pytest.mark.asyncio
async def test_a_get_has_no_body() -> None:
    with WebServer() as server:
        assert (await called(server, method="GET")).verdict == "sent"
        (asked,) = server.requests
    assert (asked.method, asked.body) == ("GET", b"")
    assert "content-length" not in asked.fields


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        *((status, "sent") for status in (200, 201, 202, 204, 299)),
        *((status, "failed") for status in (400, 401, 403, 404, 410, 422)),
        *((status, "deferred") for status in (408, 425, 429, 500, 502, 503, 504)),
        *((status, "failed") for status in (301, 302, 303, 307, 308)),
    ],
)
async def test_the_status_says_whether_it_is_done(status: int, verdict: str) -> None:
    with WebServer() as other, WebServer(answer(status, b"because", Location=other.url())) as server:
        result = await called(server)
        assert result.verdict == verdict
        assert result.text.startswith(str(status))
        assert (server.connections, other.connections) == (1, 0)  # no redirect is followed


@pytest.mark.asyncio
async def test_the_last_attempt_is_the_end() -> None:
    with WebServer(answer(500, b"on fire")) as server:
        result = await called(server, retries=2, attempts=2)
    assert (result.verdict, result.text) == ("failed", "gave up after 3 attempts: 500 Told: on fire")


@pytest.mark.asyncio
async def test_a_server_that_asks_for_time_gets_it() -> None:
    with WebServer(answer(503, Retry_After="3600")) as server:
        result = await called(server)
    assert (result.verdict, result.wait) == ("deferred", timedelta(hours=1))


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        (None, None),
        ("120", timedelta(minutes=2)),
        ("999999999999999999", timedelta(days=1)),
        ("Thu, 01 Jan 2026 01:00:00 GMT", timedelta(hours=1)),
        ("Thu, 01 Jan 2020 01:00:00 GMT", timedelta()),
        ("Thu, 01 Jan 9999 01:00:00 GMT", timedelta(days=1)),
        ("soon", None),
        ("-1", None),
    ],
)
def test_a_wait_is_seconds_or_a_date_and_a_day_at_most(said: str | None, wait: timedelta | None) -> None:
    assert retry_after(said, datetime(2026, 1, 1, tzinfo=UTC)) == wait


def silence(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.recv(1)


def drip(connection: socket.socket) -> None:
    """An answer that never ends, an octet at a time."""
    with suppress(OSError):
        connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
        connection.settimeout(0.05)
        while True:
            with suppress(TimeoutError):
                if not connection.recv(1):
                    return
            connection.sendall(b"a")


def flood(head: bytes) -> Callable[[socket.socket], None]:
    def answered(connection: socket.socket) -> None:
        with suppress(OSError):
            connection.sendall(head)
            for _ in range(10_000):
                connection.sendall(b"a" * 65_536)

    return answered


@pytest.mark.asyncio
@pytest.mark.parametrize("server_does", [silence, drip])
async def test_a_server_that_is_slow_is_left_when_the_time_for_all_of_it_is_up(
    server_does: Callable[[socket.socket], None],
) -> None:
    with WebServer(server_does) as server:
        result = await called(server, timeout=0.3)
    assert (result.verdict, result.text) == ("deferred", "no answer within 0.3 s")


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("head", "verdict"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 655360000\r\n\r\n", "sent"),
        (b"HTTP/1.1 404 No\r\nContent-Length: 655360000\r\n\r\n", "failed"),
        (b"HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n", "deferred"),
        (b"HTTP/1.1 200 OK\r\nX: ", "deferred"),  # a head without an end
        (b"", "deferred"),
    ],
)
async def test_of_a_huge_answer_no_more_than_a_little_is_read(head: bytes, verdict: str) -> None:
    with WebServer(flood(head)) as server:
        result = await called(server)
    assert result.verdict == verdict
    assert len(result.text) < 1_000


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "octets", [b"", b"HTTP/1.1 2", b"220 mail.example ESMTP\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n", b"\x00" * 100]
)
async def test_what_is_no_answer_is_asked_again_later(octets: bytes) -> None:
    with WebServer(octets) as server:
        assert (await called(server)).verdict == "deferred"


@pytest.mark.asyncio
async def test_an_interim_answer_is_not_the_answer() -> None:
    with WebServer(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + answer(201)) as server:
        assert (await called(server)).text == "201 Told"


@pytest.mark.asyncio
async def test_what_a_server_says_steers_no_terminal_and_breaks_no_database() -> None:
    with WebServer(answer(400, b"\x1b[2Jno\x00 \xff\xfe")) as server:
        text = (await called(server)).text
    assert text.isprintable()
    assert "\x00" not in text


@pytest.mark.asyncio
async def test_a_host_in_trouble_is_left_alone_and_another_one_is_not() -> None:
    clock = ManualClock(BORN)
    with WebServer() as well, socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
        reserved.close()
        gone = f"http://127.0.0.1:{port}/"
        carrier = Caller(
            {
                "erp": WebhookSettings("erp", parse_web_address(gone), allow_networks=LOOPBACK),
                "two": WebhookSettings("two", parse_web_address(well.url()), allow_networks=LOOPBACK),
            },
            {},
            clock,
            SeededIds(),
        )
        first = await carrier.deliver(parcel(gone), ours)
        second = await carrier.deliver(parcel(gone), ours)
        fine = parcel(well.url())
        other = await carrier.deliver(replace(fine, call=(fine.call or "").replace("erp", "two")), ours)
        clock.advance(timedelta(minutes=10))
        third = await carrier.deliver(parcel(gone), ours)
    assert [(each.verdict, each.tried) for each in (first, second, third)] == [
        ("deferred", True),
        ("deferred", False),
        ("deferred", True),
    ]
    assert second.wait is not None
    assert other.verdict == "sent"


@pytest.mark.asyncio
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"])
async def test_loopback_is_not_called_whatever_its_name_unless_it_is_allowed(host: str) -> None:
    with WebServer() as server:
        url = server.url(host=host)
        result = await caller(url, allow_networks=()).deliver(parcel(url), ours)
        assert result.verdict == "failed"
        assert "loopback" in result.text
        assert server.connections == 0


@pytest.mark.asyncio
async def test_the_address_that_was_judged_is_the_one_that_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that says something else the second time (DNS rebinding) is asked once only."""
    names: list[str] = []

    async def rebinding(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        names.append(host)
        address = "127.0.0.1" if len(names) == 1 else "127.0.0.2"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", rebinding)
    with WebServer() as server:
        url = server.url(host="rebinding.example")
        carrier = caller(url, allow_networks=(ip_network("127.0.0.1/32"),))
        assert (await carrier.deliver(parcel(url), ours)).verdict == "sent"
        assert server.requests[0].fields["host"] == f"rebinding.example:{server.port}"
    assert names.count("rebinding.example") == 1


@pytest.mark.asyncio
async def test_the_certificate_must_be_that_of_the_name_and_of_an_authority_that_is_trusted(
    tmp_path: Path,
) -> None:
    ca, tls = authority(tmp_path)
    with WebServer(tls=tls) as server:
        url = server.url(host="localhost", scheme="https")
        allowed = (*LOOPBACK, ip_network("::1/128"))
        trusting = caller(url, ca_file=Path(ca), allow_networks=allowed)
        assert (await trusting.deliver(parcel(url), ours)).verdict == "sent"
        other = server.url(scheme="https")
        wrong_name = await caller(other, ca_file=Path(ca)).deliver(parcel(other), ours)
        untrusted = await caller(url, allow_networks=allowed).deliver(parcel(url), ours)
        assert (wrong_name.verdict, untrusted.verdict) == ("deferred", "deferred")
        assert "certificate verify failed" in untrusted.text.lower()
        assert len(server.requests) == 1


@pytest.mark.asyncio
async def test_no_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with WebServer() as proxy, WebServer() as server:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url(""))
        assert (await called(server)).verdict == "sent"
        assert proxy.connections == 0


@pytest.mark.asyncio
async def test_a_lease_that_was_lost_asks_nothing() -> None:
    async def theirs() -> bool:
        return False

    with WebServer() as server:
        with pytest.raises(LeaseLost):
            await caller(server.url()).deliver(parcel(server.url()), theirs)
        assert server.requests == []


@pytest.mark.asyncio
@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "https://erp.example.com/hook"])
async def test_what_left_the_configuration_is_not_called_any_more(url: str) -> None:
    with WebServer() as server:
        result = await caller(url).deliver(parcel(server.url()), ours)
        gone = await Caller({}, {}, ManualClock(BORN), SeededIds()).deliver(parcel(server.url()), ours)
        assert (result.verdict, gone.verdict, server.connections) == ("failed", "failed", 0)
