"""Does a mail cost more on a desk with a long past? The same mails on a desk of 1,000 and on one of 200,000 tickets.

    python -m bench.growth [--large 200000] [--small 1000] [--pairs 5] [--mails 500]

Both are filled through the store, once, and kept in .bench/; each run works on a copy. The pairs take turns; the ratio
of each pair's CPU a mail is shown, and their median. Statements are counted in one process, over the same mails.
"""

import argparse
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from bench.fill import fill
from bench.measured import Measured
from bench.ours import Ours
from bench.statements import statements_a_mail
from bench.workload import CACHE, SCRIPTS, Workload, workload
from mailgate.store.migrations import migrations
from tests.support.daemon import LIFTED, Daemon

MOST = 1.25  # what a mail may cost more
MOST_MB = 200  # of the main process
MOST_P99 = 150  # ms until 99 % of the 250s


def filled(tickets: int) -> Path:
    """A desk's directory with that many tickets, made where it is not there yet."""
    schema = migrations("sqlite")[-1].version
    folder = CACHE / f"filled-{tickets}-schema-{schema}"
    if (folder / "done").exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    CACHE.mkdir(exist_ok=True)
    desk = Daemon(folder, options={"out": {"automatic": LIFTED}})
    desk.start()
    desk.terminate()
    print(f"filling a desk with {tickets:,} tickets (once)", flush=True)
    fill(desk.database_url, tickets, sys.stderr)
    (folder / "done").touch()
    return folder


def copied(source: Path, action: Callable[[Path], Measured]) -> Measured:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="run-", dir=CACHE))) / "desk"
        folder.mkdir()
        for name in ("mailgate.db", "keys"):
            shutil.copy2(source / name, folder / name)
        os.sync()  # or the copy's own pages are written while we measure
        return action(folder)


def run(tickets: int, mails: Workload) -> Measured:
    return copied(filled(tickets), lambda folder: Ours(mails, desk=folder).run())


def growth(mails: Workload, small: int, large: int, pairs: int) -> bool:
    """Run the pairs, print them, and say whether all stays within the limits."""
    ratios, worst_rss, worst_p99 = [], 0.0, 0.0
    for turn in range(pairs):
        order = (small, large) if turn % 2 == 0 else (large, small)
        found = {tickets: run(tickets, mails) for tickets in order}
        ratios.append(found[large].cpu_ms / found[small].cpu_ms)
        worst_rss = max(worst_rss, *(each.rss_mb for each in found.values()))
        worst_p99 = max(worst_p99, *(each.p99_ms or 0.0 for each in found.values()))
        figures = "  ".join(
            f"{n:,} tickets {found[n].cpu_ms:.2f} ms CPU, {found[n].rss_mb:.0f} MB" for n in (small, large)
        )
        print(f"  pair {turn + 1}  {figures}  ratio {ratios[-1]:.3f}", flush=True)
    median = statistics.median(ratios)
    print(f"CPU a mail at {large:,} tickets: {median:.3f} of that at {small:,} (at most {MOST})")
    print(f"main process at most {worst_rss:.0f} MB (under {MOST_MB}); ", end="")
    print(f"99 % of the 250s within {worst_p99:.1f} ms at 10 sessions (at most {MOST_P99})")
    return median <= MOST and worst_rss < MOST_MB and worst_p99 <= MOST_P99


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--small", type=int, default=1_000)
    arguments.add_argument("--large", type=int, default=200_000)
    arguments.add_argument("--pairs", type=int, default=5)
    arguments.add_argument("--mails", type=int, default=500)
    args = arguments.parse_args()
    if not SCRIPTS.is_dir():
        sys.exit(f"no benchmark scripts at {SCRIPTS}; $MAILGATE_BENCH says where they are")
    mails = workload(args.mails)
    for tickets in (args.small, args.large):
        counted = statements_a_mail(filled(tickets), mails)
        print(f"statements a mail at {tickets:,} tickets: {counted:.2f}", flush=True)
    if not growth(mails, args.small, args.large, args.pairs):
        sys.exit(1)


if __name__ == "__main__":
    main()
