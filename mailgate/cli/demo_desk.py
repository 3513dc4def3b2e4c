"""The desk that `mailgate demo` plays on: its files, its port, and whose directory it may write into."""

import os
import shutil
import socket
from contextlib import closing
from pathlib import Path

from mailgate.cli.configured import NAME
from mailgate.cli.init import lay_out
from mailgate.cli.muttrc import CUSTOMER
from mailgate.cli.starter import quoted
from mailgate.config.read import load
from mailgate.config.settings import Config
from mailgate.errors import CannotStart, MailgateError
from mailgate.service.control import ask

MARK = ".mailgate-demo"  # in a directory that this command made
PLAYED = ".played"  # once all scenes were
HOST, PORT = "127.0.0.1", 2525


def prepare(directory: Path, *, fresh: bool) -> tuple[Config, bool]:
    """The desk in the directory, and whether it was made just now: where there was none, where its scenes were not
    played to the end, or with `fresh`.

    Raises MailgateError where the directory is somebody else's or its daemon still runs.
    """
    directory = directory.absolute()
    ours = (directory / MARK).is_file()
    if not ours and (directory.is_symlink() or (directory.exists() and not _is_empty(directory))):
        raise MailgateError(f"{directory} is there and was not made by `mailgate demo`; choose another directory")
    if ours and (status := ask(directory, "status")) is not None:
        pid = status.get("pid")
        raise MailgateError(f"a demo runs in {directory} (pid {pid}); end it with Ctrl-C there, or kill it")
    if ours and not fresh and (directory / PLAYED).exists():
        return load(directory / NAME, {}), False
    return _make(directory), True


def _is_empty(directory: Path) -> bool:
    return directory.is_dir() and not any(directory.iterdir())


def _make(directory: Path) -> Config:
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for path in directory.iterdir():  # its own files; the directory itself may be where somebody stands
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
        (directory / MARK).write_text("Made by `mailgate demo`; `mailgate demo --fresh` empties this directory.\n")
    except OSError as error:
        raise CannotStart(f"cannot write {error.filename}: {error.strerror}") from None
    text = _CONFIGURATION.replace("LISTEN", quoted(f"{HOST}:{_free_port()}"))
    return lay_out(directory, text, {"rules/15-demo.yaml": _RULES}, (CUSTOMER,))


def _free_port() -> int:
    """The usual port, or where it is taken any other that is free."""
    for port in (PORT, 0):
        with closing(socket.socket()) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the door does
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise CannotStart(f"no port is free on {HOST}")


def environment() -> dict[str, str]:
    """For the demo's daemon: nothing that configures another one, and this very program."""
    strange = ("MAILGATE_", "RUNTIME_DIRECTORY", "NOTIFY_SOCKET")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(strange)}
    here = str(Path(__file__).resolve().parents[2])
    return kept | {"PYTHONPATH": os.pathsep.join(filter(None, (here, kept.get("PYTHONPATH", ""))))}


_CONFIGURATION = """\
# The demo's desk. A desk for work is made by `mailgate init`; docs/reference/configuration.md has every key.

[site]
name = "Example"
domain = "example.com"
number_start = 1001
trust_unverified = true             # to play with: anybody gets the full automatic answer; false on the Internet

[limits]
free_space = "10MB"

[[in]]
name = "smtp"
type = "smtp"
listen = LISTEN

[out]
maildir = "mail/{local}"            # a Maildir for each person; for real mail: host = "smtp.example.com"
delay = "0s"                        # answers go at once; on a desk for work they can be taken back for 60s

[queues.support]
addresses = ["support@example.com"]
team = "first-line"

[queues.billing]
addresses = ["billing@example.com"]
team = "accounts"

[teams]
first-line = ["nina", "omar"]
accounts = ["nina", "omar"]

[agents.nina]
name = "Nina Costa"
email = "nina@example.com"
roles = ["agent", "lead"]

[agents.omar]
name = "Omar Reis"
email = "omar@example.com"
"""

_RULES = r"""# What the demo adds to the rules of every new desk. Try `mailgate explain 1001` to see them at work.

rules:
  - name: invoices
    when: ticket.created
    if: {subject: '/invoice (?P<invoice>\d{4,})/'}
    do:
      - queue: billing
      - tag: invoice
      - note: "Invoice {{ m.invoice }}"

  - name: urgent
    when: customer.replied
    if: {body.new: urgent}
    do:
      - priority: high
"""
