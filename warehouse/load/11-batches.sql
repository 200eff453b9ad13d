-- Each envelope once, however often it comes, with what became of its events; and the numbers that no acknowledged envelope bears.
INSERT INTO millrace.batches (
  producer, seq, event_count, dropped_count, received_at, source, acknowledged_before, void_to, duplicate_count, load_id
)
SELECT
  incoming.producer,
  incoming.seq,
  incoming.event_count,
  incoming.dropped_count + CASE WHEN incoming.void_to IS NULL THEN CAST(FLOOR(outcomes.erased / NULLIF(outcomes.deliveries, 0)) AS INTEGER) ELSE 0 END,
  incoming.received_at,
  incoming.source,
  incoming.acknowledged_before,
  incoming.void_to,
  CASE
    WHEN incoming.void_to IS NULL
      THEN CAST(FLOOR(outcomes.staged / NULLIF(outcomes.deliveries, 0)) - outcomes.loaded - outcomes.rejected AS INTEGER)
  END,
  '{{load_id}}'
FROM (
  SELECT {{batch_columns}},
    ROW_NUMBER() OVER (PARTITION BY producer, seq, void_to ORDER BY received_at) AS occurrence
  FROM staging
  WHERE kind = 'batch'
) AS incoming
JOIN outcomes ON outcomes.producer = incoming.producer AND outcomes.seq = incoming.seq
WHERE occurrence = 1
  AND NOT EXISTS (
    SELECT 1
    FROM millrace.batches AS loaded
    WHERE loaded.producer = incoming.producer
      AND loaded.seq = incoming.seq
      AND COALESCE(loaded.void_to, -1) = COALESCE(incoming.void_to, -1)
      AND loaded.received_at >= (SELECT earliest FROM batch_bounds)
      AND loaded.received_at <= (SELECT latest FROM batch_bounds)
  )
