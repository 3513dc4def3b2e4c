CREATE TABLE agents (
  name TEXT NOT NULL,
  number INTEGER NOT NULL,
  CONSTRAINT pk_agents PRIMARY KEY (name),
  CONSTRAINT uq_agents_number UNIQUE (number)
);

CREATE TABLE blobs (
  sha256 BYTEA NOT NULL,
  codec SMALLINT NOT NULL,
  size INTEGER NOT NULL,
  content BYTEA NOT NULL,
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
  since TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_epochs PRIMARY KEY (name)
);

CREATE TABLE keys (
  fingerprint TEXT NOT NULL,
  letter TEXT NOT NULL,
  first_used TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_keys PRIMARY KEY (fingerprint)
);

CREATE TABLE limits (
  key TEXT NOT NULL,
  bucket BIGINT NOT NULL,
  count INTEGER NOT NULL,
  CONSTRAINT pk_limits PRIMARY KEY (key, bucket)
);

CREATE INDEX ix_limits_bucket ON limits (bucket);

CREATE TABLE rulesets (
  hash TEXT NOT NULL,
  first_used TIMESTAMP WITH TIME ZONE NOT NULL,
  files JSON NOT NULL,
  CONSTRAINT pk_rulesets PRIMARY KEY (hash)
);

CREATE TABLE schema_version (
  version INTEGER NOT NULL,
  name TEXT NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_schema_version PRIMARY KEY (version)
);

CREATE TABLE seen (
  identity BYTEA NOT NULL,
  article_id BIGINT NOT NULL,
  ticket_id BIGINT NOT NULL,
  until TIMESTAMP WITH TIME ZONE,
  CONSTRAINT pk_seen PRIMARY KEY (identity)
);

CREATE INDEX ix_seen_until ON seen (until) WHERE until IS NOT NULL;

CREATE TABLE tickets (
  id BIGINT NOT NULL,
  number TEXT NOT NULL,
  nonce BYTEA NOT NULL,
  subject TEXT NOT NULL,
  queue TEXT NOT NULL,
  state TEXT NOT NULL,
  priority TEXT NOT NULL,
  owner TEXT,
  language TEXT NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  closed_at TIMESTAMP WITH TIME ZONE,
  pending_until TIMESTAMP WITH TIME ZONE,
  merged_into BIGINT,
  root_article BIGINT NOT NULL,
  root_nonce BYTEA NOT NULL,
  last_article BIGINT NOT NULL,
  last_nonce BYTEA NOT NULL,
  articles INTEGER NOT NULL,
  version INTEGER NOT NULL,
  history_seq INTEGER NOT NULL,
  history_head BYTEA NOT NULL,
  CONSTRAINT pk_tickets PRIMARY KEY (id),
  CONSTRAINT uq_tickets_number UNIQUE (number),
  CONSTRAINT fk_tickets_merged_into FOREIGN KEY(merged_into) REFERENCES tickets (id)
);

CREATE INDEX ix_tickets_state_queue ON tickets (state, queue);

CREATE TABLE history (
  ticket_id BIGINT NOT NULL,
  seq INTEGER NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  actor TEXT NOT NULL,
  event TEXT NOT NULL,
  detail TEXT,
  salt BYTEA,
  detail_hash BYTEA NOT NULL,
  hash BYTEA NOT NULL,
  CONSTRAINT pk_history PRIMARY KEY (ticket_id, seq),
  CONSTRAINT fk_history_ticket_id FOREIGN KEY(ticket_id) REFERENCES tickets (id)
);

CREATE TABLE participants (
  ticket_id BIGINT NOT NULL,
  party INTEGER NOT NULL,
  role TEXT NOT NULL,
  address TEXT NOT NULL,
  name TEXT NOT NULL,
  CONSTRAINT pk_participants PRIMARY KEY (ticket_id, party),
  CONSTRAINT fk_participants_ticket_id FOREIGN KEY(ticket_id) REFERENCES tickets (id)
);

CREATE INDEX ix_participants_address ON participants (address);

CREATE TABLE spool (
  id BIGSERIAL NOT NULL,
  received_at TIMESTAMP WITH TIME ZONE NOT NULL,
  source TEXT NOT NULL,
  reverse_path TEXT,
  forward_paths JSON NOT NULL,
  peer TEXT NOT NULL,
  helo TEXT NOT NULL,
  protocol TEXT NOT NULL,
  authenticated_as TEXT,
  size INTEGER NOT NULL,
  blob BYTEA NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  alone BOOLEAN NOT NULL,
  lease_owner TEXT,
  next_attempt_at TIMESTAMP WITH TIME ZONE NOT NULL,
  cause TEXT,
  outcome TEXT,
  ticket_id BIGINT,
  article_id BIGINT,
  processed_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT pk_spool PRIMARY KEY (id),
  CONSTRAINT fk_spool_blob FOREIGN KEY(blob) REFERENCES blobs (sha256)
);

CREATE INDEX ix_spool_blob ON spool (blob);

CREATE INDEX ix_spool_new ON spool (id) WHERE state IN ('new');

CREATE INDEX ix_spool_quarantined ON spool (id) WHERE state IN ('quarantined');

CREATE TABLE ticket_fields (
  ticket_id BIGINT NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  CONSTRAINT pk_ticket_fields PRIMARY KEY (ticket_id, name),
  CONSTRAINT fk_ticket_fields_ticket_id FOREIGN KEY(ticket_id) REFERENCES tickets (id)
);

CREATE TABLE ticket_links (
  ticket_id BIGINT NOT NULL,
  other_id BIGINT NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_ticket_links PRIMARY KEY (ticket_id, other_id),
  CONSTRAINT fk_ticket_links_ticket_id FOREIGN KEY(ticket_id) REFERENCES tickets (id),
  CONSTRAINT fk_ticket_links_other_id FOREIGN KEY(other_id) REFERENCES tickets (id)
);

CREATE INDEX ix_ticket_links_other_id ON ticket_links (other_id);

CREATE TABLE ticket_tags (
  ticket_id BIGINT NOT NULL,
  tag TEXT NOT NULL,
  CONSTRAINT pk_ticket_tags PRIMARY KEY (ticket_id, tag),
  CONSTRAINT fk_ticket_tags_ticket_id FOREIGN KEY(ticket_id) REFERENCES tickets (id)
);

CREATE TABLE timers (
  id BIGSERIAL NOT NULL,
  ticket_id BIGINT,
  kind TEXT NOT NULL,
  due_at TIMESTAMP WITH TIME ZONE NOT NULL,
  detail JSON NOT NULL,
  lease_owner TEXT,
  lease_until TIMESTAMP WITH TIME ZONE,
  CONSTRAINT pk_timers PRIMARY KEY (id),
  CONSTRAINT fk_timers_ticket_id FOREIGN KEY(ticket_id) REFERENCES tickets (id)
);

CREATE INDEX ix_timers_due_at ON timers (due_at);

CREATE INDEX ix_timers_ticket_id ON timers (ticket_id);

CREATE TABLE articles (
  id BIGINT NOT NULL,
  ticket_id BIGINT NOT NULL,
  nonce BYTEA NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
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
  spool_id BIGINT,
  CONSTRAINT pk_articles PRIMARY KEY (id),
  CONSTRAINT fk_articles_ticket_id FOREIGN KEY(ticket_id) REFERENCES tickets (id),
  CONSTRAINT fk_articles_spool_id FOREIGN KEY(spool_id) REFERENCES spool (id)
);

CREATE INDEX ix_articles_spool_id ON articles (spool_id);

CREATE INDEX ix_articles_ticket_id ON articles (ticket_id);

CREATE TABLE traces (
  spool_id BIGINT NOT NULL,
  ticket_id BIGINT NOT NULL,
  ruleset TEXT NOT NULL,
  body TEXT NOT NULL,
  CONSTRAINT pk_traces PRIMARY KEY (spool_id),
  CONSTRAINT fk_traces_spool_id FOREIGN KEY(spool_id) REFERENCES spool (id)
);

CREATE INDEX ix_traces_ticket_id ON traces (ticket_id);

CREATE TABLE attachments (
  article_id BIGINT NOT NULL,
  position INTEGER NOT NULL,
  part TEXT NOT NULL,
  filename TEXT NOT NULL,
  content_type TEXT NOT NULL,
  size INTEGER NOT NULL,
  sha256 BYTEA NOT NULL,
  inline BOOLEAN NOT NULL,
  content_id TEXT,
  CONSTRAINT pk_attachments PRIMARY KEY (article_id, position),
  CONSTRAINT fk_attachments_article_id FOREIGN KEY(article_id) REFERENCES articles (id)
);

CREATE TABLE message_ids (
  digest BYTEA NOT NULL,
  ticket_id BIGINT NOT NULL,
  names BOOLEAN NOT NULL,
  article_id BIGINT NOT NULL,
  CONSTRAINT pk_message_ids PRIMARY KEY (digest, ticket_id, names),
  CONSTRAINT fk_message_ids_ticket_id FOREIGN KEY(ticket_id) REFERENCES tickets (id),
  CONSTRAINT fk_message_ids_article_id FOREIGN KEY(article_id) REFERENCES articles (id)
);

CREATE TABLE outbox (
  id BIGSERIAL NOT NULL,
  ticket_id BIGINT,
  article_id BIGINT,
  kind TEXT NOT NULL,
  template TEXT,
  reverse_path TEXT,
  recipient TEXT NOT NULL,
  subject TEXT NOT NULL,
  message_id TEXT NOT NULL,
  content BYTEA NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  next_attempt_at TIMESTAMP WITH TIME ZONE NOT NULL,
  lease_owner TEXT,
  lease_until TIMESTAMP WITH TIME ZONE,
  last_reply TEXT,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  done_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT pk_outbox PRIMARY KEY (id),
  CONSTRAINT fk_outbox_ticket_id FOREIGN KEY(ticket_id) REFERENCES tickets (id),
  CONSTRAINT fk_outbox_article_id FOREIGN KEY(article_id) REFERENCES articles (id)
);

CREATE INDEX ix_outbox_article_id ON outbox (article_id);

CREATE INDEX ix_outbox_due ON outbox (next_attempt_at) WHERE state IN ('waiting', 'sending');

CREATE INDEX ix_outbox_stuck ON outbox (state) WHERE state IN ('failed', 'held');

CREATE INDEX ix_outbox_ticket_id ON outbox (ticket_id);
