"""`mailgate customer show|undead`: what is known of a customer's address, and writing to it again."""

import argparse
import sys
from functools import partial
from typing import Any

from mailgate.cli.configured import configured
from mailgate.cli.opened import print_json, print_table, printable, reading, writing
from mailgate.store import addresses

NOTHING = 4


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser("customer", help="a customer's address: tickets, bounces, writing to it again")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="show|undead")
    show = verbs.add_parser("show", help="the tickets of an address, and what came back from it")
    show.add_argument("address", help="an e-mail address")
    undead = verbs.add_parser("undead", help="write to an address again that was taken for dead")
    undead.add_argument("address", nargs="+", help="an e-mail address")


def run(args: argparse.Namespace) -> int:
    return _show(args) if args.verb == "show" else _undead(args)


def _show(args: argparse.Namespace) -> int:
    found = reading(configured(args), lambda c: addresses.customer_show(c, args.address))
    if found is None:
        print(f"nothing is known of {printable(args.address)}", file=sys.stderr)
        return NOTHING
    if args.json:
        print_json(found)
        return 0
    print(f"{printable(found['address'])}  {_standing(found)}")
    if found["reason"]:
        print(
            f"  {found['hard_bounces']} hard bounces, the last {_minute(found['last_bounce'])}: "
            f"{printable(found['reason'])}"
        )
    print()
    rows = [(each["number"], each["state"], each["queue"], each["role"], each["subject"]) for each in found["tickets"]]
    print_table(("#", "state", "queue", "part", "subject"), rows, "no tickets")
    return 0


def _standing(found: dict[str, Any]) -> str:
    if found["dead_since"]:
        return f"DEAD since {_minute(found['dead_since'])}: not written to; `mailgate customer undead` lifts it"
    return "is written to"


def _undead(args: argparse.Namespace) -> int:
    config, lifted = configured(args), {}
    for address in args.address:
        lifted[address] = writing(config, partial(addresses.lift, address=address))
    if args.json:
        print_json([{"address": address, "lifted": done} for address, done in lifted.items()])
    for address, done in lifted.items():
        if done and not args.json:
            print(f"{printable(address)} is written to again")
        elif not done:
            print(f"{printable(address)} is not dead; `mailgate customer show` tells what is known", file=sys.stderr)
    return 0 if all(lifted.values()) else NOTHING


def _minute(moment: str) -> str:
    return moment[:16].replace("T", " ")
