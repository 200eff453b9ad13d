-- One row per event that the transformer refused. original is the text as it came, or an array of base64 pieces where
-- original_encoding says so.
CREATE TABLE IF NOT EXISTS millrace.rejected_events (
  event_id VARCHAR(128) NOT NULL,
  reason VARCHAR(32) NOT NULL,
  detail VARCHAR(1024),
  field VARCHAR(256),
  event_name VARCHAR(128),
  original SUPER,
  original_encoding VARCHAR(8),
  received_at TIMESTAMP NOT NULL,
  source VARCHAR(64),
  producer VARCHAR(36),
  seq BIGINT,
  load_id VARCHAR(64) NOT NULL,
  loaded_at TIMESTAMP NOT NULL
)
DISTSTYLE AUTO
SORTKEY (received_at)
