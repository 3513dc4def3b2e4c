"""What is wrong in a rule set, gathered while it is read, so that a person sees every mistake at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from mailgate.problems import Problem
from mailgate.rules.syntax import Mark, Node

MAX_PROBLEMS = 200
LONGEST_QUOTED = 60


class TooManyProblems(Exception):
    """Reading on would only cost time."""


@dataclass(slots=True)
class Findings:
    """The growing list for the whole set; `path` is the file that is being read."""

    path: str = ""
    problems: list[Problem] = field(default_factory=list)
    _seen: set[Problem] = field(default_factory=set)
    _no_yaml: set[tuple[str, int, int]] = field(default_factory=set)  # what else is wrong there follows from it

    def error(self, at: Node | Mark, code: str, message: str, mend: str, expected: str = "", since: int = 0) -> None:
        """`mend`: the next step, never empty. `expected`: what is said at the mark. `since`: see Problem."""
        mark = at if isinstance(at, Mark) else at.mark
        self._add(mark, code, message, mend, "error", expected, since)

    def warning(self, at: Node | Mark, code: str, message: str, mend: str) -> None:
        self._add(at if isinstance(at, Mark) else at.mark, code, message, mend, "warning")

    def info(self, at: Node | Mark, code: str, message: str, mend: str) -> None:
        self._add(at if isinstance(at, Mark) else at.mark, code, message, mend, "info")

    @contextmanager
    def inside(self, path: str) -> Iterator[None]:
        """While another file is read."""
        before, self.path = self.path, path
        try:
            yield
        finally:
            self.path = before

    @property
    def errors(self) -> int:
        return sum(each.severity == "error" for each in self.problems)

    def _add(
        self, mark: Mark, code: str, message: str, mend: str, severity: str, expected: str = "", since: int = 0
    ) -> None:
        place = (self.path, mark.line, mark.column)
        self.add(Problem(*place, message, code, mend, severity, mark.width, expected, since))

    def add(self, problem: Problem) -> None:
        """Once each: a macro is read wherever it is used. Warnings beyond what anybody reads are left out."""
        is_error = problem.severity == "error"
        place = (problem.path, problem.line, problem.column)
        if problem.code == "MG001":
            self._no_yaml.add(place)
        elif place in self._no_yaml:
            return
        if problem in self._seen or (not is_error and len(self.problems) >= MAX_PROBLEMS):
            return
        self._seen.add(problem)
        self.problems.append(problem)
        if is_error and self.errors >= MAX_PROBLEMS:
            raise TooManyProblems


def quoted(text: str) -> str:
    """A text of the file as a message quotes it."""
    return f'"{text}"' if len(text) <= LONGEST_QUOTED else f'"{text[: LONGEST_QUOTED - 3]}..."'
