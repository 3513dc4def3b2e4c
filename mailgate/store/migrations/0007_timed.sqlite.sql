ALTER TABLE tickets ADD COLUMN last_human_at VARCHAR(32);

ALTER TABLE tickets ADD COLUMN episode INTEGER DEFAULT 0 NOT NULL;

ALTER TABLE tickets ADD COLUMN episode_at VARCHAR(32);

ALTER TABLE tickets ADD COLUMN close_at VARCHAR(32);

ALTER TABLE tickets ADD COLUMN close_template TEXT;

ALTER TABLE tickets ADD COLUMN close_rule TEXT;

UPDATE tickets SET last_human_at = max(coalesce(last_customer_at, created_at), coalesce(last_agent_at, created_at));

UPDATE tickets SET episode_at = last_human_at;

CREATE INDEX ix_tickets_last_human_at ON tickets (last_human_at) WHERE state IN ('new', 'open', 'pending');

CREATE INDEX ix_tickets_episode_at ON tickets (episode_at) WHERE state IN ('new', 'open', 'pending');

CREATE INDEX ix_tickets_close_at ON tickets (close_at) WHERE close_at IS NOT NULL;

CREATE TABLE rule_timers (
  rule TEXT NOT NULL,
  waits_for TEXT NOT NULL,
  since VARCHAR(32) NOT NULL,
  reached VARCHAR(32) NOT NULL,
  due_at VARCHAR(32),
  ticket INTEGER,
  run_at VARCHAR(32),
  run_count INTEGER NOT NULL,
  told_at VARCHAR(32),
  CONSTRAINT pk_rule_timers PRIMARY KEY (rule)
) WITHOUT ROWID;

CREATE TABLE rule_turns (
  ticket_id INTEGER NOT NULL,
  rule TEXT NOT NULL,
  episode INTEGER NOT NULL,
  at VARCHAR(32) NOT NULL,
  CONSTRAINT pk_rule_turns PRIMARY KEY (ticket_id, rule),
  CONSTRAINT fk_rule_turns_ticket_id FOREIGN KEY(ticket_id) REFERENCES tickets (id)
) WITHOUT ROWID;
