"""What is wrong with a template, found when it is loaded: every mistake, at its line and column, with the mend.

First by reading (unknown names, attributes, filters), then by rendering it against awkward samples.
"""

import dataclasses
import re
import traceback
from collections.abc import Iterator
from typing import Any

from jinja2 import Template, TemplateSyntaxError, nodes

from mailgate.notify.sandbox import TemplateSandbox, finished
from mailgate.problems import Problem, did_you_mean
from mailgate.rules.expression import ExpressionFailed

_QUOTED = re.compile(r"'([^']+)'")
_EXPRESSION = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_NAMES = re.compile(r"\{%[-+]?\s*(?:for\s+(.+?)\s+in\b|(?:set|macro)\s+([^=%]+))")
_FETCHES = re.compile(
    r"""(?ix) \b(?:src|srcset|poster|background)\s*=\s*["']?\s*(?:https?:)?//
    | url\(\s*["']?(?:https?:)?// | <link\b | @import | <(?:script|iframe|object|embed)\b"""
)


@dataclasses.dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a file that is a Jinja template: blank lines before it keep its line numbers those of the file."""

    path: str
    source: str


def passage(path: str, text: str, line: int) -> Passage:
    """`text` stands at `line` of the file."""
    return Passage(path, "\n" * (line - 1) + text)


def mistakes(piece: Passage, sandbox: TemplateSandbox, samples: dict[str, dict[str, Any]]) -> list[Problem]:
    """`samples`: what the template is told about -> the variables that it will see."""
    return misspelt(piece, sandbox, next(iter(samples.values()))) or failures(piece, sandbox, samples)


def misspelt(piece: Passage, sandbox: TemplateSandbox, known: dict[str, Any]) -> list[Problem]:
    """What reading alone shows: bad syntax, and names that are not in `known` or not in the sandbox."""
    try:
        tree = sandbox.parse(piece.source)
    except TemplateSyntaxError as error:
        mend = 'every "{{" needs its "}}", every "{%" its "%}", and every {% if %} its {% endif %}'
        word = (_QUOTED.findall(error.message or "") or [""])[0]
        told = _at(piece, error.lineno, word, f"the template is not well formed: {error.message}", mend)
        return [told, *_one_by_one(piece, sandbox, known)]
    return list(_unknown_words(tree, piece, sandbox, known))


def _one_by_one(piece: Passage, sandbox: TemplateSandbox, known: dict[str, Any]) -> Iterator[Problem]:
    """The mistakes of each expression by itself, where the whole is not well formed."""
    own = {word for found in _NAMES.finditer(piece.source) for word in re.findall(r"\w+", found[1] or found[2])}
    for found in _EXPRESSION.finditer(piece.source):
        line = piece.source.count("\n", 0, found.start()) + 1
        try:
            tree = sandbox.parse(passage(piece.path, found[0], line).source)
        except TemplateSyntaxError:
            continue  # this is where it is not well formed, or near
        yield from _unknown_words(tree, piece, sandbox, known | dict.fromkeys(own - known.keys()))


def _unknown_words(
    tree: nodes.Template, piece: Passage, sandbox: TemplateSandbox, known: dict[str, Any]
) -> Iterator[Problem]:
    for node in tree.find_all((nodes.Filter, nodes.Test)):
        what, words = ("filter", sandbox.filters) if isinstance(node, nodes.Filter) else ("test", sandbox.tests)
        if node.name not in words:
            yield _at(piece, node.lineno, node.name, f'unknown {what} "{node.name}"', did_you_mean(node.name, words))
    own = {node.name for node in tree.find_all(nodes.Name) if node.ctx != "load"} | {"loop", "caller"}
    own |= {node.name for node in tree.find_all(nodes.Macro)}
    for name in tree.find_all(nodes.Name):
        if name.ctx == "load" and name.name not in known and name.name not in own:
            mend = did_you_mean(name.name, known)
            yield _at(piece, name.lineno, name.name, f'unknown variable "{name.name}"', mend)
    for attribute in tree.find_all(nodes.Getattr):
        owner = attribute.node
        if not isinstance(owner, nodes.Name) or owner.name in own or owner.name not in known:
            continue
        value = known[owner.name]
        names = [each.name for each in dataclasses.fields(value)] if dataclasses.is_dataclass(value) else []
        if names and attribute.attr not in names:
            said = f'"{owner.name}" has no "{attribute.attr}"'
            yield _at(piece, attribute.lineno, attribute.attr, said, did_you_mean(attribute.attr, names))


def fetching(piece: Passage) -> list[Problem]:
    """What HTML would load from elsewhere when it is read, or run: no mail of ours does."""
    return [
        _at(
            piece,
            piece.source.count("\n", 0, found.start()) + 1,
            found[0],
            "a mail fetches nothing and runs nothing",
            "",
        )
        for found in _FETCHES.finditer(piece.source)
    ]


def failures(piece: Passage, sandbox: TemplateSandbox, samples: dict[str, dict[str, Any]]) -> list[Problem]:
    """What rendering shows: each different failure once, though several samples meet it."""
    template = sandbox.from_string(piece.source)
    problems: dict[str, Problem] = {}
    for told, variables in samples.items():
        try:
            "".join(template.generate(variables))
        except Exception as error:  # whatever a template does wrong is its author's to hear
            said = str(error) or type(error).__name__
            problem = _at(piece, _line_of(error), (_QUOTED.findall(said) or [""])[-1], f"{said} (in {told})", "")
            problems.setdefault(said, problem)
    return list(problems.values())


def defeat(template: Template, samples: dict[str, dict[str, Any]]) -> str:
    """What goes wrong when a finished part is rendered with the samples, or nothing."""
    for told, variables in samples.items():
        try:
            finished(template, variables)
        except ExpressionFailed as error:
            return f"{error} (in {told})"
    return ""


def _at(piece: Passage, line: int, word: str, message: str, mend: str) -> Problem:
    lines = piece.source.split("\n")
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    found = re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) if word else None
    column = found.start() + 1 if found else 1
    return Problem(piece.path, line, column, message, mend=mend, width=len(word) if found else 1)


def _line_of(error: Exception) -> int:
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == "<template>"]
    return lines[-1] or 1 if lines else 1
