-- What this load's new events say of users. A duplicate says nothing: it is not in events under this load.
-- Traits are the properties of an event named identify, whole: Segment's identify call, which lands so (core/steps/recognise.ts), or a
-- native event of that name. The previous id of an alias (previousId) lands in its properties.
CREATE TEMP TABLE sightings AS
SELECT
  user_id,
  anonymous_id,
  event_id,
  event_time,
  event_name = 'identify' AS has_traits,
  CASE WHEN event_name = 'identify' THEN properties END AS traits,
  CASE
    WHEN event_name = 'alias' AND JSON_TYPEOF(properties.previous_id) IN ('string', 'number')
      THEN CAST(properties.previous_id AS VARCHAR(65535))
  END AS previous_id
FROM millrace.events
WHERE load_id = '{{load_id}}'
  AND received_at >= (SELECT oldest FROM batch_bounds)
  AND received_at <= (SELECT newest FROM batch_bounds)
  AND user_id IS NOT NULL
