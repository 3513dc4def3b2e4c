"""`mailgate rules check`: the rules alone, against the names that the configuration and the templates know."""

import argparse
from typing import Any

from mailgate.cli.check import check_rules, check_templates
from mailgate.cli.configured import configured
from mailgate.cli.findings import Found


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser("rules", help="check the rules")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="check")
    verbs.add_parser("check", help="says every mistake with its line")


def run(args: argparse.Namespace) -> int:
    config, found = configured(args), Found()
    rules = check_rules(config, check_templates(config, Found()), found)
    count = len(rules.rules) if rules else 0
    return found.tell(args, f"{config.rules_dir}: {count} rule{'s' * (count != 1)}; no mistakes")
