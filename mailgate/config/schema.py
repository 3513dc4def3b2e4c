"""Every table and key that this version acts on (spec/operations.md 2): its kind, default and meaning, in one place.

What a later version will act on stands in `later`.
"""

from mailgate.config import calendars, draft, later, outside
from mailgate.config import values as v
from mailgate.config.database import DATABASE_URL
from mailgate.config.findings import Findings, Wrong, shown
from mailgate.config.kinds import Kind, choice, list_of, switch, text_of, whole
from mailgate.config.locate import KeyPath
from mailgate.config.mailbox import MAILBOX
from mailgate.config.secrets import SECRET
from mailgate.config.section import REQUIRED, Key, Section, named, names_to, one_of, table
from mailgate.config.settings import LimitSettings, LogSettings
from mailgate.config.submission import KEY_FILE
from mailgate.decision.policy import AgentsPolicy, AutomaticLimits
from mailgate.problems import did_you_mean
from mailgate.tickets.token import parse_ticket_tag

ROLES = ("agent", "lead", "admin")

_TAG = "[Ticket#{number}]"
_OLD_TAG = r"#(\d+)"


def _door_type(text: str) -> str:
    if text == "lmtp":
        raise Wrong('this version has no doors of type "lmtp": its mail would not be taken in', 'use type = "smtp"')
    if text != "smtp":
        raise Wrong(f"{shown(text)} is not a type of door", did_you_mean(text, ("smtp", "imap")))
    return text


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

DOOR = Section(
    '[[in]] of type "smtp"',
    "A place where servers bring mail. There may be several [[in]], of both types; each has its own name.",
    (
        Key("name", v.SLUG, "Shown as the source of a mail.", REQUIRED),
        Key("type", text_of('"smtp" or "imap"', _door_type, "smtp"), "The protocol.", REQUIRED),
        Key("listen", v.LISTEN, "`HOST:PORT`, or `unix:PATH` for a socket.", "127.0.0.1:2525"),
        Key(
            "trusted_authserv",
            list_of(v.TOKEN),
            "Whose Authentication-Results we believe (RFC 8601); needs `peers` or a socket.",
            [],
        ),
        Key("border", list_of(v.TOKEN), "Our own mail servers, as they name themselves in Received.", []),
        Key(
            "peers",
            list_of(v.NETWORK),
            "Who may connect. Without it anybody, and no Authentication-Results is believed.",
            [],
        ),
        Key(
            "tls_cert",
            v.PATH,
            "STARTTLS: the certificate and those that vouch for it, one PEM file; read again when it changes.",
        ),
        Key(
            "tls_key",
            KEY_FILE,
            "STARTTLS: its key, a PEM file. A credential is systemd's copy of the start: restart after a renewal.",
        ),
    ),
    draft.door,
)

AUTOMATIC = Section(
    "[out] automatic",
    'How many automatic answers may go out; `""` lifts a limit. Agents\' answers are never limited.',
    (
        Key("per_address", v.RATE, "To one address.", "3/day"),
        Key("per_ticket", v.RATE, "On one ticket.", "1/day"),
        Key("per_domain", v.RATE, "To one domain.", "60/h"),
        Key("total", v.RATE, "In all.", "600/h"),
    ),
    AutomaticLimits,
)

OUT = Section(
    "[out]",
    "The way out: a smarthost, or a local Maildir instead.",
    (
        Key("host", v.DOMAIN, "The smarthost."),
        Key("port", whole(1, 65535), "Its port; 587 with starttls, 465 with implicit, 25 with none unless written."),
        Key("tls", choice("starttls", "implicit", "none"), "How the connection is secured.", "starttls"),
        Key("user", v.WORDS, "The login; without it none."),
        Key("password", SECRET, "Its password."),
        Key("hostname", v.DOMAIN, "What EHLO says; the machine's own name unless written."),
        Key("connections", whole(1, 100), "Open at once.", 4),
        Key(
            "retry",
            list_of(v.DURATION, at_least=1),
            "Pauses after a temporary failure; the last one repeats.",
            ["1m", "5m", "15m", "1h", "4h", "12h", "24h", "24h", "24h", "24h"],
        ),
        Key("give_up", v.DURATION, "When an undelivered mail has failed for good.", "5d"),
        Key(
            "return_path",
            v.RETURN_PATH,
            '`"verp"` (each mail its own, to tell bounces apart) or `"fixed:ADDRESS"` where the host refuses that.',
            "verp",
        ),
        Key("null_sender", switch, "Whether automatic mail carries `<>`; false where the host refuses it.", True),
        Key("automatic", table(AUTOMATIC), "Limits of automatic answers.", {}),
        Key(
            "maildir",
            v.MAILDIR,
            "Instead of `host`: a Maildir; `{recipient}` in it, or `{local}` for what precedes the @, gives each one.",
        ),
        Key("paused", switch, "Compose and keep, but do not send.", False),
        Key(
            "delay",
            v.UNDO_TIME,
            "How long an agent can recall her answer, at most `1h`; `0s` for not at all. Unless written `60s`, and"
            " where mail comes by IMAP two polls and at least `90s`.",
        ),
        Key(
            "attachments_up_to", v.SIZE, "Of one mail, in notifications; the rest stays with us until asked for.", "5MB"
        ),
        Key(
            "relay_from",
            v.SENDER_FORM,
            "The name that an agent's answer carries, before the queue's address.",
            "{agent} via {queue}",
        ),
        Key("relay_participants", switch, "Whether customers' mail goes to a ticket's other participants too.", False),
        Key(
            "allow_recipients",
            list_of(v.ADDRESS_PATTERN),
            "Staging: only these get mail, what is for others is held; without any, everybody does.",
            [],
        ),
    ),
    draft.OutDraft,
)

QUEUE = Section(
    "[queues.NAME]",
    "Where tickets lie, and the addresses that lead there.",
    (
        Key("title", v.WORDS, "What people call it; its name unless written."),
        Key(
            "addresses",
            list_of(v.ADDRESS, at_least=1),
            "Mail to these belongs here; the first is the queue's own.",
            REQUIRED,
        ),
        Key("from", v.MAILBOX, "From of what we send for it; title and first address unless written.", field="sender"),
        Key("team", v.WORDS, "Who is told, and who may answer."),
        Key(
            "follow_up_to_closed",
            v.FOLLOW_UP,
            "What a customer's mail to a closed ticket does; with a duration, later mail opens a linked new ticket.",
            "reopen",
            field="follow_up",
        ),
        Key(
            "strangers",
            choice("auto", "unverified", "new-linked"),
            "Mail of somebody without a part in the ticket that it names: filed there unverified, or a new ticket.",
            "auto",
        ),
        Key("language", v.LANGUAGE, "Of its templates; the site's unless written."),
        Key("members_only", switch, "Whether only its team may see or answer.", False),
        Key("thank_you_reopens", switch, "Whether a plain thank-you reopens a closed ticket.", True),
        Key("quote_last", switch, "Whether the customer's last message stands below an answer.", True),
        Key("sla", v.WORDS, "What its customers were promised.", in_effect=False),
        Key("calendar", v.WORDS, "Its office hours.", in_effect=False),
    ),
    draft.queue,
)

AGENT = Section(
    "[agents.NAME]",
    "Somebody inside, who answers from her own mail client.",
    (
        Key("name", v.WORDS, "What people call her; NAME unless written.", field="title"),
        Key("email", v.ADDRESS, "Where she is told.", REQUIRED, field="address"),
        Key("also", list_of(v.ADDRESS), "Other addresses that she may answer from.", []),
        Key("roles", list_of(choice(*ROLES)), "What she may do.", ["agent"]),
        Key("language", v.LANGUAGE, "Of what she is told; the site's unless written."),
        Key(
            "password_hash",
            SECRET,
            "For SMTP AUTH at a door with TLS: what `mailgate password` makes of her password.",
        ),
        Key("notify", table(later.NOTIFY), "What she is told and when.", in_effect=False),
        Key("signature", v.PARAGRAPH, "Below her answers.", ""),
    ),
    draft.agent,
)

AGENTS_POLICY = Section(
    "[agents_policy]",
    "What agents may do by mail.",
    (
        Key(
            "require_auth",
            choice("auto", "pass", "smtp-auth"),
            "What proves an agent besides her signed address: `auto` that nothing failed, and something passed where a"
            " door can know it; `pass` that something passed; `smtp-auth` her login alone.",
            "auto",
        ),
        Key(
            "collision",
            choice("hold", "warn", "send"),
            "What becomes of an answer where another agent answered since.",
            "hold",
        ),
        Key("confirm", choice("commands", "errors", "always"), "When an agent gets a receipt.", "commands"),
        Key("copy_self", switch, "Whether she gets a copy of her own answer when it is sent or let go.", False),
        Key(
            "away_for",
            v.DURATION,
            "How long an agent is away whose out-of-office does not say until when; her next mail ends it.",
            "3d",
        ),
    ),
    AgentsPolicy,
)

GROUP = Section(
    "[customers.groups.NAME]",
    "Customers who belong together.",
    (
        Key("domains", list_of(v.DOMAIN, at_least=1), "Their domains.", REQUIRED),
        Key("org", v.LINE, "Their organisation, for rules: `customer.org`."),
        Key("fields", names_to(v.LINE), "What else rules may ask of them: `customer.fields.NAME`.", {}),
        Key("sla", v.WORDS, "Their agreement.", in_effect=False),
    ),
    draft.group,
)

CUSTOMERS = Section(
    "[customers]",
    "Those outside.",
    (
        Key("plus_addresses_are_one", switch, "Whether ana+shop@ is ana@.", True),
        Key("file", v.PATH, "A list of customers.", in_effect=False),
        Key("auto_create", switch, "Whether unknown senders become customers.", True, in_effect=False),
        Key("groups", named(GROUP), "Customers who belong together.", {}),
    ),
    draft.CustomersDraft,
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
