-- Ids that occur more than once in the batch, or in it and in the table within the bounds: few, and only their rows need a closer
-- look (8-events.sql). The others are neither put in order, wide as they are, nor sought in the table again.
CREATE TEMP TABLE repeated AS
SELECT event_id AS repeated_id, MAX(in_table) AS in_table
FROM (
  SELECT event_id, 0 AS in_table
  FROM staging
  WHERE kind = 'event'
  UNION ALL
  SELECT event_id, 1
  FROM millrace.events
  WHERE received_at >= (SELECT earliest FROM batch_bounds)
    AND received_at <= (SELECT latest FROM batch_bounds)
    AND event_id IN (SELECT event_id FROM staging WHERE kind = 'event')
) AS occurrences
GROUP BY event_id
HAVING COUNT(*) > 1
