"""A person with s-nail in a terminal, who waits for its prompts. It quotes nothing unless she says so."""

from pathlib import Path

from tests.support.account import Account
from tests.support.terminal import Terminal

_CONFIGURATION = """
set v15-compat
set from="{account.name} <{account.address}>"
set hostname={account.machine}
set mta=smtp://127.0.0.1:{account.smtp_port}
set smtp-auth=none
set record=imap://{account.user}:{account.password}@127.0.0.1:{account.imap_port}/Sent
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
_COMMAND_PROMPT = "? "


class SNail:
    """What she sends is kept in her folder `Sent`."""

    def __init__(self, home: Path, account: Account) -> None:
        home.mkdir()
        self._home = home
        self._inbox = f"imap://{account.user}:{account.password}@127.0.0.1:{account.imap_port}/INBOX"
        (home / "rc").write_text(_CONFIGURATION.format(account=account))

    def answer(self, message_id: str, words: str, *, quoting: bool = False) -> None:
        """Answer a mail of her INBOX, with what it said below her words if `quoting`."""
        command = ("s-nail", "-:u", "-f", self._inbox)
        with Terminal(command, self._home, {"MAILRC": str(self._home / "rc")}) as terminal:
            terminal.expect(_COMMAND_PROMPT)
            terminal.type(f"reply @message-id@{message_id.strip('<>')}\n")
            terminal.expect("Subject:")
            terminal.type("".join(f"{line}\n" for line in words.splitlines()))
            if quoting:
                terminal.type("\n~Q\n")
            terminal.type("~.\n")
            terminal.expect(_COMMAND_PROMPT)
            terminal.type("quit\n")
            terminal.finish()
