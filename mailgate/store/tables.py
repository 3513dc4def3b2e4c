"""The schema. Migrations bring a database to it; a test compares the two.

Text never holds NUL or lone surrogates (the parser's border sees to it); raw mail is bytes. What a row means stands
beside it, so that an operator with a database shell finds his way.
"""

import sqlalchemy as sa

from mailgate.store.types import Id, Octets, UTCDateTime

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# Content-addressed: raw mails, each stored once. Who refers to a blob is found by index (spool.blob), so no counter
# can drift. codec 0: as it is, 1: zlib.
blobs = sa.Table(
    "blobs",
    metadata,
    sa.Column("sha256", Octets(32), primary_key=True),
    sa.Column("codec", sa.SmallInteger, nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("content", Octets, nullable=False),
)

# Accepted mail: a row here is the promise behind a 250. `outcome` says what became of it, once and for ever.
spool = sa.Table(
    "spool",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("received_at", UTCDateTime, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("reverse_path", sa.Text),  # NULL is <>
    sa.Column("forward_paths", sa.JSON, nullable=False),
    sa.Column("peer", sa.Text, nullable=False),
    sa.Column("helo", sa.Text, nullable=False),
    sa.Column("protocol", sa.Text, nullable=False),
    sa.Column("authenticated_as", sa.Text),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("blob", Octets(32), sa.ForeignKey("blobs.sha256"), nullable=False, index=True),
    sa.Column("state", sa.Text, nullable=False),  # new, done, duplicate, quarantined, discarded
    sa.Column("attempts", sa.Integer, nullable=False),  # failures of its own; outages do not count
    sa.Column("alone", sa.Boolean, nullable=False),  # process by itself: something went wrong with it before
    sa.Column("lease_owner", sa.Text),  # the processor that works on it
    sa.Column("next_attempt_at", UTCDateTime, nullable=False),
    sa.Column("cause", sa.Text),
    sa.Column("outcome", sa.Text),
    sa.Column("ticket_id", Id),
    sa.Column("article_id", Id),
    sa.Column("processed_at", UTCDateTime),
    sa.Column("resumes", sa.Text),  # how an earlier mail is taken up again at its author's word (mail.envelope)
    sa.Column("resumed_from", Id),  # that mail
    sa.Column("released", sa.Text),  # who let it through against a rule of the gate, and against which
    sqlite_autoincrement=True,
)


def _state(column: sa.Column[str], *states: str) -> sa.ColumnElement[bool]:
    """A condition that a partial index can serve: it must be said literally, a parameter would not match."""
    return column.in_([sa.literal_column(f"'{state}'") for state in states])


SPOOL_NEW = _state(spool.c.state, "new")
SPOOL_QUARANTINED = _state(spool.c.state, "quarantined")
sa.Index("ix_spool_new", spool.c.id, sqlite_where=SPOOL_NEW, postgresql_where=SPOOL_NEW)
sa.Index("ix_spool_quarantined", spool.c.id, sqlite_where=SPOOL_QUARANTINED, postgresql_where=SPOOL_QUARANTINED)

# What makes two deliveries one mail (spec/mail.md 5). `until` NULL binds for ever.
seen = sa.Table(
    "seen",
    metadata,
    sa.Column("identity", Octets(32), primary_key=True),
    sa.Column("article_id", Id, nullable=False),
    sa.Column("ticket_id", Id, nullable=False),
    sa.Column("until", UTCDateTime),
    sqlite_with_rowid=False,
)
_PASSING = seen.c.until.is_not(None)
sa.Index("ix_seen_until", seen.c.until, sqlite_where=_PASSING, postgresql_where=_PASSING)

tickets = sa.Table(
    "tickets",
    metadata,
    sa.Column("id", Id, primary_key=True, autoincrement=False),
    sa.Column("number", sa.Text, nullable=False, unique=True),
    sa.Column("nonce", Octets(8), nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("queue", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("priority", sa.Text, nullable=False),
    sa.Column("owner", sa.Text),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("created_at", UTCDateTime, nullable=False),
    sa.Column("updated_at", UTCDateTime, nullable=False),
    sa.Column("closed_at", UTCDateTime),
    sa.Column("pending_until", UTCDateTime),
    sa.Column("merged_into", Id, sa.ForeignKey("tickets.id")),
    sa.Column("root_article", Id, nullable=False),
    sa.Column("root_nonce", Octets(8), nullable=False),
    sa.Column("last_article", Id, nullable=False),
    sa.Column("last_nonce", Octets(8), nullable=False),
    sa.Column("articles", sa.Integer, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("history_seq", sa.Integer, nullable=False),
    sa.Column("history_head", Octets(32), nullable=False),
    sa.Column("last_customer_at", UTCDateTime),  # when a customer last wrote
    sa.Column("last_agent_at", UTCDateTime),  # when an agent last answered
    sa.Column("type", sa.Text),  # a free word that rules set
    sa.Column("last_human_at", UTCDateTime),  # when a human last wrote an article, or the first one came
    sa.Column("episode", sa.Integer, nullable=False, server_default=sa.text("0")),  # a timed rule runs once in each
    sa.Column("episode_at", UTCDateTime),  # when it began
    sa.Column("close_at", UTCDateTime),  # when it is closed for silence
    sa.Column("close_template", sa.Text),
    sa.Column("close_rule", sa.Text),
    sa.Column("process", sa.Text),  # the last that was begun
    sa.Column("process_step", sa.Text),
    sa.Column("process_state", sa.JSON(none_as_null=True)),  # the rest of tickets.running
    sa.Column("process_due", UTCDateTime),  # when somebody is reminded, or an approval ends
)
LIVE = _state(tickets.c.state, "new", "open", "pending")
sa.Index("ix_tickets_last_human_at", tickets.c.last_human_at, sqlite_where=LIVE, postgresql_where=LIVE)
sa.Index("ix_tickets_episode_at", tickets.c.episode_at, sqlite_where=LIVE, postgresql_where=LIVE)
CLOSING = tickets.c.close_at.is_not(None)
sa.Index("ix_tickets_close_at", tickets.c.close_at, sqlite_where=CLOSING, postgresql_where=CLOSING)
PENDING = sa.and_(_state(tickets.c.state, "pending"), tickets.c.pending_until.is_not(None))
sa.Index("ix_tickets_pending_until", tickets.c.pending_until, sqlite_where=PENDING, postgresql_where=PENDING)
PROCESS_DUE = tickets.c.process_due.is_not(None)
sa.Index("ix_tickets_process_due", tickets.c.process_due, sqlite_where=PROCESS_DUE, postgresql_where=PROCESS_DUE)
IN_PROCESS = tickets.c.process.is_not(None)
sa.Index(
    "ix_tickets_process",
    tickets.c.process,
    tickets.c.process_step,
    sqlite_where=IN_PROCESS,
    postgresql_where=IN_PROCESS,
)
sa.Index("ix_tickets_state_queue", tickets.c.state, tickets.c.queue)

# The text of every version of a process that was ever begun: a ticket stays on the one it began with.
process_texts = sa.Table(
    "process_texts",
    metadata,
    sa.Column("hash", sa.Text, primary_key=True),
    sa.Column("process", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("first_used", UTCDateTime, nullable=False),
    sqlite_with_rowid=False,
)

participants = sa.Table(
    "participants",
    metadata,
    sa.Column("ticket_id", Id, sa.ForeignKey("tickets.id"), primary_key=True),
    sa.Column("party", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Index("ix_participants_address", "address", "ticket_id"),  # the newest of a person first
    sqlite_with_rowid=False,
)

ticket_tags = sa.Table(
    "ticket_tags",
    metadata,
    sa.Column("ticket_id", Id, sa.ForeignKey("tickets.id"), primary_key=True),
    sa.Column("tag", sa.Text, primary_key=True),
    sqlite_with_rowid=False,
)

ticket_fields = sa.Table(
    "ticket_fields",
    metadata,
    sa.Column("ticket_id", Id, sa.ForeignKey("tickets.id"), primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
    sqlite_with_rowid=False,
)

ticket_links = sa.Table(
    "ticket_links",
    metadata,
    sa.Column("ticket_id", Id, sa.ForeignKey("tickets.id"), primary_key=True),
    sa.Column("other_id", Id, sa.ForeignKey("tickets.id"), primary_key=True, index=True),
    sa.Column("at", UTCDateTime, nullable=False),
)

articles = sa.Table(
    "articles",
    metadata,
    sa.Column("id", Id, primary_key=True, autoincrement=False),
    sa.Column("ticket_id", Id, sa.ForeignKey("tickets.id"), nullable=False, index=True),
    sa.Column("nonce", Octets(8), nullable=False),
    sa.Column("at", UTCDateTime, nullable=False),
    sa.Column("sender_type", sa.Text, nullable=False),
    sa.Column("direction", sa.Text, nullable=False),
    sa.Column("visibility", sa.Text, nullable=False),
    sa.Column("verified", sa.Boolean, nullable=False),
    sa.Column("author_name", sa.Text, nullable=False),
    sa.Column("author_address", sa.Text, nullable=False),
    sa.Column("recipients", sa.JSON, nullable=False),  # {"to": [[name, address]...], "cc": [...]}
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("message_id", sa.Text),  # the sender's own, or the one that we sent it with
    sa.Column("automatic", sa.Text),
    sa.Column("template", sa.Text),  # of a system article: which of our mails it is
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("new_text", sa.Text),  # NULL: the same as text
    sa.Column("spool_id", Id, sa.ForeignKey("spool.id"), index=True),
)

# Files are known by what they are; their octets are read from the raw mail again by `part`.
attachments = sa.Table(
    "attachments",
    metadata,
    sa.Column("article_id", Id, sa.ForeignKey("articles.id"), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("part", sa.Text, nullable=False),
    sa.Column("filename", sa.Text, nullable=False),
    sa.Column("content_type", sa.Text, nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("sha256", Octets(32), nullable=False),
    sa.Column("inline", sa.Boolean, nullable=False),
    sa.Column("content_id", sa.Text),
    sqlite_with_rowid=False,
)

# Message-IDs that a ticket's article is (`names` false) or names, as the first 16 octets of SHA-256: ids are of any
# length. One row a ticket, the first article's, so that an id which everybody names costs no more than another.
message_ids = sa.Table(
    "message_ids",
    metadata,
    sa.Column("digest", Octets(16), primary_key=True),
    sa.Column("ticket_id", Id, sa.ForeignKey("tickets.id"), primary_key=True),
    sa.Column("names", sa.Boolean, primary_key=True),
    sa.Column("article_id", Id, sa.ForeignKey("articles.id"), nullable=False),
    sqlite_with_rowid=False,
)

# Append-only, chained per ticket: hash = SHA-256(previous, seq, at, actor, event, SHA-256(salt, detail)). Erasure
# takes detail and salt; the chain still verifies.
history = sa.Table(
    "history",
    metadata,
    sa.Column("ticket_id", Id, sa.ForeignKey("tickets.id"), primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", UTCDateTime, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("event", sa.Text, nullable=False),
    sa.Column("detail", sa.Text),
    sa.Column("salt", Octets(8)),
    sa.Column("detail_hash", Octets(32), nullable=False),
    sa.Column("hash", Octets(32), nullable=False),
    sqlite_with_rowid=False,
)

# Why something was treated as it was: evidence and rule steps, JSON of at most 8 KB. spool_id NULL: a timer's work.
traces = sa.Table(
    "traces",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("spool_id", Id, index=True),
    sa.Column("ticket_id", Id, index=True),
    sa.Column("at", UTCDateTime, nullable=False),
    sa.Column("ruleset", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sqlite_autoincrement=True,
)

# Configuration, rules, lists and templates that ran together, by the hash of it all; the texts are kept by name so that
# an old trace shows the rule as it was. The oldest rows hold the rules alone, without a directory in their names.
sets = sa.Table(
    "sets",
    metadata,
    sa.Column("hash", sa.Text, primary_key=True),
    sa.Column("first_used", UTCDateTime, nullable=False),
    sa.Column("files", sa.JSON, nullable=False),
)

# THE set, one row: every node takes it from here.
active_set = sa.Table(
    "active_set",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("hash", sa.Text, sa.ForeignKey("sets.hash"), nullable=False),
    sa.Column("since", UTCDateTime, nullable=False),
)

# What has no recipient: `recipient` is the URL or the program's name, `template` the name in the configuration,
# `message_id` the idempotency key, `content` the body.
CALL_KINDS = ("webhook", "program")

# Composed mail, one row a recipient. Message-ID and content are fixed at birth (R42).
outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("ticket_id", Id, sa.ForeignKey("tickets.id"), index=True),
    sa.Column("article_id", Id, sa.ForeignKey("articles.id"), index=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("template", sa.Text),
    sa.Column("reverse_path", sa.Text),
    sa.Column("recipient", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("message_id", sa.Text, nullable=False),
    sa.Column("content", Octets, nullable=False),
    sa.Column("state", sa.Text, nullable=False),  # waiting, delayed, held, sending, sent, failed, cancelled
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("next_attempt_at", UTCDateTime, nullable=False),
    sa.Column("lease_owner", sa.Text),
    sa.Column("lease_until", UTCDateTime),
    sa.Column("last_reply", sa.Text),
    sa.Column("created_at", UTCDateTime, nullable=False),
    sa.Column("done_at", UTCDateTime),
    sa.Column("tail", Octets(32)),  # a blob that follows `content`: attachments, one for all recipients
    sa.Column("told_at", UTCDateTime),  # when its author was told that it had failed
    sa.Column("call", sa.Text),  # of CALL_KINDS: how it is done, JSON
    sqlite_autoincrement=True,
)
_WITH_TAIL = outbox.c.tail.is_not(None)
sa.Index("ix_outbox_tail", outbox.c.tail, sqlite_where=_WITH_TAIL, postgresql_where=_WITH_TAIL)
OUTBOX_OPEN = _state(outbox.c.state, "waiting", "delayed", "sending")
OUTBOX_STUCK = _state(outbox.c.state, "failed", "held")
OUTBOX_UNTOLD = sa.and_(
    _state(outbox.c.state, "failed"), _state(outbox.c.kind, "customer", "forward"), outbox.c.told_at.is_(None)
)
sa.Index("ix_outbox_untold", outbox.c.id, sqlite_where=OUTBOX_UNTOLD, postgresql_where=OUTBOX_UNTOLD)
sa.Index("ix_outbox_due", outbox.c.next_attempt_at, sqlite_where=OUTBOX_OPEN, postgresql_where=OUTBOX_OPEN)
sa.Index("ix_outbox_stuck", outbox.c.state, sqlite_where=OUTBOX_STUCK, postgresql_where=OUTBOX_STUCK)

# Addresses from which mail came back for good, in lower case; `dead_since`: not written to until somebody lifts it.
addresses = sa.Table(
    "addresses",
    metadata,
    sa.Column("address", sa.Text, primary_key=True),
    sa.Column("first_bounce", UTCDateTime, nullable=False),
    sa.Column("last_bounce", UTCDateTime, nullable=False),
    sa.Column("bounces", sa.Integer, nullable=False),
    sa.Column("article_id", Id, nullable=False),  # whose copy came back last: one mail counts once
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("dead_since", UTCDateTime),
    sqlite_with_rowid=False,
)

# What waits for an agent's word: an answer that is held, a mail not proven to be hers, one with a wrong command.
awaiting = sa.Table(
    "awaiting",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("ticket_id", Id, sa.ForeignKey("tickets.id"), nullable=False, index=True),
    sa.Column("agent", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),  # held, unproven, refused
    sa.Column("spool_id", Id, nullable=False),
    sa.Column("article_id", Id),
    sa.Column("orders", sa.Text, nullable=False),  # the command lines that came with it
    sa.Column("at", UTCDateTime, nullable=False),
    sa.Column("until", UTCDateTime, nullable=False, index=True),
    sqlite_autoincrement=True,
)

# Agents who are away; a row whose time is over means nothing.
absences = sa.Table(
    "absences",
    metadata,
    sa.Column("agent", sa.Text, primary_key=True),
    sa.Column("until", UTCDateTime, nullable=False),
    sa.Column("since", UTCDateTime, nullable=False),
    sa.Column("said_by", sa.Text, nullable=False),  # "mail S4711", or the operator
    sqlite_with_rowid=False,
)

# What a rule with a timer waits for (mailgate.rules.timed). `since`: it acts on what became due after that. Everything
# that was due up to `reached` was looked at. Of a schedule `due_at` is the time that is being worked off, ticket by
# ticket, up to `ticket`.
rule_timers = sa.Table(
    "rule_timers",
    metadata,
    sa.Column("rule", sa.Text, primary_key=True),
    sa.Column("waits_for", sa.Text, nullable=False),
    sa.Column("since", UTCDateTime, nullable=False),
    sa.Column("reached", UTCDateTime, nullable=False),
    sa.Column("due_at", UTCDateTime),
    sa.Column("ticket", Id),
    sa.Column("run_at", UTCDateTime),  # when its run of an hour began
    sa.Column("run_count", sa.Integer, nullable=False),  # tickets on which it acted in that run
    sa.Column("told_at", UTCDateTime),  # when the admins heard that it stopped
    sqlite_with_rowid=False,
)

# Rules that had their turn on a ticket, the last one: what runs once in an episode, or once in all.
rule_turns = sa.Table(
    "rule_turns",
    metadata,
    sa.Column("ticket_id", Id, sa.ForeignKey("tickets.id"), primary_key=True),
    sa.Column("rule", sa.Text, primary_key=True),
    sa.Column("episode", sa.Integer, nullable=False),
    sa.Column("at", UTCDateTime, nullable=False),
    sqlite_with_rowid=False,
)

# What an agent is told in one list instead of a mail each.
digest_lines = sa.Table(
    "digest_lines",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("agent", sa.Text, nullable=False),
    sa.Column("ticket_id", Id),
    sa.Column("line", sa.Text, nullable=False),
    sa.Column("at", UTCDateTime, nullable=False),
    sa.Column("due_at", UTCDateTime, nullable=False, index=True),
    sqlite_autoincrement=True,
)

# A mailbox folder that is read: mail below start_uid was there before us and is not ours (`start = "now"`).
imap_folders = sa.Table(
    "imap_folders",
    metadata,
    sa.Column("account", sa.Text, primary_key=True),
    sa.Column("folder", sa.Text, primary_key=True),
    sa.Column("uidvalidity", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("start_uid", sa.BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

# Which mail of a folder is in the spool (R48); `done` false: it has still to be moved, flagged or deleted there.
imap_mails = sa.Table(
    "imap_mails",
    metadata,
    sa.Column("account", sa.Text, primary_key=True),
    sa.Column("folder", sa.Text, primary_key=True),
    sa.Column("uidvalidity", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("uid", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("spool_id", Id),  # NULL: set aside in the mailbox, or older than `start`
    sa.Column("done", sa.Boolean, nullable=False),
    sqlite_with_rowid=False,
)

# How often something was done: `bucket` is its start in seconds since 1970.
limits = sa.Table(
    "limits",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("bucket", sa.BigInteger, primary_key=True, autoincrement=False, index=True),
    sa.Column("count", sa.Integer, nullable=False),
    sqlite_with_rowid=False,
)

counters = sa.Table(
    "counters",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("next", sa.BigInteger, nullable=False),
)

# Who leads a task; the epoch is checked inside the leader's transactions, so a paused leader cannot commit.
epochs = sa.Table(
    "epochs",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("epoch", sa.BigInteger, nullable=False),
    sa.Column("holder", sa.Text, nullable=False),
    sa.Column("since", UTCDateTime, nullable=False),
)

# Fingerprints of the signing keys in use: a node that lacks one refuses to start.
keys = sa.Table(
    "keys",
    metadata,
    sa.Column("fingerprint", sa.Text, primary_key=True),
    sa.Column("letter", sa.Text, nullable=False),
    sa.Column("first_used", UTCDateTime, nullable=False),
)

# An agent's number is hers for life: it stands in her signed addresses.
agents = sa.Table(
    "agents",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, nullable=False, unique=True),
)

schema_version = sa.Table(
    "schema_version",
    metadata,
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("at", UTCDateTime, nullable=False),
)
