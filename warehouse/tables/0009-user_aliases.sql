-- One row per anonymous id that was joined to a user.
CREATE TABLE IF NOT EXISTS millrace.user_aliases (
  anonymous_id VARCHAR(256) NOT NULL,
  user_id VARCHAR(256) NOT NULL,
  first_seen TIMESTAMP NOT NULL
)
DISTSTYLE AUTO
