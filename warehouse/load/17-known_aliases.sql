-- The earliest join counts: events come late.
UPDATE millrace.user_aliases
SET first_seen = load_aliases.first_seen
FROM load_aliases
WHERE user_aliases.anonymous_id = load_aliases.anonymous_id
  AND user_aliases.user_id = load_aliases.user_id
  AND user_aliases.first_seen > load_aliases.first_seen
