-- The event that said the traits; between two of the same time the greater event_id counts.
ALTER TABLE millrace.users ADD COLUMN traits_event_id VARCHAR(128)
