-- One row per refusal of an object by Redshift: where in the object, and what was wrong.
CREATE TABLE IF NOT EXISTS millrace.load_errors (
  object_key VARCHAR(1024) NOT NULL,
  load_id VARCHAR(64) NOT NULL,
  line_number BIGINT,
  column_name VARCHAR(127),
  code INTEGER,
  message VARCHAR(1024),
  occurred_at TIMESTAMP NOT NULL
)
DISTSTYLE AUTO
SORTKEY (occurred_at)
