"""`mailgate deliver`: one mail on stdin, from an MTA's pipe; 0 when it is ours, synced to disk, and not before.

Any failure that is not the mail's own is an exit code by which an MTA tries again; where there is doubt, 75. What went
wrong inside is told with -v only, for somebody who tries it by hand: the MTA would send it to the sender.
"""

import argparse
import asyncio
import contextlib
import sys
from typing import TYPE_CHECKING, Any, NoReturn

from mailgate.cli.main import CommandParser

if TYPE_CHECKING:  # what could fail to load is loaded below, where failures are answered
    from mailgate.config.settings import Config
    from mailgate.decision.policy import Policy

_EX_USAGE, _EX_TEMPFAIL = 64, 75
_WAKE_SECONDS = 1.0


class _SysexitsParser(CommandParser):
    """Says a wrong argument in one line, with the code that an MTA knows."""

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        namespace, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self.error(f"unknown arguments: {' '.join(unknown)}")
        return namespace, unknown

    def error(self, message: str) -> NoReturn:
        self.exit(_EX_USAGE, f"4.3.5 mailgate deliver: {_one_line(message)}\n")


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "deliver",
        help="take one mail from stdin, for an MTA's pipe",
        description="Exit codes are those of sysexits.h; 75 (try again) when in doubt. Nothing is said on success.",
    )
    parser.__class__ = _SysexitsParser  # argparse has no way to choose the class of one subparser
    parser.add_argument("-f", "--sender", metavar="ADDRESS", help='the reverse-path; "" or "<>" for none')
    parser.add_argument(
        "recipient", nargs="*", help="the forward-paths; default: Delivered-To, X-Original-To, To and Cc"
    )


def run(args: argparse.Namespace) -> int:
    try:
        _deliver(args)
    except BaseException as error:  # an interrupt, too: what is not committed stays with the MTA
        return _answer(error, args.verbose)
    return 0


def _deliver(args: argparse.Namespace) -> None:
    from mailgate.cli.configured import configured
    from mailgate.errors import CannotStart, FilesRejected
    from mailgate.intake.pipe import EX_CONFIG, Refused

    try:
        config = configured(args, offline=True)  # the MTA's user need not be able to read our passwords
    except (FilesRejected, CannotStart) as error:
        text = "The configuration cannot be used; `mailgate check` says why"
        raise Refused(EX_CONFIG, "4.3.5", text) from error
    _commit(config, _read(config.limits.message), args.sender, args.recipient)
    with contextlib.suppress(Exception):  # the mail is ours: a daemon that does not hear it looks by itself
        _wake(config)


def _commit(config: "Config", raw: bytes, sender: str | None, recipients: list[str]) -> None:
    from mailgate.clock import SystemClock
    from mailgate.intake.limits import DoorLimits
    from mailgate.intake.pipe import Refused, submission
    from mailgate.service.acceptance import FreeSpace
    from mailgate.service.opening import open_store
    from mailgate.service.recipients import Recipients
    from mailgate.store import spool
    from mailgate.store.location import sqlite_file

    store, database = open_store(config), sqlite_file(config.database_url)
    try:
        policy = _policy(config)
        verdict, limits = (
            Recipients(store, lambda: policy, SystemClock()).verdict,
            DoorLimits(message=config.limits.message),
        )
        mail = asyncio.run(submission(raw, sender, recipients, verdict, limits, SystemClock().now()))
        no_room = FreeSpace(database.parent if database else None, config.limits.free_space).room(len(mail.raw))
        if no_room is not None:
            raise Refused.by(no_room)
        packed = spool.pack(mail)
        store.write_now(lambda c: spool.accept(c, packed))
    finally:
        store.close()


def _policy(config: "Config") -> "Policy":
    """As much of one as tells whose an address is: neither rules nor templates are read."""
    from mailgate import keyfile
    from mailgate.config.policy import our_addresses
    from mailgate.decision.policy import Policy
    from mailgate.rules.ruleset import EMPTY

    return Policy(
        site=config.site,
        queues=config.queues,
        teams=config.teams,
        agents=config.agents,
        doors={},
        limits=config.out.automatic,
        rules=EMPTY,
        keys=keyfile.read(config.keys_file),
        ours=our_addresses(config),
    )


def _wake(config: "Config") -> None:
    from mailgate.service.control import ask, socket_directory

    ask(socket_directory(config), "wake", timeout=_WAKE_SECONDS)


def _answer(error: BaseException, verbose: bool) -> int:
    """Say in one line why the mail is not taken. Returns the exit code."""
    code, said = _EX_TEMPFAIL, "4.3.0 Temporary failure, try again later"
    with contextlib.suppress(ImportError):
        from mailgate.intake.pipe import Refused

        if isinstance(error, Refused):
            code, said = error.exit_code, error.said
    with contextlib.suppress(OSError, ValueError):  # nobody may be listening
        print(_one_line(said), file=sys.stderr)
        if verbose:
            import traceback

            print(*traceback.format_exception(error), sep="", file=sys.stderr)
    return code


def _read(limit: int) -> bytes:
    """The mail; of one that is too large only the beginning, but all is read: the MTA would wait or break off."""
    source = sys.stdin.buffer
    raw = source.read(limit + 1_000)  # a "From " line does not count
    while source.read(1 << 20):
        pass
    return raw


def _one_line(text: str) -> str:
    return "".join(char if char.isascii() and char.isprintable() else "?" for char in text)
