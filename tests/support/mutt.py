"""A person with mutt in a terminal: its keys are pushed, and an editor puts her words above what it quotes."""

import re
from collections.abc import Sequence
from pathlib import Path

from tests.support.account import Account
from tests.support.terminal import Terminal

# Every question that mutt could ask is answered beforehand; threads are made of Message-IDs alone, not of subjects.
_CONFIGURATION = """
set realname = "{account.name}"
set from = "{account.address}"
set hostname = "{account.machine}"
set use_envelope_from = yes
set user_agent = yes
set folder = "imap://127.0.0.1:{account.imap_port}/"
set spoolfile = "+INBOX"
set record = "+Sent"
set imap_user = "{account.user}"
set imap_pass = "{account.password}"
set ssl_starttls = no
set ssl_force_tls = no
set smtp_url = "smtp://127.0.0.1:{account.smtp_port}/"
set editor = "/bin/sh {home}/editor"
set tmpdir = "{home}"
set autoedit = yes
set fast_reply = yes
set include = yes
set reply_to = yes
set recall = no
set postpone = no
set confirmcreate = no
set confirmappend = no
set delete = no
set move = no
set quit = yes
set wait_key = no
set sleep_time = 0
set beep = no
set sort = threads
set strict_threads = yes
"""
_EDITOR = """
cat '{home}/words' "$1" >"$1.new" && mv "$1.new" "$1"
"""


class Mutt:
    """What she sends is kept in her folder `Sent`."""

    def __init__(self, home: Path, account: Account) -> None:
        home.mkdir()
        self._home = home
        (home / "muttrc").write_text(_CONFIGURATION.format(home=home, account=account))
        (home / "editor").write_text(_EDITOR.format(home=home))

    def write(self, to: str, subject: str, words: str, files: Sequence[Path] = ()) -> None:
        """A new mail."""
        self._compose(f"<mail>{to}<enter>{subject}<enter>", words, files)

    def answer(self, message_id: str, words: str, files: Sequence[Path] = ()) -> None:
        """Answer a mail of her INBOX with these words above the quotation."""
        self._compose(f"{_found(message_id)}<reply>", words, files)

    def thread(self, message_id: str) -> set[str]:
        """The Message-IDs of all mails of her INBOX that mutt shows in one thread with this one."""
        found = self._home / "thread"
        self._run(f"{_found(message_id)}<tag-thread><tag-prefix><pipe-message>cat >{found}<enter><quit>")
        return set(re.findall(r"^Message-ID: (<.+>)", found.read_text(), re.MULTILINE | re.IGNORECASE))

    def _compose(self, begin: str, words: str, files: Sequence[Path]) -> None:
        (self._home / "words").write_text(f"{words}\n\n")
        attached = "".join(f"<attach-file>{file}<enter>" for file in files)
        self._run(f"{begin}{attached}<send-message><quit>")

    def _run(self, keys: str) -> None:
        command = ("mutt", "-n", "-F", str(self._home / "muttrc"), "-e", f"push '{keys}'")
        with Terminal(command, self._home) as terminal:
            terminal.finish()


def _found(message_id: str) -> str:
    return f"<search>~i {message_id.strip('<>')}<enter>"
