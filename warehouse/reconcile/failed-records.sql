-- Records under failed/ that nobody has put back, and whose envelope has not come in another way.
SELECT COUNT(*) AS records, MIN(COALESCE(arrived_at, indexed_at)) AS oldest
FROM millrace.failed_records AS failed
WHERE replayed_at IS NULL
  AND indexed_at >= '{{window_start}}'
  AND NOT EXISTS (
    SELECT 1
    FROM millrace.batches
    WHERE batches.producer = failed.producer
      AND batches.seq = failed.seq
  )
