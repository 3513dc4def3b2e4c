"""A rule set: files read, compiled and checked against the names that exist; immutable, and named by its bytes.

`compiled` is pure and total: any bytes give a Ruleset or problems, never an exception. `check` and `load` read files.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mailgate.errors import FilesRejected
from mailgate.problems import Problem
from mailgate.rules.actions import AddNote, Reply
from mailgate.rules.files import read_directory
from mailgate.rules.findings import Findings, TooManyProblems
from mailgate.rules.lint import lint
from mailgate.rules.reading import Reading
from mailgate.rules.rule import EVENTS, Rule
from mailgate.rules.rule_reader import read_file
from mailgate.rules.syntax import MAX_BYTES, MAX_NODES, NotYaml, decode, parse
from mailgate.rules.task import NoteTemplate
from mailgate.rules.vocabulary import Vocabulary

MAX_TOTAL_BYTES = 5_000_000
MAX_FILES = 1_000


@dataclass(frozen=True, slots=True)
class Ruleset:
    """What runs. `files` are the texts by name, so that an old trace can show the rule as it was.

    `by_event`: the enabled rules of an event in order. `templates_with_interval`: those of `reply: {every: ...}`.
    """

    hash: str
    rules: tuple[Rule, ...] = field(default=(), repr=False)
    files: Mapping[str, str] = field(default_factory=dict, repr=False)
    warnings: tuple[Problem, ...] = ()
    by_event: Mapping[str, tuple[Rule, ...]] = field(default_factory=dict, repr=False)
    enabled: int = 0
    templates_with_interval: frozenset[str] = frozenset()
    articles_each: int = 2  # at most so many articles come of one mail: itself, each answer and note, a refusal

    def empty(self) -> "Ruleset":
        """The set for a mail that defeats this one."""
        return EMPTY


EMPTY = Ruleset("empty")
Checked = tuple[Ruleset | None, tuple[Problem, ...], Mapping[str, str]]


def load(directory: Path, vocabulary: Vocabulary) -> Ruleset:
    """The rule set in `directory`. Raises FilesRejected with every error and warning."""
    ruleset, problems, sources = check(directory, vocabulary)
    if ruleset is None:
        raise FilesRejected(problems, dict(sources))
    return ruleset


def check(directory: Path, vocabulary: Vocabulary) -> Checked:
    """The rule set or None, its errors and warnings, and the texts that frames show."""
    files, problems = read_directory(directory, MAX_BYTES, MAX_TOTAL_BYTES, MAX_FILES)
    return _compiled(files, vocabulary, str(directory), problems)


def is_in_step(ruleset: Ruleset, directory: Path) -> bool:
    """Whether `directory` still holds the very files of `ruleset`. Reads files."""
    files, _ = read_directory(directory, MAX_BYTES, MAX_TOTAL_BYTES, MAX_FILES)
    return _digest(files) == ruleset.hash


def compiled(files: Mapping[str, bytes], vocabulary: Vocabulary, where: str = "rules") -> Checked:
    """As `check`, of files by name that were read before; `where` is the directory that problems name."""
    return _compiled(files, vocabulary, where, ())


def _compiled(files: Mapping[str, bytes], vocabulary: Vocabulary, where: str, before: tuple[Problem, ...]) -> Checked:
    findings = Findings(problems=list(before[:1]))
    compiler = _Compiler(findings, vocabulary, where)
    try:
        for problem in before[1:]:
            findings.add(problem)
        for name in sorted(files, key=_byte_order):
            compiler.take(name, files[name])
        for rule in compiler.rules:
            findings.path = compiler.path(rule.file)
            lint(rule, findings)
    except TooManyProblems:
        findings.problems.append(Problem(findings.path, 0, 0, "there are more problems; mend these first"))
    problems = tuple(sorted(findings.problems, key=lambda p: (p.path, p.line, p.column)))
    if findings.errors:
        return None, problems, compiler.sources
    return _assembled(compiler, files, problems), problems, compiler.sources


class _Compiler:
    """Takes files one by one in order."""

    def __init__(self, findings: Findings, vocabulary: Vocabulary, where: str) -> None:
        self._reading, self._where = Reading(findings, vocabulary), where
        self._named: dict[str, Rule] = {}
        self._nodes_left = MAX_NODES
        self.rules: list[Rule] = []
        self.sources: dict[str, str] = {}
        self.texts: dict[str, str] = {}

    def path(self, name: str) -> str:
        return f"{self._where}/{name}".encode("utf-8", "replace").decode()

    def take(self, name: str, raw: bytes) -> None:
        findings = self._reading.findings
        findings.path = path = self.path(name)
        self.sources[path] = raw.decode("utf-8-sig", "replace")
        try:
            text = decode(path, raw)
            document = parse(path, text, self._nodes_left)
        except NotYaml as error:
            findings.add(error.problem)
            return
        self._nodes_left -= document.nodes
        self.texts[name] = text
        for problem in document.repeated:
            findings.add(problem)
        for rule in read_file(name, document.root, self._reading):
            self._add(rule)

    def _add(self, rule: Rule) -> None:
        first = self._named.setdefault(rule.name, rule)
        if first is not rule:
            message = f'a second rule "{rule.name}", the first is in {first.file}:{first.mark.line}'
            self._reading.findings.error(rule.mark, "MG002", message, "give each rule a name of its own")
        self.rules.append(rule)


def _assembled(compiler: _Compiler, files: Mapping[str, bytes], warnings: tuple[Problem, ...]) -> Ruleset:
    enabled = [rule for rule in compiler.rules if rule.enabled]
    intervals = (
        task.what.template
        for rule in enabled
        for task in rule.all_tasks
        if isinstance(task.what, Reply) and task.what.every is not None
    )
    writing = sum(isinstance(task.what, Reply | AddNote | NoteTemplate) for rule in enabled for task in rule.all_tasks)
    return Ruleset(
        hash=_digest(files),
        rules=tuple(compiler.rules),
        files=compiler.texts,
        warnings=warnings,
        by_event={event: tuple(rule for rule in enabled if event in rule.events) for event in EVENTS},
        enabled=len(enabled),
        templates_with_interval=frozenset(intervals),
        articles_each=2 + writing,
    )


def _digest(files: Mapping[str, bytes]) -> str:
    """Twelve hex digits over all names and bytes."""
    digest = hashlib.sha256()
    for name in sorted(files, key=_byte_order):
        for part in (_byte_order(name), files[name]):
            digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()[:12]


def _byte_order(name: str) -> bytes:
    return name.encode("utf-8", "surrogateescape")


__all__ = ["EMPTY", "Checked", "Ruleset", "Vocabulary", "check", "compiled", "is_in_step", "load"]
