-- One row per schema change applied.
CREATE TABLE IF NOT EXISTS millrace.migrations (
  number INTEGER NOT NULL,
  name VARCHAR(128) NOT NULL,
  checksum VARCHAR(64) NOT NULL,
  applied_at TIMESTAMP NOT NULL
)
DISTSTYLE AUTO
