"""A mailbox that is read by IMAP: the [[in]] table of type imap, its own kinds of values, and what becomes of them.

A mistake goes into the findings; what depends on other tables is checked in `coherence`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from ipaddress import ip_address
from typing import Any

from mailgate.config import values as v
from mailgate.config.findings import Findings, Wrong, shown
from mailgate.config.kinds import Kind, choice, list_of, text_of, whole
from mailgate.config.later import OAUTH2
from mailgate.config.locate import KeyPath
from mailgate.config.secrets import SECRET, SecretSource
from mailgate.config.section import REQUIRED, Key, Section, table
from mailgate.config.settings import AfterIntake, ImapSettings, Secret, Tls

PORTS: Mapping[Tls, int] = {"implicit": 993, "starttls": 143, "none": 143}
LONGEST_POLL = timedelta(minutes=30)  # two polls are an agent's undo time, which is an hour at most

_AFTER_FORMS = 'write "move:FOLDER", "seen", "delete" or "keyword:NAME"'
_ATOM = re.compile(r"[^\x00-\x20\x7f-\U0010ffff(){%*\"\\\]]+")  # a flag-keyword (RFC 3501 9)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_START_FORMS = 'write "now", "all" or a day like "2026-01-31"'


@dataclass(frozen=True, slots=True)
class MailboxDraft:
    """One mailbox, its password still where it lies: `settings` holds an empty one."""

    settings: ImapSettings
    password: SecretSource

    @property
    def name(self) -> str:
        return self.settings.name

    def with_password(self, password: Secret) -> ImapSettings:
        return replace(self.settings, password=password)


def host(text: str) -> str:
    """A domain name, or an IP address; one of version 6 stands without brackets."""
    bare = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    try:
        return str(ip_address(bare))
    except ValueError:
        return v.domain(text)


def after_intake(text: str) -> AfterIntake:
    """`move:FOLDER`, `seen`, `delete` or `keyword:NAME`."""
    match text.partition(":"):
        case "seen", "", "":
            return AfterIntake("seen")
        case "delete", "", "":
            return AfterIntake("delete")
        case "move", ":", folder if folder.strip():
            return AfterIntake("move", v.one_line(folder))
        case "keyword", ":", keyword if _ATOM.fullmatch(keyword):
            return AfterIntake("keyword", keyword)
        case "keyword", ":", keyword:
            raise Wrong(f"{shown(keyword)} is no keyword of IMAP", "write one word of ASCII letters, digits, - and _")
    raise Wrong(f"{shown(text)} is nothing that can become of a mail", _AFTER_FORMS)


def poll(text: str) -> timedelta:
    pause = v.duration(text)
    if pause > LONGEST_POLL:
        raise Wrong("mail would lie for more than half an hour", 'write at most "30m"')
    return pause


def start(text: str) -> str | date:
    """`now`, `all` or a day."""
    if text in ("now", "all"):
        return text
    try:
        return date.fromisoformat(text if _DAY.fullmatch(text) else "")
    except ValueError:
        raise Wrong(f"{shown(text)} is not a start", _START_FORMS) from None


def _read_start(value: object, at: KeyPath, findings: Findings) -> Any:
    """TOML has days of its own: `start = 2026-01-31` is as good as the text."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    return _START_TEXT.read(value, at, findings)


_START_TEXT = text_of('"now", "all" or a day', start, "now")
START = Kind(_START_TEXT.name, _read_start, textual=True)
AFTER = text_of('"move:FOLDER", "seen", "delete" or "keyword:NAME"', after_intake, AfterIntake("seen"))


def _mailbox(type: str, tls: Tls, port: int | None, password: SecretSource, **values: Any) -> MailboxDraft:
    """`type` is "imap" here: the schema chooses by it."""
    return MailboxDraft(ImapSettings(tls=tls, port=port or PORTS[tls], password=Secret(""), **values), password)


MAILBOX = Section(
    '[[in]] of type "imap"',
    "A mailbox that is read: an account, and one folder of it. The server that holds it vouches for its mail.",
    (
        Key("name", v.SLUG, "Shown as the source of a mail.", REQUIRED),
        Key("type", choice("imap"), "The protocol.", REQUIRED),
        Key("host", text_of("host", host), "The server, as in `imap.example.com`.", REQUIRED),
        Key("port", whole(1, 65535), "Its port; 993 with implicit, 143 with starttls and none unless written."),
        Key(
            "tls",
            choice("implicit", "starttls", "none"),
            "How the connection is secured; none only on this machine.",
            "implicit",
        ),
        Key("user", v.WORDS, "The login, as in `support@example.com`.", REQUIRED),
        Key("password", SECRET, 'Its password, as in `{ credential = "support-imap" }`.', REQUIRED),
        Key(
            "oauth2",
            table(OAUTH2),
            "Login without a password.",
            in_effect=False,
            harmless=(),
            instead="this version logs in with a user and a password",
        ),
        Key("folder", v.WORDS, "The folder that is read.", "INBOX"),
        Key(
            "after",
            AFTER,
            "What becomes of a mail once it is ours: moved, marked as seen or by a keyword, or deleted.",
            "move:Processed",
        ),
        Key(
            "start",
            START,
            "What of an old mailbox becomes tickets: the mail from now on, from a day on, or all.",
            "now",
        ),
        Key("poll", text_of("duration", poll, LONGEST_POLL), "How often, where the server has no IDLE.", "60s"),
        Key("silent_after", v.DURATION, "When silence is an alarm.", in_effect=False),
        Key("queue", v.WORDS, "The queue of its mail, whatever the addresses say; before rules."),
        Key(
            "trusted_authserv",
            list_of(v.TOKEN),
            "Whose Authentication-Results we believe (RFC 8601): the server's that fills the mailbox.",
            [],
        ),
        Key("border", list_of(v.TOKEN), "Our own mail servers, as they name themselves in Received.", []),
        Key(
            "trusted_sealers",
            list_of(v.DOMAIN),
            "Lists and forwarders whose ARC seals (RFC 8617; their `d=`) count where our own server says `arc=pass`.",
            [],
        ),
        Key("ca_file", v.PATH, "Authorities (PEM) to trust besides the system's."),
    ),
    _mailbox,
)
