"""A rule set: files read, compiled and checked against the names that exist; immutable, and named by its bytes.

`compiled` is pure and total: any bytes give a Ruleset or problems, never an exception. `check` and `load` read files.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mailgate.errors import FilesRejected
from mailgate.problems import Problem
from mailgate.rules.actions import AddNote, AddNoteFrom, Close, CloseLater, Forward, Reply
from mailgate.rules.assignment import LeastBusy, RoundRobin
from mailgate.rules.compiler import Compiler
from mailgate.rules.conditions import questions
from mailgate.rules.events import EVENTS, GATE
from mailgate.rules.files import byte_order, read_directory
from mailgate.rules.findings import Findings, TooManyProblems
from mailgate.rules.gate_check import is_for_rcpt, refuses
from mailgate.rules.index import Index, index_of
from mailgate.rules.lint import lint
from mailgate.rules.mail_lint import mail_lint
from mailgate.rules.process import Process, Step
from mailgate.rules.process_book import ProcessBook
from mailgate.rules.rule import Rule
from mailgate.rules.situation import Need
from mailgate.rules.syntax import MAX_BYTES
from mailgate.rules.task import NoteTemplate, Task, What
from mailgate.rules.timed import Once, turn_of
from mailgate.rules.unreachable import unreachable
from mailgate.rules.vocabulary import Vocabulary

MAX_TOTAL_BYTES = 5_000_000
MAX_FILES = 1_000


@dataclass(frozen=True, slots=True)
class Ruleset:
    """What runs. `files` are the texts by name, so that an old trace can show the rule as it was.

    `by_event`: the enabled rules of an event in order; `by_queue`: those that are only for the tickets of a queue, by
    queue and event. `indexes`: of the events that have many rules, which of them a mail can be for. `at_rcpt`: those
    that refuse a recipient, see gate.py. `needs`: the facts that cost a query and that some rule asks for.
    `templates_with_interval`: those of `reply: {every: ...}`, and as `turn_of` the rules of `once: customer/...`, which
    are counted for a person in the same way.
    """

    hash: str
    rules: tuple[Rule, ...] = field(default=(), repr=False)
    files: Mapping[str, str] = field(default_factory=dict, repr=False)
    warnings: tuple[Problem, ...] = ()
    by_event: Mapping[str, tuple[Rule, ...]] = field(default_factory=dict, repr=False)
    by_queue: Mapping[tuple[str, str], tuple[Rule, ...]] = field(default_factory=dict, repr=False)
    indexes: Mapping[str, Index] = field(default_factory=dict, repr=False)
    at_rcpt: tuple[Rule, ...] = field(default=(), repr=False)
    needs: frozenset[Need] = frozenset()
    enabled: int = 0
    templates_with_interval: frozenset[str] = frozenset()
    forwards_to: frozenset[str] = frozenset()  # addresses
    timed: tuple[Rule, ...] = field(default=(), repr=False)  # the enabled rules with a timer, in order
    once: Mapping[str, Once] = field(default_factory=dict, repr=False)  # how often a rule runs, by its name
    processes: ProcessBook = field(default_factory=ProcessBook, repr=False)
    articles_each: int = 2  # at most so many articles come of one mail: itself, each answer and note, a refusal

    @property
    def refuses(self) -> bool:
        """Whether `gate.refusal` can say anything."""
        return bool(self.at_rcpt)

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


def compiled(files: Mapping[str, bytes], vocabulary: Vocabulary, where: str = "rules") -> Checked:
    """As `check`, of files by name that were read before; `where` is the directory that problems name."""
    return _compiled(files, vocabulary, where, ())


def _compiled(files: Mapping[str, bytes], vocabulary: Vocabulary, where: str, before: tuple[Problem, ...]) -> Checked:
    findings = Findings(problems=list(before[:1]))
    compiler = Compiler(findings, vocabulary, where)
    try:
        for problem in before[1:]:
            findings.add(problem)
        compiler.all(files)
        for rule in compiler.rules:
            findings.path = compiler.path(rule.file)
            lint(rule, findings)
        unreachable([rule for rule in compiler.rules if not rule.broken], findings, compiler.path)
        mail_lint(compiler.rules, vocabulary, findings, compiler.path)
    except TooManyProblems:
        findings.problems.append(Problem(findings.path, 0, 0, "there are more problems", mend="mend these first"))
    problems = tuple(sorted(findings.problems, key=lambda p: (p.path, p.line, p.column)))
    if findings.errors:
        return None, problems, compiler.sources
    return _assembled(compiler, files, problems), problems, compiler.sources


def _assembled(compiler: Compiler, files: Mapping[str, bytes], warnings: tuple[Problem, ...]) -> Ruleset:
    enabled = [rule for rule in compiler.rules if rule.enabled]
    by_event = _by_event(enabled, None)
    steps = [step for process in compiler.book.processes.values() for step in process.steps.values()]
    in_steps = [task for step in steps for task in step.all_tasks]
    tasks = [task.what for task in (*(task for rule in enabled for task in rule.all_tasks), *in_steps)]
    intervals = (what.template for what in tasks if isinstance(what, Reply) and what.every is not None)
    once = {rule.name: rule.once for rule in enabled if rule.once is not None}
    per_customer = (turn_of(name) for name, each in once.items() if each.of == "customer")
    return Ruleset(
        hash=_digest(files),
        rules=tuple(compiler.rules),
        files=compiler.texts,
        warnings=warnings,
        by_event=by_event,
        indexes={event: found for event, rules in by_event.items() if (found := index_of(rules, event)) is not None},
        by_queue={
            (queue, event): rules
            for queue in dict.fromkeys(rule.queue for rule in enabled if rule.queue is not None)
            for event, rules in _by_event(enabled, queue).items()
            if rules
        },
        at_rcpt=_at_rcpt(enabled),
        needs=_needs(enabled, in_steps, compiler.book.processes),
        enabled=len(enabled),
        templates_with_interval=frozenset((*intervals, *per_customer)),
        forwards_to=frozenset(what.to for what in tasks if isinstance(what, Forward)),
        timed=tuple(rule for rule in enabled if rule.timer is not None),
        once=once,
        processes=compiler.book,
        articles_each=2 + sum(map(_writes, tasks)) + sum(map(_asks, steps)),
    )


def _by_event(rules: list[Rule], queue: str | None) -> Mapping[str, tuple[Rule, ...]]:
    """Rules that refuse are not here: they had their say at RCPT."""
    there = [rule for rule in rules if rule.queue == queue and not refuses(rule)]
    return {event: tuple(rule for rule in there if event in rule.events) for event in EVENTS}


def _at_rcpt(rules: list[Rule]) -> tuple[Rule, ...]:
    """The rules that refuse, and among them those that end a pass; nothing where none refuses."""
    if not any(map(refuses, rules)):
        return ()
    return tuple(rule for rule in rules if GATE in rule.events and is_for_rcpt(rule))


def _needs(rules: list[Rule], in_steps: list[Task], processes: Mapping[str, Process]) -> frozenset[Need]:
    asked: list[Need | None] = [question.field.need for rule in rules for question in rule.all_questions]
    asked += ["turns" for rule in rules if rule.once is not None and rule.once.of != "customer"]
    asked += [
        question.field.need
        for process in processes.values()
        for step in process.steps.values()
        for way in step.ways
        if way.condition is not None
        for question in questions(way.condition)
    ]
    for task in (*(task for rule in rules for task in rule.all_tasks), *in_steps):
        match task.what:
            case RoundRobin():
                asked.append("rotation")
            case LeastBusy():
                asked.append("loads")
    return frozenset(need for need in asked if need is not None)


def _writes(what: What) -> bool:
    """Whether an article comes of it."""
    return isinstance(what, Reply | AddNote | AddNoteFrom | NoteTemplate | Forward) or (
        isinstance(what, Close | CloseLater) and what.template is not None
    )


def _asks(step: Step) -> int:
    """The articles that its own mails are: a question to the customer, or to those who approve."""
    return int(step.asks_the_customer) + int(step.question is not None)


def _digest(files: Mapping[str, bytes]) -> str:
    """Twelve hex digits over all names and bytes."""
    digest = hashlib.sha256()
    for name in sorted(files, key=byte_order):
        for part in (byte_order(name), files[name]):
            digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()[:12]


__all__ = ["EMPTY", "Checked", "Ruleset", "Vocabulary", "check", "compiled", "load"]
