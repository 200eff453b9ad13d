INSERT INTO millrace.users (user_id, first_seen, last_seen, traits, traits_at, traits_event_id)
SELECT user_id, first_seen, last_seen, traits, traits_at, traits_event_id
FROM load_users
WHERE NOT EXISTS (
  SELECT 1
  FROM millrace.users AS known
  WHERE known.user_id = load_users.user_id
)
