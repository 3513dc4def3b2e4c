DROP TABLE timers;

DROP INDEX ix_participants_address;

CREATE INDEX ix_participants_address ON participants (address, ticket_id);

ALTER TABLE spool ADD COLUMN resumes TEXT;

ALTER TABLE spool ADD COLUMN resumed_from INTEGER;

ALTER TABLE tickets ADD COLUMN last_customer_at VARCHAR(32);

ALTER TABLE tickets ADD COLUMN last_agent_at VARCHAR(32);

ALTER TABLE outbox ADD COLUMN tail BLOB;

ALTER TABLE outbox ADD COLUMN told_at VARCHAR(32);

DROP INDEX ix_outbox_due;

CREATE INDEX ix_tickets_pending_until ON tickets (pending_until) WHERE state IN ('pending') AND pending_until IS NOT NULL;

CREATE INDEX ix_outbox_tail ON outbox (tail) WHERE tail IS NOT NULL;

CREATE INDEX ix_outbox_untold ON outbox (id) WHERE state IN ('failed') AND kind IN ('customer') AND told_at IS NULL;

CREATE INDEX ix_outbox_due ON outbox (next_attempt_at) WHERE state IN ('waiting', 'delayed', 'sending');

ALTER TABLE traces RENAME TO traces_of_mails;

DROP INDEX ix_traces_ticket_id;

CREATE TABLE traces (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  spool_id INTEGER,
  ticket_id INTEGER,
  at VARCHAR(32) NOT NULL,
  ruleset TEXT NOT NULL,
  body TEXT NOT NULL
);

CREATE INDEX ix_traces_spool_id ON traces (spool_id);

CREATE INDEX ix_traces_ticket_id ON traces (ticket_id);

INSERT INTO traces (spool_id, ticket_id, at, ruleset, body)
SELECT o.spool_id, o.ticket_id, s.received_at, o.ruleset, o.body FROM traces_of_mails o JOIN spool s ON s.id = o.spool_id ORDER BY o.spool_id;

DROP TABLE traces_of_mails;

CREATE TABLE sets (
  hash TEXT NOT NULL,
  first_used VARCHAR(32) NOT NULL,
  files JSON NOT NULL,
  CONSTRAINT pk_sets PRIMARY KEY (hash)
);

INSERT INTO sets (hash, first_used, files) SELECT hash, first_used, files FROM rulesets;

DROP TABLE rulesets;

CREATE TABLE active_set (
  id INTEGER NOT NULL,
  hash TEXT NOT NULL,
  since VARCHAR(32) NOT NULL,
  CONSTRAINT pk_active_set PRIMARY KEY (id),
  CONSTRAINT fk_active_set_hash FOREIGN KEY(hash) REFERENCES sets (hash)
);

CREATE TABLE awaiting (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  ticket_id INTEGER NOT NULL,
  agent TEXT NOT NULL,
  kind TEXT NOT NULL,
  spool_id INTEGER NOT NULL,
  article_id INTEGER,
  orders TEXT NOT NULL,
  at VARCHAR(32) NOT NULL,
  until VARCHAR(32) NOT NULL,
  CONSTRAINT fk_awaiting_ticket_id FOREIGN KEY(ticket_id) REFERENCES tickets (id)
);

CREATE INDEX ix_awaiting_ticket_id ON awaiting (ticket_id);

CREATE INDEX ix_awaiting_until ON awaiting (until);

CREATE TABLE digest_lines (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  agent TEXT NOT NULL,
  ticket_id INTEGER,
  line TEXT NOT NULL,
  at VARCHAR(32) NOT NULL,
  due_at VARCHAR(32) NOT NULL
);

CREATE INDEX ix_digest_lines_due_at ON digest_lines (due_at);

CREATE TABLE imap_folders (
  account TEXT NOT NULL,
  folder TEXT NOT NULL,
  uidvalidity BIGINT NOT NULL,
  start_uid BIGINT NOT NULL,
  CONSTRAINT pk_imap_folders PRIMARY KEY (account, folder, uidvalidity)
)
 WITHOUT ROWID;

CREATE TABLE imap_mails (
  account TEXT NOT NULL,
  folder TEXT NOT NULL,
  uidvalidity BIGINT NOT NULL,
  uid BIGINT NOT NULL,
  spool_id INTEGER,
  done BOOLEAN NOT NULL,
  CONSTRAINT pk_imap_mails PRIMARY KEY (account, folder, uidvalidity, uid)
)
 WITHOUT ROWID;
