"""`mailgate process list|show|stats`: the processes of the rules, as text or picture, and where tickets wait."""

import argparse
import sys
from typing import Any

from mailgate.cli.check import check_rules, check_templates
from mailgate.cli.configured import configured
from mailgate.cli.findings import Found
from mailgate.cli.opened import print_json, print_table, printable, reading
from mailgate.rules.process import Process
from mailgate.rules.process_picture import dot, mermaid, summary
from mailgate.rules.value import duration_text
from mailgate.store.process_stats import step_stats

NOTHING = 4


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser("process", help="processes: list them, show one, where tickets wait")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="list|show|stats")
    verbs.add_parser("list", help="the processes of the files")
    show = verbs.add_parser("show", help="one of them, step by step")
    show.add_argument("name", help="as in processes/NAME.yaml")
    picture = show.add_mutually_exclusive_group()
    picture.add_argument("--mermaid", action="store_true", help="as a state diagram for Mermaid")
    picture.add_argument("--dot", action="store_true", help="as a graph for Graphviz")
    verbs.add_parser("stats", help="how long each step takes, and how many tickets wait in it")


def run(args: argparse.Namespace) -> int:
    config, found = configured(args, offline=args.verb != "stats"), Found()
    if args.verb == "stats":
        return _stats(args, reading(config, step_stats))
    rules = check_rules(config, check_templates(config, Found()), found)
    if rules is None:
        return found.tell(args, "")
    processes = rules.processes.processes
    if args.verb == "list":
        return _list(args, list(processes.values()))
    process = processes.get(args.name)
    if process is None:
        print(f"no process {printable(args.name)}; `mailgate process list` shows them", file=sys.stderr)
        return NOTHING
    return _show(args, process)


def _list(args: argparse.Namespace, processes: list[Process]) -> int:
    if args.json:
        rows = [
            {"name": each.name, "title": each.title, "version": each.version, "hash": each.hash, "steps": [*each.steps]}
            for each in processes
        ]
        print_json(rows)
        return 0
    table = [(each.name, each.version, each.title, ", ".join(each.steps)) for each in processes]
    print_table(("process", "version", "title", "steps"), table, "no processes")
    return 0


def _show(args: argparse.Namespace, process: Process) -> int:
    if args.mermaid or args.dot:
        print(mermaid(process) if args.mermaid else dot(process))
        return 0
    if args.json:
        steps = [
            {
                "step": each.name,
                "line": each.line,
                "need": list(each.need),
                "checklist": list(each.checklist),
                "approval": each.question is not None,
                "queue": each.queue or None,
                "end": each.end,
                "leads_to": [way.step for way in each.ways],
            }
            for each in process.steps.values()
        ]
        print_json({"name": process.name, "title": process.title, "version": process.version, "steps": steps})
        return 0
    print(f"{process.name}, version {process.version}: {printable(process.title)}")
    table = [
        (summary(each), ", ".join(dict.fromkeys(way.step for way in each.ways)) or "end", f"{process.file}:{each.line}")
        for each in process.steps.values()
    ]
    print_table(("step", "leads to", "place"), table, "no steps")
    return 0


def _stats(args: argparse.Namespace, rows: Any) -> int:
    if args.json:
        keys = ("process", "step", "waiting", "passed", "seconds")
        print_json([{key: getattr(each, key) for key in keys} for each in rows])
        return 0
    table = [
        (each.process, each.step, each.waiting, each.passed, duration_text(each.seconds) if each.passed else "")
        for each in rows
    ]
    print_table(("process", "step", "waiting now", "passed", "time on the average"), table, "no process ever ran")
    return 0
