"""`mailgate reload`: checks the files, makes them THE active set, and has a running daemon take it at once.

What has a mistake changes nothing: the mistakes are shown as `check` does, and mailed to the admins once.
"""

import argparse
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mailgate.cli.configured import find
from mailgate.cli.failure import FINDINGS, printable
from mailgate.cli.frames import problem_as_json, show_problems
from mailgate.cli.known_sets import NOTHING, Changes, list_sets, show_difference, stored_set
from mailgate.cli.opened import print_json
from mailgate.cli.packaged import packaged_templates
from mailgate.clock import SystemClock
from mailgate.config.rescue import database_of
from mailgate.errors import CannotStart, FilesRejected, MailgateError
from mailgate.ids import SystemIds
from mailgate.service.active import CheckedSet
from mailgate.service.control import ask, socket_directory
from mailgate.service.opening import open_database, open_store, running_set
from mailgate.service.reload import checked_and_played, failure_of, publish, tell_admins
from mailgate.service.snapshot import take_files
from mailgate.store import sets
from mailgate.store.engine import Store

LISTED = 20
PATIENCE = 60.0  # seconds that a daemon has to take the set


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser("reload", help="take new rules, templates and configuration without a restart")
    what = "only show what would become different, and what mail would go elsewhere; nothing is taken"
    parser.add_argument("--diff", action="store_true", help=what)
    parser.add_argument("--list", action="store_true", help="only list the sets that ever ran, the newest first")
    parser.add_argument("--limit", type=int, default=LISTED, help=f"at most so many; default: {LISTED}")
    parser.add_argument("--to", metavar="HASH", help="go back to a set that ran before, not to the files")


def run(args: argparse.Namespace) -> int:
    path = find(args.config, os.environ)
    if args.list or args.to:
        return _of_database(args, path)
    try:
        made = checked_and_played(take_files(path, os.environ, offline=True), packaged_templates())
    except FilesRejected as error:
        return _refuse(args, path, error)
    store = open_store(made.config)
    try:
        return show_difference(args, store, made) if args.diff else _reload(args, store, made)
    finally:
        store.close()


def _of_database(args: argparse.Namespace, path: Path) -> int:
    """What looks only at the sets of the database; the files may be as wrong as they like."""
    url = database_of(path, os.environ)
    if url is None:
        raise CannotStart(f"{path} names no database; `mailgate check` says what is wrong with it", 78)
    store = open_database(url)
    try:
        if args.list:
            return list_sets(args, store)
        made = stored_set(args.to, store, path)
        if made is None:
            return NOTHING
        return show_difference(args, store, made) if args.diff else _reload(args, store, made)
    finally:
        store.close()


def _reload(args: argparse.Namespace, store: Store, made: CheckedSet) -> int:
    now = SystemClock().now()
    before = store.write_now(lambda c: publish(c, made, now))
    old = store.read_now(lambda c: sets.files_of(c, before)) if before else None
    answer = ask(socket_directory(made.config), "reload", PATIENCE)
    taken = answer is not None and answer.get("hash") == made.hash
    if answer is not None and not taken and before is not None:
        store.write_now(lambda c: sets.go_back(c, made.hash, before, now))
        return _not_taken(args, made, answer)
    changes = Changes.between(old or {}, made.files)
    restart = list(answer.get("restart") or ()) if answer else []
    if args.json:
        print_json(
            {
                "ok": True,
                "ruleset": made.hash,
                "before": before,
                "running": taken,
                **changes.as_json(),
                "needs_restart": restart,
            }
        )
    elif not args.quiet:
        print("\n".join(_told(made, before, changes, restart, taken=taken, back=bool(args.to))))
    return 0


def _told(
    made: CheckedSet, before: str | None, changes: Changes, restart: list[str], *, taken: bool, back: bool
) -> list[str]:
    """What a person reads."""
    same = " (nothing changed)" if before == made.hash else f" (before: {before})" if before else ""
    lines = [f"rules {made.hash} {'are running' if taken else 'are stored'}{same}"]
    lines += changes.lines()
    if restart:
        sections = ", ".join(f"[{name}]" for name in restart)
        lines.append(f"{sections} changed: this waits for a restart of the daemon")
    if warnings := len(made.config.warnings) + len(made.rules.warnings):
        lines.append(f"{warnings} warning{'s' * (warnings != 1)}; `mailgate check` shows what")
    if back:
        lines.append("the files on disk are as they were: the next `mailgate reload` or start takes them again")
    elif not taken:
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
