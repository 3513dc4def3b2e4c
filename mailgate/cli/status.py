"""`mailgate status`: what the daemon says of itself, or, where none runs, what its database says."""

import argparse
from collections.abc import Sequence
from datetime import UTC, tzinfo
from typing import Any

from mailgate import __version__
from mailgate.cli.configured import configured
from mailgate.cli.failure import printable as tame
from mailgate.cli.opened import print_json, printable, reading
from mailgate.clock import SystemClock
from mailgate.decision.explained import local_time
from mailgate.service.control import ask, socket_directory
from mailgate.service.opening import never_started
from mailgate.store.reports import depth

NOT_RUNNING = 3
MOST_NAMES, MOST_CAUSES = 5, 3


def register(subparsers: Any) -> None:
    subparsers.add_parser("status", help="is it running, what waits, what is open")


def run(args: argparse.Namespace) -> int:
    config = configured(args)
    if never_started(config):
        return _never(args)
    status = ask(socket_directory(config), "status")
    running = status is not None and "error" not in status
    if status is None or not running:
        now = SystemClock().now()
        status = {
            "version": __version__,
            "uptime": None,
            "ready": False,
            "ruleset": None,
            "ruleset_in_step": None,
            "sources": [],
            **reading(config, lambda c: depth(c, now)),
            "sla": {"breached": 0, "due_soon": 0},
        }
    if args.json:
        print_json(status)
    else:
        print(page(status, config.site.timezone))
    return 0 if running else NOT_RUNNING


def _never(args: argparse.Namespace) -> int:
    if args.json:
        print_json({"version": __version__, "uptime": None, "ready": False, "started": False})
    else:
        print(f"mailgate {__version__}  was never started here; start it with `mailgate serve`")
    return NOT_RUNNING


def page(status: dict[str, Any], zone: tzinfo = UTC) -> str:
    """The status on four lines; more where mail cannot be taken, where files wait for a reload or were refused, and for
    each door that has trouble."""
    spool, out, tickets = status["spool"], status["outbox"], status["tickets"]
    if status["uptime"] is None:
        first = f"mailgate {status['version']}  not running; start it with `mailgate serve`"
    else:
        ready = "ready" if status["ready"] else "not ready"
        up = _span(status["uptime"])
        step = " (in step with the files)" if status["ruleset_in_step"] else ""
        first = f"mailgate {status['version']}  up {up}  pid {status['pid']}  {ready}  rules {status['ruleset']}{step}"
    doors = " · ".join(f"{each['name']} {each['state']}" for each in status["sources"]) or "no door open"
    queues = " · ".join(f"{name} {count}" for name, count in sorted(tickets["by_queue"].items()))
    return "\n".join(
        (
            first,
            *([f"no mail is taken in: {_line(status['refusing'])}"] if status.get("refusing") else ()),
            *_differing(status, zone),
            f"in    {doors} · {spool['new']} to process{_oldest(spool)} · {spool['quarantined']} quarantined",
            *(f"      {each['name']}: {_line(each['error'])}" for each in status["sources"] if each["error"]),
            f"out   {out['waiting']} waiting{_oldest(out)} · {out['failed']} failed",
            f"open  {tickets['open']}{': ' + queues if queues else ''}",
        )
    )


def _differing(status: dict[str, Any], zone: tzinfo) -> list[str]:
    """What runs and what lies on disk, where that is not the same: why it is not, and the next step."""
    names: Sequence[str] = status.get("ruleset_differs") or ()
    if not names:
        return []
    count = f"{len(names)} file{'s' * (len(names) != 1)}"
    shown = ", ".join(map(printable, names[:MOST_NAMES])) + (", …" if len(names) > MOST_NAMES else "")
    differ = f"rules on disk differ from the running set: {count} ({shown})"
    if not (refused := status.get("reload_refused")):
        return [f"{differ}; `mailgate reload` takes them"]
    at = local_time(refused["at"], zone)
    causes = [_line(each) for each in refused["causes"][:MOST_CAUSES]]
    more = len(refused["causes"]) - len(causes)
    return [
        differ,
        f"a reload was refused at {at}; {status['ruleset']} runs on:",
        *(f"      {each}" for each in causes),
        *([f"      and {more} more"] if more else []),
        "      mend them (`mailgate check` shows each with its line), then `mailgate reload`",
    ]


def _line(error: str) -> str:
    return " ".join(tame(error).split())


def _oldest(counts: dict[str, Any]) -> str:
    return "" if counts["oldest_age"] is None else f" (oldest {_span(counts['oldest_age'])})"


def _span(seconds: float) -> str:
    """A duration in its two largest units."""
    whole = int(seconds)
    for size, name, smaller, small in ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= size:
            return f"{whole // size} {name} {whole % size // smaller} {small}"
    return f"{whole} s"
