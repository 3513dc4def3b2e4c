"""`mailgate reload`: checks the files, makes them THE active set, and has a running daemon take it at once.

What has a mistake changes nothing: the mistakes are shown as `check` does, and mailed to the admins once.
"""

import argparse
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mailgate.cli.configured import find
from mailgate.cli.elsewhere import elsewhere
from mailgate.cli.failure import FINDINGS, printable
from mailgate.cli.frames import problem_as_json, show_problems
from mailgate.cli.opened import print_json
from mailgate.cli.packaged import packaged_templates
from mailgate.clock import SystemClock
from mailgate.config.rescue import database_of
from mailgate.errors import FilesRejected, MailgateError
from mailgate.ids import SystemIds
from mailgate.rules.difference import Difference, difference
from mailgate.service.active import CheckedSet
from mailgate.service.control import ask, socket_directory
from mailgate.service.opening import open_database, open_store, running_set
from mailgate.service.reload import checked_and_played, failure_of, publish, tell_admins
from mailgate.service.snapshot import CONFIG, RULES, take_files
from mailgate.store import sets
from mailgate.store.engine import Store

PATIENCE = 60.0  # seconds that a daemon has to take the set


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser("reload", help="take new rules, templates and configuration without a restart")
    parser.add_argument(
        "--diff",
        action="store_true",
        help="show which rules changed, and what would go elsewhere",
    )


def run(args: argparse.Namespace) -> int:
    path = find(args.config, os.environ)
    try:
        made = checked_and_played(take_files(path, os.environ, offline=True), packaged_templates())
    except FilesRejected as error:
        return _refuse(args, path, error)
    store = open_store(made.config)
    try:
        return _reload(args, store, made)
    finally:
        store.close()


@dataclass(frozen=True, slots=True)
class _Changes:
    """Between the set before and the new one."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    rules: Difference

    @classmethod
    def between(cls, old: Mapping[str, str], new: Mapping[str, str]) -> "_Changes":
        return cls(
            tuple(sorted(new.keys() - old.keys())),
            tuple(sorted(name for name in new.keys() & old.keys() if new[name] != old[name])),
            tuple(sorted(old.keys() - new.keys())),
            difference(_rules(old), _rules(new)),
        )


def _rules(files: Mapping[str, str]) -> dict[str, str]:
    """The rules of a set; in the oldest sets there is nothing else."""
    return {
        name.removeprefix(RULES): text for name, text in files.items() if name.startswith(RULES) or CONFIG not in files
    }


def _reload(args: argparse.Namespace, store: Store, made: CheckedSet) -> int:
    now = SystemClock().now()
    went = elsewhere(store, made.config.path, made) if args.diff and not args.json else ()
    before = store.write_now(lambda c: publish(c, made, now))
    old = store.read_now(lambda c: sets.files_of(c, before)) if before else None
    answer = ask(socket_directory(made.config), "reload", PATIENCE)
    taken = answer is not None and answer.get("hash") == made.hash
    if answer is not None and not taken and before is not None:
        store.write_now(lambda c: sets.go_back(c, made.hash, before, now))
        return _not_taken(args, made, answer)
    changes = _Changes.between(old or {}, made.files)
    restart = list(answer.get("restart") or ()) if answer else []
    if args.json:
        print_json(
            {
                "ok": True,
                "ruleset": made.hash,
                "before": before,
                "running": taken,
                "files": {name: list(getattr(changes, name)) for name in ("added", "changed", "removed")},
                "rules": {name: list(getattr(changes.rules, name)) for name in ("added", "changed", "removed")},
                "needs_restart": restart,
            }
        )
    elif not args.quiet:
        print("\n".join((*_told(made, before, changes, restart, taken=taken, diff=args.diff), *map(printable, went))))
    return 0


def _told(
    made: CheckedSet, before: str | None, changes: _Changes, restart: list[str], *, taken: bool, diff: bool
) -> list[str]:
    """What a person reads."""
    same = " (nothing changed)" if before == made.hash else f" (before: {before})" if before else ""
    lines = [f"rules {made.hash} {'are running' if taken else 'are stored'}{same}"]
    for mark, names in (("+", changes.added), ("~", changes.changed), ("-", changes.removed)):
        lines += [f"  {mark} {printable(name)}" for name in names]
    if diff:
        rules = changes.rules
        for word, names in (("added", rules.added), ("changed", rules.changed), ("removed", rules.removed)):
            lines += [f"  rule {word}: {printable(name)}" for name in names]
        if not (rules.added or rules.changed or rules.removed):
            lines.append("  no rule changed")
    if restart:
        sections = ", ".join(f"[{name}]" for name in restart)
        lines.append(f"{sections} changed: this waits for a restart of the daemon")
    if warnings := len(made.config.warnings) + len(made.rules.warnings):
        lines.append(f"{warnings} warning{'s' * (warnings != 1)}; `mailgate check` shows what")
    if not taken:
        lines.append("no daemon is running here; the next start takes the files as they then are")
    return lines


def _not_taken(args: argparse.Namespace, made: CheckedSet, answer: Mapping[str, Any]) -> int:
    """The files are right, but the daemon cannot use them: a secret that only it can read, an older program."""
    why, running = str(answer.get("error") or "it did not say why"), str(answer.get("hash") or "?")
    if args.json:
        print_json({"ok": False, "ruleset": running, "problems": [], "error": why})
    print(f"the daemon cannot take rules {made.hash}: {printable(why)}", file=sys.stderr)
    print(f"the running rules ({running}) were not changed", file=sys.stderr)
    return FINDINGS


def _refuse(args: argparse.Namespace, path: Path, error: FilesRejected) -> int:
    running = _tell(path, error)
    if args.json:
        problems = [problem_as_json(each) for each in error.problems]
        print_json({"ok": False, "ruleset": running, "problems": problems})
    show_problems(error.problems, error.sources, sys.stderr)
    print(f"the running rules{f' ({running})' if running else ''} were not changed", file=sys.stderr)
    return FINDINGS


def _tell(path: Path, error: FilesRejected) -> str | None:
    """Mail the mistakes to the admins. Returns the hash of what runs; None where that cannot be found out."""
    url = database_of(path, os.environ)
    if url is None:
        return None
    running: str | None = None
    try:
        store = open_database(url)
        try:
            running = store.read_now(sets.active)
            if running is not None and not store.read_now(lambda c: sets.was_told(c, failure_of(error))):
                active = store.read_now(lambda c: running_set(c, path, os.environ, packaged_templates()))
                store.write_now(lambda c: tell_admins(c, error, active, SystemIds(), SystemClock().now()))
        finally:
            store.close()
    except MailgateError as trouble:
        print(f"mailgate: the admins were not told: {printable(str(trouble))}", file=sys.stderr)
    return running
