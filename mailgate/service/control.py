"""The control socket: how `mailgate status` and its kin speak to a running daemon. One JSON line each way."""

import asyncio
import contextlib
import json
import os
import socket
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

from mailgate.config.settings import Config
from mailgate.store.location import sqlite_file

Command = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]
NAME = "control.sock"
MAX_LINE = 1 << 20


def socket_directory(config: Config) -> Path:
    """Where the socket lies: systemd's runtime directory, else beside the database, else beside the configuration."""
    if runtime := os.environ.get("RUNTIME_DIRECTORY"):
        return Path(runtime.split(":")[0])
    database = sqlite_file(config.database_url)
    return database.parent if database else config.path.parent


@contextlib.contextmanager
def _short_path(directory: Path) -> Iterator[str]:
    """A path for the socket that fits sockaddr_un (108 octets) however deep the directory lies."""
    handle = os.open(directory, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{handle}/{NAME}"
    finally:
        os.close(handle)


class Control:
    """Serves the socket of one daemon."""

    def __init__(self, directory: Path, commands: dict[str, Command]) -> None:
        self._directory, self._commands = directory, commands
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        with contextlib.suppress(FileNotFoundError):  # a daemon before us was killed; the database lock says it is gone
            (self._directory / NAME).unlink()
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        with _short_path(self._directory) as path:
            listener.bind(path)
        (self._directory / NAME).chmod(0o660)
        self._server = await asyncio.start_unix_server(self._serve, sock=listener, limit=MAX_LINE)

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            with contextlib.suppress(FileNotFoundError):
                (self._directory / NAME).unlink()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = json.loads(await reader.readline())
            command = self._commands.get(request.get("command", ""))
            answer = await command(request) if command else {"error": "unknown command"}
        except (ValueError, AttributeError) as error:
            answer = {"error": f"not understood: {error}"}
        with contextlib.suppress(ConnectionError):
            writer.write(json.dumps(answer).encode() + b"\n")
            await writer.drain()
        writer.close()


def ask(directory: Path, command: str, timeout: float = 5.0) -> dict[str, Any] | None:
    """Ask the daemon that serves `directory`; None where none answers. Seconds."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as channel, _short_path(directory) as path:
            channel.settimeout(timeout)
            channel.connect(path)
            channel.sendall(json.dumps({"command": command}).encode() + b"\n")
            with channel.makefile("rb") as answer:
                loaded = json.loads(answer.readline(MAX_LINE))
    except (OSError, ValueError):
        return None
    return loaded if isinstance(loaded, dict) else None
