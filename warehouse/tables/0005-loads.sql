-- One row per committed load. rows_duplicate counts events and rejections that were in the tables or the batch before.
CREATE TABLE IF NOT EXISTS millrace.loads (
  load_id VARCHAR(64) NOT NULL,
  object_count INTEGER NOT NULL,
  bytes BIGINT NOT NULL,
  rows_staged BIGINT NOT NULL,
  rows_loaded BIGINT NOT NULL,
  rows_duplicate BIGINT NOT NULL,
  rows_rejected BIGINT NOT NULL,
  oldest_received_at TIMESTAMP,
  newest_received_at TIMESTAMP,
  started_at TIMESTAMP NOT NULL,
  finished_at TIMESTAMP NOT NULL
)
DISTSTYLE AUTO
SORTKEY (finished_at)
