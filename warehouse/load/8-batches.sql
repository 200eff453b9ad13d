INSERT INTO millrace.batches ({{batch_columns}}, load_id)
SELECT {{batch_columns}}, '{{load_id}}'
FROM (
  SELECT {{batch_columns}},
    ROW_NUMBER() OVER (PARTITION BY producer, seq ORDER BY received_at) AS occurrence
  FROM staging
  WHERE kind = 'batch'
) AS incoming
WHERE occurrence = 1
  AND NOT EXISTS (
    SELECT 1
    FROM millrace.batches AS loaded
    WHERE loaded.producer = incoming.producer
      AND loaded.seq = incoming.seq
      AND loaded.received_at >= (SELECT earliest FROM batch_bounds)
      AND loaded.received_at <= (SELECT latest FROM batch_bounds)
  )
