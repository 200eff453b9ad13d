-- The first received of each event_id in the batch, unless the table has it within the bounds.
INSERT INTO millrace.events ({{event_columns}}, load_id, loaded_at)
SELECT {{event_columns}}, '{{load_id}}', GETDATE()
FROM (
  SELECT {{event_columns}},
    ROW_NUMBER() OVER (PARTITION BY event_id ORDER BY received_at, producer, seq) AS occurrence
  FROM staging
  WHERE kind = 'event'
) AS incoming
WHERE occurrence = 1
  AND NOT EXISTS (
    SELECT 1
    FROM millrace.events AS loaded
    WHERE loaded.event_id = incoming.event_id
      AND loaded.received_at >= (SELECT earliest FROM batch_bounds)
      AND loaded.received_at <= (SELECT latest FROM batch_bounds)
  )
