-- What became of the rows of each envelope in this load; one group without a number is what came without an envelope. deliveries
-- is how often the load holds the envelope itself: the stream may bring a record twice.
CREATE TEMP TABLE outcomes AS
SELECT
  producer,
  seq,
  SUM(deliveries) AS deliveries,
  SUM(staged) AS staged,
  SUM(erased) AS erased,
  SUM(loaded) AS loaded,
  SUM(rejected) AS rejected
FROM (
  SELECT
    producer,
    seq,
    CASE WHEN kind = 'batch' AND void_to IS NULL THEN 1 ELSE 0 END AS deliveries,
    CASE WHEN kind IN ('event', 'rejected') THEN 1 ELSE 0 END AS staged,
    CASE WHEN kind = 'erased' THEN 1 ELSE 0 END AS erased,
    0 AS loaded,
    0 AS rejected
  FROM staging
  UNION ALL
  SELECT producer, seq, 0, 0, 0, 1, 0 FROM millrace.events
  WHERE load_id = '{{load_id}}'
    AND received_at >= (SELECT oldest FROM batch_bounds)
    AND received_at <= (SELECT newest FROM batch_bounds)
  UNION ALL
  SELECT producer, seq, 0, 0, 0, 0, 1 FROM millrace.rejected_events
  WHERE load_id = '{{load_id}}'
    AND received_at >= (SELECT oldest FROM batch_bounds)
    AND received_at <= (SELECT newest FROM batch_bounds)
) AS seen
GROUP BY producer, seq
