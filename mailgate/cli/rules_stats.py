"""`mailgate rules stats`: how often each rule matched of late, and which did not at all (MG401)."""

import argparse
import sys
from datetime import timedelta
from typing import Any

from mailgate.cli.check import check_rules, check_templates
from mailgate.cli.configured import configured
from mailgate.cli.findings import Found
from mailgate.cli.frames import problem_as_json, show_problems
from mailgate.cli.opened import print_json, print_table, reading
from mailgate.clock import SystemClock
from mailgate.rules.ran import UNUSED_DAYS, Ran, never_ran
from mailgate.rules.ruleset import Ruleset
from mailgate.store.ran import ran_since, rules_before


def register_stats(verbs: Any) -> None:
    verbs.add_parser("stats", help=f"how often each rule matched in the last {UNUSED_DAYS} days, and which never did")


def run_stats(args: argparse.Namespace) -> int:
    config, found = configured(args, offline=True), Found()
    rules = check_rules(config, check_templates(config, Found()), found)
    if rules is None:
        return found.tell(args, "")
    since = SystemClock().now() - timedelta(days=UNUSED_DAYS)
    ran, before = reading(config, lambda c: (ran_since(c, since), rules_before(c, since)))
    problems = tuple(each for each in never_ran(rules, ran, str(config.rules_dir), before or ""))
    if args.json:
        print_json({"rules": _rows(rules, ran), "problems": [problem_as_json(each) for each in problems]})
        return 0
    table = [
        (row["name"], row["matched"], row["errors"], row["last"], f"{row['file']}:{row['line']}")
        for row in _rows(rules, ran)
    ]
    print_table(("rule", "matched", "errors", "last", "place"), table, "no rules")
    if problems:
        show_problems(problems, found.sources, sys.stdout)
    return 0


def _rows(rules: Ruleset, ran: Any) -> list[dict[str, Any]]:
    return [
        {
            "name": rule.name,
            "file": rule.file,
            "line": rule.mark.line,
            "enabled": rule.enabled,
            "matched": (one := ran.get(rule.name, Ran())).matched,
            "errors": one.errors,
            "last": one.last.isoformat(timespec="seconds") if one.last else None,
        }
        for rule in rules.rules
    ]
