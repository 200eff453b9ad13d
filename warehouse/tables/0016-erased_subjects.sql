-- One row per id of a person who was erased: the hex SHA-256 of user:<user_id> or anonymous:<anonymous_id>.
CREATE TABLE IF NOT EXISTS millrace.erased_subjects (
  subject VARCHAR(64) NOT NULL,
  erased_at TIMESTAMP NOT NULL
)
DISTSTYLE AUTO
