"""The program `mailgate`: finds the command, imports only that one, turns every failure into a line and an exit code.

A command is a module of this package with `register(subparsers)` for its arguments and `run(args) -> exit code`.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from mailgate import __version__
from mailgate.cli.failure import exit_code

COMMANDS = {  # in the order of --help; the words are those of the command's own register()
    "demo": "a customer and two agents talk through a desk of their own",
    "init": "make a new desk: configuration, rules, templates, keys",
    "check": "check configuration, rules, tests and templates; says every mistake with its line",
    "serve": "run the daemon in the foreground; Ctrl-C drains and stops",
    "status": "is it running, what waits, what is open",
    "reload": "take new rules, templates and configuration without a restart",
    "ticket": "list tickets, show one",
    "agent": "who is here and who is away",
    "customer": "a customer's address: tickets, bounces, writing to it again",
    "spool": "accepted mail and what became of it; quarantine",
    "outbox": "mail on its way out, and what rules call",
    "inject": "put mail files into the spool",
    "deliver": "take one mail from stdin, for an MTA's pipe",
    "inspect": "show what is read in a mail",
    "explain": "why a mail was treated as it was, or would be",
    "replay": "what other rules would have done with mail that came",
    "rules": "check the rules, list them in their order, play their tests",
    "process": "processes: list them, show one, where tickets wait",
    "template": "the mails that mailgate writes: list, check, preview, begin a new one",
    "password": "make the hash of a password for [agents.NAME] password_hash",
    "version": "print the version",
}
_EPILOG = "exit codes: 0 done, 1 findings, 2 usage, 3 not running, 4 nothing matched, 75 try again, 78 configuration"


class CommandParser(argparse.ArgumentParser):
    """A parser that takes the common options, so that they may stand before and after the command."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings, allow_abbrev=False)
        common = self.add_argument_group("common options")
        common.add_argument(
            "-C", "--config", metavar="DIR|FILE", default=argparse.SUPPRESS, help="the configuration, or its directory"
        )
        common.add_argument(
            "--json", action="store_true", default=argparse.SUPPRESS, help="one JSON document, a stable form"
        )
        common.add_argument("-q", "--quiet", action="store_true", default=argparse.SUPPRESS, help="say less")
        common.add_argument("-v", "--verbose", action="store_true", default=argparse.SUPPRESS, help="say more")
        common.add_argument("--no-color", action="store_true", default=argparse.SUPPRESS, help="no colours (NO_COLOR)")


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command. Returns its exit code; usage errors and --help leave by SystemExit, as argparse does."""
    words = sys.argv[1:] if argv is None else list(argv)
    _have_streams()
    for stream in (sys.stdout, sys.stderr):  # a terminal that cannot show a letter is no reason to fail
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(errors="backslashreplace")
    verbose = False
    try:
        args = parser(command_of(words)).parse_args(words)
        verbose = args.verbose
        code = int(import_module(f"mailgate.cli.{args.command}").run(args))
        sys.stdout.flush()
        return code
    except (Exception, KeyboardInterrupt) as error:
        return exit_code(error, verbose=verbose)


def _have_streams() -> None:
    """Who starts us with closed streams (cron jobs, MTAs do) wants to hear nothing; it is no reason to fail."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115  for as long as we run


def command_of(words: Sequence[str]) -> str | None:
    """The command in `words`: the first that is no option, nor an option's value."""
    rest = iter(words)
    for word in rest:
        if word in ("-C", "--config"):
            next(rest, None)
        elif not word.startswith("-"):
            return word
    return None


def parser(wanted: str | None = None) -> argparse.ArgumentParser:
    """The parser of all commands; only the `wanted` one knows its own arguments, and is imported for it."""
    top = CommandParser(prog="mailgate", description="A help desk that lives in e-mail.", epilog=_EPILOG)
    top.set_defaults(config=None, json=False, quiet=False, verbose=False, no_color="NO_COLOR" in os.environ)
    top.add_argument("--version", action="version", version=f"mailgate {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, summary in COMMANDS.items():
        if name == wanted:
            import_module(f"mailgate.cli.{name}").register(commands)
        else:
            commands.add_parser(name, help=summary, add_help=False)
    return top


if __name__ == "__main__":
    sys.exit(main())
