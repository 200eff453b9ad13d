-- Envelopes that held rows of the person in the lake, by a hash of their producer, and how many of their events are dropped without them.
CREATE TEMP TABLE taken (
  producer VARCHAR(64) NOT NULL,
  seq BIGINT NOT NULL,
  dropped_count INTEGER NOT NULL
)
