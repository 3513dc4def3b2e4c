"""One HTTP/1.1 request to an address that is known already, and the head of its answer (RFC 9112).

Written here because no client that we have connects to a given address and speaks to it by a name, and because so
little is wanted: no redirect, proxy, cookie, or connection that is kept. The standard library reads the answer. Whoever
calls sets the time for all of it; nothing is read beyond the caps, whatever the server sends.
"""

import asyncio
import contextlib
import http.client
import io
import re
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from mailgate.errors import MailgateError
from mailgate.rules.reach import Address
from mailgate.rules.web_address import WebAddress

MAX_HEAD = 16_384  # octets
MAX_EXCERPT = 2_000  # octets of the body, for the operator
EXCERPT_SECONDS = 1.0
_MOST_INTERIM = 5
_INTERIM = re.compile(rb"HTTP/1\.[01] 1")  # answers of the class 1xx (RFC 9110 15.2)


class NotHttp(MailgateError):
    """What came is no answer."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked. `fields` need no Host, Content-Length or Connection."""

    address: WebAddress
    method: str
    fields: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """`excerpt`: the beginning of the body, as text; of an answer that says yes nobody asks for more."""

    status: int
    reason: str
    fields: Mapping[str, str]  # names in small letters
    excerpt: str


async def ask(
    request: Request, addresses: Sequence[Address], tls: ssl.SSLContext, before: Callable[[], Awaitable[None]]
) -> Answer:
    """Connect to the first of `addresses` that answers, await `before`, ask.

    Raises OSError (ssl.SSLError among them), NotHttp, and what `before` raises.
    """
    reader, writer = await _connect(request.address, addresses, tls)
    try:
        await before()
        writer.write(_octets(request))
        await writer.drain()
        return await _answer(reader, request.method)
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
        raise NotHttp("the connection ended, or said too much, before there was an answer") from error
    finally:
        writer.transport.abort()  # not closed in good order: there is nobody to wait for


async def _connect(
    place: WebAddress, addresses: Sequence[Address], tls: ssl.SSLContext
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    secure = {"ssl": tls, "server_hostname": place.host} if place.scheme == "https" else {}
    failed: OSError | None = None
    for address in addresses:
        try:
            return await asyncio.open_connection(str(address), place.port, limit=MAX_HEAD, **secure)  # type: ignore[arg-type]  # of one mapping
        except OSError as error:
            failed = error
    raise failed or OSError("there is no address to connect to")


def _octets(request: Request) -> bytes:
    fields = {"Host": request.address.authority, **request.fields, "Connection": "close"}
    if request.method != "GET":
        fields["Content-Length"] = str(len(request.body))
    head = [f"{request.method} {request.address.target} HTTP/1.1", *(f"{n}: {value}" for n, value in fields.items())]
    if any(not line.isascii() or not line.isprintable() for line in head):
        raise ValueError("a header field of a request is ASCII on one line")
    return "\r\n".join((*head, "", "")).encode() + request.body


async def _answer(reader: asyncio.StreamReader, method: str) -> Answer:
    for _ in range(_MOST_INTERIM):
        head = await reader.readuntil(b"\r\n\r\n")
        if not _INTERIM.match(head):
            break
    response = _parsed(head, method)
    fields = {name.lower(): value for name, value in response.getheaders()}
    excerpt = "" if response.status < 300 else await _excerpt(reader, head, method)
    return Answer(response.status, response.reason, fields, excerpt)


async def _excerpt(reader: asyncio.StreamReader, head: bytes, method: str) -> str:
    """What comes of the body at once; a body that breaks off does not change the answer."""
    body = b""
    with contextlib.suppress(TimeoutError, OSError):
        async with asyncio.timeout(EXCERPT_SECONDS):
            while len(body) < MAX_EXCERPT and (more := await reader.read(MAX_EXCERPT)):
                body += more
                if _is_whole(head, body, method):
                    break
    return _read(_parsed(head + body, method)).decode("utf-8", "replace")


def _is_whole(head: bytes, body: bytes, method: str) -> bool:
    """Whether no more will come, though the server may keep the connection."""
    response = _parsed(head + body, method)
    if response.chunked:
        return body.endswith(b"0\r\n\r\n")
    return response.length is not None and len(body) >= response.length


def _read(response: http.client.HTTPResponse) -> bytes:
    try:
        return response.read(MAX_EXCERPT)
    except http.client.IncompleteRead as error:
        return error.partial
    except http.client.HTTPException:
        return b""


class _Octets(io.BytesIO):
    """What was read, in the place of a socket."""

    def makefile(self, *_: object) -> io.BytesIO:
        return self


def _parsed(octets: bytes, method: str) -> http.client.HTTPResponse:
    response = http.client.HTTPResponse(_Octets(octets), method=method)  # type: ignore[arg-type]  # a socket that is read
    try:
        response.begin()
    except (http.client.HTTPException, ValueError) as error:
        raise NotHttp(f"this is not an answer in HTTP: {type(error).__name__}") from None
    return response
