"""Where the demo is played: mails go in by SMTP as people's programs send them, and what came of each is looked up in
the database and the Maildirs, never assumed."""

import re
import smtplib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from mailgate.clock import SystemClock
from mailgate.config.settings import Config
from mailgate.delivery.maildir import of_recipient
from mailgate.errors import MailgateError
from mailgate.ids import SystemIds
from mailgate.store import reports
from mailgate.store.engine import Store

PATIENCE_SECONDS = 30.0
_LOOK_SECONDS = 0.02
_QUEUED = re.compile(rb"queued as S(\d+)")
_UNDER_WAY = ("waiting", "sending", "delayed")

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Came:
    """What came of one mail: its row in the spool, its ticket before and after, and the mails that were composed or
    released."""

    at: datetime
    spooled: Row
    before: Row | None
    after: Row | None
    mails: tuple[Row, ...]


class Stage:
    """The desk of `config`, whose daemon runs; `store` is its database."""

    def __init__(self, config: Config, store: Store) -> None:
        self._config, self._store = config, store
        self._clock, self._ids = SystemClock(), SystemIds()

    def send(self, mail: EmailMessage, recipient: str) -> Came:
        """Hand the mail in and wait for what comes of it. Raises MailgateError where nothing does."""
        sender = parseaddr(str(mail["From"]))[1]
        before = {row["number"]: self._ticket(row["number"]) for row in self._read(reports.ticket_list)}
        known = {row["id"]: row["state"] for row in self._read(reports.outbox_list)}
        number = self._handed_in(mail, sender, recipient)
        spooled = self._until(lambda: self._processed(number), f"S{number} is not processed")
        mails = self._until(lambda: self._sent(known), f"the mail that S{number} caused is not sent")
        after = self._ticket(spooled["ticket"]) if spooled["ticket"] else None
        at = datetime.fromisoformat(spooled["received"]).astimezone(self._config.site.timezone)
        return Came(at, spooled, before.get(spooled["ticket"]), after, mails)

    def mailbox(self, person: str) -> list[EmailMessage]:
        """What lies in somebody's Maildir, the oldest first; [] where he got nothing."""
        return [_read_mail(path) for path in self._files(parseaddr(person)[1])]

    def _files(self, address: str) -> list[Path]:
        if self._config.out.maildir is None:
            raise MailgateError("this desk has no Maildirs")
        maildir = of_recipient(self._config.out.maildir, address)
        files = [path for folder in ("new", "cur") for path in maildir.glob(f"{folder}/*")]
        return sorted(files, key=lambda path: int(path.name.split(".O")[1].split(".")[0]))

    def new_mail(self, author: str, recipient: str, subject: str, text: str) -> EmailMessage:
        """A mail as somebody's program writes it; `author` with his name."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = author, recipient, subject
        mail["Date"] = format_datetime(self._clock.now())
        mail["Message-ID"] = f"<{self._ids.nonce().hex()}@{parseaddr(author)[1].partition('@')[2]}>"
        mail.set_content(text)
        return mail

    def reply(self, author: str, to: EmailMessage, text: str) -> EmailMessage:
        """An answer as a mail program writes it: to Reply-To, in the thread, the other's words quoted below."""
        subject = str(to["Subject"])
        subject = subject if subject.lower().startswith("re:") else f"Re: {subject}"
        whom = parseaddr(str(to["Reply-To"] or to["From"]))
        quoted = "\n".join(f"> {line}".rstrip() for line in text_of(to).splitlines())
        mail = self.new_mail(author, whom[1], subject, f"{text}\n\nOn {to['Date']}, {whom[0]} wrote:\n{quoted}\n")
        mail["In-Reply-To"] = str(to["Message-ID"])
        mail["References"] = " ".join([*str(to.get("References", "")).split(), str(to["Message-ID"])])
        return mail

    def _handed_in(self, mail: EmailMessage, sender: str, recipient: str) -> int:
        door = self._config.doors[0].listen
        with smtplib.SMTP(door.host, door.port, timeout=PATIENCE_SECONDS) as client:
            client.ehlo_or_helo_if_needed()
            for code, reply in (client.mail(sender), client.rcpt(recipient), client.data(mail.as_bytes())):
                if code != 250:
                    raise MailgateError(f"the mail of {sender} was refused: {code} {reply.decode(errors='replace')}")
        found = _QUEUED.search(reply)
        if found is None:
            raise MailgateError(f"the mail of {sender} has no number: {reply.decode(errors='replace')}")
        return int(found[1])

    def _processed(self, number: int) -> Row | None:
        row: Row | None = self._read(lambda c: reports.spool_show(c, number))
        return row if row and row["state"] != "new" else None

    def _sent(self, known: Mapping[int, str]) -> tuple[Row, ...] | None:
        """The mails that are not as they were, once none is under way and each that was sent lies in its Maildir."""
        mails = tuple(row for row in self._read(reports.outbox_list) if row["state"] != known.get(row["id"]))
        if any(row["state"] in _UNDER_WAY for row in mails):
            return None
        for row in mails:
            ids = {str(mail["Message-ID"]) for mail in self.mailbox(row["to"])}
            if row["state"] == "sent" and row["message_id"] not in ids:
                raise MailgateError(f"outgoing mail {row['id']} is marked sent, but {row['to']} does not have it")
        return mails

    def _ticket(self, number: str) -> Row | None:
        found: Row | None = self._read(lambda c: reports.ticket_show(c, number))
        return found

    def _read(self, unit: Callable[[sa.Connection], Any]) -> Any:
        return self._store.read_now(unit)

    def _until(self, found: Callable[[], Any], otherwise: str) -> Any:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (answer := found()) is None:
            if time.monotonic() > deadline:
                raise MailgateError(f"{otherwise} within {PATIENCE_SECONDS:g} s; the daemon's log may say why")
            time.sleep(_LOOK_SECONDS)
        return answer


def _read_mail(path: Path) -> EmailMessage:
    return BytesParser(policy=policy.default).parsebytes(path.read_bytes())


def text_of(mail: EmailMessage) -> str:
    """Its plain text."""
    part = mail.get_body(("plain",))
    return "" if part is None else str(part.get_content())


def newest(mails: Sequence[EmailMessage], event: str, number: str) -> EmailMessage:
    """The newest of an agent's mails that tells of that on that ticket. Raises MailgateError where there is none."""
    marks = [(str(mail["X-Mailgate-Event"]), str(mail["X-Mailgate-Ticket"])) for mail in mails]
    if (event, number) not in marks:
        raise MailgateError(f"there is no {event} of ticket {number} in the mailbox")
    return mails[len(marks) - 1 - marks[::-1].index((event, number))]
