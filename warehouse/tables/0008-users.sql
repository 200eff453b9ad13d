-- One row per user with the latest traits by event_time.
CREATE TABLE IF NOT EXISTS millrace.users (
  user_id VARCHAR(256) NOT NULL,
  traits SUPER,
  first_seen TIMESTAMP NOT NULL,
  last_seen TIMESTAMP NOT NULL
)
DISTSTYLE AUTO
