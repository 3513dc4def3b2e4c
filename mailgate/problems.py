"""A mistake in a file that a person wrote, and the frame that shows it: file:line:column, the line, the mend.

One form for config.toml, rules and templates, so that an administrator learns it once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake. `line` and `column` count from 1; 0 means that the place is not known."""

    path: str
    line: int
    column: int
    message: str
    code: str = ""  # "MG004" and the like
    mend: str = ""
    severity: str = "error"  # "error" or "warning"
    width: int = 1

    @property
    def place(self) -> str:
        if not self.line:
            return self.path
        return f"{self.path}:{self.line}:{self.column}" if self.column else f"{self.path}:{self.line}"


def did_you_mean(wrong: str, known: Iterable[str]) -> str:
    """A mend that names the nearest known word, or the whole choice when none is near."""
    words = sorted(known)
    near = get_close_matches(wrong, words, n=1, cutoff=0.6)
    if near:
        return f'did you mean "{near[0]}"?'
    return f"expected one of: {', '.join(words)}" if words else ""


def frame(problem: Problem, sources: Mapping[str, str]) -> str:
    """The problem as a compiler prints it; the source line is shown where `sources` has the file."""
    label = f"{problem.severity}[{problem.code}]" if problem.code else problem.severity
    out = [f"{label}: {problem.message}", f" --> {problem.place}"]
    lines = sources.get(problem.path, "").splitlines()
    if 0 < problem.line <= len(lines):
        number = str(problem.line)
        margin = " " * len(number)
        shown = lines[problem.line - 1][:200].replace("\t", " ")
        out += [f"{margin} |", f"{number} | {shown}"]
        if problem.column:
            out.append(f"{margin} | {' ' * (problem.column - 1)}{'^' * max(1, problem.width)}")
    if problem.mend:
        out.append(f"  = help: {problem.mend}")
    return "\n".join(out)


def report(problems: Iterable[Problem], sources: Mapping[str, str]) -> str:
    """Every problem in order of its place, and a closing count."""
    ordered = sorted(problems, key=lambda p: (p.path, p.line, p.column))
    errors = sum(p.severity == "error" for p in ordered)
    files = len({p.path for p in ordered})
    count = f"{errors} error{'s' * (errors != 1)}, {len(ordered) - errors} warnings in {files} file{'s' * (files != 1)}"
    return "\n\n".join([*(frame(p, sources) for p in ordered), count])
