ALTER TABLE tickets ADD COLUMN type TEXT;

DROP INDEX ix_outbox_untold;

CREATE INDEX ix_outbox_untold ON outbox (id) WHERE state IN ('failed') AND kind IN ('customer', 'forward') AND told_at IS NULL;
