"""What a configuration says, as frozen values: read once at the start, handed to the rooms that need them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Literal

from mailgate.decision.policy import MOST_TICKETS_A_RUN, AgentsPolicy, AutomaticLimits, Relay, Site
from mailgate.problems import Problem
from mailgate.rate import Rate
from mailgate.rules.web_address import WebAddress
from mailgate.tickets.calendar import Calendar
from mailgate.tickets.model import Agent, CustomerGroup, Queue

Networks = tuple[IPv4Network | IPv6Network, ...]
Tls = Literal["starttls", "implicit", "none"]
LogFormat = Literal["auto", "text", "json"]
LogLevel = Literal["debug", "info", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Listen:
    """Where a door stands: a TCP host and port, or the path of a unix socket."""

    host: str = ""
    port: int = 0
    unix: Path | None = None

    def __str__(self) -> str:
        if self.unix is not None:
            return f"unix:{self.unix}"
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Secret:
    """A password; it shows in no repr and so in no log."""

    text: str

    def __repr__(self) -> str:
        return "Secret(...)"


@dataclass(frozen=True, slots=True)
class DoorTls:
    """STARTTLS of a door: a certificate chain and its key, both PEM files, read again when they change."""

    cert: Path
    key: Path


@dataclass(frozen=True, slots=True)
class DoorSettings:
    """One [[in]] table of type smtp. Without `peers` anybody may connect, and no Authentication-Results is believed."""

    name: str
    listen: Listen
    trusted_authserv: tuple[str, ...] = ()
    border: tuple[str, ...] = ()
    trusted_sealers: tuple[str, ...] = ()
    peers: Networks = ()
    tls: DoorTls | None = None


@dataclass(frozen=True, slots=True)
class AfterIntake:
    """What becomes of a mail in its mailbox once it is ours. `argument`: the folder or the keyword."""

    action: Literal["move", "seen", "delete", "keyword"]
    argument: str = ""


@dataclass(frozen=True, slots=True)
class ImapSettings:
    """One [[in]] table of type imap: an account and a folder that is read. `start`: what of an old mailbox is ours."""

    name: str
    host: str
    port: int
    tls: Literal["implicit", "starttls", "none"]
    user: str
    password: Secret
    folder: str = "INBOX"
    after: AfterIntake = AfterIntake("move", "Processed")
    start: Literal["now", "all"] | date = "now"
    poll: timedelta = timedelta(seconds=60)
    silent_after: timedelta | None = None
    queue: str | None = None  # the queue of its mail, whatever its addresses say; before rules
    trusted_authserv: tuple[str, ...] = ()
    border: tuple[str, ...] = ()
    trusted_sealers: tuple[str, ...] = ()
    ca_file: Path | None = None  # trusted besides the system's authorities


@dataclass(frozen=True, slots=True)
class OutSettings:
    """[out]: the smarthost, or a Maildir instead, or neither while `paused` (mail is composed and kept)."""

    host: str | None
    port: int
    tls: Tls
    user: str | None
    password: Secret | None
    hostname: str | None  # what EHLO says; None: the machine's own name
    connections: int
    retry: tuple[timedelta, ...]
    give_up: timedelta
    return_path: str | None  # a fixed reverse-path; None: VERP
    null_sender: bool
    automatic: AutomaticLimits
    maildir: Path | None
    paused: bool
    allow_recipients: tuple[str, ...] = ()  # patterns, * for anything; mail to others is held; () holds nothing


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """One of [webhooks]. `secret` is None where it was not read, or where calls are not `signed`."""

    name: str
    address: WebAddress
    signed: bool = False
    secret: Secret | None = None
    allow_networks: Networks = ()
    ca_file: Path | None = None  # trusted besides the system's authorities


@dataclass(frozen=True, slots=True)
class ProgramSettings:
    """One of [programs]: the whole path, and its arguments."""

    name: str
    command: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LimitSettings:
    """[limits]: octets and counts."""

    in_flight: int
    message: int
    free_space: int
    connections: int
    per_sender: Rate | None


@dataclass(frozen=True, slots=True)
class LogSettings:
    """[log]."""

    format: LogFormat = "auto"
    level: LogLevel = "info"
    bodies: bool = False


@dataclass(frozen=True, slots=True)
class Config:
    """A whole configuration without a mistake. `warnings` and `sources` are for the one who reads the report."""

    path: Path
    site: Site
    number_start: int
    database_url: str
    keys_file: Path
    limits: LimitSettings
    rules_dir: Path
    templates_dir: Path
    doors: tuple[DoorSettings, ...]
    out: OutSettings
    queues: Mapping[str, Queue]
    teams: Mapping[str, tuple[str, ...]]
    agents: Mapping[str, Agent]
    fields: tuple[str, ...]  # the names of [fields]
    plus_addresses_are_one: bool
    log: LogSettings
    warnings: tuple[Problem, ...]
    sources: Mapping[str, str] = field(repr=False)
    mailboxes: tuple[ImapSettings, ...]
    agents_policy: AgentsPolicy
    relay: Relay
    groups: Mapping[str, CustomerGroup]  # [customers.groups]
    password_hashes: Mapping[str, Secret] = field(default_factory=dict)  # agent's name -> scrypt hash (SMTP AUTH)
    webhooks: Mapping[str, WebhookSettings] = field(default_factory=dict)
    programs: Mapping[str, ProgramSettings] = field(default_factory=dict)
    calendars: Mapping[str, Calendar] = field(default_factory=dict, repr=False)
    max_tickets_per_run: int = MOST_TICKETS_A_RUN
    require_tests: bool = False  # a reload is refused when the tests of the rules fail
    text: str = field(default="", repr=False, compare=False)  # of the file, as it was written
