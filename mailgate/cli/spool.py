"""`mailgate spool list|show|retry|release|drop`: accepted mail, what became of it, and a second try."""

import argparse
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import sqlalchemy as sa

from mailgate.cli.configured import configured
from mailgate.cli.failure import FINDINGS
from mailgate.cli.opened import MOST_UNASKED, confirmable, operator_name, print_json, print_table, printable, reading
from mailgate.clock import SystemClock
from mailgate.config.settings import Config
from mailgate.mail.trace_fields import received_field, return_path_field
from mailgate.service.opening import open_store
from mailgate.store import reports, spool

NOTHING = 4
_AGAIN = "will be processed again"
_DONE = {
    "retry": f"{_AGAIN}, by the rules that run now; `mailgate explain {{name}}` tells what becomes of it",
    "release": f"{_AGAIN}, past the gate; `mailgate explain {{name}}` tells what becomes of it",
    "drop": "is discarded; `mailgate spool release {name}` takes it up again",
}
_WHICH = {
    "retry": "that was set aside or dropped",
    "release": "that was set aside or dropped",
    "drop": "that was set aside",
}


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser("spool", help="accepted mail and what became of it; quarantine")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="list|show|retry|release|drop")
    listing = verbs.add_parser("list", help="in order of arrival")
    listing.add_argument(
        "--state", choices=("new", "done", "duplicate", "quarantined", "discarded"), help="only this state"
    )
    listing.add_argument("--limit", type=int, help="at most so many")
    show = verbs.add_parser("show", help="one mail: its envelope, its outcome, why it failed")
    show.add_argument("id", help="S4711")
    show.add_argument("--raw", action="store_true", help="print the mail itself, as it came, with our trace fields")
    for verb, said in (
        ("retry", "process mail again that was set aside or dropped, by the rules that run now"),
        ("release", "the same, but no rule of the gate is asked this once: let it through against them"),
        ("drop", "mail that was set aside is not processed: it counts as discarded, and is kept as any mail"),
    ):
        word = verbs.add_parser(verb, help=said)
        word.add_argument("id", nargs="+", help="S4711")
        confirmable(word)


def run(args: argparse.Namespace) -> int:
    match args.verb:
        case "list":
            return _list(args)
        case "show":
            return _show(args)
        case _:
            return _decide(args)


def number_of(text: str) -> int:
    """The number behind "S4711" or "4711"; -1 for anything else, which no mail has."""
    digits = text.strip().upper().removeprefix("S")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 19 else -1


def _list(args: argparse.Namespace) -> int:
    rows = reading(configured(args), lambda c: reports.spool_list(c, args.state, args.limit))
    if args.json:
        print_json(rows)
    else:
        table = [
            (
                r["id"],
                r["received"][:19].replace("T", " "),
                r["state"],
                r["outcome"],
                r["ticket"] and f"#{r['ticket']}",
                r["mail_from"] or "<>",
                r["size"],
                (r["cause"] or "").partition("\n")[0],
            )
            for r in rows
        ]
        print_table(
            ("id", "received", "state", "outcome", "ticket", "from", "octets", "cause"), table, "the spool is empty"
        )
    return 0


def _show(args: argparse.Namespace) -> int:
    number, config = number_of(args.id), configured(args)
    found = reading(config, lambda c: reports.spool_show(c, number))
    if found is None:
        return _none(args.id)
    if args.raw:
        return _print_raw(config, number)
    if args.json:
        print_json(found)
    else:
        for key, value in (found | {"rcpt_to": ", ".join(found["rcpt_to"])}).items():
            print(f"{key + ':':<18}{value if key == 'cause' and value else printable(value)}".rstrip())
    return 0


def _print_raw(config: Any, number: int) -> int:
    envelope = reading(config, lambda c: spool.envelope(c, number))
    content = reading(config, lambda c: spool.raw(c, number)) or b""
    by = config.out.hostname or f"mailgate.{config.site.domain}"
    if envelope is not None:
        sys.stdout.buffer.write(return_path_field(envelope) + received_field(envelope, by, f"S{number}") + content)
    return 0


def _decide(args: argparse.Namespace) -> int:
    """One of the verbs that change something, for each mail that is named."""
    config = configured(args)
    numbers = list(dict.fromkeys(map(number_of, args.id)))
    if args.dry_run or (len(numbers) > MOST_UNASKED and not args.yes):
        return _show_plan(args, config, numbers)
    now, who, store, code = SystemClock().now(), operator_name(), open_store(config), 0
    verb: dict[str, Callable[[sa.Connection, int], bool]] = {
        "retry": lambda c, number: spool.put_back(c, number, now),
        "release": lambda c, number: spool.let_through(c, number, who, now),
        "drop": lambda c, number: spool.drop(c, number, who, now),
    }
    done: list[str] = []
    try:
        for text, number in zip(dict.fromkeys(args.id), numbers, strict=False):
            if store.write_now(partial(_on, verb[args.verb], number)):
                done.append(f"S{number}")
            else:
                code = _none(text, _WHICH[args.verb])
    finally:
        store.close()
    if args.json:
        print_json({"done": args.verb, "mails": done})
    elif not args.quiet:
        for name in done:
            print(f"{name} {_DONE[args.verb].format(name=name)}")
    return code


def _on(verb: Callable[[sa.Connection, int], bool], number: int, connection: sa.Connection) -> bool:
    return verb(connection, number)


def _show_plan(args: argparse.Namespace, config: Config, numbers: list[int]) -> int:
    """What would be done. Nothing was."""
    rows = [reading(config, partial(reports.spool_show, spool_id=number)) for number in numbers]
    found = [row for row in rows if row is not None]
    if args.json:
        print_json({"would": args.verb, "mails": [row["id"] for row in found]})
    else:
        print(f"would {args.verb}:")
        table = [
            (row["id"], row["state"], row["mail_from"] or "<>", (row["cause"] or "").partition("\n")[0])
            for row in found
        ]
        print_table(("id", "state", "from", "cause"), table, "nothing")
    if not args.dry_run:
        print(f"{len(numbers)} mails: nothing was done; say --yes to do it", file=sys.stderr)
        return FINDINGS
    return 0 if len(found) == len(numbers) else NOTHING


def _none(text: str, where: str = "in the spool") -> int:
    print(f"no mail {printable(text)} {where}; `mailgate spool list` shows what there is", file=sys.stderr)
    return NOTHING
