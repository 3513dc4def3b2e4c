"""`mailgate agent list|away|back`: who is here, and whose work goes to others for a while."""

import argparse
import sys
from datetime import date, datetime, time, tzinfo
from typing import Any

from mailgate.cli.configured import configured
from mailgate.cli.opened import operator_name, print_json, print_table, printable, reading, writing
from mailgate.clock import SystemClock
from mailgate.duration import parse_duration
from mailgate.errors import CannotStart
from mailgate.store import absences

NOTHING, USAGE = 4, 2


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser("agent", help="who is here and who is away")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="list|away|back")
    verbs.add_parser("list", help="the agents, and until when who is away")
    away = verbs.add_parser("away", help="her work goes to her colleagues until then, or until she writes")
    away.add_argument("name", help="as in [agents.NAME]")
    away.add_argument("--until", default="3d", metavar="WHEN", help="a day as in 2026-12-24, or 3d; default: 3d")
    back = verbs.add_parser("back", help="she is here again")
    back.add_argument("name", help="as in [agents.NAME]")


def run(args: argparse.Namespace) -> int:
    config, now = configured(args), SystemClock().now()
    if args.verb == "list":
        gone = reading(config, lambda c: absences.away(c, now))
        rows = [
            {"agent": name, "name": each.title, "address": each.address, "away_until": _iso(gone.get(name))}
            for name, each in config.agents.items()
        ]
        if args.json:
            print_json(rows)
        else:
            back = {name: f"{at.astimezone(config.site.timezone):%Y-%m-%d %H:%M}" for name, at in gone.items()}
            table = [(name, each.title, each.address, back.get(name, "here")) for name, each in config.agents.items()]
            print_table(("agent", "name", "address", "away until"), table, "no agents")
        return 0
    if args.name not in config.agents:
        print(f"no agent {printable(args.name)}; `mailgate agent list` shows them", file=sys.stderr)
        return NOTHING
    if args.verb == "back":
        was = writing(config, lambda c: absences.come_back(c, args.name))
        print(f"{args.name} is here" + ("" if was else " (and was not away)"))
        return 0
    until = _until(args.until, now, config.site.timezone)
    writing(config, lambda c: absences.leave(c, args.name, until, now, operator_name()))
    print(f"{args.name} is away until {until.astimezone(config.site.timezone):%Y-%m-%d %H:%M}")
    return 0


def _until(text: str, now: datetime, zone: tzinfo) -> datetime:
    try:
        until = (
            now + parse_duration(text)
            if not text[:4].isdigit()
            else datetime.combine(date.fromisoformat(text), time(), zone)
        )
    except ValueError:
        raise CannotStart(f'--until {printable(text)} is no time: write it like "3d" or "2026-12-24"', USAGE) from None
    if until <= now:
        raise CannotStart(f"--until {printable(text)} is past", USAGE)
    return until


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None
