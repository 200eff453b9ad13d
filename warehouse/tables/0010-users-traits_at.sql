-- When the traits were said (event_time); null while none were.
ALTER TABLE millrace.users ADD COLUMN traits_at TIMESTAMP
