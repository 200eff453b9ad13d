-- One row per record that Firehose put under failed/: what it says of it, and which envelope it was.
CREATE TABLE IF NOT EXISTS millrace.failed_records (
  object_key VARCHAR(1024) NOT NULL,
  line_number BIGINT NOT NULL,
  error_code VARCHAR(128),
  error_message VARCHAR(1024),
  attempts INTEGER,
  arrived_at TIMESTAMP,
  failed_at TIMESTAMP,
  bytes BIGINT NOT NULL,
  producer VARCHAR(36),
  seq BIGINT,
  event_count INTEGER,
  indexed_at TIMESTAMP NOT NULL,
  replayed_at TIMESTAMP
)
DISTSTYLE AUTO
SORTKEY (indexed_at)
