"""One run of our daemon: started on an empty store, fed by SMTP, watched until every mail has its outcome."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bench.measured import Measured, Watch
from bench.workload import CACHE, ROOT, SCRIPTS, Command, Workload
from tests.support.daemon import LIFTED, Daemon

PATIENCE = 600.0


class Ours:
    """`delivering`: what is composed also goes out, to a sink in a process of its own; otherwise it waits.

    `desk`: the directory of a desk that has a past; without it an empty one is made.
    """

    def __init__(
        self,
        mails: Workload,
        *,
        sessions: int = 10,
        delivering: bool = False,
        database_url: str | None = None,
        desk: Path | None = None,
    ) -> None:
        self._mails, self._sessions, self._desk = mails, sessions, desk
        self._delivering, self._database_url = delivering, database_url

    def run(self) -> Measured:
        with ExitStack() as stack:
            CACHE.mkdir(exist_ok=True)
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="run-", dir=CACHE)))
            smarthost = stack.enter_context(sink()) if self._delivering else None
            daemon = Daemon(
                self._desk or folder / "desk",
                database_url=self._database_url,
                smarthost=smarthost,
                options={"out": {"automatic": LIFTED}, "log": {"level": "warning"}},
            )
            stack.callback(daemon.close)
            return self._measure(daemon.start())

    def _measure(self, daemon: Daemon) -> Measured:
        assert daemon.process is not None
        engine = sa.create_engine(daemon.database_url, poolclass=sa.StaticPool)
        with closing(engine.connect().execution_options(isolation_level="AUTOCOMMIT")) as connection:
            before = connection.exec_driver_sql("SELECT coalesce(max(id), 0) FROM spool").scalar_one()
            with Watch(daemon.process.pid) as watch:
                sent = load(self._mails.folder("[Ticket#{}]"), daemon.port, self._sessions)
                self._wait(connection, "SELECT count(*) FROM spool WHERE state = 'new'")
                if self._delivering:
                    self._wait(connection, "SELECT count(*) FROM outbox WHERE state IN ('waiting', 'sending')")
            done = f"FROM spool WHERE state <> 'new' AND id > {before}"
            spool = f"SELECT count(*), max(received_at), max(processed_at) {done}"
            count, received, last = connection.exec_driver_sql(spool).one()
            if self._delivering:
                last = connection.exec_driver_sql("SELECT max(done_at) FROM outbox").scalar_one()
            tickets = connection.exec_driver_sql("SELECT count(*) FROM tickets").scalar_one()
        engine.dispose()
        assert count == self._mails.count, f"{count} of {self._mails.count} mails arrived; {sent}"
        return Measured(
            # From the first connect (the load's own clock says how long before the last mail that was) to the last
            # row done.
            rate=count / (sent["wall_s"] + (_moment(last) - _moment(received)).total_seconds()),
            cpu_ms=1000 * watch.cpu / count,
            rss_mb=watch.rss / 2**20,
            tree_mb=watch.tree / 2**20,
            p50_ms=sent["p50_ms"],
            p99_ms=sent["p99_ms"],
            tickets=tickets,
        )

    def _wait(self, connection: sa.Connection, left: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while connection.exec_driver_sql(left).scalar_one():
            assert time.monotonic() < deadline, f"not done after {PATIENCE:g} s: {left}"
            time.sleep(0.05)


def load(folder: Path, port: int, sessions: int) -> dict[str, Any]:
    """Send the workload; what the load script says of it."""
    command: Command = [
        sys.executable,
        "-B",
        SCRIPTS / "smtp_load.py",
        folder,
        f"127.0.0.1:{port}",
        "--sessions",
        str(sessions),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    assert not said["refused"], said["first_refusal"]
    return said


@contextmanager
def sink() -> Iterator[int]:
    """The port of a smarthost in a process of its own that takes and forgets."""
    command = [sys.executable, "-m", "tests.support.sink_process"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


def _moment(value: Any) -> datetime:
    """SQLite gives text, PostgreSQL a datetime."""
    moment: datetime = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment
