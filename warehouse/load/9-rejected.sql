INSERT INTO millrace.rejected_events ({{rejected_columns}}, load_id, loaded_at)
SELECT {{rejected_columns}}, '{{load_id}}', GETDATE()
FROM (
  SELECT {{rejected_columns}},
    ROW_NUMBER() OVER (PARTITION BY event_id ORDER BY received_at, producer, seq) AS occurrence
  FROM staging
  WHERE kind = 'rejected'
) AS incoming
WHERE occurrence = 1
  AND NOT EXISTS (
    SELECT 1
    FROM millrace.rejected_events AS loaded
    WHERE loaded.event_id = incoming.event_id
      AND loaded.received_at >= (SELECT earliest FROM batch_bounds)
      AND loaded.received_at <= (SELECT latest FROM batch_bounds)
  )
