"""`mailgate serve`: the daemon in the foreground."""

import argparse
import asyncio
import gc
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
SWITCH_SECONDS = 0.0005


def register(subparsers: Any) -> None:
    subparsers.add_parser("serve", help="run the daemon in the foreground; Ctrl-C drains and stops")


def run(args: argparse.Namespace) -> int:
    config = configured(args)
    configure(config.log)
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.freeze()
    daemon = Daemon(config, SystemClock(), SystemIds(), packaged_templates())
    return asyncio.run(daemon.run(lambda: print(first_steps(config), flush=True)))


def first_steps(config: Config) -> str:
    """Three lines to try, for a desk that keeps its mail to itself."""
    door = next((door for door in config.doors if door.listen.host), None)
    if config.out.maildir is None or door is None:
        return "mailgate is ready"
    address = config.queues[config.site.default_queue].address
    again = f"mailgate -C {config.path}"
    return (
        "mailgate is ready. Try, in another terminal:\n"
        f"  send a mail      swaks --server {door.listen} --from ana@acme.example --to {address} "
        "--header 'Subject: Help'\n"
        f"  see the ticket   {again} ticket show {config.number_start}\n"
        f"  read the answer  {again} outbox list     (the mails themselves lie in {config.out.maildir}/new)"
    )
