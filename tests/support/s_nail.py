"""A person with s-nail in a terminal, who waits for its prompts and has it quote below her words."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.support.account import Account
from tests.support.terminal import Terminal

_PROMPT = "what now> "
_CONFIGURATION = """
set v15-compat
set prompt="{prompt}"
set from="{account.name} <{account.address}>"
set hostname={account.machine}
set mta=smtp://127.0.0.1:{account.smtp_port}
set smtp-auth=none
set record={server}/Sent
set reply-to-honour
set fullnames
set indentprefix="> "
set noheader
set noaskcc
set noaskbcc
set noasksign
set sendwait
set line-editor-disable
"""


class SNail:
    """What she sends is kept in her folder `Sent`."""

    def __init__(self, home: Path, account: Account) -> None:
        home.mkdir()
        self._home = home
        server = f"imap://{account.user}:{account.password}@127.0.0.1:{account.imap_port}"
        self._inbox = f"{server}/INBOX"
        (home / "rc").write_text(_CONFIGURATION.format(prompt=_PROMPT, account=account, server=server))

    def write(self, to: str, subject: str, words: str, files: Sequence[Path] = ()) -> None:
        """A new mail."""
        with self._opened() as terminal:
            terminal.type(f"mail {to}\n")
            terminal.expect("Subject:")
            self._compose(terminal, f"{subject}\n{words}", files)

    def answer(self, message_id: str, words: str, files: Sequence[Path] = ()) -> None:
        """Answer a mail of her INBOX with these words above the quotation."""
        with self._opened() as terminal:
            terminal.type(f"reply @message-id@{message_id.strip('<>')}\n")
            terminal.expect("Subject:")
            self._compose(terminal, f"{words}\n\n~Q", files)

    @contextmanager
    def _opened(self) -> Iterator[Terminal]:
        with Terminal(("s-nail", "-:u", "-f", self._inbox), self._home, {"MAILRC": str(self._home / "rc")}) as terminal:
            terminal.expect(_PROMPT)
            yield terminal
            terminal.expect(_PROMPT)
            terminal.type("quit\n")
            terminal.finish()

    def _compose(self, terminal: Terminal, lines: str, files: Sequence[Path]) -> None:
        attached = "".join(f"~@ {file}\n" for file in files)
        terminal.type(f"{lines}\n{attached}~.\n")
