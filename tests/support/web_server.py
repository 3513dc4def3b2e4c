"""A small web server on loopback, in threads of its own: it keeps what it was asked, and answers as it is told.

`answers` are used up in order; then everything is answered 204. An answer is the octets of it, or a function that is
handed the connection and may do what it likes with it.
"""

import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

Answer = bytes | Callable[[socket.socket], None]
NO_CONTENT = b"HTTP/1.1 204 No Content\r\n\r\n"


def answer(status: int, body: bytes = b"", **fields: str) -> bytes:
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status} Told\r\nContent-Length: {len(body)}\r\n{head}\r\n".encode() + body


@dataclass(frozen=True, slots=True)
class Asked:
    """A request; `fields` by their names in small letters."""

    method: str
    target: str
    fields: dict[str, str]
    body: bytes


class WebServer:
    """`connections` counts those that were opened, whatever came of them."""

    def __init__(self, *answers: Answer, tls: ssl.SSLContext | None = None) -> None:
        self.answers = list(answers)
        self.requests: list[Asked] = []
        self.connections = 0
        self._tls = tls
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._open: list[socket.socket] = []
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._serving: list[threading.Thread] = []

    def __enter__(self) -> Self:
        self._accepting.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is left open: what a thread opened at the last moment is closed when the thread is through."""
        _end(self._socket)
        self._accepting.join(10)
        for each in tuple(self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        for thread in self._serving:
            thread.join(10)
        for each in self._open:
            _end(each)

    def url(self, path: str = "/hook", host: str = "127.0.0.1", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                self.connections += 1
                self._open.append(connection)
                serving = threading.Thread(target=self._serve, args=(connection,), daemon=True)
                self._serving.append(serving)
                serving.start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError, ValueError):
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
                self._open.append(connection)
            self.requests.append(_read(connection))
            said = self.answers.pop(0) if self.answers else NO_CONTENT
            if isinstance(said, bytes):
                connection.sendall(said)
                connection.close()
            else:
                said(connection)


def _end(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()


def _read(connection: socket.socket) -> Asked:
    raw = b""
    while b"\r\n\r\n" not in raw:
        raw += _more(connection)
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode("ascii").split("\r\n")
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    while len(body) < int(fields.get("content-length", 0)):
        body += _more(connection)
    method, target, _version = first.split(" ")
    return Asked(method, target, fields, body)


def _more(connection: socket.socket) -> bytes:
    octets = connection.recv(65_536)
    if not octets:
        raise ValueError("the request broke off")
    return octets
