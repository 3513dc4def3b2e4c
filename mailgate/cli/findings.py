"""The outcome of a checking command: every problem that was found, printed in one form, and the exit code."""

import argparse
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

from mailgate.cli.frames import problem_as_json, show_problems
from mailgate.errors import FilesRejected
from mailgate.problems import Problem

FINDINGS = 1


@dataclass(slots=True)
class Found:
    """The growing list."""

    problems: list[Problem] = field(default_factory=list)
    sources: dict[str, str] = field(default_factory=dict)

    def add(self, problems: tuple[Problem, ...], sources: Mapping[str, str]) -> None:
        self.problems += problems
        self.sources |= sources

    def reject(self, error: FilesRejected) -> None:
        self.add(error.problems, error.sources)

    @property
    def wrong(self) -> bool:
        return any(problem.severity == "error" for problem in self.problems)

    def tell(self, args: argparse.Namespace, praise: str) -> int:
        """Print the frames, or the praise where there is nothing wrong. Returns the exit code."""
        wrong = self.wrong
        if args.json:
            problems = [problem_as_json(problem) for problem in self.problems]
            print(json.dumps({"ok": not wrong, "problems": problems}, ensure_ascii=False, indent=2))
            return FINDINGS if wrong else 0
        if self.problems:
            show_problems(self.problems, self.sources, sys.stdout)
        if not wrong and not args.quiet:
            print(praise)
        return FINDINGS if wrong else 0
