-- Rows of the person whose object the lake does not have any more, or that was not looked into.
UPDATE millrace.batches
SET dropped_count = CAST(batches.dropped_count + gone.row_count AS INTEGER)
FROM (
  SELECT producer, seq, COUNT(*) AS row_count
  FROM millrace.events
  WHERE received_at <= '{{erased_at}}'
    AND (
      SHA2('user:' || user_id, 256) = '{{user}}'
      OR (user_id IS NULL AND SHA2('anonymous:' || anonymous_id, 256) IN (SELECT subject FROM joined))
    )
  GROUP BY producer, seq
) AS gone
WHERE batches.producer = gone.producer
  AND batches.seq = gone.seq
  AND batches.void_to IS NULL
