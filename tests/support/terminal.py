"""A program in a terminal: what it shows is read, and keys are typed, as by a person who waits for the prompt."""

import os
import pty
import select
import signal
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.eventually import PATIENCE

_WHAT_IT_NEEDS = ("PATH", "TMPDIR")
_SIZE = (50, 120)  # lines, columns


class Terminal:
    """Use as a context manager. AssertionError with the screen if the program does not do what is waited for."""

    def __init__(self, command: Sequence[str], home: Path, environment: Mapping[str, str] | None = None) -> None:
        kept = {name: os.environ[name] for name in _WHAT_IT_NEEDS if name in os.environ}
        self._master, slave = pty.openpty()
        termios.tcsetwinsize(slave, _SIZE)
        self._process = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=home,
            env=kept | {"HOME": str(home), "TERM": "xterm", "LC_ALL": "C.UTF-8", "TZ": "UTC"} | dict(environment or {}),
            start_new_session=True,
        )
        os.close(slave)
        self._screen = b""
        self._seen = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)  # with the editor that it may have started
            self._process.wait()
        os.close(self._master)

    def expect(self, text: str) -> None:
        """Wait until the program shows this text, after what was waited for before."""
        wanted = text.encode()
        end = time.monotonic() + PATIENCE
        while (found := self._screen.find(wanted, self._seen)) < 0:
            assert self._read(end), f"it did not show {text!r}:\n{self.screen()}"
        self._seen = found + len(wanted)

    def type(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def finish(self) -> None:
        """Wait until the program ends by itself, content."""
        end = time.monotonic() + PATIENCE
        while self._read(end):
            pass
        assert time.monotonic() < end, f"it did not end:\n{self.screen()}"
        assert self._process.wait(PATIENCE) == 0, self.screen()

    def screen(self) -> str:
        """The last of what was shown, control sequences and all."""
        return self._screen[-6000:].decode("utf-8", "replace")

    def _read(self, end: float) -> bool:
        """Read what there is; False when the program has closed the terminal or the time is over."""
        ready, _, _ = select.select([self._master], [], [], max(0.0, end - time.monotonic()))
        if not ready:
            return False
        try:
            octets = os.read(self._master, 65_536)
        except OSError:  # EIO: nobody has the other side open (pty(7))
            return False
        self._screen += octets
        return bool(octets)
