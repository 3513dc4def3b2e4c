CREATE TABLE addresses (
  address TEXT NOT NULL,
  first_bounce TIMESTAMP WITH TIME ZONE NOT NULL,
  last_bounce TIMESTAMP WITH TIME ZONE NOT NULL,
  bounces INTEGER NOT NULL,
  article_id BIGINT NOT NULL,
  reason TEXT NOT NULL,
  dead_since TIMESTAMP WITH TIME ZONE,
  CONSTRAINT pk_addresses PRIMARY KEY (address)
);
