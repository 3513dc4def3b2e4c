"""The head of a template file: YAML between two lines of dashes, with the place of every mistake.

    ---
    subject: "{{ ticket.tag }} {{ ticket.subject }}"
    kind: auto-reply
    neutral: received_neutral
    layout: plain
    footer: ticket
    ---

Never raises on what a person wrote: mistakes come back as problems.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from mailgate.notify.rendered import KINDS, Kind
from mailgate.problems import Problem, did_you_mean, nearest

KEYS = ("subject", "kind", "neutral", "layout", "footer")
LAYOUT = "layout"
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,40}")
_FENCE = "---"


@dataclass(frozen=True, slots=True)
class Head:
    """What the front matter says, and where the rest begins."""

    subject: str
    subject_line: int
    kind: Kind
    neutral: str | None  # the template used instead when nothing is known of the sender
    neutral_line: int
    body: str
    body_line: int  # the line of the file on which `body` begins
    layout: str = LAYOUT  # _plain.html.j2 and _plain.txt.j2 are "plain"
    layout_line: int = 0
    footer: str | None = None  # "ticket": _ticket.md of the same language follows the body
    footer_line: int = 0


def read_head(source: str, path: str) -> tuple[Head | None, tuple[Problem, ...]]:
    """Split a template file. The head is None where something in it is wrong; then there are problems."""
    lines = source.split("\n")
    end = _end(lines)
    if end is None:
        mend = 'begin the file with "---", subject: and kind:, and "---" again'
        return None, (Problem(path, 1, 1, "the front matter is missing or not closed", mend=mend),)
    try:
        node = yaml.compose("\n".join(["", *lines[1:end]]), Loader=yaml.SafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        return None, (_yaml_problem(error, path),)
    marked, problems = _values(node, path)
    problems += list(_mistakes(marked, _keys(node), path))
    if problems:
        return None, tuple(problems)
    subject, kind, neutral, layout, footer = (marked.get(key, ("", 0, 0)) for key in KEYS)
    known_kind = next(each for each in KINDS if each == kind[0])
    body_line = end + 1
    body = "\n".join(lines[body_line:])
    return Head(
        subject=subject[0],
        subject_line=subject[1],
        kind=known_kind,
        neutral=neutral[0] or None,
        neutral_line=neutral[1],
        body=body,
        body_line=body_line + 1,
        layout=layout[0] or LAYOUT,
        layout_line=layout[1],
        footer=footer[0] or None,
        footer_line=footer[1],
    ), ()


def body_of(source: str) -> tuple[str, int] | None:
    """What stands below the front matter, whatever that says, and the line on which it begins."""
    lines = source.split("\n")
    end = _end(lines)
    return None if end is None else ("\n".join(lines[end + 1 :]), end + 2)


def _end(lines: list[str]) -> int | None:
    """The place of the line that closes the front matter; None where there is none."""
    fences = [number for number, line in enumerate(lines) if line.rstrip() == _FENCE][:2]
    return fences[1] if len(fences) == 2 and fences[0] == 0 else None


def _keys(node: yaml.Node | None) -> frozenset[str]:
    return frozenset(str(key.value) for key, _ in node.value) if isinstance(node, yaml.MappingNode) else frozenset()


def _values(node: yaml.Node | None, path: str) -> tuple[dict[str, tuple[str, int, int]], list[Problem]]:
    """Key -> (value, line, column), and what is no plain value or stands twice."""
    if not isinstance(node, yaml.MappingNode):
        return {}, [Problem(path, 1, 1, "the front matter is not a list of `key: value` lines")]
    marked: dict[str, tuple[str, int, int]] = {}
    problems = []
    for key, value in node.value:
        line, column = key.start_mark.line + 1, key.start_mark.column + 1
        if not isinstance(value, yaml.ScalarNode):
            mend = f'write {key.value}: "..." with the quotation marks'
            problems.append(Problem(path, line, column, f'"{key.value}" is not a text', mend=mend))
        elif key.value in marked:
            problems.append(Problem(path, line, column, f'"{key.value}" stands twice'))
        else:
            marked[str(key.value)] = (value.value, value.start_mark.line + 1, value.start_mark.column + 1)
    return marked, problems


def _mistakes(marked: dict[str, tuple[str, int, int]], keys: frozenset[str], path: str) -> Iterator[Problem]:
    """`keys`: all that stand there, those with a value that is none among them."""
    for key, (_, line, _column) in marked.items():
        if key not in KEYS:
            yield Problem(path, line, 1, f'unknown key "{key}"', mend=did_you_mean(key, KEYS), width=len(key))
    for key in ("subject", "kind"):
        is_told = key in keys - marked.keys() or any(nearest(each, (key,)) for each in keys - set(KEYS))
        if not is_told and not marked.get(key, ("", 0, 0))[0].strip():
            line = marked.get(key, ("", 1, 1))[1]
            yield Problem(path, line, 1, f'"{key}" is missing in the front matter', mend=f"add a line `{key}: ...`")
    kind, line, column = marked.get("kind", ("", 0, 0))
    if kind and kind not in KINDS:
        mend = did_you_mean(kind, KINDS)
        yield Problem(path, line, column, f'"{kind}" is no kind of template', mend=mend, width=len(kind))

    for key in ("layout", "footer"):
        name, line, column = marked.get(key, ("", 0, 0))
        if name and not _NAME.fullmatch(name):
            mend = f'write the name alone: "plain" for _plain.{"html.j2" if key == "layout" else "md"}'
            yield Problem(path, line, column, f'"{name}" is no name of a {key}', mend=mend, width=len(name))


def _yaml_problem(error: Exception, path: str) -> Problem:
    mark = getattr(error, "problem_mark", None)
    said = getattr(error, "problem", None) or str(error) or type(error).__name__
    mend = "a value that begins with { or holds a colon stands in quotation marks"
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    return Problem(path, line, column, f"the front matter is no YAML: {said}", mend=mend)
