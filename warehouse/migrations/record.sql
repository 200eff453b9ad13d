-- Written in the transaction that applies them: a migration is recorded when it has happened, and only then.
INSERT INTO millrace.migrations (number, name, checksum, applied_at) VALUES {{migrations}}
