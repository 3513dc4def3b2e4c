"""`mailgate replay`: mail of the past by the rules that run and by others; what would go elsewhere. Writes nothing."""

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from mailgate.cli.configured import configured
from mailgate.cli.failure import FINDINGS, printable
from mailgate.cli.frames import show_problems
from mailgate.cli.opened import print_json
from mailgate.cli.packaged import packaged_templates
from mailgate.cli.progress import Progress
from mailgate.clock import SystemClock
from mailgate.config.settings import Config
from mailgate.decision.replayed import Tally
from mailgate.duration import parse_duration
from mailgate.errors import FilesRejected, MailgateError
from mailgate.service.active import ActiveSet
from mailgate.service.opening import joined_with, never_started, open_store, running_set
from mailgate.service.replay import replay
from mailgate.service.snapshot import checked, take, with_rules
from mailgate.store.engine import Store
from mailgate.store.past_mail import Selection

NOTHING = 4
WAITING, UNREAD = "waiting to be processed", "set aside before any rule saw them"
_NO_PAST = """this desk was never started, so there is no mail of the past: `mailgate serve` starts it,
`mailgate explain --mail FILE` says what would happen to a mail"""


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser("replay", help="what other rules would have done with mail that came")
    parser.add_argument("ticket", nargs="?", help="the mail of this ticket")
    parser.add_argument("--since", metavar="TIME", help="the mail since then, as in 7d")
    parser.add_argument("--last", metavar="N", type=int, help="the newest so many mails")
    parser.add_argument("--rules", metavar="DIR", type=Path, help="the other rules; default: the files as they now are")


def run(args: argparse.Namespace) -> int:
    if sum(each is not None for each in (args.ticket, args.since, args.last)) != 1:
        print("mailgate: name a ticket, or say --since 7d or --last 500", file=sys.stderr)
        return 2
    config = configured(args, offline=True)
    selection = _selection(args)
    if never_started(config):
        print(_NO_PAST, file=sys.stderr)
        return NOTHING
    store = open_store(config, read_only=True)
    try:
        old = store.read_now(lambda c: running_set(c, config.path, os.environ, packaged_templates()))
        try:
            new = _other(args, config, old, store)
        except FilesRejected as error:
            show_problems(error.problems, error.sources, sys.stderr)
            return FINDINGS
        with Progress("mails", quiet=args.quiet or args.json) as progress:
            tally = replay(store, selection, old, new, progress)
    finally:
        store.close()
    if tally is None or not tally.mails:
        what = f"no ticket {printable(args.ticket)}" if tally is None else "no mail came then that was decided"
        print(f"{what}; `mailgate ticket list` shows the tickets there are", file=sys.stderr)
        return NOTHING
    if args.json:
        print_json(as_json(tally, old, new))
    else:
        print(printable("\n".join(page(tally))))
    return 0


def page(tally: Tally, most: int | None = None) -> list[str]:
    """What a person reads; of the ways in which mails would be treated otherwise the `most` frequent. Every mail is in
    one figure of the first line."""
    rows = [
        (change.told, f"{count:,}", f"{change.cause}{', e.g. ' if change.cause else 'e.g. '}{' '.join(examples)}")
        for change, count, examples in tally.changes()
    ][:most]
    wide, long = (max((len(row[n]) for row in rows), default=0) for n in (0, 1))
    lines = [_sums(tally), *(f"  {told:<{wide}}  {count:>{long}}   {why}" for told, count, why in rows)]
    if more := tally.kinds - len(rows):
        lines.append(f"  and {more} more kinds")
    if tally.counted > tally.elsewhere:
        lines.append("A mail counts in each line that tells of it.")
    if left_out := [f"{count:,} {why}" for count, why in ((tally.waiting, WAITING), (tally.unread, UNREAD)) if count]:
        lines.append(f"Not replayed: {', '.join(left_out)}.")
    return lines


def _sums(tally: Tally) -> str:
    head = f"{tally.mails:,} mail{'s' * (tally.mails != 1)} replayed:"
    parts = [f"{tally.same:,} as now", f"{tally.elsewhere:,} otherwise"]
    if tally.impossible:
        parts.append(f"{len(tally.impossible):,} failed by both sets (e.g. {tally.impossible[0]})")
    return f"{head} {', '.join(parts)}{':' if tally.elsewhere else '.'}"


def as_json(tally: Tally, old: ActiveSet, new: ActiveSet) -> dict[str, Any]:
    """The stable form."""
    return {
        "mails": tally.mails,
        "same": tally.same,
        "elsewhere": tally.elsewhere,
        "failed": list(tally.impossible),
        "left_out": {"waiting": tally.waiting, "unread": tally.unread},
        "changes": [
            {
                "what": change.what,
                "old": change.old or None,
                "new": change.new or None,
                "cause": change.cause or None,
                "count": count,
                "examples": list(examples),
            }
            for change, count, examples in tally.changes()
        ],
        "rules": {"old": old.hash, "new": new.hash},
    }


def _selection(args: argparse.Namespace) -> Selection:
    if args.ticket is not None:
        return Selection(ticket=args.ticket.strip().lstrip("#"))
    if args.last is not None:
        return Selection(last=max(0, args.last))
    try:
        return Selection(since=SystemClock().now() - parse_duration(args.since))
    except ValueError as error:
        raise MailgateError(f"--since: {error}") from None


def _other(args: argparse.Namespace, config: Config, old: ActiveSet, store: Store) -> ActiveSet:
    """The rules in DIR with all else as it runs; or the whole set that lies on disk. Raises FilesRejected."""
    if args.rules is not None:
        return with_rules(old, args.rules)
    made = checked(take(config), packaged_templates(), old)
    return store.read_now(lambda c: joined_with(c, made))
