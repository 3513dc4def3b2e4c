CREATE TABLE addresses (
  address TEXT NOT NULL,
  first_bounce VARCHAR(32) NOT NULL,
  last_bounce VARCHAR(32) NOT NULL,
  bounces INTEGER NOT NULL,
  article_id INTEGER NOT NULL,
  reason TEXT NOT NULL,
  dead_since VARCHAR(32),
  CONSTRAINT pk_addresses PRIMARY KEY (address)
)
 WITHOUT ROWID;
