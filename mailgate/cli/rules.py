"""`mailgate rules`: the rules alone, against the names that the configuration and the templates know."""

import argparse
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from mailgate.cli.check import check_rules, check_templates, check_tests
from mailgate.cli.configured import NAME, VARIABLE, configured
from mailgate.cli.findings import Found
from mailgate.cli.opened import print_json, print_table
from mailgate.cli.rules_schema import register_schema, run_schema
from mailgate.cli.rules_shown import register_shown, show_actions, show_fields, why
from mailgate.cli.rules_stats import register_stats, run_stats
from mailgate.cli.tested import register_test, run_test, untested
from mailgate.errors import CannotStart
from mailgate.rules.order import Listed, queue_order


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser("rules", help="check the rules, list them in their order, play their tests")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="check|list|test|fields|actions|why|schema|stats")
    check = verbs.add_parser("check", help="says every mistake with its line")
    check.add_argument(
        "directory",
        nargs="?",
        type=Path,
        metavar="DIR",
        help="of other rules, as a copy that is being changed, read with the configuration beside it, where no -C names"
        " one; default: those of the configuration",
    )
    verbs.add_parser("list", help="the rules of the files in the order in which they run")
    register_test(verbs)
    register_shown(verbs)
    register_schema(verbs)
    register_stats(verbs)


def run(args: argparse.Namespace) -> int:
    run_verb = _VERBS.get(args.verb)
    return _checked(args) if run_verb is None else run_verb(args)


_VERBS: Mapping[str, Callable[[argparse.Namespace], int]] = {
    "test": run_test,
    "fields": show_fields,
    "actions": show_actions,
    "why": why,
    "schema": run_schema,
    "stats": run_stats,
}


def _checked(args: argparse.Namespace) -> int:
    directory: Path | None = getattr(args, "directory", None)
    if directory is not None:
        _take_config_beside(directory, args)
    config, found = configured(args, offline=args.verb == "list"), Found()
    if directory is not None:
        config = replace(config, rules_dir=directory)
    templates = check_templates(config, Found())
    rules = check_rules(config, templates, found)
    if args.verb == "list":
        return _list(args, queue_order(rules)) if rules is not None else found.tell(args, "")
    tests = check_tests(config, templates, rules, found)
    if tests.scenarios and not found.wrong:
        untested(config, tests, found)
    count = len(rules.rules) if rules else 0
    return found.tell(args, f"{config.rules_dir}: {count} rule{'s' * (count != 1)}; no mistakes")


def _take_config_beside(directory: Path, args: argparse.Namespace) -> None:
    """Rules are read with the names that a configuration knows. Raises CannotStart where there is none."""
    if not directory.is_dir():
        raise CannotStart(f"{directory} is no directory of rules", 78)
    beside = directory.absolute().parent / NAME
    if args.config is None and not os.environ.get(VARIABLE) and beside.is_file():
        args.config = str(beside)


def _list(args: argparse.Namespace, rules: Sequence[Listed]) -> int:
    if args.json:
        print_json(
            [
                {
                    "place": each.place,
                    "name": each.name,
                    "when": list(each.events),
                    "queue": each.queue,
                    "file": each.file,
                    "line": each.line,
                    "enabled": each.enabled,
                }
                for each in rules
            ]
        )
        return 0
    table = [
        (
            each.place,
            each.name,
            ", ".join(each.events),
            each.queue or "every",
            f"{each.file}:{each.line}",
            "" if each.enabled else "off",
        )
        for each in rules
    ]
    print_table(("#", "rule", "when", "queue", "place", ""), table, "no rules")
    return 0
