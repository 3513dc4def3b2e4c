"""A Postfix of the test's own: one port of loopback in, Maildirs and a relay out, all its files in one directory.

It shares the programs, the users `postfix` and `postdrop` and nothing else with the system's Postfix: `postfix -c` with
queue, data and log directories of its own. Its master runs as root, so the tests must.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.support.postgres import UNPRIVILEGED, free_port

HOSTNAME = "mx.example.test"
_STOP_SECONDS = 10.0

# Traps: without a `compatibility_level` every start prints what has changed since 2009; the log file needs its prefix
# allowed and the service postlog; what is deferred would be looked at again after five minutes; no name may need DNS.
_MAIN = """
compatibility_level = 3.6
queue_directory = {home}/queue
data_directory = {home}/data
maillog_file = {home}/log
maillog_file_prefixes = {home}
myhostname = {hostname}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
mydestination =
local_recipient_maps =
alias_maps =
alias_database =
biff = no
smtpd_peername_lookup = no
smtp_dns_support_level = disabled
recipient_delimiter = +
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 2s
virtual_mailbox_domains = {domains}
virtual_mailbox_base = {maildirs}
virtual_mailbox_maps = inline:{{ {mailboxes} }}
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_minimum_uid = 1
relay_domains = {relayed}
transport_maps = inline:{{ {transports} }}
"""
_MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix:
    """`port` takes mail from this machine for the Maildirs and the relayed domains; it is fixed before `start`."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = free_port()

    def start(self, *, maildirs: Path, mailboxes: Mapping[str, str], relayed: Mapping[str, int]) -> None:
        """Start it; it takes mail when this returns.

        `mailboxes`: addresses and their Maildirs under `maildirs`; other addresses of their domains are unknown
        (550 5.1.1). `relayed`: domains and the ports of this machine that take their mail, subaddress and all.
        """
        owner = pwd.getpwnam(UNPRIVILEGED)
        main = _MAIN.format(
            home=self.home,
            hostname=HOSTNAME,
            domains=", ".join(sorted({address.partition("@")[2] for address in mailboxes})),
            maildirs=maildirs,
            mailboxes=", ".join(f"{{ {address} = {maildir}/ }}" for address, maildir in mailboxes.items()),
            uid=owner.pw_uid,
            gid=owner.pw_gid,
            relayed=", ".join(relayed),
            transports=", ".join(f"{{ {domain} = relay:[127.0.0.1]:{port} }}" for domain, port in relayed.items()),
        )
        for folder in ("etc", "queue", "data"):
            (self.home / folder).mkdir()
        shutil.chown(self.home / "data", "postfix")
        (self.home / "etc" / "main.cf").write_text(main)
        os.utime(self.home / "etc" / "main.cf", (0, 0))  # Postfix waits until nobody can be in the middle of writing it
        (self.home / "etc" / "master.cf").write_text(_MASTER.format(port=self.port))
        done = self._command("start")
        assert done.returncode == 0, f"{done.stdout}{done.stderr}{self.log()}"

    def stop(self) -> None:
        """End it with all its processes. AssertionError if one outlives it, or if it found fault with its set-up."""
        master = self._master()
        if master is None:
            return
        self._command("stop")
        end = time.monotonic() + _STOP_SECONDS
        while (left := _processes(master)) and time.monotonic() < end:
            time.sleep(0.02)
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        assert not left, f"processes outlived Postfix: {left}\n{self.log()}"
        faults = [line for line in self.log().splitlines() if " fatal: " in line or " panic: " in line]
        assert not faults, faults

    def log(self) -> str:
        path = self.home / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    def queued(self) -> list[str]:
        """The queue files of mail that is still on its way."""
        queues = (self.home / "queue" / each for each in ("incoming", "active", "deferred", "hold", "corrupt"))
        return [path.name for queue in queues for path in queue.rglob("*") if path.is_file()]

    def _command(self, word: str) -> "subprocess.CompletedProcess[str]":
        command = [program(), "-c", str(self.home / "etc"), word]
        return subprocess.run(command, capture_output=True, text=True, cwd=self.home, check=False, timeout=60)

    def _master(self) -> int | None:
        try:
            return int((self.home / "queue" / "pid" / "master.pid").read_text())
        except (OSError, ValueError):
            return None


def _processes(session: int) -> list[int]:
    """The living processes of a session: the master makes one, and its daemons stay in it."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, ValueError, IndexError):
            state, _, _, its_session = (entry / "stat").read_text().rpartition(")")[2].split()[:4]
            if int(its_session) == session and state != "Z":
                found.append(int(entry.name))
    return found


def program() -> str:
    """The path of the command `postfix`. Where it is missing the test fails in CI, and elsewhere is skipped.

    Whoever is not root is skipped everywhere: Postfix starts under no other user.
    """
    if os.geteuid() != 0:
        pytest.skip("needs to be root, as Postfix starts under no other user")
    found = shutil.which("postfix", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None:
        reason = "needs postfix (Debian: apt-get install postfix)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@contextmanager
def postfix() -> Iterator[Postfix]:
    """A Postfix that has its port and waits for its `start`; gone afterwards with all its processes and files."""
    program()
    home = Path(tempfile.mkdtemp(prefix="mailgate-postfix-"))  # Postfix's user cannot look into pytest's directories
    server = Postfix(home)
    try:
        home.chmod(0o755)
        yield server
    finally:
        try:
            server.stop()
        finally:
            shutil.rmtree(home, ignore_errors=True)
