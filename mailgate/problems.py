"""A mistake in a file that a person wrote, and the frame that shows it: file:line:column, the line, the mend.

One form for config.toml, rules and templates, so that an administrator learns it once.
"""

import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from difflib import get_close_matches
from unicodedata import combining, east_asian_width

_LONGEST_WORD = 64
_MOST_WORDS = 20
_MOST_AT_THE_MARK = 12
_MOST_ABOVE = 3
_PREFIX = 3  # letters: "saturday" is "sat"
_WINDOW = 160  # characters of a source line that are shown
_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake. `line` and `column` count from 1; 0 means that no line is meant, but the file itself."""

    path: str
    line: int
    column: int
    message: str
    code: str = ""  # "MG004" and the like
    mend: str = ""
    severity: str = "error"  # "error", "warning" or "info"
    width: int = 1
    expected: str = ""  # what is said at the mark
    since: int = 0  # the line in which that began of which this is wrong: it is shown, where it is near

    @property
    def place(self) -> str:
        if not self.line:
            return self.path
        return f"{self.path}:{self.line}:{self.column}" if self.column else f"{self.path}:{self.line}"


def did_you_mean(wrong: str, known: Iterable[str]) -> str:
    """A mend that names the nearest known word, or the whole choice when none is near; a set is put in order first."""
    words = sorted(known) if isinstance(known, Set) else list(known)
    if word := nearest(wrong, words):
        return f'did you mean "{word}"?'
    more = f" and {len(words) - _MOST_WORDS} more" if len(words) > _MOST_WORDS else ""
    return f"expected one of: {', '.join(words[:_MOST_WORDS])}{more}" if words else ""


def expected_one_of(known: Iterable[str]) -> str:
    """What is said at the mark below a word that is none of these; a set is put in order first."""
    words = sorted(known) if isinstance(known, Set) else list(known)
    if len(words) < 2:
        return f"expected {words[0]}" if words else ""
    more = f" and {len(words) - _MOST_AT_THE_MARK} more" if len(words) > _MOST_AT_THE_MARK else ""
    return f"expected one of: {', '.join(words[:_MOST_AT_THE_MARK])}{more}"


def nearest(wrong: str, words: Iterable[str]) -> str | None:
    """The word that was probably meant."""
    folded = {word.casefold(): word for word in words}
    said = wrong.casefold()
    near = get_close_matches(said, folded, n=1, cutoff=0.6) if len(wrong) <= _LONGEST_WORD else []
    near = near or [word for word in folded if len(word) >= _PREFIX and said.startswith(word)][:1]
    return folded[near[0]] if near else None


def frame(problem: Problem, sources: Mapping[str, str]) -> str:
    """The problem as a compiler prints it; the source line is shown where `sources` has the file."""
    label = f"{problem.severity}[{problem.code}]" if problem.code else problem.severity
    out = [f"{label}: {problem.message}", f" --> {problem.place}"]
    lines = _LINE_END.split(sources.get(problem.path, ""))
    if 0 < problem.line <= len(lines):
        number = str(problem.line)
        margin = " " * len(number)
        shown, before, marked = _window(lines[problem.line - 1], problem.column, problem.width)
        out.append(f"{margin} |")
        if problem.column <= _WINDOW and problem.line - _MOST_ABOVE <= problem.since:
            above = enumerate(lines[problem.since - 1 : problem.line - 1], problem.since)
            out += [f"{place:{len(number)}} | {_window(line, 0, 1)[0]}" for place, line in above if problem.since]
        out.append(f"{number} | {shown}")
        if problem.column:
            out.append(f"{margin} | {' ' * before}{'^' * marked} {problem.expected}".rstrip())
    if problem.mend:
        out.append(f"  = help: {problem.mend}")
    return "\n".join(out)


def report(problems: Iterable[Problem], sources: Mapping[str, str]) -> str:
    """Every problem in order of its place, and a closing count."""
    ordered = sorted(problems, key=lambda p: (p.path, p.line, p.column))
    errors = sum(p.severity == "error" for p in ordered)
    counts = [_counted(errors, "error")] if errors or not ordered else []
    for severity in ("warning", "info"):
        number = sum(p.severity == severity for p in ordered)
        counts += [_counted(number, severity)] if number else []
    files = _counted(len({p.path for p in ordered}), "file")
    return "\n\n".join([*(frame(p, sources) for p in ordered), f"{', '.join(counts)} in {files}"])


def _window(line: str, column: int, width: int) -> tuple[str, int, int]:
    """The part of a line around a column, fit for a terminal; the cells before the mark, and those of the mark."""
    start = max(0, column - 1 - _WINDOW // 2) if column > _WINDOW else 0
    shown = "".join(char if char.isprintable() else " " for char in line[start : start + _WINDOW])
    dots = "..." if start else ""
    at = column - 1 - start if column else 0
    marked = shown[at : at + max(1, width)]
    return dots + shown, len(dots) + _cells(shown[:at]) + max(0, at - len(shown)), max(1, _cells(marked))


def _cells(text: str) -> int:
    """How wide a terminal shows it: letters of East Asia take two places, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(0 if combining(char) else 1 + (east_asian_width(char) in "WF") for char in text)


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
