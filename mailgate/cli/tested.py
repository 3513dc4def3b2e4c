"""`mailgate rules test`: plays the tests of the rules and says what is not as expected, and why."""

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from mailgate.cli.configured import configured
from mailgate.cli.failure import FINDINGS, printable
from mailgate.cli.findings import Found
from mailgate.cli.frames import painted
from mailgate.cli.opened import print_json
from mailgate.cli.packaged import packaged_templates
from mailgate.config.settings import Config
from mailgate.decision.cases import Difference
from mailgate.decision.coverage import Coverage
from mailgate.errors import FilesRejected
from mailgate.logs import configure
from mailgate.rules.lint import without_a_test
from mailgate.service.rule_tests import FailedStep, ReadTests, Result, Theatre, read_all
from mailgate.service.snapshot import checked, take

NOTHING = 4
WIDTH = 79


@dataclass(frozen=True, slots=True)
class _QuietLog:
    """What a rehearsal's parts tell their operator is no news here; their errors are."""

    format: str = "auto"
    level: str = "error"
    bodies: bool = True


def register_test(verbs: Any) -> None:
    parser = verbs.add_parser("test", help="play the tests of the rules; says what is not as expected, and why")
    parser.add_argument("files", nargs="*", metavar="FILE", type=Path, help="files of tests; default: all of the rules")
    parser.add_argument("-k", dest="word", metavar="WORD", help="only tests with this word in their name")
    parser.add_argument("--coverage", action="store_true", help="list the rules and cases that no test made run")
    parser.add_argument("--junit", metavar="FILE", type=Path, help="write the results as JUnit XML too")


def run_test(args: argparse.Namespace) -> int:
    config = configured(args, offline=True)
    configure(_QuietLog(), sys.stderr)
    try:
        made = checked(take(config), packaged_templates())
    except FilesRejected as error:
        return _rejected(args, error)
    tests = read_all(config.rules_dir, made, args.files)
    with Theatre(made, os.environ) as theatre:
        problems = tests.problems or theatre.check(tests.scenarios)
        if problems:
            return _rejected(args, FilesRejected(tuple(problems), dict(tests.sources)))
        chosen = [each for each in tests.scenarios if not args.word or args.word.casefold() in each.name.casefold()]
        if not chosen:
            return _none(args, tests, config.rules_dir)
        show = None if args.json or args.quiet else _Screen(sys.stdout.isatty())
        results = []
        for _, scenarios in groupby(chosen, key=lambda each: each.file):
            of_file = list(theatre.play(scenarios))
            results += of_file
            if show is not None:
                show.file(of_file)
        covered = theatre.coverage(results)
    if args.junit is not None:
        from mailgate.cli.junit import write_junit

        write_junit(args.junit, results)
    _finish(args, results, covered)
    return FINDINGS if any(each.failed for each in results) else 0


def untested(config: Config, tests: ReadTests, found: Found) -> None:
    """Adds what is wrong in the configuration that tests ask for, else which rules none of them makes run (MG402)."""
    configure(_QuietLog(), sys.stderr)
    try:
        made = checked(take(config), packaged_templates())
    except FilesRejected:
        return  # the templates have mistakes, which `template check` and `check` tell
    with Theatre(made, os.environ) as theatre:
        found.add(theatre.check(tests.scenarios), {})
        if found.wrong:
            return
        covered = theatre.coverage(theatre.play(tests.scenarios))
    for each in covered.never_run:
        found.add((without_a_test(each.rule, each.case, each.mark, config.rules_dir),), {})


def explanation(failed: FailedStep) -> list[str]:
    """The differences of a failed step and why they came about, a line each."""
    lines = []
    if failed.of > 1:
        lines.append(f"    step {failed.number} of {failed.of}, line {failed.step.mark.line}")
    if failed.impossible:
        lines.append(f"    {failed.impossible}")
    wide = max((len(each.what) for each in failed.differences), default=0)
    long = max((len(each.expected) for each in failed.differences), default=0)
    lines += [_difference(each, wide, min(long, 40)) for each in failed.differences]
    lines += [f"{'  why: ' if number == 0 else '       '}{line}" for number, line in enumerate(failed.why)]
    return lines


def _difference(each: Difference, wide: int, long: int) -> str:
    return f"    {each.what:<{wide}}   expected {each.expected:<{long}}   got {each.got}"


class _Screen:
    """Tells a person of each file when it is done."""

    def __init__(self, colour: bool) -> None:
        self._colour = colour

    def file(self, results: Sequence[Result]) -> None:
        failed = [each for each in results if each.failed is not None]
        seconds = f"{sum(each.seconds for each in results):.2f} s"
        passed = len(results) - len(failed)
        head = f"{_short(results[0].scenario.file)}   ✓ {passed}" + (f"  ✗ {len(failed)}" if failed else "")
        print(self._painted(_spread(head, seconds), bad=bool(failed)))
        for each in failed:
            place = f"{Path(each.scenario.file).name}:{each.scenario.mark.line}"
            print(self._painted(_spread(f"✗ {each.scenario.name}", place), bad=True))
            if each.failed is not None:
                print("\n".join(printable(line) for line in explanation(each.failed)))

    def _painted(self, line: str, *, bad: bool) -> str:
        return painted(line) if bad and self._colour else line


def _spread(left: str, right: str) -> str:
    return printable(f"{left}{right:>{max(len(right) + 2, WIDTH - len(left))}}")


def _finish(args: argparse.Namespace, results: Sequence[Result], covered: Coverage) -> None:
    failed = sum(each.failed is not None for each in results)
    if args.json:
        print_json(
            {
                "ok": not failed,
                "passed": len(results) - failed,
                "failed": failed,
                "tests": [_as_json(each) for each in results],
                "coverage": {
                    "rules": covered.rules,
                    "rules_run": covered.rules_run,
                    "cases": covered.cases,
                    "cases_run": covered.cases_run,
                    "never_run": list(covered.never),
                },
            }
        )
    elif not args.quiet or failed:
        if args.coverage:
            print("\n".join(_never(covered)))
        if args.coverage or not (args.word or args.files):  # of a part it says nothing
            print(printable(covered.told))
        print(f"{failed} failed, {len(results) - failed} passed." if failed else f"{len(results)} passed.")


def _never(covered: Coverage) -> Iterator[str]:
    for each in covered.never_run:
        yield printable(f"never run: {each.told:<32} {each.rule.file}:{each.mark.line}")


def _as_json(result: Result) -> dict[str, Any]:
    scenario, failed = result.scenario, result.failed
    return {
        "name": scenario.name,
        "file": scenario.file,
        "line": scenario.mark.line,
        "ok": failed is None,
        "seconds": round(result.seconds, 4),
        "step": failed.number if failed else None,
        "error": failed.impossible or None if failed else None,
        "differences": [{"what": each.what, "expected": each.expected, "got": each.got} for each in failed.differences]
        if failed
        else [],
        "why": list(failed.why) if failed else [],
    }


def _rejected(args: argparse.Namespace, error: FilesRejected) -> int:
    found = Found()
    found.reject(error)
    return found.tell(args, "")


def _none(args: argparse.Namespace, tests: ReadTests, directory: Path) -> int:
    if args.json:
        print_json({"ok": True, "passed": 0, "failed": 0, "tests": [], "coverage": None})
    if tests.scenarios:
        print(f'no test has "{printable(args.word or "")}" in its name', file=sys.stderr)
    else:
        print(f"there are no tests: put one into {directory}/tests/NAME.test.yaml", file=sys.stderr)
    return NOTHING


def _short(path: str) -> str:
    relative = os.path.relpath(path)
    return min(relative, path, key=len)
