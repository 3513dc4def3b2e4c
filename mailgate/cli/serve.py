"""`mailgate serve`: the daemon in the foreground."""

import argparse
import asyncio
import gc
import os
import shlex
import shutil
import sys
from typing import Any

from mailgate.cli.configured import configured
from mailgate.cli.packaged import packaged_templates
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
    program = "mailgate" if shutil.which("mailgate") else os.path.relpath(sys.argv[0])
    daemon = Daemon(config, SystemClock(), SystemIds(), packaged_templates())
    return asyncio.run(daemon.run(lambda: print(first_steps(config, program), flush=True)))


def first_steps(config: Config, program: str) -> str:
    """Three lines to try, for a desk that keeps its mail to itself; they need nothing but mailgate."""
    if config.out.maildir is None:
        return "mailgate is ready"
    again = f"{shlex.quote(program)} -C {shlex.quote(str(config.path))}"
    mail = r"'From: Ana <ana@acme.example>\nSubject: Help\n\nIt is broken.\n'"
    return (
        "mailgate is ready. Try, in another terminal:\n"
        f"  send a mail        printf {mail} | {again} inject -\n"
        f"  see the ticket     {again} ticket show {config.number_start}\n"
        f"  read the answer    {again} outbox show 1\n"
        f"It listens on {', '.join(str(door.listen) for door in config.doors)}; all mail that goes out lies in "
        f"{config.out.maildir}/new. Ctrl-C stops it."
    )
