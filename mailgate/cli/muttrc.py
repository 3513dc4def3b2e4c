"""What mutt needs to read and answer the mail of one person of a desk that keeps its mail in Maildirs.

`mutt -F DIR/mutt/nina` opens her Maildir, and what she writes goes to the desk's door by SMTP.
"""

import re
from pathlib import Path

from mailgate.config.settings import Listen
from mailgate.delivery.maildir import of_recipient
from mailgate.mail.message import Mailbox

FOLDER = "mutt"
CUSTOMER = Mailbox("Ana Silva", "ana@acme.example")  # of first steps and of the demo
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  where it listens on every interface, this machine is one


def muttrc(person: Mailbox, maildir: Path, door: Listen) -> str:
    """The text of the file. `maildir` as in [out], absolute; `door` has a port."""
    inbox = of_recipient(maildir, person.address)
    return _TEMPLATE.format(
        name=person.name or person.address,
        realname=_quoted(person.name),
        address=_quoted(person.address),
        inbox=_quoted(str(inbox)),
        folder=_quoted(str(inbox.parent)),
        url=_quoted(f"smtp://{Listen(_ANYWHERE.get(door.host, door.host), door.port)}/"),
    )


def _quoted(text: str) -> str:
    """A word of mutt's: within double quotes a backslash, a quote, a dollar and a backtick mean something."""
    return '"' + re.sub(r'([\\"$`])', r"\\\1", text) + '"'


_TEMPLATE = """\
# {name}'s mail in mutt. Open a mail with Enter, answer with r, send with y; q leaves.
set from = {address}
set realname = {realname}
set envelope_from_address = {address}
set use_envelope_from = yes
set smtp_url = {url}
set ssl_starttls = no
set ssl_force_tls = no
set mbox_type = Maildir
set folder = {folder}
set spoolfile = {inbox}
set mail_check = 1
set sort = threads
set sort_aux = date
set record = ""
set copy = no
set move = no
set recall = no
set postponed = ""
set header_cache = ""
set signature = ""
set include = yes
set abort_unmodified = no
set fast_reply = yes
set reply_to = yes
set markers = no
ignore *
unignore from to cc date subject reply-to
"""
