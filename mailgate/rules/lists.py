"""Lists that lie beside the rules: lists/NAME.txt, one value a line, "#" comments (the job of RFC 6134)."""

from dataclasses import dataclass

from mailgate.problems import Problem
from mailgate.rules.syntax import Mark

DIRECTORY, ENDING = "lists/", ".txt"
MAX_LINES = 100_000


@dataclass(frozen=True, slots=True)
class WordList:
    """The values of one list with their places."""

    name: str
    path: str
    lines: tuple[tuple[str, Mark], ...]


def list_name(file: str) -> str | None:
    """The list that a file holds: `vip` of lists/vip.txt."""
    if not file.startswith(DIRECTORY) or not file.endswith(ENDING):
        return None
    return file.removeprefix(DIRECTORY).removesuffix(ENDING)


def read_list(name: str, path: str, text: str) -> WordList | Problem:
    """The values in their order. A "#" begins a comment at the start of a line or behind a blank."""
    lines: list[tuple[str, Mark]] = []
    for number, line in enumerate(text.splitlines(), 1):
        line = line.replace("\t", " ")
        value = f" {line}".partition(" #")[0].strip()
        if value:
            lines.append((value, Mark(number, line.find(value) + 1, len(value))))
        if len(lines) > MAX_LINES:
            return Problem(path, number, 1, f"a list has at most {MAX_LINES:,} values", "MG008", "split it")
    return WordList(name, path, tuple(lines))
