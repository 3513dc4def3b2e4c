"""`mailgate outbox list|show|retry|release|discard`: mail on its way out, and what rules call."""

import argparse
import sys
from functools import partial
from typing import Any

from mailgate.cli.configured import configured
from mailgate.cli.held import decide
from mailgate.cli.opened import confirmable, print_json, print_table, printable, reading, writing
from mailgate.clock import SystemClock
from mailgate.store import outbox, reports

NOTHING = 4
STATES = ("waiting", "delayed", "held", "sending", "sent", "failed", "cancelled")


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser("outbox", help="mail on its way out, and what rules call")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="list|show|retry|release|discard")
    listing = verbs.add_parser("list", help="the oldest first")
    listing.add_argument("--state", choices=STATES, help="only this state")
    listing.add_argument(
        "--failed", action="store_const", const="failed", dest="state", help="the same as --state failed"
    )
    listing.add_argument("--limit", type=int, help="at most so many")
    show = verbs.add_parser("show", help="one mail or call: where it stands, and its content")
    show.add_argument("id", type=int)
    again = verbs.add_parser("retry", help="do it now: failed or waiting mail, or such a call")
    again.add_argument("id", type=int, nargs="+")
    for verb, said in (
        ("release", "let held mail go out; of an agent's answer all copies, and she hears of it"),
        ("discard", "drop held mail; of an agent's answer all copies, and she hears of it"),
    ):
        word = verbs.add_parser(verb, help=said)
        word.add_argument("id", type=int, nargs="+")
        confirmable(word)


def run(args: argparse.Namespace) -> int:
    match args.verb:
        case "list":
            return _list(args)
        case "show":
            return _show(args)
        case "retry":
            return _retry(args)
        case _:
            return decide(args)


def _list(args: argparse.Namespace) -> int:
    rows = reading(configured(args), lambda c: reports.outbox_list(c, args.state, limit=args.limit))
    if args.json:
        print_json(rows)
    else:
        table = [
            (
                r["id"],
                r["state"],
                r["ticket"] and f"#{r['ticket']}",
                r["kind"],
                r["template"],
                r["to"],
                r["attempts"],
                r["last_reply"],
            )
            for r in rows
        ]
        print_table(
            ("id", "state", "ticket", "kind", "template", "to", "tries", "last reply"), table, "nothing in the outbox"
        )
    return 0


def _show(args: argparse.Namespace) -> int:
    found = reading(configured(args), lambda c: reports.outbox_show(c, args.id))
    if found is None:
        return _none(args.id)
    row, content = found
    if args.json:
        print_json(row | {"content": content.decode("utf-8", "replace")})
    else:
        call = row.pop("call") or {}
        for key, value in (row | call).items():
            print(f"{key + ':':<16} {printable(value)}")
        print()
        sys.stdout.flush()
        sys.stdout.buffer.write(content.replace(b"\r\n", b"\n"))
    return 0


def _retry(args: argparse.Namespace) -> int:
    now, config, code = SystemClock().now(), configured(args), 0
    for number in args.id:
        if writing(config, partial(outbox.try_again, outbox_id=number, now=now)):
            print(f"{number} is due now; `mailgate outbox show {number}` tells how it went")
        else:
            code = _none(number, " that could be sent again; what is held goes out with `mailgate outbox release`")
    return code


def _none(number: int, which: str = "") -> int:
    print(f"no mail or call {number}{which}; `mailgate outbox list` shows what there is", file=sys.stderr)
    return NOTHING
