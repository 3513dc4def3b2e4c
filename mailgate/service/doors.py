"""All the ways in of one daemon: SMTP listeners and IMAP mailboxes, made from the configuration and the desk."""

import asyncio
import resource
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mailgate.clock import Clock
from mailgate.config.settings import Config, DoorSettings, ImapSettings
from mailgate.ids import Ids
from mailgate.intake.imap import Event, ImapDoor
from mailgate.intake.imap_intake import account_of
from mailgate.intake.limits import DoorLimits
from mailgate.intake.smtp import SmtpDoor, SmtpDoorSettings
from mailgate.notify.notice import notice
from mailgate.service.acceptance import Acceptance, FreeSpace
from mailgate.service.logins import AgentLogins
from mailgate.service.mailbox_lease import MailboxLease
from mailgate.service.mailboxes import Mailboxes, make_doors
from mailgate.service.opening import Desk
from mailgate.service.recipients import Recipients
from mailgate.store.location import sqlite_file
from mailgate.store.outbox import enqueue
from mailgate.store.reports import iso

_OTHER_FILES = 64  # database, pipes, mailboxes, the smarthost
_FEWEST = 8
_TEMPLATES: Mapping[Event, str] = {"down": "account_down", "up": "account_up", "left": "account_left"}


@dataclass(frozen=True, slots=True)
class Doors:
    """SMTP listeners and mailboxes, by name."""

    listeners: Mapping[str, SmtpDoor]
    mailboxes: Mapping[str, ImapDoor]
    space: FreeSpace

    async def open(self) -> None:
        """Raises CannotStart. A mailbox that cannot be read now is no reason not to start."""
        for listener in self.listeners.values():
            await listener.start()
        for mailbox in self.mailboxes.values():
            await mailbox.start()

    async def drain(self, seconds: float) -> None:
        """Take nothing more, and finish what is in hand."""
        listeners = (door.drain(seconds) for door in self.listeners.values())
        await asyncio.gather(*listeners, *(door.drain(seconds) for door in self.mailboxes.values()))

    @property
    def addresses(self) -> list[str]:
        """Where something listens."""
        return [f"{host}:{port}" for door in self.listeners.values() for host, port in door.addresses]

    def sources(self, last_mail: Mapping[str, datetime], refusing: str) -> list[dict[str, Any]]:
        """As `status --json` has them. `refusing`: why no mail can be taken now (fitness.py), or ""."""
        state = "refusing" if refusing else "listening"
        listening = [
            {"name": name, "type": "smtp", "state": state, "last_mail": iso(last_mail.get(name)), "error": None}
            for name in self.listeners
        ]
        read = [
            {
                "name": name,
                "type": "imap",
                "state": door.state,
                "last_mail": iso(last_mail.get(name) or door.last_mail),
                "error": door.error,
            }
            for name, door in self.mailboxes.items()
        ]
        return [*listening, *read]


def make(
    config: Config,
    desk: Desk,
    clock: Clock,
    ids: Ids,
    node: str,
    accepted: Callable[[], None],
    composed: Callable[[], None],
) -> Doors:
    """The doors of a configuration, not yet open. `accepted` and `composed` are hints that there is work."""
    recipients = Recipients(desk.store, lambda: desk.active.policy, clock)
    accept = Acceptance(desk.store, accepted)
    database = sqlite_file(config.database_url)
    space = FreeSpace(database.parent if database else None, config.limits.free_space)
    logins = AgentLogins(lambda: desk.active.config)

    async def tell(event: Event, name: str, words: str) -> None:
        """A word to the admins about a mailbox."""
        active, now = desk.active, clock.now()
        mails = [
            notice(_TEMPLATES[event], admin, (name, words), active.policy, active.templates, ids.nonce(), now)
            for admin in active.policy.site.admins
        ]
        await desk.store.write(lambda c: enqueue(c, None, mails, now))
        composed()

    listeners = {
        each.name: SmtpDoor(
            _settings(config, each, logins), accept.accept, recipients.verdict, space.room, clock, recipients.rule
        )
        for each in config.doors
    }
    deposit = Mailboxes(desk.store, accepted, space.room)

    def lease(settings: ImapSettings) -> MailboxLease:
        return MailboxLease(desk.store, account_of(settings), settings.folder, node, deposit, clock)

    return Doors(listeners, make_doors(config, deposit, tell, clock, ids, lease), space)


def _settings(config: Config, door: DoorSettings, logins: AgentLogins) -> SmtpDoorSettings:
    limits = config.limits
    return SmtpDoorSettings(
        name=door.name,
        host=door.listen.host,
        port=door.listen.port,
        unix_path=str(door.listen.unix) if door.listen.unix else None,
        hostname=config.out.hostname or f"mailgate.{config.site.domain}",
        peers=door.peers,
        tls_cert=door.tls.cert if door.tls else None,
        tls_key=door.tls.key if door.tls else None,
        logins=logins,
        limits=DoorLimits(
            message=limits.message,
            in_flight=limits.in_flight,
            connections=min(limits.connections, _affordable()),
            per_sender=limits.per_sender,
        ),
    )


def _affordable() -> int:
    """Connections that the system's limit of open files leaves us: without one for accept() nobody would be heard."""
    most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return sys.maxsize if most == resource.RLIM_INFINITY else max(_FEWEST, most - _OTHER_FILES)
