"""The sets of `mailgate reload`: which ever ran, one of them by its hash, and what differs between two."""

import argparse
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mailgate.cli.elsewhere import elsewhere
from mailgate.cli.failure import printable
from mailgate.cli.opened import print_json, print_table
from mailgate.cli.packaged import packaged_templates
from mailgate.rules.difference import Difference, difference
from mailgate.service.active import CheckedSet
from mailgate.service.snapshot import CONFIG, RULES, checked, take_texts
from mailgate.store import sets
from mailgate.store.engine import Store

NOTHING = 4


@dataclass(frozen=True, slots=True)
class Changes:
    """Between the set before and the new one: files, and the rules in them."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    rules: Difference

    @classmethod
    def between(cls, old: Mapping[str, str], new: Mapping[str, str]) -> "Changes":
        return cls(
            tuple(sorted(new.keys() - old.keys())),
            tuple(sorted(name for name in new.keys() & old.keys() if new[name] != old[name])),
            tuple(sorted(old.keys() - new.keys())),
            difference(_rules(old), _rules(new)),
        )

    def lines(self) -> list[str]:
        """As a person reads it."""
        lines = []
        for mark, names in (("+", self.added), ("~", self.changed), ("-", self.removed)):
            lines += [f"  {mark} {printable(name)}" for name in names]
        rules = self.rules
        for word, names in (("added", rules.added), ("changed", rules.changed), ("removed", rules.removed)):
            lines += [f"  rule {word}: {printable(name)}" for name in names]
        return lines

    def as_json(self) -> dict[str, Any]:
        kinds = ("added", "changed", "removed")
        return {
            "files": {name: list(getattr(self, name)) for name in kinds},
            "rules": {name: list(getattr(self.rules, name)) for name in kinds},
        }


def _rules(files: Mapping[str, str]) -> dict[str, str]:
    """The rules of a set; in the oldest sets there is nothing else."""
    return {
        name.removeprefix(RULES): text for name, text in files.items() if name.startswith(RULES) or CONFIG not in files
    }


def show_difference(args: argparse.Namespace, store: Store, made: CheckedSet) -> int:
    """Between THE active set and another one. Nothing is written."""
    before = store.read_now(sets.active)
    old = store.read_now(lambda c: sets.files_of(c, before)) if before else None
    changes = Changes.between(old or {}, made.files)
    same, quiet = before == made.hash, args.quiet or args.json
    went = None if same else elsewhere(store, made.config.path, made, quiet=quiet)
    if args.json:
        moved = {"elsewhere": went.as_json() if went else None}
        print_json({"ruleset": made.hash, "active": before, **changes.as_json(), **moved})
    elif same:
        print(f"rules {made.hash} are the active set; nothing would change")
    else:
        lines = map(printable, went.lines() if went else ())
        print("\n".join((f"rules {made.hash} would replace {before or 'nothing'}", *changes.lines(), *lines)))
        print("nothing was taken; the same without --diff takes it")
    return 0


def list_sets(args: argparse.Namespace, store: Store) -> int:
    """Every set that ran, the newest first."""
    found = store.read_now(lambda c: sets.known(c, args.limit))
    if args.json:
        print_json(
            [{"ruleset": each.hash, "first_used": each.first_used.isoformat(), "active": each.active} for each in found]
        )
        return 0
    rows = [
        (each.hash, f"{each.first_used:%Y-%m-%d %H:%M} UTC", "active" if each.active else _note(each)) for each in found
    ]
    print_table(("rules", "first used", ""), rows, "no set ever ran here")
    return 0


def _note(known: sets.KnownSet) -> str:
    return "" if known.whole else "rules alone"


def stored_set(wanted: str, store: Store, path: Path) -> CheckedSet | None:
    """The set of a hash, or of its beginning; None, and said, where there is none or several, or it cannot run again.

    Raises FilesRejected where this program cannot read it any more.
    """
    found = store.read_now(lambda c: sets.named(c, wanted)) if len(wanted) >= 4 else []
    files = store.read_now(lambda c: sets.files_of(c, found[0])) if len(found) == 1 else None
    if files is None:
        said = f"can be {', '.join(found)}" if found else "is no set that ran here, or too short"
        print(f"{printable(wanted)} {said}; `mailgate reload --list` shows them", file=sys.stderr)
        return None
    if CONFIG not in files:
        print(f"{found[0]} is of an older mailgate and holds rules alone: it cannot run again", file=sys.stderr)
        return None
    return checked(take_texts(files, path, os.environ, offline=True), packaged_templates())
