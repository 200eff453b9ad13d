-- Events come late and loads in any order: only traits that were said after the user's replace them.
UPDATE millrace.users
SET
  first_seen = LEAST(users.first_seen, load_users.first_seen),
  last_seen = GREATEST(users.last_seen, load_users.last_seen),
  traits = CASE
    WHEN load_users.traits_at < users.traits_at OR load_users.traits_at IS NULL THEN users.traits
    WHEN load_users.traits_at = users.traits_at AND load_users.traits_event_id < users.traits_event_id THEN users.traits
    ELSE load_users.traits
  END,
  traits_event_id = CASE
    WHEN load_users.traits_at < users.traits_at OR load_users.traits_at IS NULL THEN users.traits_event_id
    WHEN load_users.traits_at = users.traits_at THEN GREATEST(users.traits_event_id, load_users.traits_event_id)
    ELSE load_users.traits_event_id
  END,
  traits_at = GREATEST(users.traits_at, load_users.traits_at)
FROM load_users
WHERE users.user_id = load_users.user_id
