"""`mailgate spool list|show|retry|release`: accepted mail, what became of it, and a second try."""

import argparse
import sys
from functools import partial
from typing import Any

from mailgate.cli.configured import configured
from mailgate.cli.opened import print_json, print_table, printable, reading, writing
from mailgate.clock import SystemClock
from mailgate.mail.trace_fields import received_field, return_path_field
from mailgate.store import reports, spool

NOTHING = 4


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser("spool", help="accepted mail and what became of it; quarantine")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="list|show|retry|release")
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
        ("release", "the same"),
    ):
        again = verbs.add_parser(verb, help=said)
        again.add_argument("id", nargs="+", help="S4711")


def run(args: argparse.Namespace) -> int:
    match args.verb:
        case "list":
            return _list(args)
        case "show":
            return _show(args)
        case _:
            return _retry(args)


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


def _retry(args: argparse.Namespace) -> int:
    now, config, code = SystemClock().now(), configured(args), 0
    for text in args.id:
        number = number_of(text)
        if writing(config, partial(spool.put_back, spool_id=number, now=now)):
            print(
                f"S{number} will be processed again, by the rules that run now;"
                f" `mailgate explain S{number}` tells what becomes of it"
            )
        else:
            code = _none(text, "that was set aside or dropped")
    return code


def _none(text: str, where: str = "in the spool") -> int:
    print(f"no mail {printable(text)} {where}; `mailgate spool list` shows what there is", file=sys.stderr)
    return NOTHING
