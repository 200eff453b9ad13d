-- Rejected events of the person, as the lake has them: their rows have no column of an id to find them by.
CREATE TEMP TABLE refused (
  event_id VARCHAR(64) NOT NULL,
  received_at TIMESTAMP NOT NULL
)
