INSERT INTO millrace.user_aliases (anonymous_id, user_id, first_seen)
SELECT anonymous_id, user_id, first_seen
FROM load_aliases
WHERE NOT EXISTS (
  SELECT 1
  FROM millrace.user_aliases AS joined
  WHERE joined.anonymous_id = load_aliases.anonymous_id
    AND joined.user_id = load_aliases.user_id
)
