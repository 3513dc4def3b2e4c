CREATE TABLE agents (
  name TEXT NOT NULL,
  number INTEGER NOT NULL,
  CONSTRAINT pk_agents PRIMARY KEY (name),
  CONSTRAINT uq_agents_number UNIQUE (number)
);

CREATE TABLE blobs (
  sha256 BLOB NOT NULL,
  codec SMALLINT NOT NULL,
  size INTEGER NOT NULL,
  content BLOB NOT NULL,
  CONSTRAINT pk_blobs PRIMARY KEY (sha256)
);

CREATE TABLE counters (
  name TEXT NOT NULL,
  next BIGINT NOT NULL,
  CONSTRAINT pk_counters PRIMARY KEY (name)
);

CREATE TABLE epochs (
  name TEXT NOT NULL,
  epoch BIGINT NOT NULL,
  holder TEXT NOT NULL,
  since VARCHAR(32) NOT NULL,
  CONSTRAINT pk_epochs PRIMARY KEY (name)
);

CREATE TABLE keys (
  fingerprint TEXT NOT NULL,
  letter TEXT NOT NULL,
  first_used VARCHAR(32) NOT NULL,
  CONSTRAINT pk_keys PRIMARY KEY (fingerprint)
);

CREATE TABLE limits (
  "key" TEXT NOT NULL,
  bucket BIGINT NOT NULL,
  count INTEGER NOT NULL,
  CONSTRAINT pk_limits PRIMARY KEY ("key", bucket)
)
 WITHOUT ROWID;

CREATE INDEX ix_limits_bucket ON limits (bucket);

CREATE TABLE rulesets (
  hash TEXT NOT NULL,
  first_used VARCHAR(32) NOT NULL,
  files JSON NOT NULL,
  CONSTRAINT pk_rulesets PRIMARY KEY (hash)
);

CREATE TABLE schema_version (
  version INTEGER NOT NULL,
  name TEXT NOT NULL,
  at VARCHAR(32) NOT NULL,
  CONSTRAINT pk_schema_version PRIMARY KEY (version)
);

CREATE TABLE seen (
  identity BLOB NOT NULL,
  article_id INTEGER NOT NULL,
  ticket_id INTEGER NOT NULL,
  until VARCHAR(32),
  CONSTRAINT pk_seen PRIMARY KEY (identity)
)
 WITHOUT ROWID;

CREATE INDEX ix_seen_until ON seen (until) WHERE until IS NOT NULL;

CREATE TABLE tickets (
  id INTEGER NOT NULL,
  number TEXT NOT NULL,
  nonce BLOB NOT NULL,
  subject TEXT NOT NULL,
  queue TEXT NOT NULL,
  state TEXT NOT NULL,
  priority TEXT NOT NULL,
  owner TEXT,
  language TEXT NOT NULL,
  created_at VARCHAR(32) NOT NULL,
  updated_at VARCHAR(32) NOT NULL,
  closed_at VARCHAR(32),
  pending_until VARCHAR(32),
  merged_into INTEGER,
  root_article INTEGER NOT NULL,
  root_nonce BLOB NOT NULL,
  last_article INTEGER NOT NULL,
  last_nonce BLOB NOT NULL,
  articles INTEGER NOT NULL,
  version INTEGER NOT NULL,
  history_seq INTEGER NOT NULL,
  history_head BLOB NOT NULL,
  CONSTRAINT pk_tickets PRIMARY KEY (id),
  CONSTRAINT uq_tickets_number UNIQUE (number),
  CONSTRAINT fk_tickets_merged_into FOREIGN KEY(merged_into) REFERENCES tickets (id)
);

CREATE INDEX ix_tickets_state_queue ON tickets (state, queue);

CREATE TABLE history (
  ticket_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  at VARCHAR(32) NOT NULL,
  actor TEXT NOT NULL,
  event TEXT NOT NULL,
  detail TEXT,
  salt BLOB,
  detail_hash BLOB NOT NULL,
  hash BLOB NOT NULL,
  CONSTRAINT pk_history PRIMARY KEY (ticket_id, seq),
  CONSTRAINT fk_history_ticket_id FOREIGN KEY(ticket_id) REFERENCES tickets (id)
)
 WITHOUT ROWID;

CREATE TABLE participants (
  ticket_id INTEGER NOT NULL,
  party INTEGER NOT NULL,
  role TEXT NOT NULL,
  address TEXT NOT NULL,
  name TEXT NOT NULL,
  CONSTRAINT pk_participants PRIMARY KEY (ticket_id, party),
  CONSTRAINT fk_participants_ticket_id FOREIGN KEY(ticket_id) REFERENCES tickets (id)
)
 WITHOUT ROWID;

CREATE INDEX ix_participants_address ON participants (address);

CREATE TABLE spool (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  received_at VARCHAR(32) NOT NULL,
  source TEXT NOT NULL,
  reverse_path TEXT,
  forward_paths JSON NOT NULL,
  peer TEXT NOT NULL,
  helo TEXT NOT NULL,
  protocol TEXT NOT NULL,
  authenticated_as TEXT,
  size INTEGER NOT NULL,
  blob BLOB NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  alone BOOLEAN NOT NULL,
  lease_owner TEXT,
  next_attempt_at VARCHAR(32) NOT NULL,
  cause TEXT,
  outcome TEXT,
  ticket_id INTEGER,
  article_id INTEGER,
  processed_at VARCHAR(32),
  CONSTRAINT fk_spool_blob FOREIGN KEY(blob) REFERENCES blobs (sha256)
);

CREATE INDEX ix_spool_blob ON spool (blob);

CREATE INDEX ix_spool_new ON spool (id) WHERE state IN ('new');

CREATE INDEX ix_spool_quarantined ON spool (id) WHERE state IN ('quarantined');

CREATE TABLE ticket_fields (
  ticket_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  CONSTRAINT pk_ticket_fields PRIMARY KEY (ticket_id, name),
  CONSTRAINT fk_ticket_fields_ticket_id FOREIGN KEY(ticket_id) REFERENCES tickets (id)
)
 WITHOUT ROWID;

CREATE TABLE ticket_links (
  ticket_id INTEGER NOT NULL,
  other_id INTEGER NOT NULL,
  at VARCHAR(32) NOT NULL,
  CONSTRAINT pk_ticket_links PRIMARY KEY (ticket_id, other_id),
  CONSTRAINT fk_ticket_links_ticket_id FOREIGN KEY(ticket_id) REFERENCES tickets (id),
  CONSTRAINT fk_ticket_links_other_id FOREIGN KEY(other_id) REFERENCES tickets (id)
);

CREATE INDEX ix_ticket_links_other_id ON ticket_links (other_id);

CREATE TABLE ticket_tags (
  ticket_id INTEGER NOT NULL,
  tag TEXT NOT NULL,
  CONSTRAINT pk_ticket_tags PRIMARY KEY (ticket_id, tag),
  CONSTRAINT fk_ticket_tags_ticket_id FOREIGN KEY(ticket_id) REFERENCES tickets (id)
)
 WITHOUT ROWID;

CREATE TABLE timers (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  ticket_id INTEGER,
  kind TEXT NOT NULL,
  due_at VARCHAR(32) NOT NULL,
  detail JSON NOT NULL,
  lease_owner TEXT,
  lease_until VARCHAR(32),
  CONSTRAINT fk_timers_ticket_id FOREIGN KEY(ticket_id) REFERENCES tickets (id)
);

CREATE INDEX ix_timers_due_at ON timers (due_at);

CREATE INDEX ix_timers_ticket_id ON timers (ticket_id);

CREATE TABLE articles (
  id INTEGER NOT NULL,
  ticket_id INTEGER NOT NULL,
  nonce BLOB NOT NULL,
  at VARCHAR(32) NOT NULL,
  sender_type TEXT NOT NULL,
  direction TEXT NOT NULL,
  visibility TEXT NOT NULL,
  verified BOOLEAN NOT NULL,
  author_name TEXT NOT NULL,
  author_address TEXT NOT NULL,
  recipients JSON NOT NULL,
  subject TEXT NOT NULL,
  message_id TEXT,
  automatic TEXT,
  template TEXT,
  text TEXT NOT NULL,
  new_text TEXT,
  spool_id INTEGER,
  CONSTRAINT pk_articles PRIMARY KEY (id),
  CONSTRAINT fk_articles_ticket_id FOREIGN KEY(ticket_id) REFERENCES tickets (id),
  CONSTRAINT fk_articles_spool_id FOREIGN KEY(spool_id) REFERENCES spool (id)
);

CREATE INDEX ix_articles_spool_id ON articles (spool_id);

CREATE INDEX ix_articles_ticket_id ON articles (ticket_id);

CREATE TABLE traces (
  spool_id INTEGER NOT NULL,
  ticket_id INTEGER NOT NULL,
  ruleset TEXT NOT NULL,
  body TEXT NOT NULL,
  CONSTRAINT pk_traces PRIMARY KEY (spool_id),
  CONSTRAINT fk_traces_spool_id FOREIGN KEY(spool_id) REFERENCES spool (id)
);

CREATE INDEX ix_traces_ticket_id ON traces (ticket_id);

CREATE TABLE attachments (
  article_id INTEGER NOT NULL,
  position INTEGER NOT NULL,
  part TEXT NOT NULL,
  filename TEXT NOT NULL,
  content_type TEXT NOT NULL,
  size INTEGER NOT NULL,
  sha256 BLOB NOT NULL,
  inline BOOLEAN NOT NULL,
  content_id TEXT,
  CONSTRAINT pk_attachments PRIMARY KEY (article_id, position),
  CONSTRAINT fk_attachments_article_id FOREIGN KEY(article_id) REFERENCES articles (id)
)
 WITHOUT ROWID;

CREATE TABLE message_ids (
  digest BLOB NOT NULL,
  ticket_id INTEGER NOT NULL,
  names BOOLEAN NOT NULL,
  article_id INTEGER NOT NULL,
  CONSTRAINT pk_message_ids PRIMARY KEY (digest, ticket_id, names),
  CONSTRAINT fk_message_ids_ticket_id FOREIGN KEY(ticket_id) REFERENCES tickets (id),
  CONSTRAINT fk_message_ids_article_id FOREIGN KEY(article_id) REFERENCES articles (id)
)
 WITHOUT ROWID;

CREATE TABLE outbox (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  ticket_id INTEGER,
  article_id INTEGER,
  kind TEXT NOT NULL,
  template TEXT,
  reverse_path TEXT,
  recipient TEXT NOT NULL,
  subject TEXT NOT NULL,
  message_id TEXT NOT NULL,
  content BLOB NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  next_attempt_at VARCHAR(32) NOT NULL,
  lease_owner TEXT,
  lease_until VARCHAR(32),
  last_reply TEXT,
  created_at VARCHAR(32) NOT NULL,
  done_at VARCHAR(32),
  CONSTRAINT fk_outbox_ticket_id FOREIGN KEY(ticket_id) REFERENCES tickets (id),
  CONSTRAINT fk_outbox_article_id FOREIGN KEY(article_id) REFERENCES articles (id)
);

CREATE INDEX ix_outbox_article_id ON outbox (article_id);

CREATE INDEX ix_outbox_due ON outbox (next_attempt_at) WHERE state IN ('waiting', 'sending');

CREATE INDEX ix_outbox_stuck ON outbox (state) WHERE state IN ('failed', 'held');

CREATE INDEX ix_outbox_ticket_id ON outbox (ticket_id);
