"""Runs the tests of a set of rules (spec/rules.md 1.7): read, played one after the other, compared.

Each plays on an empty desk of its own, in memory; the set is compiled once for all of them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from mailgate.config.policy import vocabulary
from mailgate.config.read import parse as parse_config
from mailgate.config.settings import Config
from mailgate.decision.cases import Difference, compared
from mailgate.decision.coverage import Coverage, coverage
from mailgate.decision.why import refused_in, why
from mailgate.errors import FilesRejected
from mailgate.ids import SeededIds
from mailgate.problems import Problem
from mailgate.rules.files import read_tests
from mailgate.rules.ruleset import Ruleset
from mailgate.rules.scenario import Override, Scenario, Step
from mailgate.rules.scenario_reader import Fixture, read_scenarios
from mailgate.rules.syntax import MAX_BYTES, Mark
from mailgate.rules.vocabulary import Vocabulary
from mailgate.service.active import ActiveSet, CheckedSet
from mailgate.service.correspondence import Unplayable
from mailgate.service.rehearsal import Rehearsal
from mailgate.store.memory import MemoryStore
from mailgate.tickets.signed import Key, Keyring

MONDAY = datetime(2026, 3, 2, 9, 30)  # noqa: DTZ001  by the site's clock, whatever that is
MAX_TOTAL, MAX_FILES = 20_000_000, 2_000
MAX_FIXTURE = 50_000_000
MOST_TOLD = 20  # failed tests that refuse a reload, by name


@dataclass(frozen=True, slots=True)
class ReadTests:
    """The tests of a set, read. `texts`: their files."""

    scenarios: tuple[Scenario, ...]
    problems: tuple[Problem, ...]
    sources: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FailedStep:
    """A step that did not come out as expected, or could not be played: `impossible` says why."""

    number: int
    of: int
    step: Step
    differences: tuple[Difference, ...]
    why: tuple[str, ...]
    impossible: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """One test, played until its first failed step. `seconds`: how long that took."""

    scenario: Scenario
    failed: FailedStep | None
    fired: tuple[tuple[str, int], ...]
    seconds: float


def read_all(directory: Path, made: CheckedSet, files: Sequence[Path] = ()) -> ReadTests:
    """All tests of a directory of rules, or those in `files`. Nothing is raised: what cannot be read is a problem."""
    return read_with(
        vocabulary(made.config, made.templates.names, made.templates.reports), made.rules, directory, files
    )


def read_with(names: Vocabulary, rules: Ruleset | None, directory: Path, files: Sequence[Path] = ()) -> ReadTests:
    """As `read_all`, by the names that there are; `rules` None: they have mistakes of their own."""
    found: dict[str, bytes] = {}
    problems: list[Problem] = []
    if files:
        for path in files:
            raw = _octets(path, MAX_BYTES)
            if isinstance(raw, str):
                problems.append(Problem(str(path), 0, 0, f"cannot read the file: {raw}", mend="name a file of tests"))
            else:
                found[str(path)] = raw
    else:
        texts, unread = read_tests(directory, MAX_BYTES, MAX_TOTAL, MAX_FILES)
        problems += unread
        found = {f"{directory}/{name}": raw for name, raw in texts.items()}
    scenarios, wrong, sources = read_scenarios(found, _fixtures, names, rules)
    return ReadTests(scenarios, (*problems, *wrong), sources)


class Theatre:
    """Plays tests of one set; `close()` ends it."""

    def __init__(self, made: CheckedSet, environ: Mapping[str, str]) -> None:
        self._made, self._environ = made, environ
        self._store = MemoryStore(datetime(2000, 1, 1, tzinfo=UTC))
        self._sets: dict[tuple[Override, ...], ActiveSet] = {}

    def __enter__(self) -> "Theatre":
        return self

    def __exit__(self, *_exception: object) -> None:
        self._store.close()

    def play(self, scenarios: Iterable[Scenario]) -> Iterator[Result]:
        """One after the other. Raises FilesRejected where `given.config` is wrong."""
        for scenario in scenarios:
            began = perf_counter()
            failed, fired = self._play(scenario)
            yield Result(scenario, failed, tuple(fired), perf_counter() - began)

    def coverage(self, results: Iterable[Result]) -> Coverage:
        return coverage(self._made.rules, (each for result in results for each in result.fired))

    def check(self, scenarios: Iterable[Scenario]) -> tuple[Problem, ...]:
        """What is wrong with the configuration that tests ask for."""
        problems: list[Problem] = []
        for scenario in scenarios:
            try:
                self._active(scenario)
            except FilesRejected as error:
                problems += error.problems
        return tuple(dict.fromkeys(problems))

    def _play(self, scenario: Scenario) -> tuple[FailedStep | None, list[tuple[str, int]]]:
        active, fired, refused = self._active(scenario), list[tuple[str, int]](), list[str]()
        with Rehearsal(active, self._store, _moment(scenario, active)) as rehearsal:
            for number, step in enumerate(scenario.steps, 1):
                place = (number, len(scenario.steps), step)
                try:
                    happened = rehearsal.play(step.what)
                except Unplayable as error:
                    return FailedStep(*place, (), tuple(refused), str(error)), fired
                fired += happened.fired
                refused += [refused_in(number, said) for said in happened.refused_orders]
                if step.expect is None:
                    continue
                if differences := compared(step.expect, happened, active.policy.ours):
                    reasons = why(differences, happened, active.policy.rules)
                    return FailedStep(*place, differences, (*refused, *reasons)), fired
        return None, fired

    def _active(self, scenario: Scenario) -> ActiveSet:
        """The set with what the test says of the configuration; made once for all that say the same."""
        overrides = scenario.given.config
        if overrides not in self._sets:
            made = replace(self._made, rules=replace(self._made.rules, indexes={}))  # `why` tells what each rule saw
            if overrides:
                made = replace(made, config=_overridden(made, scenario, self._environ))
            ring = Keyring((Key("a", datetime(2000, 1, 1, tzinfo=UTC).date(), SeededIds().key()),))
            numbers = {name: number for number, name in enumerate(sorted(made.config.agents), 1)}
            self._sets[overrides] = made.joined(ring, numbers)
        return self._sets[overrides]


def refuse_what_fails(directory: Path, made: CheckedSet, environ: Mapping[str, str]) -> None:
    """For a reload: raises FilesRejected where tests are wrong or fail, each as a problem at its line."""
    tests = read_all(directory, made)
    problems = list(tests.problems)
    if not problems:
        with Theatre(made, environ) as theatre:
            problems = list(theatre.check(tests.scenarios)) or [
                problem_of(each) for each in theatre.play(tests.scenarios) if each.failed is not None
            ]
    if any(each.severity == "error" for each in problems):
        raise FilesRejected(tuple(problems), dict(tests.sources))


def problem_of(result: Result) -> Problem:
    """A failed test as a mistake in a file."""
    failed = result.failed
    mark = failed.step.mark if failed else result.scenario.mark
    first = failed.impossible or "; ".join(map(told, failed.differences[:3])) if failed else ""
    return Problem(
        result.scenario.file,
        mark.line,
        mark.column,
        f'the test "{result.scenario.name}" fails: {first}',
        mend="`mailgate rules test` shows why",
    )


def told(difference: Difference) -> str:
    return f"{difference.what} is {difference.got}, expected {difference.expected}"


def _moment(scenario: Scenario, active: ActiveSet) -> datetime:
    now = scenario.given.now or MONDAY
    return now if now.tzinfo else now.replace(tzinfo=active.policy.site.timezone)


def _overridden(made: CheckedSet, scenario: Scenario, environ: Mapping[str, str]) -> Config:
    marks = {_variable(each.key): each.mark for each in scenario.given.config}
    changed = {**environ, **{_variable(each.key): each.value for each in scenario.given.config}}
    try:
        return parse_config(made.config.text, made.config.path, changed, offline=True)
    except FilesRejected as error:
        problems = tuple(_at(each, marks.get(each.path.removeprefix("$")), scenario) for each in error.problems)
        raise FilesRejected(problems, error.sources) from None


def _at(problem: Problem, mark: Mark | None, scenario: Scenario) -> Problem:
    """What is wrong with an override is wrong in the test."""
    if mark is None:
        return problem
    return replace(problem, path=scenario.file, line=mark.line, column=mark.column, width=mark.width)


def _variable(key: str) -> str:
    return "MAILGATE_" + "__".join(part.upper().replace("-", "_") for part in key.split("."))


def _fixtures(path: str) -> Fixture:
    def opened(name: str) -> bytes | str:
        return _octets(Path(path).parent / name, MAX_FIXTURE)

    return opened


def _octets(path: Path, most: int) -> bytes | str:
    try:
        if not path.is_file():
            return "there is no such file"
        raw = path.read_bytes()
    except OSError as error:
        return error.strerror or type(error).__name__
    return raw if len(raw) <= most else f"it holds more than {most:,} bytes"
