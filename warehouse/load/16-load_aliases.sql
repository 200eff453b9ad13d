-- One row per pair that this load joins. Every event with both ids joins them, not identify alone: a client that has identified its
-- user sends both from then on, and the identify call itself may be the one that was lost. A previous id that no column of
-- an id could hold joins nothing, nor does an id that is its own.
CREATE TEMP TABLE load_aliases AS
SELECT anonymous_id, user_id, MIN(event_time) AS first_seen
FROM (
  SELECT anonymous_id, user_id, event_time FROM sightings
  UNION ALL
  SELECT previous_id, user_id, event_time FROM sightings
) AS joined
WHERE anonymous_id <> user_id
  AND OCTET_LENGTH(anonymous_id) BETWEEN 1 AND 256
GROUP BY anonymous_id, user_id
