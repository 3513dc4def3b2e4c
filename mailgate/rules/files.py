"""Reads the files of a rule set, and those of its tests, from their directory; nothing here blocks, or grows without
bound."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mailgate.problems import Problem
from mailgate.rules.lists import DIRECTORY, ENDING, list_name

QUEUES = "queues"
PROCESSES = "processes"
TEST = ".test.yaml"  # how the name of a file of tests ends
_MOST_LEVELS = 2
MAX_ENTRIES = 5_000
_OF_LISTS = (".list", ".lst", ".csv", ".tsv", ".text")  # as people name lists, too
_READABLE = "mailgate must be allowed to read it, and every directory above it"
_PURE = "keep nothing but rules in the directory of rules"


def read_directory(
    directory: Path, max_bytes: int, max_total: int, max_files: int
) -> tuple[Mapping[str, bytes], tuple[Problem, ...]]:
    """The bytes of each rule file and list by name ("queues/billing.yaml"), and what could not be read.

    Hidden files are not ours (editors' locks, mounted configuration), and tests are no rules.
    """
    return _read_all(_Search(directory), max_bytes, max_total, max_files)


def read_tests(
    directory: Path, max_bytes: int, max_total: int, max_files: int
) -> tuple[Mapping[str, bytes], tuple[Problem, ...]]:
    """The same of the files of tests: tests/routing.test.yaml, or 10-routing.test.yaml beside the rules."""
    files, problems = _read_all(_Search(directory, tests=True), max_bytes, max_total, max_files)
    return files, tuple(each for each in problems if each.severity == "error" and each.path.endswith(TEST))


def _read_all(
    search: "_Search", max_bytes: int, max_total: int, max_files: int
) -> tuple[Mapping[str, bytes], tuple[Problem, ...]]:
    directory = search.directory
    problems = search.problems
    try:
        names = list(search.names())
    except OSError as error:
        return {}, (
            Problem(_path(directory, ""), 0, 0, f"cannot read the directory of rules: {_why(error)}", mend=_READABLE),
        )
    if len(names) > max_files:
        return {}, (Problem(_path(directory, ""), 0, 0, f"more than {max_files:,} files of rules", "MG008", _PURE),)
    files: dict[str, bytes] = {}
    total = 0
    for name in names:
        raw = _read(directory, name, max_bytes)
        if isinstance(raw, Problem):
            problems.append(raw)
            continue
        total += len(raw)
        if total > max_total:
            message = f"the files of rules hold more than {max_total:,} bytes"
            return files, (*problems, Problem(_path(directory, name), 0, 0, message, "MG008", _PURE))
        files[name] = raw
    return files, tuple(problems)


@dataclass(slots=True)
class _Search:
    """Looks for our files in a directory and those inside it; `entries` counts whatever lies there."""

    directory: Path
    tests: bool = False  # it is their files that are wanted
    problems: list[Problem] = field(default_factory=list)
    entries: int = 0

    def names(self, inside: str = "") -> Iterator[str]:
        """In order within each directory. Raises OSError for the directory itself."""
        found = [each for each in os.listdir(self.directory / inside) if not each.startswith(".")]
        self.entries += len(found)
        if self.entries > MAX_ENTRIES:
            self.problems.append(Problem(_path(self.directory, inside), 0, 0, "too much lies here", "MG008", _PURE))
            return
        for entry in sorted(found, key=os.fsencode):
            name = f"{inside}{entry}"
            if problem := _left_out(self.directory, name):
                self.problems.append(problem)
            elif entry.endswith(".yaml") or list_name(name) is not None:
                if entry.endswith(TEST) is self.tests:
                    yield name
            elif not entry.endswith(".txt") and name.count("/") < _MOST_LEVELS and (self.directory / name).is_dir():
                yield from self._inside(f"{name}/")

    def _inside(self, name: str) -> Iterator[str]:
        try:
            yield from self.names(name)
        except OSError as error:
            message = f"cannot read the directory: {_why(error)}"
            self.problems.append(Problem(_path(self.directory, name), 0, 0, message, mend=_READABLE))


def _read(directory: Path, name: str, max_bytes: int) -> bytes | Problem:
    path, shown = directory / name, _path(directory, name)
    try:
        if not path.is_file():
            return Problem(
                shown, 0, 0, "this is not a file", mend="move it away, or give it another name"
            )  # a directory, or a pipe that would block
        with path.open("rb") as file:
            raw = file.read(max_bytes + 1)
    except OSError as error:
        return Problem(shown, 0, 0, f"cannot read the file: {_why(error)}", mend=_READABLE)
    if len(raw) > max_bytes:
        return Problem(shown, 0, 0, f"the file holds more than {max_bytes:,} bytes", "MG008", "split it")
    return raw


def _left_out(directory: Path, name: str) -> Problem | None:
    """What lies there and would silently do nothing."""
    shown = _path(directory, name)
    if name.endswith(".yml"):
        return Problem(shown, 0, 0, "this file is not read", mend="its name must end in .yaml", severity="warning")
    is_listed = name.startswith(DIRECTORY) and ("." not in name or name.endswith(_OF_LISTS))
    if is_listed and (directory / name).is_file():
        return Problem(shown, 0, 0, "this file is not read", mend=f"a list is lists/NAME{ENDING}", severity="warning")
    return None


def _path(directory: Path, name: str) -> str:
    return (str(directory / name) if name else str(directory)).encode("utf-8", "replace").decode()


def _why(error: OSError) -> str:
    return error.strerror or type(error).__name__


def byte_order(name: str) -> bytes:
    """The key by which files are put in order."""
    return name.encode("utf-8", "surrogateescape")
