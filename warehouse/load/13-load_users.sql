-- One row per user of this load: when it was seen, and the traits said last by event_time, of two at once those of the greater
-- event_id.
CREATE TEMP TABLE load_users AS
SELECT seen.user_id, seen.first_seen, seen.last_seen, said.traits, said.event_time AS traits_at, said.event_id AS traits_event_id
FROM (
  SELECT user_id, MIN(event_time) AS first_seen, MAX(event_time) AS last_seen
  FROM sightings
  GROUP BY user_id
) AS seen
LEFT JOIN (
  SELECT
    user_id,
    traits,
    event_time,
    event_id,
    ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY event_time DESC, event_id DESC) AS place
  FROM sightings
  WHERE has_traits
) AS said ON said.user_id = seen.user_id AND said.place = 1
