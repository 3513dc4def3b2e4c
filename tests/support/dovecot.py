"""A Dovecot of the test's own: on free ports of loopback, unprivileged, in a directory that goes with it.

Users are alice, bob and carol, each with the password "secret", and dora with one beyond ASCII. Mail is put in and
looked at by the standard library's imaplib. `kill` is SIGKILL to it and everything that it started; `start` brings it
back on the same ports.
"""

import imaplib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.support.postgres import UNPRIVILEGED, free_port
from tests.support.tls import authority

PASSWORD = "secret"
USERS = ("alice", "bob", "carol")
_START_SECONDS = 10.0

# Traps: one setting a line; the penalties for bad logins (anvil) must be off; it refuses to run wholly as root.
_CONFIGURATION = """
base_dir = {home}/run
state_dir = {home}/state
instance_name = mailgate-test
log_path = {home}/dovecot.log
protocols = imap
listen = 127.0.0.1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 0
mail_location = maildir:{home}/mail/%u
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
ssl = yes
ssl_cert = <{home}/server.pem
ssl_key = <{home}/server.key
mail_max_userip_connections = 50
mail_fsync = never
{extra}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {home}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}/mail/%u
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
  chroot =
}}
service stats {{
  chroot =
}}
"""


class Dovecot:
    """`port` speaks plain IMAP and STARTTLS, `tls_port` TLS. `ca` is the authority's certificate; host: localhost."""

    def __init__(self, home: Path, extra: str) -> None:
        self.home = home
        self.port, self.tls_port = free_port(), free_port()
        self.ca, _ = authority(home)
        self._process: subprocess.Popen[bytes] | None = None
        me = pwd.getpwnam(UNPRIVILEGED) if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        self._owner = me
        group = subprocess.run(["id", "-gn", me.pw_name], capture_output=True, text=True, check=True).stdout.strip()
        configuration = _CONFIGURATION.format(
            home=home,
            user=me.pw_name,
            group=group,
            uid=me.pw_uid,
            gid=me.pw_gid,
            port=self.port,
            tls_port=self.tls_port,
            extra=extra,
        )
        (home / "dovecot.conf").write_text(configuration)
        (home / "users").write_text(
            "".join(f"{user}:{{PLAIN}}{PASSWORD}::::::\n" for user in USERS) + "dora:{PLAIN}geheimnisß €::::::\n"
        )
        for folder in ("mail", "state"):
            (home / folder).mkdir()
        if os.geteuid() == 0:
            for path in (home, *home.rglob("*")):
                shutil.chown(path, me.pw_uid, me.pw_gid)

    # --- life and death -------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start it and wait until it greets; also after `kill`, whose leavings would stall it for minutes."""
        shutil.rmtree(self.home / "run", ignore_errors=True)
        for lock in (self.home / "mail").rglob("*.lock"):
            lock.unlink()
        root = os.geteuid() == 0
        identity = {"user": self._owner.pw_uid, "group": self._owner.pw_gid, "extra_groups": []} if root else {}
        with (self.home / "output").open("ab") as output:
            self._process = subprocess.Popen(  # type: ignore[call-overload]  # a dict of keywords
                [program(), "-F", "-c", str(self.home / "dovecot.conf")],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self.home,
                start_new_session=True,
                **identity,
            )
        deadline = time.monotonic() + _START_SECONDS
        while not self._greets():
            assert self._process.poll() is None, self.log()
            assert time.monotonic() < deadline, self.log()
            time.sleep(0.02)

    def kill(self) -> None:
        """SIGKILL to the master and its children: every connection breaks in the middle of what it did."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def pause(self) -> None:
        """SIGSTOP: connections stay open and nobody answers."""
        for pid in self._all():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)

    def resume(self) -> None:
        for pid in self._all():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    def log(self) -> str:
        files = (self.home / "output", self.home / "dovecot.log")
        return "".join(each.read_text(errors="replace") for each in files if each.exists())[-4000:]

    # --- mail -----------------------------------------------------------------------------------------------------

    @contextmanager
    def login(self, user: str = "alice", folder: str | None = None) -> Iterator[imaplib.IMAP4]:
        """A client logged in, with a folder selected if one is named."""
        with imaplib.IMAP4("127.0.0.1", self.port, timeout=20) as client:
            client.login(user, PASSWORD)
            if folder is not None:
                status, lines = client.select(f'"{folder}"')
                assert status == "OK", lines
            yield client

    def append(self, mails: Sequence[bytes], user: str = "alice", folder: str = "INBOX") -> None:
        with self.login(user) as client:
            for mail in mails:
                status, lines = client.append(f'"{folder}"', "", "", mail)
                assert status == "OK", lines

    def deliver(self, mails: Sequence[bytes], user: str = "alice") -> None:
        """Put mail into the INBOX as a delivery agent does, as fast as files are written."""
        maildir = self.home / "mail" / user
        for folder in ("", "new", "cur", "tmp"):
            (maildir / folder).mkdir(exist_ok=True)
            if os.geteuid() == 0:
                shutil.chown(maildir / folder, self._owner.pw_uid, self._owner.pw_gid)
        start = time.time_ns()
        for number, mail in enumerate(mails):
            path = maildir / "new" / f"{start // 10**9}.M{start % 10**9}P{number}.test"
            aside = maildir / "tmp" / path.name
            aside.write_bytes(mail)
            if os.geteuid() == 0:
                shutil.chown(aside, self._owner.pw_uid, self._owner.pw_gid)
            aside.rename(path)

    def clear(self, user: str = "alice") -> None:
        """All mail and folders of a user are gone, and every UIDVALIDITY with them; nobody may be logged in."""
        shutil.rmtree(self.home / "mail" / user, ignore_errors=True)

    def create(self, folder: str, user: str = "alice") -> None:
        with self.login(user) as client:
            status, lines = client.create(f'"{folder}"')
            assert status == "OK", lines

    def mails(self, folder: str = "INBOX", user: str = "alice") -> list[bytes]:
        """The mails of a folder in order; none where there is no such folder."""
        with self.login(user) as client:
            if client.select(f'"{folder}"', readonly=True)[0] != "OK":
                return []
            _, found = client.uid("SEARCH", "ALL")
            uids = found[0].split()
            bodies = (client.uid("FETCH", uid.decode(), "(BODY.PEEK[])")[1][0] for uid in uids)
            return [body[1] for body in bodies]

    def flags(self, folder: str = "INBOX", user: str = "alice") -> list[set[str]]:
        """The flags of each mail, \\Recent left out."""
        with self.login(user) as client:
            client.select(f'"{folder}"', readonly=True)
            _, lines = client.fetch("1:*", "(FLAGS)")
            found = [imaplib.ParseFlags(line) for line in lines if isinstance(line, bytes)]
            return [{flag.decode() for flag in flags} - {r"\Recent"} for flags in found]

    # --- inside ---------------------------------------------------------------------------------------------------

    def _greets(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as client:
                return client.recv(100).startswith(b"* OK")
        except OSError:
            return False

    def _all(self) -> list[int]:
        """The master and everything below it, which is in a session of its own."""
        if self._process is None:
            return []
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            with suppress(OSError, ValueError, IndexError):
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                if int(fields[3]) == self._process.pid:
                    found.append(int(entry.name))
        return found

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        if how is not signal.SIGKILL and self._process.poll() is None:
            self._process.send_signal(how)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(5)
        deadline = time.monotonic() + 5
        while (left := [pid for pid in self._all() if _lives(pid)]) and time.monotonic() < deadline:
            for pid in left:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self._process.poll()
            time.sleep(0.01)
        self._process.wait()
        self._process = None


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def program() -> str:
    """Dovecot's path. Where it is missing the test fails in CI, and elsewhere is skipped with the reason."""
    found = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None:
        reason = "needs dovecot (Debian: apt-get install dovecot-imapd)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@contextmanager
def dovecot(extra: str = "") -> Iterator[Dovecot]:
    """A running server, gone afterwards with all its processes and files. `extra`: more lines of configuration."""
    program()
    home = Path(tempfile.mkdtemp(prefix="mailgate-imap-"))
    server = None
    try:
        home.chmod(0o755)
        server = Dovecot(home, extra)
        server.start()
        yield server
    finally:
        if server is not None:
            server.kill()
        shutil.rmtree(home, ignore_errors=True)
