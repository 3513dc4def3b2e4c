"""Pages whose examples are run: each ```console block's commands in order, in a place like a fresh clone, compared with
what the page says they print. `python -m tests.support.pages PAGE...` writes anew what they print.

A line "..." stands for any lines. `make run` and `make demo` go on in the background while the rest of the page runs;
`cd` holds for what follows. What a reader has before the page begins stands in a block inside an HTML comment. The
place is a copy: whatever a page writes, the repository stays as it is.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import dedent, indent

from mailgate.service.control import ask
from tests.support.daemon import ROOT
from tests.support.postgres import free_port

USUAL = "127.0.0.1:2525"
CLONED, INSTALLED = "/home/you/mailgate", "/etc/mailgate"
NEVER_WRITTEN = ("mailgate", "tests", "bench")
NO_COPY = (".git", ".venv", "var", "mailgate-demo")
PAGES = [*sorted(ROOT.glob("README*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
RUN = [  # README.es.md tells the same as README.md
    ROOT / "README.md",
    *sorted((ROOT / "docs" / "tutorial").glob("*.md")),
    ROOT / "docs" / "how-to" / "change-a-template.md",
    ROOT / "docs" / "how-to" / "change-rules-safely.md",
]
GO_ON = ("make run", "make demo")
SECONDS = 60.0

_BLOCK = re.compile(r"(?m)^( *)```console\n(.*?)^\1```$", re.DOTALL)
_FENCED = re.compile(r"(?m)^( *)```(\w*)\n(.*?)^\1```$", re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)|<img [^>]*src=\"([^\"]+)\"")
_HASH = re.compile(r"\b(?=[0-9a-f]*\d)[0-9a-f]{12}\b")
_CHANGING = (  # what is another each time
    (r"\d{4}-\d\d-\d\d", "DATE"),
    (r"\d\d:\d\d(?::\d\d(?:\.\d+)?)?", "TIME"),
    (r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d\d \w{3}\b", "DAY"),
    (r"\+(\d+)\.[a-z][a-z2-7]+\.\d+\.[a-z][a-z2-7]{16}", r"+\1.SIGNED"),
    (r"\b[0-9a-f]{12}\b", "HASH"),
    (r"<[\w.]+\.\w+@", "<ID@"),
    (r"pid \d+", "pid N"),
    (r"up (?:\d+ min )?\d+ s\b", "up N s"),
    (r"\d+\.\d\d s\b", "N s"),
    (r"127\.0\.0\.1:\d+", USUAL),
    (r"\b\d{10}\.O(\d+)\.\S+", r"FILE.O\1"),
)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of a page, as it stands there without its indentation. `line`: of its fence."""

    page: str
    language: str
    text: str
    line: int

    @property
    def first(self) -> str:
        return self.text.partition("\n")[0]


@dataclass(frozen=True, slots=True)
class Example:
    """A command and what the page says of its output."""

    command: str
    shown: str


def examples(page: str) -> list[Example]:
    return [example for _, block in _BLOCK.findall(page) for example in _of_block(dedent(block))]


def blocks(path: Path) -> list[Block]:
    page, name = path.read_text(encoding="utf-8"), str(path.relative_to(ROOT))
    return [
        Block(name, found[2], dedent(found[3]), page.count("\n", 0, found.start()) + 1)
        for found in _FENCED.finditer(page)
    ]


def is_of_an_installed_desk(page: str) -> bool:
    """Whether its commands are typed as `mailgate`, in the desk's directory; else in a clone."""
    return any(each.command.startswith("mailgate ") for each in examples(page))


def links(page: str) -> list[str]:
    """The targets of its relative links and pictures."""
    return [found for pair in _LINK.findall(page) if (found := pair[0] or pair[1]) and "://" not in found]


def same(shown: str, printed: str) -> bool:
    """Whether the page tells the truth, but for what changes each time."""
    pieces = [re.escape(_neutral(piece.strip("\n"))) for piece in re.split(r"(?m)^\.\.\.$", shown)]
    return re.fullmatch(r"\n*(?:.*\n)*?".join(pieces), _neutral(printed.strip("\n"))) is not None


class Hashes:
    """The hashes of a page, told apart: what one run prints twice stands there twice as the same, and no other does."""

    def __init__(self) -> None:
        self._shown: dict[str, str] = {}

    def agree(self, shown: str, printed: str) -> bool:
        """Whether the page's hashes in this example are those that it showed before, where they can be paired."""
        on_page, now = _HASH.findall(shown), _HASH.findall(printed)
        for old, new in zip(on_page, now, strict=True) if len(on_page) == len(now) else ():
            if self._shown.get(new, old) != old or (new not in self._shown and old in self._shown.values()):
                return False
            self._shown[new] = old
        return True

    def as_shown(self, printed: str) -> str:
        """With the hashes that the page has had for them, so that it changes no more than it must."""
        return _HASH.sub(lambda found: self._shown.setdefault(found[0], found[0]), printed)


def _neutral(text: str) -> str:
    for pattern, word in _CHANGING:
        text = re.sub(pattern, word, text)
    return "\n".join(line.rstrip() for line in text.splitlines())


def _of_block(block: str) -> Iterator[Example]:
    for part in re.split(r"(?m)^\$ ", block)[1:]:
        lines = part.splitlines()
        length = _length(lines)
        yield Example("\n".join(lines[:length]), "\n".join(lines[length:]))


def _length(lines: list[str]) -> int:
    """How many lines a command has: continued with a backslash, or up to the end of a here-document."""
    if "<<'END'" in lines[0]:
        return lines.index("END") + 1
    return next(n for n, line in enumerate(lines, 1) if not line.endswith("\\"))


@contextmanager
def clone(page: str) -> Iterator["Clone"]:
    """A directory that looks like a fresh clone after its first `make`, for this page."""
    with TemporaryDirectory(prefix="mailgate-") as name:
        directory = Path(name)
        for path in ROOT.iterdir():
            if path.name in NEVER_WRITTEN:
                (directory / path.name).symlink_to(path)
            elif path.name not in NO_COPY and not path.name.startswith("."):
                (shutil.copytree if path.is_dir() else shutil.copy)(path, directory / path.name)
        (directory / ".venv").mkdir()
        (directory / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
        (directory / ".venv" / ".ready").touch()
        made = Clone(directory, installed=is_of_an_installed_desk(page))
        try:
            yield made
        finally:
            made.close()


class Clone:
    """Runs commands there. `installed`: the program is found by its name, and the desk is /etc/mailgate."""

    def __init__(self, directory: Path, *, installed: bool) -> None:
        self._root = self._directory = directory
        self._shown = ((directory / "var", INSTALLED), (directory, CLONED)) if installed else ((directory, CLONED),)
        self._door = f"127.0.0.1:{free_port()}"
        self._running: list[subprocess.Popen[str]] = []
        self._settling = False
        strange = ("MAILGATE_", "MAKE", "MFLAGS", "COV_", "PYTEST_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(strange)}
        self._environment = kept | {"COLUMNS": "100", "PYTHONUNBUFFERED": "1"}
        if installed:
            self._environment["PATH"] = f"{Path(sys.executable).parent}:{kept['PATH']}"
        self._done(
            f".venv/bin/mailgate -q init var --first-steps --listen {self._door}"
        )  # `make run` takes it as it is

    def run(self, example: Example) -> str:
        """What the command prints; AssertionError where it fails."""
        if example.command in GO_ON:
            return self._gone_on(example)
        if example.command.startswith("cd "):
            self._directory /= example.command.removeprefix("cd ")
            return ""
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
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=self._directory,
            env=self._environment,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == 0, f"$ {command}\n{done.stdout}"
        return self._as_shown(done.stdout)

    def _as_shown(self, printed: str) -> str:
        printed = printed.replace(self._door, USUAL)
        for path, name in self._shown:
            printed = printed.replace(str(path), name)
        return printed

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
        return self._as_shown("".join(lines))

    def _settle(self) -> None:
        """Until nothing waits any more, an answer inside its undo time neither."""
        deadline = time.monotonic() + SECONDS
        while self._settling:
            status = ask(self._root / "var", "status")
            if status and not status["spool"]["new"] and not status["outbox"]["waiting"]:
                return
            assert time.monotonic() < deadline, status
            time.sleep(0.05)


def rewritten(page: str) -> str:
    """The page with what its commands print now; what is told with "..." stays."""
    hashes = Hashes()
    with clone(page) as place:

        def anew(found: re.Match[str]) -> str:
            printed = "".join(_printed(place, each, hashes) for each in _of_block(dedent(found[2])))
            return indent(f"```console\n{printed}```", found[1])

        return _BLOCK.sub(anew, page)


def _printed(place: Clone, example: Example, hashes: Hashes) -> str:
    printed = place.run(example)
    is_true = same(example.shown, printed) and hashes.agree(example.shown, printed)
    printed = example.shown if is_true or re.search(r"(?m)^\.\.\.$", example.shown) else hashes.as_shown(printed)
    printed = printed.strip("\n")
    return f"$ {example.command}\n" + (f"{printed}\n" if printed else "")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        Path(name).write_text(rewritten(Path(name).read_text()))
