"""Reads the files of a rule set from their directory; nothing here blocks, or grows without bound."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from mailgate.problems import Problem
from mailgate.rules.lists import list_name

QUEUES = "queues"
_LATER_DIRECTORIES = ("processes",)
_MOST_LEVELS = 4


def read_directory(
    directory: Path, max_bytes: int, max_total: int, max_files: int
) -> tuple[Mapping[str, bytes], tuple[Problem, ...]]:
    """The bytes of each rule file and list by name ("queues/billing.yaml"), and what could not be read.

    Hidden files are not ours (editors' locks, mounted configuration).
    """
    problems: list[Problem] = []
    try:
        names = list(_names(directory, "", problems, max_files))
    except OSError as error:
        return {}, (Problem(_path(directory, ""), 0, 0, f"cannot read the directory of rules: {_why(error)}"),)
    if len(names) > max_files:
        return {}, (Problem(_path(directory, ""), 0, 0, f"more than {max_files:,} files of rules", "MG008"),)
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
            return files, (*problems, Problem(_path(directory, name), 0, 0, message, "MG008"))
        files[name] = raw
    return files, tuple(problems)


def _names(directory: Path, inside: str, problems: list[Problem], most: int) -> Iterator[str]:
    """The names of our files, in order within each directory. Raises OSError."""
    found = 0
    for entry in sorted(os.listdir(directory / inside), key=os.fsencode):
        name = f"{inside}{entry}"
        if entry.startswith("."):
            continue
        if problem := _left_out(directory, name):
            problems.append(problem)
        elif not entry.endswith((".yaml", ".txt")) and (directory / name).is_dir():
            if name.count("/") < _MOST_LEVELS:
                yield from _names(directory, f"{name}/", problems, most)
        elif entry.endswith(".yaml") or list_name(name) is not None:
            found += 1
            yield name
        if found > most:
            return


def _read(directory: Path, name: str, max_bytes: int) -> bytes | Problem:
    path, shown = directory / name, _path(directory, name)
    try:
        if not path.is_file():
            return Problem(shown, 0, 0, "this is not a file")  # a directory, or a pipe that would block
        with path.open("rb") as file:
            raw = file.read(max_bytes + 1)
    except OSError as error:
        return Problem(shown, 0, 0, f"cannot read the file: {_why(error)}")
    if len(raw) > max_bytes:
        return Problem(shown, 0, 0, f"the file holds more than {max_bytes:,} bytes", "MG008", "split it")
    return raw


def _left_out(directory: Path, name: str) -> Problem | None:
    """What lies there and would silently do nothing."""
    shown = _path(directory, name)
    if name.endswith(".yml"):
        return Problem(shown, 0, 0, "this file is not read", mend="its name must end in .yaml", severity="warning")
    if name.endswith(".test.yaml"):
        return Problem(shown, 0, 0, "tests of rules are not in this version", "MG012", severity="warning")
    if name in _LATER_DIRECTORIES and any((directory / name).glob("*.yaml")):
        return Problem(shown, 0, 0, f'the directory "{name}" is not in this version', "MG012")
    return None


def _path(directory: Path, name: str) -> str:
    return (str(directory / name) if name else str(directory)).encode("utf-8", "replace").decode()


def _why(error: OSError) -> str:
    return error.strerror or type(error).__name__


def byte_order(name: str) -> bytes:
    """The key by which files are put in order."""
    return name.encode("utf-8", "surrogateescape")
