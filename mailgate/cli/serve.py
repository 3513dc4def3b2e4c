"""`mailgate serve`: the daemon in the foreground."""

import argparse
import asyncio
import gc
import sys
from pathlib import Path
from typing import Any

from mailgate.cli.configured import NAME, PLACES, configured
from mailgate.cli.muttrc import CUSTOMER, FOLDER
from mailgate.cli.packaged import packaged_templates
from mailgate.cli.standpoint import program, typed
from mailgate.clock import SystemClock
from mailgate.config.settings import Config
from mailgate.ids import SystemIds
from mailgate.logs import configure
from mailgate.service.daemon import Daemon

# Other threads compute while the event loop waits for the interpreter: at the default of 5 ms each wait for a client's
# next command would cost as much.
SWITCH_SECONDS = 0.002


def register(subparsers: Any) -> None:
    subparsers.add_parser("serve", help="run the daemon in the foreground; Ctrl-C drains and stops")


def run(args: argparse.Namespace) -> int:
    config = configured(args)
    configure(config.log)
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)
    daemon = Daemon(config, SystemClock(), SystemIds(), packaged_templates())
    return asyncio.run(daemon.run(lambda: print(first_steps(config), flush=True)))


def first_steps(config: Config) -> str:
    """What to try, for a desk that keeps its mail to itself; each line is ready for a shell, from here."""
    if config.out.maildir is None:
        return "mailgate is ready"
    again = program() if _is_found_from_here(config.path) else f"{program()} -C {_named(config.path)}"
    mail = r"'From: Ana <ana@acme.example>\nSubject: Help\n\nIt is broken.\n'"
    return "\n".join(
        (
            "mailgate is ready. Try, in another terminal:",
            f"  write as a customer  printf {mail} | {again} inject -",
            *(f"  {task:<19}  mutt -F {typed(path)}" for task, path in _mailboxes(config)),
            f"  see the ticket       {again} ticket show {config.number_start}",
            f"  ask why              {again} explain {config.number_start}",
            f"It listens on {', '.join(str(door.listen) for door in config.doors)}; mail that goes out lies in "
            f"{_where(config.out.maildir)}. Ctrl-C stops it.",
        )
    )


def _is_found_from_here(path: Path) -> bool:
    """Whether a command without -C means this configuration."""
    first = next((place for place in PLACES if place.is_file()), None)
    return first is not None and first.samefile(path)


def _named(path: Path) -> str:
    return typed(path.parent if path.name == NAME else path)


def _mailboxes(config: Config) -> list[tuple[str, Path]]:
    """Whose mail mutt can open, as `mailgate init` wrote it: the first agent's, then the customer's."""
    agent = next(iter(config.agents), "")
    found = ((f"answer as {agent}", agent), ("read the answer", CUSTOMER.address.partition("@")[0]))
    files = ((task, config.path.parent / FOLDER / name) for task, name in found)
    return [(task, path) for task, path in files if path.is_file()]


def _where(maildir: Path) -> str:
    """The part of the path that all recipients share."""
    fixed = next((path for path in reversed(maildir.parents) if "{" in path.name), maildir)
    if "{" not in str(maildir):
        return f"{typed(maildir)}, a Maildir"
    return f"{typed(fixed.parent)}, a Maildir for each recipient"
