"""A real `mailgate serve` under test: its configuration, its life and death, and what it says by its command line.

The tests look at it from outside only: SMTP in, the sink, `mailgate ... --json`, the log. It runs on its own ports in a
directory of its own; only processes that were started here are ended here.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from mailgate.service.control import ask
from mailgate.store.location import sqlite_file
from tests.support.postgres import free_port
from tests.support.smtp import Session

ROOT = Path(__file__).resolve().parent.parent.parent
READY_SECONDS = 20.0
LIFTED = {"per_address": "", "per_ticket": "", "per_domain": "", "total": ""}
"""`out.automatic` without limits."""

Options = Mapping[str, Mapping[str, Any]]
NOTHING_ELSE: Options = MappingProxyType({})


def wait_until(true: Callable[[], object], seconds: float = 10.0, what: str = "", every: float = 0.02) -> None:
    """Wait for something that the daemon does in its own time; AssertionError after `seconds`."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {what or true}"
        time.sleep(every)


def toml(value: object) -> str:
    """A value as TOML text; tables are inline."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{json.dumps(str(key))} = {toml(each)}" for key, each in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(toml(each) for each in value) + "]"
    return json.dumps(value)


def _document(sections: Mapping[str, Any]) -> str:
    lines = []
    for name, section in sections.items():
        for table in section if isinstance(section, list) else [section]:
            lines.append(f"[[{name}]]" if isinstance(section, list) else f"[{name}]")
            lines += [f"{key} = {toml(value)}" for key, value in table.items()]
            lines.append("")
    return "\n".join(lines)


class Daemon:
    """One desk: queue `support` (support@, help@example.test), team `first-line` with agent nina@staff.example.

    `smarthost` is the port of a sink on loopback; without one the delivery is paused. `options` go over the default
    configuration, section by section, key by key. `wrapper` is a command line that runs the daemon (strace -D ...).
    """

    def __init__(
        self,
        directory: Path,
        *,
        database_url: str | None = None,
        smarthost: int | None = None,
        options: Options = NOTHING_ELSE,
        wrapper: Sequence[str] = (),
    ) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        directory = self.directory = directory.resolve()
        self.database_url = database_url or f"sqlite:///{directory / 'mailgate.db'}"
        self.port = free_port()
        self.config = directory / "config.toml"
        self.tracebacks_expected = False
        self._wrapper = tuple(wrapper)
        self.process: subprocess.Popen[bytes] | None = None
        self._log = directory / "log"
        self._log.touch()
        self.config.write_text(_document(self._sections(smarthost, options)))

    def _sections(self, smarthost: int | None, options: Options) -> dict[str, Any]:
        out: dict[str, Any] = {"paused": True}
        if smarthost is not None:
            out = {"host": "127.0.0.1", "port": smarthost, "tls": "none", "retry": ["1s", "1s", "2s", "5s"]}
        for name in ("rules", "templates"):
            shutil.copytree(ROOT / name, self.directory / name, dirs_exist_ok=True)
        support = {
            "title": "Support",
            "addresses": ["support@example.test", "help@example.test"],
            "from": "Test Support <support@example.test>",
            "team": "first-line",
        }
        sections: dict[str, Any] = {
            "site": {
                "name": "Test Desk",
                "domain": "example.test",
                "timezone": "Europe/Lisbon",
                "language": "en",
                "number_start": 1,
                "trust_unverified": True,
                "admins": ["ops@staff.example"],
            },
            "database": {"url": self.database_url},
            "keys": {"file": str(self.directory / "keys")},
            "limits": {"free_space": "1MB"},
            "rules": {"dir": str(self.directory / "rules")},
            "templates": {"dir": str(self.directory / "templates")},
            "in": [{"name": "door", "type": "smtp", "listen": f"127.0.0.1:{self.port}"}],
            "out": out,
            "queues": {"support": support},
            "teams": {"first-line": ["nina"]},
            "agents": {"nina": {"name": "Nina Costa", "email": "nina@staff.example", "roles": ["agent", "lead"]}},
        }
        for name, section in options.items():
            sections[name] = {**sections.get(name, {}), **section}
        return sections

    # --- life and death -------------------------------------------------------------------------------------------

    def start(self, *, seconds: float = READY_SECONDS) -> "Daemon":
        """Start it and wait until it greets; AssertionError with its log if it does not within `seconds`."""
        assert self.process is None or self.process.poll() is not None, "it runs already"
        seen = self._log.stat().st_size
        self.process = self.spawn("serve")
        deadline = time.monotonic() + seconds
        while not ("mailgate is ready" in self.log(seen) and self._greets()):
            ended = self.process.poll()
            assert ended is None, f"the daemon ended with {ended}:\n{self.log(seen)}"
            assert time.monotonic() < deadline, f"not ready after {seconds:g} s:\n{self.log(seen)}"
            time.sleep(0.01)
        return self

    def spawn(self, *arguments: str) -> "subprocess.Popen[bytes]":
        """`mailgate -C config.toml ...` in the background; its output goes to the log. The caller ends it."""
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [*self._wrapper, *self._command(*arguments)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.directory,
                env=_environment(),
            )

    def kill9(self) -> None:
        """The process is gone at once, in the middle of whatever it did."""
        process = self._running()
        process.send_signal(signal.SIGKILL)
        process.wait()

    def terminate(self, seconds: float = 30.0) -> int:
        """SIGTERM, and its exit status; a daemon that needs longer than `seconds` to drain is a failure."""
        process = self._running()
        process.send_signal(signal.SIGTERM)
        return process.wait(seconds)

    def restart(self) -> None:
        assert self.terminate() == 0, self.log()
        self.start()

    def close(self) -> None:
        """The end of a test: nothing runs on, and the log holds no traceback unless the test expects one."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise AssertionError(f"the daemon did not end on SIGTERM:\n{self.log()[-4000:]}") from None
        left = self._survivors()
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        assert not left, f"processes outlived the daemon: {left}"
        log = self.log()
        if not self.tracebacks_expected:
            assert "Traceback (most recent call last)" not in log, log[-6000:]

    # --- what it says ---------------------------------------------------------------------------------------------

    def run(self, *arguments: str, stdin: bytes = b"", seconds: float = 60.0) -> "subprocess.CompletedProcess[str]":
        """`mailgate -C config.toml ...` to its end."""
        done = subprocess.run(
            self._command(*arguments),
            input=stdin,
            capture_output=True,
            cwd=self.directory,
            env=_environment(),
            timeout=seconds,
            check=False,
        )
        return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())

    def cli(self, *arguments: str) -> Any:
        """The JSON that `mailgate ... --json` prints; AssertionError with its complaint if it fails."""
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, f"mailgate {' '.join(arguments)}: {done.returncode}\n{done.stdout}{done.stderr}"
        return json.loads(done.stdout)

    def log(self, start: int = 0) -> str:
        return self._log.read_bytes()[start:].decode("utf-8", "replace")

    def settle(self, seconds: float = 30.0, *, delivered: bool = False) -> None:
        """Wait until every accepted mail has its outcome and, with `delivered`, everything composed is sent.

        The daemon is asked by its control socket: `mailgate status` would say the same after a second of CPU.
        """
        database = sqlite_file(self.database_url)
        directory = database.parent if database else self.directory

        def done() -> bool:
            self._running()
            status = ask(directory, "status")
            return status is not None and not (status["spool"]["new"] or (delivered and status["outbox"]["waiting"]))

        wait_until(done, seconds, "the spool and the outbox are empty", every=0.1)

    def _command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "mailgate", "-C", str(self.config), *arguments]

    def _survivors(self, seconds: float = 5.0) -> list[int]:
        """Processes that still work in our directory, where only we start any, after some time to end."""
        deadline = time.monotonic() + seconds
        while (found := _working_in(self.directory)) and time.monotonic() < deadline:
            time.sleep(0.02)
        return found

    def _running(self) -> "subprocess.Popen[bytes]":
        assert self.process is not None, "it was never started"
        assert self.process.poll() is None, f"the daemon ended by itself:\n{self.log()[-4000:]}"
        return self.process

    def _greets(self) -> bool:
        try:
            with Session(self.port, timeout=5.0) as session:
                return session.greeting.code == 220
        except OSError:
            return False


def _working_in(directory: Path) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if (entry / "cwd").readlink() == directory:
                found.append(int(entry.name))
        except OSError:
            continue  # gone, or somebody else's
    return found


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MAILGATE_", "COV_", "PYTEST_"))}
    return kept | {"PYTHONUNBUFFERED": "1"}
