"""`mailgate rules check|list|test`: the rules alone, against the names that configuration and templates know."""

import argparse
from collections.abc import Sequence
from typing import Any

from mailgate.cli.check import check_rules, check_templates
from mailgate.cli.configured import configured
from mailgate.cli.findings import Found
from mailgate.cli.opened import print_json, print_table
from mailgate.cli.tested import register_test, run_test, untested
from mailgate.rules.order import Listed, queue_order


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser("rules", help="check the rules, list them in their order, play their tests")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="check|list|test")
    verbs.add_parser("check", help="says every mistake with its line")
    verbs.add_parser("list", help="the rules of the files in the order in which they run")
    register_test(verbs)


def run(args: argparse.Namespace) -> int:
    if args.verb == "test":
        return run_test(args)
    config, found = configured(args, offline=args.verb == "list"), Found()
    rules = check_rules(config, check_templates(config, Found()), found)
    if args.verb == "list" and rules is not None:
        return _list(args, queue_order(rules))
    if rules is not None:
        untested(config, found)
    count = len(rules.rules) if rules else 0
    return found.tell(args, f"{config.rules_dir}: {count} rule{'s' * (count != 1)}; no mistakes")


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
