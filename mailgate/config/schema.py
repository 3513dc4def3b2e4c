"""The whole of config.toml (spec/operations.md 2): every table and key, with its kind, default and meaning.

The larger tables stand in modules of their own; what a later version will act on, in `later`.
"""

from mailgate.config import calendars, draft, later, outside
from mailgate.config import values as v
from mailgate.config.database import DATABASE_URL
from mailgate.config.findings import Findings
from mailgate.config.kinds import Kind, choice, list_of, switch, text_of, whole
from mailgate.config.locate import KeyPath
from mailgate.config.mailbox import MAILBOX
from mailgate.config.people import AGENT, AGENTS_POLICY, CUSTOMERS, QUEUE
from mailgate.config.section import REQUIRED, Key, Section, named, names_to, one_of, table
from mailgate.config.settings import LimitSettings, LogSettings
from mailgate.config.smtp_door import DOOR
from mailgate.config.way_out import OUT
from mailgate.tickets.token import parse_ticket_tag

_TAG = "[Ticket#{number}]"
_OLD_TAG = r"#(\d+)"


def _reload(value: object, at: KeyPath, findings: Findings) -> str:
    word = str(_RELOADS.read(value, at, findings))
    if word == "auto":
        findings.warning(at, '"auto" is not in effect in this version: it acts as "manual"', "run `mailgate reload`")
    return word


_RELOADS = choice("manual", "auto")
RELOAD = Kind(_RELOADS.name, _reload, textual=True)

SITE = Section(
    "[site]",
    "Who you are, and what a ticket is called.",
    (
        Key("name", v.WORDS, "What people call the desk.", "Support"),
        Key("domain", v.DOMAIN, "Stands in Message-IDs; mail to any of its addresses counts as ours.", REQUIRED),
        Key("timezone", v.TIMEZONE, "Local time in mails and ticket numbers (IANA name).", "UTC"),
        Key("language", v.LANGUAGE, "The language of templates where nothing else is known.", "en"),
        Key(
            "ticket_tag",
            text_of("text with {number}", lambda text: parse_ticket_tag(text).form, _TAG),
            "What stands in subjects; `{number}` is the ticket's.",
            _TAG,
        ),
        Key(
            "ticket_tag_also",
            list_of(text_of("RE2 pattern", lambda text: parse_ticket_tag(_TAG, (text,)).also[0], _OLD_TAG)),
            "Older forms that stay recognised: RE2 patterns with one group, the number.",
            [],
        ),
        Key(
            "number_format",
            v.NUMBER_FORMAT,
            "Ticket numbers: `{seq}`, `{year}{seq:05}`, `{date}{seq:05}{check}` or `random:10`; never reused.",
            "{seq}",
        ),
        Key("number_start", whole(1, 10**12), "The first ticket's `{seq}`.", 1001),
        Key("default_queue", v.WORDS, "For postmaster and mail that names no queue; the first queue unless written."),
        Key(
            "reply_address",
            v.REPLY_ADDRESS,
            'Where answers go: `"queue"` (support+...@), one mailbox, or `"none"` where the host has no subaddresses.',
            "queue",
        ),
        Key(
            "trust_unverified",
            switch,
            "Whether senders of whom nothing is known get the full automatic answer. With true, anybody can make"
            " the desk write to an address that he forged.",
            False,
        ),
        Key("admins", list_of(v.ADDRESS), "Who is told when the desk itself is in trouble.", []),
    ),
    draft.SiteDraft,
)

DATABASE = Section(
    "[database]",
    "Where everything is kept.",
    (
        Key(
            "url",
            DATABASE_URL,
            "`sqlite:///FILE` (relative to this file; four slashes for an absolute path) or `postgresql+psycopg://USER@HOST/NAME`.",
            "sqlite:///mailgate.db",
        ),
        Key("backup", table(later.BACKUP), "The nightly copy.", in_effect=False),
    ),
    lambda url: url,
)

KEYS = Section(
    "[keys]",
    "What signs addresses and Message-IDs. Not part of a backup of the database: keep a copy.",
    (Key("file", v.PATH, "Made by `init`, or by the first start on an empty database.", "keys"),),
    lambda file: file,
)

LIMITS = Section(
    "[limits]",
    "What the doors take.",
    (
        Key("in_flight", v.SIZE, "Mail that is being received at once; above it, 452.", "256MB"),
        Key("message", v.SIZE, "The largest mail; advertised as SIZE (RFC 1870); above it, 552.", "35MB"),
        Key("free_space", v.SIZE, "Below this much free disk new mail is refused for now, 452.", "1GB"),
        Key("connections", whole(1, 100_000), "Open sessions at once (at most open files allow); above it, 421.", 500),
        Key(
            "per_sender", v.RATE, "Mails of one reverse-path or peer; above it, 451. Never this machine or `peers`.", ""
        ),
    ),
    LimitSettings,
)

RULES = Section(
    "[rules]",
    "What happens to mail.",
    (
        Key("dir", v.PATH, "The directory of rule files.", "rules"),
        Key("reload", RELOAD, "When changed files are taken: `manual` is by `mailgate reload`.", "manual"),
        Key("require_tests", switch, "Whether a reload is refused when the tests of the rules fail.", False),
        Key(
            "max_tickets_per_run",
            whole(1, 10**9),
            "So many tickets a timed rule acts on in an hour; then it stops until that is over and tells the admins.",
            500,
        ),
    ),
    lambda dir, reload, require_tests, max_tickets_per_run: draft.RulesDraft(dir, require_tests, max_tickets_per_run),
)

TEMPLATES = Section(
    "[templates]",
    "What our mails say.",
    (Key("dir", v.PATH, "The directory of templates, one directory in it for each language.", "templates"),),
    lambda dir: dir,
)

FIELD = Section(
    "[fields.NAME]",
    "A ticket field that rules may set. Every field is a text in this version.",
    (
        Key(
            "type", choice("text", "choice", "number", "date", "money", "address"), "Its type.", "text", in_effect=False
        ),
        Key("pattern", v.LINE, "What a text must look like.", in_effect=False),
        Key("choices", list_of(v.LINE), "What can be chosen.", in_effect=False),
    ),
    lambda name: name,
)

LOG = Section(
    "[log]",
    "What the daemon tells the one who runs it.",
    (
        Key("format", choice("auto", "text", "json"), "`auto` is text on a terminal and JSON otherwise.", "auto"),
        Key("level", choice("debug", "info", "warning", "error"), "The least important that is told.", "info"),
        Key("bodies", switch, "Whether texts, subjects and addresses may stand in the log.", False),
    ),
    LogSettings,
)

ROOT = Section(
    "config.toml",
    "The whole configuration.",
    (
        Key("site", table(SITE), SITE.doc, {}),
        Key("database", table(DATABASE), DATABASE.doc, {}),
        Key("keys", table(KEYS), KEYS.doc, {}),
        Key("limits", table(LIMITS), LIMITS.doc, {}),
        Key("rules", table(RULES), RULES.doc, {}),
        Key("templates", table(TEMPLATES), TEMPLATES.doc, {}),
        Key(
            "in", list_of(one_of("[[in]]", "type", {"smtp": DOOR, "imap": MAILBOX})), "The ways in.", [], field="doors"
        ),
        Key("out", table(OUT), OUT.doc, {}),
        Key("queues", named(QUEUE), QUEUE.doc, REQUIRED),
        Key("teams", names_to(list_of(v.WORDS, at_least=1)), "Who works together: lists of agents.", {}),
        Key("agents", named(AGENT), AGENT.doc, {}),
        Key("agents_policy", table(AGENTS_POLICY), AGENTS_POLICY.doc, {}),
        Key("customers", table(CUSTOMERS), CUSTOMERS.doc, {}),
        Key("calendars", calendars.KIND, calendars.CALENDAR.doc, {}),
        Key("fields", named(FIELD), FIELD.doc, {}),
        Key("log", table(LOG), LOG.doc, {}),
        *(outside.TABLES + later.TABLES),
    ),
    draft.root,
)
