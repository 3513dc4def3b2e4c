DROP TABLE timers;

DROP INDEX ix_participants_address;

CREATE INDEX ix_participants_address ON participants (address, ticket_id);

ALTER TABLE spool ADD COLUMN resumes TEXT;

ALTER TABLE spool ADD COLUMN resumed_from BIGINT;

ALTER TABLE tickets ADD COLUMN last_customer_at TIMESTAMP WITH TIME ZONE;

ALTER TABLE tickets ADD COLUMN last_agent_at TIMESTAMP WITH TIME ZONE;

ALTER TABLE outbox ADD COLUMN tail BYTEA;

ALTER TABLE outbox ADD COLUMN told_at TIMESTAMP WITH TIME ZONE;

DROP INDEX ix_outbox_due;

CREATE INDEX ix_tickets_pending_until ON tickets (pending_until) WHERE state IN ('pending') AND pending_until IS NOT NULL;

CREATE INDEX ix_outbox_tail ON outbox (tail) WHERE tail IS NOT NULL;

CREATE INDEX ix_outbox_untold ON outbox (id) WHERE state IN ('failed') AND kind IN ('customer') AND told_at IS NULL;

CREATE INDEX ix_outbox_due ON outbox (next_attempt_at) WHERE state IN ('waiting', 'delayed', 'sending');

ALTER TABLE traces RENAME TO traces_of_mails;

DROP INDEX ix_traces_ticket_id;

ALTER TABLE traces_of_mails DROP CONSTRAINT pk_traces;

CREATE TABLE traces (
  id BIGSERIAL NOT NULL,
  spool_id BIGINT,
  ticket_id BIGINT,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  ruleset TEXT NOT NULL,
  body TEXT NOT NULL,
  CONSTRAINT pk_traces PRIMARY KEY (id)
);

CREATE INDEX ix_traces_spool_id ON traces (spool_id);

CREATE INDEX ix_traces_ticket_id ON traces (ticket_id);

INSERT INTO traces (spool_id, ticket_id, at, ruleset, body)
SELECT o.spool_id, o.ticket_id, s.received_at, o.ruleset, o.body FROM traces_of_mails o JOIN spool s ON s.id = o.spool_id ORDER BY o.spool_id;

DROP TABLE traces_of_mails;

CREATE TABLE sets (
  hash TEXT NOT NULL,
  first_used TIMESTAMP WITH TIME ZONE NOT NULL,
  files JSON NOT NULL,
  CONSTRAINT pk_sets PRIMARY KEY (hash)
);

INSERT INTO sets (hash, first_used, files) SELECT hash, first_used, files FROM rulesets;

DROP TABLE rulesets;

CREATE TABLE active_set (
  id INTEGER NOT NULL,
  hash TEXT NOT NULL,
  since TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_active_set PRIMARY KEY (id),
  CONSTRAINT fk_active_set_hash FOREIGN KEY(hash) REFERENCES sets (hash)
);

CREATE TABLE awaiting (
  id BIGSERIAL NOT NULL,
  ticket_id BIGINT NOT NULL,
  agent TEXT NOT NULL,
  kind TEXT NOT NULL,
  spool_id BIGINT NOT NULL,
  article_id BIGINT,
  orders TEXT NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  until TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_awaiting PRIMARY KEY (id),
  CONSTRAINT fk_awaiting_ticket_id FOREIGN KEY(ticket_id) REFERENCES tickets (id)
);

CREATE INDEX ix_awaiting_ticket_id ON awaiting (ticket_id);

CREATE INDEX ix_awaiting_until ON awaiting (until);

CREATE TABLE digest_lines (
  id BIGSERIAL NOT NULL,
  agent TEXT NOT NULL,
  ticket_id BIGINT,
  line TEXT NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  due_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_digest_lines PRIMARY KEY (id)
);

CREATE INDEX ix_digest_lines_due_at ON digest_lines (due_at);

CREATE TABLE imap_folders (
  account TEXT NOT NULL,
  folder TEXT NOT NULL,
  uidvalidity BIGINT NOT NULL,
  start_uid BIGINT NOT NULL,
  CONSTRAINT pk_imap_folders PRIMARY KEY (account, folder, uidvalidity)
);

CREATE TABLE imap_mails (
  account TEXT NOT NULL,
  folder TEXT NOT NULL,
  uidvalidity BIGINT NOT NULL,
  uid BIGINT NOT NULL,
  spool_id BIGINT,
  done BOOLEAN NOT NULL,
  CONSTRAINT pk_imap_mails PRIMARY KEY (account, folder, uidvalidity, uid)
);
