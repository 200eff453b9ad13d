-- One row per envelope, so that a gap in a producer's numbering can be seen.
CREATE TABLE IF NOT EXISTS millrace.batches (
  producer VARCHAR(36) NOT NULL,
  seq BIGINT NOT NULL,
  event_count INTEGER NOT NULL,
  dropped_count INTEGER NOT NULL,
  received_at TIMESTAMP NOT NULL,
  source VARCHAR(64),
  load_id VARCHAR(64) NOT NULL
)
DISTSTYLE AUTO
SORTKEY (received_at)
