-- The ledger: one row per S3 object loaded, written in the transaction that loaded it.
CREATE TABLE IF NOT EXISTS millrace.loaded_objects (
  object_key VARCHAR(1024) NOT NULL,
  etag VARCHAR(64) NOT NULL,
  load_id VARCHAR(64) NOT NULL
)
DISTSTYLE AUTO
SORTKEY (object_key)
