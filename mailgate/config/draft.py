"""A configuration whose every value is of the right kind, but not yet checked against the others."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from mailgate.config.secrets import SecretSource
from mailgate.config.settings import DoorSettings, LimitSettings, LogSettings, OutSettings, Secret, Tls
from mailgate.decision.policy import AutomaticLimits, Site
from mailgate.mail.message import Mailbox
from mailgate.tickets.model import Agent, FollowUp, Queue
from mailgate.tickets.number import NumberFormat
from mailgate.tickets.signed import ReplyAddressForm
from mailgate.tickets.token import parse_ticket_tag

PORTS: Mapping[Tls, int] = {"starttls": 587, "implicit": 465, "none": 25}


@dataclass(frozen=True, slots=True)
class SiteDraft:
    """[site]; None where the first queue is the default one."""

    name: str
    domain: str
    timezone: ZoneInfo
    language: str
    ticket_tag: str
    ticket_tag_also: tuple[str, ...]
    number_format: NumberFormat
    number_start: int
    default_queue: str | None
    reply_address: ReplyAddressForm
    trust_unverified: bool
    admins: tuple[str, ...]

    def site(self, default_queue: str) -> Site:
        return Site(
            name=self.name,
            domain=self.domain,
            timezone=self.timezone,
            language=self.language,
            tag=parse_ticket_tag(self.ticket_tag, self.ticket_tag_also),
            numbers=self.number_format,
            default_queue=default_queue,
            reply_address=self.reply_address,
            trust_unverified=self.trust_unverified,
            admins=self.admins,
        )


@dataclass(frozen=True, slots=True)
class OutDraft:
    """[out], its password still where it lies."""

    host: str | None
    port: int | None
    tls: Tls
    user: str | None
    password: SecretSource | None
    hostname: str | None
    connections: int
    retry: tuple[timedelta, ...]
    give_up: timedelta
    return_path: str | None
    null_sender: bool
    automatic: AutomaticLimits
    maildir: Path | None
    paused: bool

    def settings(self, password: Secret | None) -> OutSettings:
        return OutSettings(
            host=self.host,
            port=self.port or PORTS[self.tls],
            tls=self.tls,
            user=self.user,
            password=password,
            hostname=self.hostname,
            connections=self.connections,
            retry=self.retry,
            give_up=self.give_up,
            return_path=self.return_path,
            null_sender=self.null_sender,
            automatic=self.automatic,
            maildir=self.maildir,
            paused=self.paused,
        )


@dataclass(frozen=True, slots=True)
class Draft:
    """The whole."""

    site: SiteDraft
    database_url: str
    keys_file: Path
    limits: LimitSettings
    rules_dir: Path
    templates_dir: Path
    doors: tuple[DoorSettings, ...]
    out: OutDraft
    queues: Mapping[str, Queue]
    teams: Mapping[str, tuple[str, ...]]
    agents: Mapping[str, Agent]
    fields: Mapping[str, str]
    plus_addresses_are_one: bool
    log: LogSettings


def door(type: str, **values: Any) -> DoorSettings:
    """`type` is "smtp" here: the schema takes no other."""
    return DoorSettings(**values)


def queue(
    name: str, title: str | None, sender: Mailbox | None, follow_up: tuple[FollowUp, timedelta | None], **values: Any
) -> Queue:
    title = title or name.capitalize()
    way, within = follow_up
    return Queue(
        name=name,
        title=title,
        sender=sender or Mailbox(title, next(iter(values["addresses"]), "")),
        follow_up_to_closed=way,
        reopen_within=within,
        **values,
    )


def agent(name: str, title: str | None, **values: Any) -> Agent:
    return Agent(name=name, title=title or name.capitalize(), **values)


def root(database: str, keys: Path, rules: Path, templates: Path, customers: bool, **values: Any) -> Draft:
    return Draft(
        database_url=database,
        keys_file=keys,
        rules_dir=rules,
        templates_dir=templates,
        plus_addresses_are_one=customers,
        **values,
    )
