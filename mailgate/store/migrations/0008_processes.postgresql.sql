ALTER TABLE tickets ADD COLUMN process TEXT;

ALTER TABLE tickets ADD COLUMN process_step TEXT;

ALTER TABLE tickets ADD COLUMN process_state JSON;

ALTER TABLE tickets ADD COLUMN process_due TIMESTAMP WITH TIME ZONE;

CREATE INDEX ix_tickets_process ON tickets (process, process_step) WHERE process IS NOT NULL;

CREATE INDEX ix_tickets_process_due ON tickets (process_due) WHERE process_due IS NOT NULL;

CREATE TABLE process_texts (
  hash TEXT NOT NULL,
  process TEXT NOT NULL,
  version INTEGER NOT NULL,
  text TEXT NOT NULL,
  first_used TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_process_texts PRIMARY KEY (hash)
);
