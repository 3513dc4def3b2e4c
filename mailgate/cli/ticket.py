"""`mailgate ticket list|show`: what is on the desk."""

import argparse
import sys
from datetime import UTC, tzinfo
from typing import Any

from mailgate.cli.configured import configured
from mailgate.cli.opened import print_json, print_table, printable, reading
from mailgate.decision.explained import StoredEffect, effect_line, local_time
from mailgate.store import reports

NOTHING = 4


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser("ticket", help="list tickets, show one")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="list|show")
    listing = verbs.add_parser("list", help="tickets, the oldest first")
    listing.add_argument("--queue", help="only this queue")
    listing.add_argument(
        "--state", choices=("new", "open", "pending", "closed", "merged", "spam"), help="only this state"
    )
    listing.add_argument("--limit", type=int, help="at most so many")
    show = verbs.add_parser("show", help="one ticket: articles, history, mail")
    show.add_argument("number", help="the ticket's number")


def run(args: argparse.Namespace) -> int:
    return _list(args) if args.verb == "list" else _show(args)


def _list(args: argparse.Namespace) -> int:
    rows = reading(configured(args), lambda c: reports.ticket_list(c, args.queue, args.state, args.limit))
    if args.json:
        print_json(rows)
    else:
        table = [
            (r["number"], r["state"], r["priority"], r["queue"], r["owner"] or "-", r["customer"], r["subject"])
            for r in rows
        ]
        print_table(("#", "state", "prio", "queue", "owner", "customer", "subject"), table, "no tickets")
    return 0


def _show(args: argparse.Namespace) -> int:
    config = configured(args)
    found = reading(config, lambda c: reports.ticket_show(c, args.number.lstrip("#")))
    if found is None:
        print(f"no ticket {printable(args.number)}; `mailgate ticket list` shows what there is", file=sys.stderr)
        return NOTHING
    if args.json:
        print_json(found)
    else:
        print(page(found, config.site.timezone))
    return 0


def page(ticket: dict[str, Any], zone: tzinfo = UTC) -> str:
    """One ticket as a person reads it, its times told in `zone`."""
    customer = ticket["customer"] or {"name": "", "address": "nobody"}
    head = [
        f"#{ticket['number']}  {printable(ticket['subject'])}",
        f"{ticket['queue']}, {ticket['state']}, {ticket['priority']}, owner {ticket['owner'] or 'nobody'}",
        f"customer {printable(customer['name'])} <{printable(customer['address'])}>",
    ]
    if ticket["type"]:
        head.append(f"type {printable(ticket['type'])}")
    if ticket["closes_at"]:
        head.append(f"closes at {local_time(ticket['closes_at'], zone)} unless somebody writes ({ticket['closes_by']})")
    if ticket["merged_into"]:
        head.append(f"merged into #{ticket['merged_into']}")
    if ticket["watchers"]:
        head.append("watched by " + ", ".join(map(printable, ticket["watchers"])))
    if ticket["tags"]:
        head.append("tags " + ", ".join(map(printable, ticket["tags"])))
    if ticket["linked"]:
        head.append("linked with " + ", ".join(f"#{number}" for number in ticket["linked"]))
    blocks = ["\n".join(head), *(_article(each, zone) for each in ticket["articles"])]
    history = [f"{local_time(each['at'], zone)}  {each['actor']:<22} {_done(each, zone)}" for each in ticket["history"]]
    mail = [
        f"{each['id']:>6}  {each['state']:<8} {printable(each['template'])} to {printable(each['to'])}"
        for each in ticket["outbox"]
    ]
    blocks.append("\n".join(["history", *history]))
    if mail:
        blocks.append("\n".join(["mail out", *mail]))
    return ("\n" + "-" * 72 + "\n").join(blocks)


def _article(article: dict[str, Any], zone: tzinfo) -> str:
    marks = [article["sender_type"], article["visibility"]]
    if not article["verified"]:
        marks.append("FILED APART")
    if article["automatic"]:
        marks.append(article["automatic"])
    if article["template"]:
        marks.append(f"our {article['template']}")
    lines = [f"{local_time(article['at'], zone)}  {printable(article['from'])}  ({', '.join(marks)})"]
    text = "".join(char if char.isprintable() or char == "\n" else " " for char in article["new_text"]).strip()
    if text:
        lines += ["", text]
    lines += [f"  {printable(file['filename'])}  {file['size']:,} octets" for file in article["attachments"]]
    return "\n".join(lines)


def _done(each: dict[str, Any], zone: tzinfo) -> str:
    """As `explain` says it."""
    return effect_line(StoredEffect(each["actor"], each["event"], each["detail"] or {}), zone)
