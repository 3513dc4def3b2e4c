"""Pages whose examples are run: each ```console block's commands in order, in a place like a fresh clone, compared with
what the page says they print. `python -m tests.support.pages PAGE...` writes anew what they print.

A line "..." stands for any lines. `make run` and `make demo` go on in the background while the rest of the page runs.
"""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from mailgate.service.control import ask
from tests.support.daemon import ROOT
from tests.support.postgres import free_port

USUAL = "127.0.0.1:2525"
GO_ON = ("make run", "make demo")
SECONDS = 60.0

_BLOCK = re.compile(r"(?m)^```console\n(.*?)^```$", re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)|<img [^>]*src=\"([^\"]+)\"")
_CHANGING = (  # what is another each time
    (r"\d{4}-\d\d-\d\d", "DATE"),
    (r"\d\d:\d\d(?::\d\d(?:\.\d+)?)?", "TIME"),
    (r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d\d \w{3}\b", "DAY"),
    (r"\+(\d+)\.[a-z][a-z2-7]+\.\d+\.[a-z][a-z2-7]{16}", r"+\1.SIGNED"),
    (r"rules [0-9a-f]{12}", "rules HASH"),
    (r"<[\w.]+\.\w+@", "<ID@"),
    (r"pid \d+", "pid N"),
    (r"up \d+ s\b", "up N s"),
    (r"127\.0\.0\.1:\d+", USUAL),
    (r"\b\d{10}\.O(\d+)\.\S+", r"FILE.O\1"),
)


@dataclass(frozen=True, slots=True)
class Example:
    """A command and what the page says of its output."""

    command: str
    shown: str


def examples(page: str) -> list[Example]:
    return [example for block in _BLOCK.findall(page) for example in _of_block(block)]


def links(page: str) -> list[str]:
    """The targets of its relative links and pictures."""
    return [found for pair in _LINK.findall(page) if (found := pair[0] or pair[1]) and "://" not in found]


def same(shown: str, printed: str) -> bool:
    """Whether the page tells the truth, but for what changes each time."""
    pieces = [re.escape(_neutral(piece.strip("\n"))) for piece in re.split(r"(?m)^\.\.\.$", shown)]
    return re.fullmatch(r"\n*(?:.*\n)*?".join(pieces), _neutral(printed.strip("\n"))) is not None


def _neutral(text: str) -> str:
    for pattern, word in _CHANGING:
        text = re.sub(pattern, word, text)
    return "\n".join(line.rstrip() for line in text.splitlines())


def _of_block(block: str) -> Iterator[Example]:
    for part in re.split(r"(?m)^\$ ", block)[1:]:
        lines = part.splitlines()
        length = lines.index("END") + 1 if "<<'END'" in lines[0] else 0
        length = length or next(n for n, line in enumerate(lines, 1) if not line.endswith("\\"))
        yield Example("\n".join(lines[:length]), "\n".join(lines[length:]))


@contextmanager
def clone() -> Iterator["Clone"]:
    """A directory that looks like a fresh clone after its first `make`."""
    with TemporaryDirectory(prefix="mailgate-") as name:
        directory = Path(name)
        for path in ROOT.iterdir():
            if not path.name.startswith(".") and path.name not in ("var", "mailgate-demo"):
                (directory / path.name).symlink_to(path)
        (directory / ".venv").mkdir()
        (directory / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
        (directory / ".venv" / ".ready").touch()
        made = Clone(directory)
        try:
            yield made
        finally:
            made.close()


class Clone:
    """Runs commands there."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._door = f"127.0.0.1:{free_port()}"
        self._running: list[subprocess.Popen[str]] = []
        self._settling = False
        strange = ("MAILGATE_", "MAKE", "MFLAGS", "COV_", "PYTEST_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(strange)}
        self._environment = kept | {"COLUMNS": "100", "PYTHONUNBUFFERED": "1"}
        self._done(
            f".venv/bin/mailgate -q init var --first-steps --listen {self._door}"
        )  # `make run` takes it as it is

    def run(self, example: Example) -> str:
        """What the command prints; AssertionError where it fails."""
        if example.command in GO_ON:
            return self._gone_on(example)
        printed = self._done(example.command)
        self._settle()
        return printed

    def close(self) -> None:
        for process in self._running:
            os.killpg(process.pid, signal.SIGINT)
            process.communicate(timeout=SECONDS)

    def _done(self, command: str) -> str:
        done = subprocess.run(
            ["sh", "-c", command.replace(USUAL, self._door)],
            capture_output=True,
            text=True,
            cwd=self._directory,
            env=self._environment,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == 0, f"$ {command}\n{done.stdout}{done.stderr}"
        return done.stdout.replace(self._door, USUAL).replace(str(self._directory), "/home/you")

    def _gone_on(self, example: Example) -> str:
        """The lines that it prints until it has said how to end it."""
        process = subprocess.Popen(
            ["sh", "-c", f"exec {example.command}"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            cwd=self._directory,
            env=self._environment,
            start_new_session=True,
        )
        self._running.append(process)
        assert process.stdout is not None
        lines: list[str] = []
        while not (lines and "Ctrl-C" in lines[-1]):
            line = process.stdout.readline()
            assert line, f"$ {example.command} ended:\n{''.join(lines)}"
            lines.append(line)
        self._settling = self._settling or example.command == "make run"
        return "".join(lines).replace(self._door, USUAL)

    def _settle(self) -> None:
        """Until nothing waits any more, an answer inside its undo time neither."""
        deadline = time.monotonic() + SECONDS
        while self._settling:
            status = ask(self._directory / "var", "status")
            if status and not status["spool"]["new"] and not status["outbox"]["waiting"]:
                return
            assert time.monotonic() < deadline, status
            time.sleep(0.05)


def rewritten(page: str) -> str:
    """The page with what its commands print now; what is told with "..." stays."""
    with clone() as place:

        def anew(found: re.Match[str]) -> str:
            return "```console\n" + "".join(_printed(place, each) for each in _of_block(found[1])) + "```"

        return _BLOCK.sub(anew, page)


def _printed(place: Clone, example: Example) -> str:
    printed = place.run(example)
    if same(example.shown, printed) or re.search(r"(?m)^\.\.\.$", example.shown):
        printed = example.shown
    printed = printed.strip("\n")
    return f"$ {example.command}\n" + (f"{printed}\n" if printed else "")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        Path(name).write_text(rewritten(Path(name).read_text()))
