"""What the commands on tickets, spool and outbox share: open the store, run, close; print JSON or a table."""

import argparse
import json
import os
from collections.abc import Callable, Sequence
from getpass import getuser
from typing import Any, TypeVar

import sqlalchemy as sa

from mailgate.config.settings import Config
from mailgate.service.opening import open_store

T = TypeVar("T")


def reading(config: Config, unit: Callable[[sa.Connection], T]) -> T:
    """Run a read-only unit on the desk's database. Raises CannotStart or Outage."""
    store = open_store(config)
    try:
        return store.read_now(unit)
    finally:
        store.close()


def writing(config: Config, unit: Callable[[sa.Connection], T]) -> T:
    """Run a unit that changes something, in one transaction."""
    store = open_store(config)
    try:
        return store.write_now(unit)
    finally:
        store.close()


MOST_UNASKED = 20  # above it the plan is only shown, unless --yes


def confirmable(parser: argparse.ArgumentParser) -> None:
    """The options of a command that can change many things, or what cannot be had back."""
    parser.add_argument("--dry-run", action="store_true", help="show what would be done, and do nothing")
    parser.add_argument("--yes", action="store_true", help=f"do it without asking, also to more than {MOST_UNASKED}")


def operator_name() -> str:
    """Who gives the command, for the record; behind sudo the person, not root."""
    try:
        return os.environ.get("SUDO_USER") or getuser()
    except (KeyError, OSError):  # a container's user has no name
        return f"uid {os.getuid()}"


def print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))


def print_table(headings: Sequence[str], rows: Sequence[Sequence[object]], empty: str) -> None:
    """Columns as wide as they must be, the last one free."""
    if not rows:
        print(empty)
        return
    cells = [[printable(value) for value in row] for row in rows]
    widths = [max(len(heading), *(len(row[n]) for row in cells)) for n, heading in enumerate(headings)]
    for line in ([*headings], *cells):
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def printable(value: object) -> str:
    """One line, no control characters: what a stranger wrote must not steer a terminal (R55)."""
    text = "" if value is None else str(value)
    return "".join(char if char.isprintable() else " " for char in text)[:100]
