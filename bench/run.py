"""How many mails a second become tickets: mailgate beside the bare pipeline ("floor") and django-helpdesk.

    python -m bench.run [--quick] [--rounds 3] [--mails 2000]

The three take turns, as these machines drift; medians are shown. Ours: SMTP from 10 sessions into an empty store, from
the first connect to the last mail's outcome (parsed, threaded, decided, acknowledgement and agent's notification
composed and queued). The floor does less, behind the same SMTP; django-helpdesk is fed by function calls, without SMTP.
The scripts and the workload are those of $MAILGATE_BENCH (else ../shared/bench); everything made lies in .bench/.
"""

import argparse
import json
import os
import platform
import statistics
import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from bench.measured import Measured
from bench.ours import Ours
from bench.peers import django_helpdesk, floor
from bench.workload import SCRIPTS, Workload, workload
from tests.support.postgres import NoPostgres, own_cluster

OURS, DELIVERING, POSTGRES = "mailgate, SQLite", "mailgate, SQLite, delivering", "mailgate, PostgreSQL"
FLOOR, HELPDESK = "floor", "django-helpdesk"
Contest = dict[str, Callable[[], Measured]]


def contestants(mails: Workload, quick: bool) -> Contest:
    found: Contest = {OURS: lambda: Ours(mails).run(), FLOOR: lambda: floor(mails)}
    if not quick:
        found[HELPDESK] = lambda: django_helpdesk(mails)
        found[DELIVERING] = lambda: Ours(mails, delivering=True).run()
        found[POSTGRES] = lambda: with_postgres(mails)
    return found


def with_postgres(mails: Workload) -> Measured:
    """A server of its own with the durability of a real one: the tests' shortcuts would flatter us."""
    with own_cluster(fsync="on", full_page_writes="on") as cluster, cluster.database() as url:
        return Ours(mails, database_url=url).run()


def medians(results: list[Measured]) -> Measured:
    """The round with the median rate, whole: its figures belong together."""
    rate = statistics.median_low(each.rate for each in results)
    return next(each for each in results if each.rate == rate)


COLUMNS = ("mails/s", "x floor", "x helpdesk", "cpu ms", "250 p50", "p99 ms", "RSS MB", "tree")


def table(best: dict[str, Measured]) -> str:
    bottom, peer = best[FLOOR].rate, best[HELPDESK].rate if HELPDESK in best else None
    rows: list[tuple[str, ...]] = [("", *COLUMNS)]
    for name, each in best.items():
        times = each.rate / peer if peer else None
        figures = (
            each.rate,
            each.rate / bottom,
            times,
            each.cpu_ms,
            each.p50_ms,
            each.p99_ms,
            each.rss_mb,
            each.tree_mb,
        )
        forms = (".1f", ".2f", ".2f", ".2f", ".1f", ".1f", ".0f", ".0f")
        rows.append((name, *("" if f is None else format(f, form) for f, form in zip(figures, forms, strict=True))))
    return "\n".join(f"{name:30}" + "".join(f"{cell:>11}" for cell in cells) for name, *cells in rows)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--quick", action="store_true", help="one round of mailgate and the floor")
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--mails", type=int, default=2000)
    arguments.add_argument("--json", type=Path, help="write every round's figures there")
    args = arguments.parse_args()
    if not SCRIPTS.is_dir():
        sys.exit(f"no benchmark scripts at {SCRIPTS}; $MAILGATE_BENCH says where they are")
    mails = workload(args.mails)
    print(
        f"{mails.summary}\nPython {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}",
        flush=True,
    )

    results: dict[str, list[Measured]] = defaultdict(list)
    for turn in range(1 if args.quick else args.rounds):
        for name, run in contestants(mails, args.quick).items():
            try:
                measured = run()
            except NoPostgres as reason:
                print(f"{name}: {reason}")
                continue
            results[name].append(measured)
            print(f"  round {turn + 1}  {name:30}{measured.rate:8.1f} mails/s", flush=True)
    print(table({name: medians(rounds) for name, rounds in results.items()}))
    if not args.quick:
        ordered = Ours(mails, sessions=1).run()
        print(f"in order, 1 session: {ordered.rate:.1f} mails/s, {ordered.tickets} tickets", end=" ")
        print(f"for {mails.conversations} conversations")
    if args.json:
        rows = {name: [each.as_dict() for each in rounds] for name, rounds in results.items()}
        args.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
