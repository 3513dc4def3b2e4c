"""A configuration whose every value is of the right kind, but not yet checked against the others."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from mailgate.config.mailbox import MailboxDraft
from mailgate.config.outside import WebhookDraft
from mailgate.config.secrets import SecretSource
from mailgate.config.settings import (
    DoorSettings,
    DoorTls,
    ImapSettings,
    LimitSettings,
    LogSettings,
    OutSettings,
    ProgramSettings,
    Secret,
    Tls,
)
from mailgate.decision.policy import AgentsPolicy, AutomaticLimits, Relay, Site
from mailgate.mail.message import Mailbox
from mailgate.tickets.calendar import Calendar
from mailgate.tickets.model import Agent, CustomerGroup, FollowUp, Queue
from mailgate.tickets.number import NumberFormat
from mailgate.tickets.signed import ReplyAddressForm
from mailgate.tickets.token import parse_ticket_tag

UNDO_BY_IMAP = timedelta(seconds=90)
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
    delay: timedelta | None
    attachments_up_to: int
    relay_from: str
    relay_participants: bool
    allow_recipients: tuple[str, ...]

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
            allow_recipients=self.allow_recipients,
        )

    def relay(self, mailboxes: Iterable[ImapSettings]) -> Relay:
        return Relay(
            delay=usual_delay(mailboxes) if self.delay is None else self.delay,
            sender_form=self.relay_from,
            participants=self.relay_participants,
            attachments_up_to=self.attachments_up_to,
        )


def usual_delay(mailboxes: Iterable[ImapSettings]) -> timedelta:
    """How long an answer waits, unless written: an #undo that comes by IMAP needs two polls (spec/agents.md 4)."""
    polls = [mailbox.poll for mailbox in mailboxes]
    return max(UNDO_BY_IMAP, 2 * max(polls)) if polls else Relay().delay


@dataclass(frozen=True, slots=True)
class CustomersDraft:
    """[customers]."""

    plus_addresses_are_one: bool
    groups: Mapping[str, CustomerGroup]


@dataclass(frozen=True, slots=True)
class RulesDraft:
    """[rules]."""

    dir: Path
    require_tests: bool
    max_tickets_per_run: int


@dataclass(frozen=True, slots=True)
class Draft:
    """The whole."""

    site: SiteDraft
    database_url: str
    keys_file: Path
    limits: LimitSettings
    rules_dir: Path
    max_tickets_per_run: int
    require_tests: bool
    templates_dir: Path
    doors: tuple[DoorSettings | MailboxDraft, ...]  # in the order of [[in]]
    out: OutDraft
    queues: Mapping[str, Queue]
    teams: Mapping[str, tuple[str, ...]]
    agents: Mapping[str, Agent]
    password_hashes: Mapping[str, SecretSource]  # of the agents who have one
    calendars: Mapping[str, Calendar]
    fields: Mapping[str, str]
    agents_policy: AgentsPolicy
    customers: CustomersDraft
    log: LogSettings
    webhooks: Mapping[str, WebhookDraft]
    programs: Mapping[str, ProgramSettings]


def door(type: str, tls_cert: Path | None, tls_key: Path | None, **values: Any) -> DoorSettings:
    """`type` is "smtp" here: the schema takes no other. Where only one of the two files is named, the other is
    `Path()`, which no configuration can name."""
    tls = DoorTls(tls_cert or Path(), tls_key or Path()) if tls_cert or tls_key else None
    return DoorSettings(tls=tls, **values)


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


def agent(
    name: str, title: str | None, password_hash: SecretSource | None, **values: Any
) -> tuple[Agent, SecretSource | None]:
    """The agent, and where her password's hash lies."""
    return Agent(name=name, title=title or name.capitalize(), **values), password_hash


def group(_name: str, org: str | None, **values: Any) -> CustomerGroup:
    return CustomerGroup(org=org or "", **values)


def root(
    database: str,
    keys: Path,
    rules: RulesDraft,
    templates: Path,
    agents: Mapping[str, tuple[Agent, SecretSource | None]],
    **values: Any,
) -> Draft:
    return Draft(
        agents={name: agent for name, (agent, _) in agents.items()},
        password_hashes={name: source for name, (_, source) in agents.items() if source is not None},
        database_url=database,
        keys_file=keys,
        rules_dir=rules.dir,
        max_tickets_per_run=rules.max_tickets_per_run,
        require_tests=rules.require_tests,
        templates_dir=templates,
        **values,
    )
