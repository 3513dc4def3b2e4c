"""Problems in files, printed as frames: in colour on a terminal, unless NO_COLOR or --no-color says otherwise."""

import os
import re
import sys
from collections.abc import Iterable, Mapping
from typing import Any, TextIO

from mailgate.problems import Problem, report

_LABEL = re.compile(r"^(?:(error)|warning|info)(?:\[MG\d+\])?:", re.MULTILINE)
_RED, _YELLOW, _PLAIN = "\x1b[1;31m", "\x1b[33m", "\x1b[0m"


def show_problems(problems: Iterable[Problem], sources: Mapping[str, str], stream: TextIO) -> None:
    text = report(problems, sources)
    if stream.isatty() and "NO_COLOR" not in os.environ and "--no-color" not in sys.argv:
        text = _LABEL.sub(lambda found: f"{_RED if found[1] else _YELLOW}{found[0]}{_PLAIN}", text)
    print(text, file=stream)


def painted(line: str) -> str:
    """A line that is bad news, in red where colours are wanted; the caller knows that a terminal shows it."""
    wanted = "NO_COLOR" not in os.environ and "--no-color" not in sys.argv
    return f"{_RED}{line}{_PLAIN}" if wanted else line


def problem_as_json(problem: Problem) -> dict[str, Any]:
    """The stable form of `--json`."""
    return {
        "severity": problem.severity,
        "code": problem.code or None,
        "path": problem.path,
        "line": problem.line or None,
        "column": problem.column or None,
        "end": problem.column + problem.width if problem.column else None,
        "message": problem.message,
        "mend": problem.mend or None,
        "expected": problem.expected or None,
    }
