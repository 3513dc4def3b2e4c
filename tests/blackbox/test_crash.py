"""2,000 mails at full speed, kill -9 and restart at twenty random instants, then the invariants I1 to I6 (D30)."""

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.blackbox.conftest import Desk
from tests.conftest import ROOT
from tests.support import oracle
from tests.support.daemon import LIFTED, Daemon
from tests.support.sink_process import Sink
from tests.support.smtp import Letter, Sender

MAILS = 2000
CRASHES = 20
CONNECTIONS = 4


@pytest.fixture(scope="session")
def workload(tmp_path_factory: pytest.TempPathFactory) -> list[Letter]:
    """The mails that everything is measured with."""
    bench = Path(os.environ.get("MAILGATE_BENCH") or ROOT.parent / "shared" / "bench")
    if not bench.is_dir():
        pytest.skip(f"no workload at {bench}; $MAILGATE_BENCH says where make_mails.py is")
    folder = tmp_path_factory.mktemp("workload")
    make = [sys.executable, str(bench / "make_mails.py"), str(MAILS), str(folder), "--token", "[Ticket#{}]"]
    subprocess.run(make, check=True, capture_output=True)
    mails = json.loads((folder / "manifest.json").read_text())["mails"]
    return [Letter(mail["from"], (folder / mail["file"]).read_bytes()) for mail in mails]


def crash(daemon: Daemon, chance: random.Random) -> None:
    """Kill it somewhere, now and then once more while it comes up; it must be ready again by itself (I6)."""
    time.sleep(chance.uniform(0, 0.05))
    daemon.kill9()
    if chance.random() < 0.25:
        again = daemon.spawn("serve")
        time.sleep(chance.uniform(0, 1.0))
        again.kill()
        again.wait()
    daemon.start()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_nothing_is_lost_or_doubled_however_often_the_daemon_is_killed(
    desk: Desk, sink: Sink, database_url: str, workload: list[Letter]
) -> None:
    seed = int(os.environ.get("MAILGATE_SEED") or random.SystemRandom().randrange(2**32))
    print(f"MAILGATE_SEED={seed}")
    chance = random.Random(seed)
    daemon = desk(
        smarthost=sink.port,
        database_url=database_url,
        options={"out": {"automatic": LIFTED, "connections": CONNECTIONS}},
    )
    sender = Sender(daemon.port, workload, CONNECTIONS)
    sender.start()
    instants = sorted(chance.sample(range(MAILS + MAILS // 10), CRASHES))  # a few fall after the last 250
    for instant in instants:
        deadline = time.monotonic() + 60
        while sender.acknowledged < min(instant, MAILS):
            assert time.monotonic() < deadline, f"no progress at {sender.acknowledged} mails:\n{daemon.log()[-3000:]}"
            time.sleep(0.002)
        crash(daemon, chance)
    sender.finish(120)
    daemon.settle(300, delivered=True)
    found = oracle.breaches(daemon, workload, sender.attempts, sink.taken, crashes=2 * CRASHES, connections=CONNECTIONS)
    assert not found, f"{len(found)} breaches (MAILGATE_SEED={seed}):\n" + "\n".join(found[:30])
